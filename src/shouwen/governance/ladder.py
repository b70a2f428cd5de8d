"""The house's own ladder of escalation (逐级上报): who is told after how many hours overdue."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.governance.models import Escalation
from shouwen.organisation.models import Person, Unit

MOST = 9


class Rung(NamedTuple):
    """One step: ``hours`` overdue (whole, from the due instant), then the ``post`` that is told."""

    hours: int
    post: str


class Ladders:
    """All steps that hold at an instant, for any number of units and kinds; one query, when first asked."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._known: dict[tuple[int, str], list[Escalation]] = {}

    @cached_property
    def _rows(self) -> list[Escalation]:
        return list(Escalation.objects.holding(self._at).order_by("level"))

    def own(self, unit: Unit, kind: str) -> list[Escalation]:
        """The steps that are set for this very unit and kind."""
        return [row for row in self._rows if row.kind == kind and row.unit_id == unit.pk]

    def of(self, unit: Unit, kind: str) -> list[Escalation]:
        """The steps for the kind in the unit, lowest first: the nearest unit's that has any; there, those for the kind
        itself before those for any."""
        key = (unit.pk, kind)
        if key not in self._known:
            found = [row for row in self._rows if row.kind in (kind, "") and row.unit_id in unit.line]
            nearest = max(((unit.line.index(row.unit_id), row.kind) for row in found), default=None)
            self._known[key] = [row for row in found if (unit.line.index(row.unit_id), row.kind) == nearest]
        return self._known[key]


@transaction.atomic
def set_ladder(
    unit: Unit, kind: str, rungs: Sequence[Rung], at: datetime, by: Person | None = None
) -> list[Escalation]:
    """Lets these steps hold from ``at`` on in the unit and below it, instead of those that do; none takes them away.

    Raises ValidationError for steps that do not rise.
    """
    hours = [rung.hours for rung in rungs]
    if len(rungs) > MOST or any(not rung.post.strip() for rung in rungs) or hours != sorted(set(hours)):
        raise ValidationError({"hours": _("Each step names a post and comes later than the one before; nine at most.")})
    Unit.objects.select_for_update().get(pk=unit.pk)
    Escalation.objects.filter(unit=unit, kind=kind, until__isnull=True).update(until=at)
    made = [
        Escalation(unit=unit, kind=kind, level=level, hours=rung.hours, post=rung.post.strip(), since=at, by=by)
        for level, rung in enumerate(rungs, 1)
    ]
    return Escalation.objects.bulk_create(made)
