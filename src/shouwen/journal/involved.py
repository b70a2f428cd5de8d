"""Whom an entry names or a duty waits for (相关人): they see the subject from then on, wherever their posts are."""

from collections.abc import Callable, Iterable, Iterator

from shouwen.engine.gates import listed
from shouwen.journal.models import Involved
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.resolve import Holder
from shouwen.policy.model import Role

ADDRESS = "to"
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
    people |= {holder.person.pk for holder in holders if holder.person is not None}
    subject = journal.subject
    rows = [Involved(subject=subject, post_id=pk) for pk in sorted(posts)]
    return rows + [Involved(subject=subject, person_id=pk) for pk in sorted(people)]


def _addressed(journal: OpenJournal, kind: str) -> Iterator[str]:
    for entry in journal.added:
        field = journal.events[entry.type].fields.get(ADDRESS)
        if field is not None and field.type == kind:
            yield from map(str, listed(entry.data.get(ADDRESS)))
