"""Who looked at personal data (查阅记录)."""

from shouwen.journal import clock
from shouwen.journal.errors import room
from shouwen.journal.models import AccessKind, AccessLog, Subject
from shouwen.organisation.models import Person


def looked(
    person: Person,
    subject: Subject | None,
    what: str,
    *,
    kind: AccessKind = AccessKind.LOOKED,
    customers: tuple[str, ...] = ("",),
    reason: str = "",
) -> None:
    """Write down that `person` looked at `what` of `subject` (None: a list or search that shows several).

    One row for each of `customers` (their ids), so that it can be asked by customer who saw what.
    Raises NoRoom where the disk is full: then nothing personal is shown.
    """
    now = clock.now()
    with room():
        AccessLog.objects.bulk_create(
            AccessLog(
                at=now, person=person, subject=subject, customer=one, kind=kind, what=what[:200], reason=reason[:200]
            )
            for one in customers or ("",)
        )
