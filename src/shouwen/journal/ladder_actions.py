"""Setting the house's ladder of escalation (设定逐级上报)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from shouwen.governance import ladder
from shouwen.governance.ladder import Ladders, Rung
from shouwen.governance.models import Escalation
from shouwen.journal.administration import administered
from shouwen.journal.models import Duty, DutyState, Subject
from shouwen.organisation.models import Person, Unit


@transaction.atomic
def put(unit: Unit, kind: str, rungs: Sequence[Rung], at: datetime, by: Person | None = None) -> list[Escalation]:
    """Lets a ladder hold, as `governance.ladder.set_ladder`, and has every overdue matter below looked at again.

    What was overdue for longer than a step before the ladder came is not told any more; its next step is. Done by
    somebody, it is written down as an administrator's act; raises NotAllowed for who is none there.
    """
    before = said(Ladders(at).own(unit, kind))
    made = ladder.set_ladder(unit, kind, rungs, at, by)
    if by is not None:
        administered(by, unit, "ladder.set", kind or "*", before=before, after=said(made), now=at)
    overdue = Duty.objects.filter(state=DutyState.OVERDUE).values("subject")
    below = Subject.objects.filter(unit__path__prefix=unit.path, pk__in=overdue)
    below.filter(Q(wakes_at__isnull=True) | Q(wakes_at__gt=at)).update(wakes_at=at)
    return made


def said(rungs: Sequence[Escalation]) -> str:
    """The steps in a line."""
    return "；".join(f"{rung.hours} h {rung.post}" for rung in rungs)
