"""Versions of calendars, kept for ever by what is in them (日历版本): what was counted can be counted again."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind, SpecialDay
from shouwen.calendars.errors import CalendarError, CalendarErrors
from shouwen.calendars.hours import Interval, Intervals
from shouwen.governance.models import CalendarVersion

KEPT = 256
"""Calendars kept in each process, by version."""


class UnsoundCalendar(ValueError):  # noqa: N818  said as what it is
    """A kept calendar is not what its name says: somebody changed it in the database."""


def keep(calendar: Calendar) -> str:
    """Keep this version, once; gives its name. Needs the transaction of what names it."""
    if not CalendarVersion.objects.filter(pk=calendar.version).exists():
        row = CalendarVersion(version=calendar.version, content=_content(calendar))
        CalendarVersion.objects.bulk_create([row], ignore_conflicts=True)
    return calendar.version


def kept(version: str) -> Calendar:
    """The calendar of that version. Raises CalendarVersion.DoesNotExist, UnsoundCalendar."""
    return _kept(version)


def unsound() -> Iterator[str]:
    """Versions in the database that are not what their names say."""
    for row in CalendarVersion.objects.order_by("pk").iterator():
        try:
            _calendar(row)
        except UnsoundCalendar:
            yield row.version


@lru_cache(maxsize=KEPT)
def _kept(version: str) -> Calendar:
    return _calendar(CalendarVersion.objects.get(pk=version))


def _calendar(row: CalendarVersion) -> Calendar:
    try:
        calendar = _read(row.content)
    except (CalendarError, CalendarErrors, LookupError, TypeError, ValueError) as error:
        raise UnsoundCalendar(row.version) from error
    if calendar.version != row.version:
        raise UnsoundCalendar(row.version)
    return calendar


def _content(calendar: Calendar) -> dict[str, Any]:
    """Everything that a calendar is made of; hours as pairs of minutes since 00:00."""
    years = calendar.official_years
    return {
        "zone": calendar.zone,
        "name": calendar.name,
        "week": calendar.week,
        "workdays": sorted(calendar.workdays),
        "special_days": [[str(day.date), day.kind, day.name, day.source, day.hours] for day in calendar.special_days],
        "makeup_hours": calendar.makeup_hours,
        "holiday_hours": calendar.holiday_hours,
        "official_years": None if years is None else sorted(years),
    }


def _read(content: dict[str, Any]) -> Calendar:
    years = content["official_years"]
    return Calendar(
        zone=content["zone"],
        name=content["name"],
        week=tuple(_hours(day) for day in content["week"]),
        workdays=frozenset(content["workdays"]),
        special_days=tuple(
            SpecialDay(date.fromisoformat(day), DayKind(kind), name, source, None if hours is None else _hours(hours))
            for day, kind, name, source, hours in content["special_days"]
        ),
        makeup_hours=None if content["makeup_hours"] is None else _hours(content["makeup_hours"]),
        holiday_hours=_hours(content["holiday_hours"]),
        official_years=None if years is None else frozenset(years),
    )


def _hours(pairs: list[list[int]]) -> Intervals:
    return tuple(Interval(start, end) for start, end in pairs)
