"""The calendar of a unit, from the house's own tables (单位日历)."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind, SpecialDay
from shouwen.calendars.hours import day_hours
from shouwen.governance.models import CalendarDay, CalendarTable
from shouwen.organisation.models import Unit
from shouwen.organisation.snapshot import Kept

KEPT = 512
"""Calendars kept in each process; one a zone and chain of tables."""

Revisions = tuple[tuple[int, UUID], ...]


def calendar_for(unit: Unit) -> Calendar:
    """The calendar that holds in the unit now: the statutory table, then its superiors' tables, then its own.

    One query where nothing changed since it was last asked for.
    """
    return _layered(unit, revisions())


def calendars_for(units: Iterable[Unit]) -> dict[int, Calendar]:
    """The calendars that hold in these units now, by their ids; one query where nothing changed."""
    known = revisions()
    return {unit.pk: _layered(unit, known) for unit in units}


revisions = Kept(lambda: list(CalendarTable.objects.values_list("unit", "pk", "revision")))
"""Unit, table and revision of every table."""


def _layered(unit: Unit, revisions: Iterable[tuple[int | None, int, UUID]]) -> Calendar:
    """The statutory table lies lowest, the unit's own on top."""
    depth = {None: -1} | {pk: i for i, pk in enumerate(unit.line)}
    chain = sorted((depth[of], pk, revision) for of, pk, revision in revisions if of in depth)
    return _calendar(unit.zone, tuple((pk, revision) for _depth, pk, revision in chain))


def calendar_version(unit: Unit) -> str:
    """Name of the version of the unit's calendar; equal content gives an equal name."""
    return calendar_for(unit).version


@lru_cache(maxsize=KEPT)
def _calendar(zone: str, revisions: Revisions) -> Calendar:
    keys = [pk for pk, _revision in revisions]
    tables = CalendarTable.objects.prefetch_related("days", "years").in_bulk(keys)
    calendar = Calendar(zone=zone, name="none", official_years=frozenset())
    for table in (tables[key] for key in keys):
        calendar = calendar.with_exceptions(
            special_days(table.days.all()),
            official_years=[year.year for year in table.years.all()],
            name=table.name,
        )
        if table.week is not None:
            calendar = calendar.with_hours(
                {int(weekday): hours for weekday, hours in table.week.items()},
                workdays=table.workdays,
                makeup=table.makeup_hours,
                holiday=table.holiday_hours,
            )
    return calendar


def special_days(days: Iterable[CalendarDay]) -> list[SpecialDay]:
    """Rows of a table as the calendars room knows them."""
    return [
        SpecialDay(
            day.date, DayKind(day.kind), day.name, day.source, None if day.hours is None else day_hours(day.hours)
        )
        for day in days
    ]
