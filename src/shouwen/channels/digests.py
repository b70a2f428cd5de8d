"""One message for many notices (汇总): what waited for it and still stands, by due time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shouwen.channels.routing import digest_prefix
from shouwen.journal.models import Duty, DutyState, Outbox

STANDING = frozenset({DutyState.OPEN, DutyState.OVERDUE, DutyState.PAUSED})


@dataclass(frozen=True)
class Line:
    """One thing in it; ``duty`` None where the notice is about none."""

    notice: Outbox
    duty: Duty | None

    @property
    def due_at(self) -> datetime | None:
        return self.duty.due_at if self.duty else None


def waiting(row: Outbox) -> QuerySet[Outbox]:
    """What waits for this digest, or was left over by one before it."""
    assert row.person_id is not None
    prefix = digest_prefix(row.channel, row.person_id)
    return Outbox.objects.filter(sent_at__isnull=True, digest__gte=prefix, digest__lte=row.key)


def done(row: Outbox, now: datetime) -> None:
    """The digest has gone out: what waited for it waits no more."""
    waiting(row).update(sent_at=now)


def lines(rows: Sequence[Outbox]) -> list[Line]:
    """What still stands, each duty once, the earliest due first, what has no time last; one query."""
    asked = {row.subject_id for row in rows if row.duty}
    duties = {(duty.subject_id, duty.key): duty for duty in Duty.objects.filter(subject__in=asked)} if asked else {}
    found: dict[object, Line] = {}
    for row in rows:
        duty = duties.get((row.subject_id, row.duty)) if row.duty and row.subject_id else None
        if row.duty and (duty is None or duty.state not in STANDING):
            continue
        found[(row.subject_id, row.duty) if row.duty else row.pk] = Line(row, duty)
    return sorted(found.values(), key=lambda one: (one.due_at is None, one.due_at or one.notice.made_at))
