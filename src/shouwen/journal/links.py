"""Links between subjects (关联), read from the journal that states them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from shouwen.engine import Entry as Step
from shouwen.engine import effective
from shouwen.engine.entry import MENDING
from shouwen.journal.models import Link
from shouwen.journal.pen import OpenJournal

ROLES = {"joined": "part_of", "merged": "merged", "linked": "about", "split": "continued_as"}
"""Relation that an event makes where it names none."""
UNDONE = {"left": "joined", "unmerged": "merged", "unlinked": "linked"}


def links_of(steps: Iterable[Step]) -> dict[tuple[UUID, str], Step]:
    """(other subject, relation) → the entry since which it stands."""
    found: dict[tuple[UUID, str], Step] = {}
    for step in effective(steps):
        if step.type in ROLES:
            role = ROLES[step.type] if step.type == "merged" else step.data.get("role") or ROLES[step.type]
            found[UUID(step.data["other"]), role] = step
        elif step.type in UNDONE:
            other, made_by = UUID(step.data["other"]), UNDONE[step.type]
            found = {key: by for key, by in found.items() if not (key[0] == other and by.type == made_by)}
    return found


def bring_links(journals: Sequence[OpenJournal]) -> None:
    """Bring the rows of links up to the journals that were added to."""
    telling = {*ROLES, *UNDONE, *MENDING}
    for journal in journals:
        if not any(entry.type in telling for entry in journal.added):
            continue
        wanted = links_of(journal.steps)
        for link in Link.objects.filter(subject=journal.subject):
            if wanted.pop((link.other_id, link.role), None) is None:
                link.delete()
        Link.objects.bulk_create(
            Link(subject=journal.subject, other_id=other, role=role, since=step.at)
            for (other, role), step in wanted.items()
        )
