"""A calendar as plain JSON data and back (日历内容): what a version is kept by and what a file of it holds."""

from datetime import date
from typing import Any

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind, SpecialDay
from shouwen.calendars.errors import CalendarError
from shouwen.calendars.hours import Interval, Intervals


def content_of(calendar: Calendar) -> dict[str, Any]:
    """Everything that a calendar is made of, as plain lists; hours as pairs of minutes since 00:00."""
    years = calendar.official_years
    special = [[str(day.date), str(day.kind), day.name, day.source, _pairs(day.hours)] for day in calendar.special_days]
    return {
        "zone": calendar.zone,
        "name": calendar.name,
        "week": [_pairs(day) for day in calendar.week],
        "workdays": sorted(calendar.workdays),
        "special_days": special,
        "makeup_hours": _pairs(calendar.makeup_hours),
        "holiday_hours": _pairs(calendar.holiday_hours),
        "official_years": None if years is None else sorted(years),
    }


def from_content(content: Any) -> Calendar:
    """The calendar of that content; equal content gives an equal version. Raises CalendarError."""
    try:
        return _read(content)
    except (LookupError, TypeError, ValueError) as error:
        raise CalendarError(f"不是日历内容：{error}") from error


def _read(content: Any) -> Calendar:
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


def _pairs(hours: Intervals | None) -> list[list[int]] | None:
    return None if hours is None else [list(interval) for interval in hours]


def _hours(pairs: list[list[int]]) -> Intervals:
    return tuple(Interval(start, end) for start, end in pairs)
