"""What people look at: policies in force and special days."""

from collections.abc import Iterable
from datetime import datetime

from shouwen.governance.models import CalendarTable, InForce
from shouwen.organisation.models import Unit


def policies_for(unit: Unit, at: datetime) -> list[InForce]:
    """What holds in the unit, one row a kind of subject, the nearest unit's; one query."""
    rows = InForce.objects.holding(at).filter(unit__in=unit.line).select_related("policy_version", "unit")
    nearest: dict[str, InForce] = {}
    for row in sorted(rows.defer("policy_version__text"), key=lambda row: unit.line.index(row.unit_id)):
        nearest[row.kind] = row
    return [nearest[kind] for kind in sorted(nearest)]


def provisional_years(years: Iterable[int]) -> list[int]:
    """Those of ``years`` that no official calendar in the statutory table covers; one query."""
    official = CalendarTable.objects.filter(unit__isnull=True).values_list("years__year", flat=True)
    known = set(official)
    return sorted(year for year in set(years) if year not in known)
