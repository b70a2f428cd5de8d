"""Pauses (中止): stretches in which a clock does not run."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.errors import CalendarError
from shouwen.calendars.zones import in_utc

Pause = tuple[datetime, datetime | None]
"""From when until when the clock stood still, aware; None while it still does."""


def closed(pauses: Sequence[Pause], start: datetime) -> list[tuple[datetime, datetime]] | None:
    """The pauses after `start` (UTC), in UTC, ordered, overlaps joined; None where one is still open.

    Raises `NaiveTimeError`, and `CalendarError` for a pause that ends before it begins.
    """
    found: list[tuple[datetime, datetime]] = []
    still_open = False
    for since, until in pauses:
        begin = in_utc(since)
        if until is None:
            still_open = True
            continue
        end = in_utc(until)
        if end < begin:
            raise CalendarError(f"中止的结束 {until.isoformat()} 早于开始 {since.isoformat()}")
        if end > max(begin, start):
            found.append((max(begin, start), end))
    return None if still_open else joined(found)


def joined(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches in order, those that touch or overlap made one."""
    result: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(stretches):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def paused_days(
    stretches: Iterable[tuple[datetime, datetime]], calendar: Calendar, at: time | None
) -> list[tuple[int, int]]:
    """Ranges of ordinals of the days at whose end (24:00, or `at`) the clock stood still."""
    result: list[tuple[int, int]] = []
    for begin, end in stretches:
        first = begin.astimezone(calendar.tz).toordinal()
        if calendar.end_of(first, at).astimezone(UTC) <= begin:
            first += 1
        last = end.astimezone(calendar.tz).toordinal()
        while calendar.end_of(last, at).astimezone(UTC) > end:
            last -= 1
        if first <= last:
            result.append((first, last))
    return result
