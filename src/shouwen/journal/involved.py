"""Whom an entry names or a duty waits for (相关人): they see the subject from then on, wherever their posts are.

Where knowing is restricted (限制知悉) they are among the few who see it at all; so is whoever restricted it.
"""

from collections.abc import Callable, Iterable, Iterator

from shouwen.engine import Entry as Step
from shouwen.engine import effective
from shouwen.engine.gates import listed
from shouwen.journal.models import Involved
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.resolve import Holder
from shouwen.policy.model import Role

ADDRESS = "to"
NAMED = "people"
RESTRICTED, UNRESTRICTED = "restricted", "unrestricted"
Resolve = Callable[[OpenJournal, Role], Holder]


def involved(journal: OpenJournal, keepers: Iterable[str], resolve: Resolve) -> list[Involved]:
    """Rows for those to whom the added entries are addressed, and for `keepers`: roles whose act keeps a new duty.

    A role is resolved once, when it is named. Outside parties have no desk and get no row.
    """
    roles = journal.program.policy.roles if journal.program else {}
    named = dict.fromkeys([*keepers, *_addressed(journal, "party")])
    holders = [resolve(journal, roles[name]) for name in named if name in roles]
    posts = {holder.post.pk for holder in holders if holder.post is not None}
    people = {int(pk) for pk in _addressed(journal, "person")}
    people |= {holder.by_name.pk for holder in holders if holder.by_name is not None}
    people |= {entry.by_id for entry in journal.added if entry.type == RESTRICTED and entry.by_id is not None}
    subject = journal.subject
    rows = [Involved(subject=subject, post_id=pk) for pk in sorted(posts)]
    return rows + [Involved(subject=subject, person_id=pk) for pk in sorted(people)]


def addresses(journal: OpenJournal) -> bool:
    """Whether anything was added that can be addressed to somebody."""
    fields = [journal.events[entry.type].fields for entry in journal.added]
    return any(ADDRESS in own or NAMED in own for own in fields)


def _addressed(journal: OpenJournal, kind: str) -> Iterator[str]:
    for entry in journal.added:
        for name in (ADDRESS, NAMED):
            field = journal.events[entry.type].fields.get(name)
            if field is not None and field.type == kind:
                yield from map(str, listed(entry.data.get(name)))


def confidential(steps: Iterable[Step]) -> bool:
    """Whether a journal says that only those named, who own it or handle it may know of it (保密)."""
    said = [step.type for step in effective(steps) if step.type in (RESTRICTED, UNRESTRICTED)]
    return bool(said) and said[-1] == RESTRICTED
