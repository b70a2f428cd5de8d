"""What people look at: policies in force and special days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import Day
from shouwen.calendars.hours import Intervals
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import CalendarTable, InForce, PolicyVersion
from shouwen.governance.programs import Ruled
from shouwen.organisation.models import Unit


def policies_for(unit: Unit, at: datetime) -> list[InForce]:
    """What holds in the unit, one row a kind of subject: the nearest unit's, of several the leading one; one query."""
    rows = InForce.objects.filter(unit__in=unit.line).select_related("policy_version", "unit").order_by("pk")
    by_kind: dict[str, list[InForce]] = {}
    for row in rows.defer("policy_version__text"):
        by_kind.setdefault(row.kind, []).append(row)
    leading = (Ruled(unit, tuple(by_kind[kind]), ()).rows_at(at) for kind in sorted(by_kind))
    return [rows[0] for rows in leading if rows]


def published() -> QuerySet[PolicyVersion]:
    """The versions that are texts of their own, without their texts."""
    return PolicyVersion.objects.filter(composition__isnull=True).defer("text")


def provisional_years(years: Iterable[int]) -> list[int]:
    """Those of ``years`` that no official calendar in the statutory table covers; one query."""
    official = CalendarTable.objects.filter(unit__isnull=True).values_list("years__year", flat=True)
    known = set(official)
    return sorted(year for year in set(years) if year not in known)


@dataclass(frozen=True)
class YearDay:
    """One day of a unit's calendar, with its service hours."""

    day: Day
    hours: Intervals


@dataclass(frozen=True)
class CalendarYearView:
    """A unit's calendar of one year (年历): every day, in order."""

    year: int
    calendar: Calendar
    days: tuple[YearDay, ...]

    @property
    def provisional(self) -> bool:
        """No official calendar of this year is known: only statutory days are counted."""
        return self.calendar.is_provisional(self.year)

    @property
    def special(self) -> list[YearDay]:
        """The days that differ from the week."""
        dates = {special.date for special in self.calendar.special_days}
        return [one for one in self.days if one.day.date in dates]

    @property
    def workdays(self) -> int:
        """How many working days the year has."""
        return sum(one.day.is_workday for one in self.days)


def calendar_year(unit: Unit, year: int) -> CalendarYearView:
    """The unit's calendar of that year, as it is now; one query where nothing changed."""
    calendar = calendar_for(unit)
    first = date(year, 1, 1)
    dates = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    return CalendarYearView(year, calendar, tuple(YearDay(calendar.day(d), calendar.hours_on(d)) for d in dates))
