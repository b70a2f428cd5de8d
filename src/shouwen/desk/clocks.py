"""A duty on a matter's page (计时): as the engine sees it now, with whom it lies."""

from dataclasses import dataclass
from typing import Any

from shouwen.engine import STANDING, Owed
from shouwen.journal.models import Duty


@dataclass(frozen=True)
class Clock:
    """A duty on the page: as the engine sees it now, with the row's holder."""

    owed: Owed
    row: Duty | None
    have: int
    want: int

    @property
    def overdue(self) -> bool:
        return self.owed.state == "overdue"

    @property
    def provisional(self) -> bool:
        return self.row is not None and self.row.provisional

    @property
    def holder(self) -> str:
        """Who it lies with: the person, else the post where it is not the role's own name."""
        if self.row is None or self.row.outside:
            return ""
        if self.row.person is not None:
            return self.row.person.name
        post = self.row.post.name if self.row.post else ""
        return "" if post == self.owed.who else post


def by_urgency(clock: Clock) -> tuple[Any, ...]:
    """Sorts what stands by its due time, what has none after it, what was done last."""
    owed = clock.owed
    return (
        owed.state not in STANDING,
        owed.due_at is None,
        owed.due_at or owed.opened_at,
        owed.opened_at,
        owed.key,
    )
