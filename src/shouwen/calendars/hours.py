"""Service hours of a day (服务时段): any number of half-open intervals, also across midnight; 24:00 is legal."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import NamedTuple

from shouwen.calendars.errors import CalendarError, CalendarErrors

DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})")
_BETWEEN = re.compile(r"\s*(?:-|–|—|~|～|至)\s*")


class Interval(NamedTuple):
    """[start, end) in minutes of wall-clock time since 00:00 of the day it begins; an end past 1440 is the next day."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


Intervals = tuple[Interval, ...]


def minutes(text: object) -> int:
    """Minutes since 00:00 of "H:MM" or "HH:MM", 24:00 included. Raises `CalendarError`."""
    found = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is not None:
        total = int(found[1]) * 60 + int(found[2])
        if int(found[2]) < 60 and total <= DAY_MINUTES:
            return total
    raise CalendarError(f'钟点“{text}”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00')


def clock(text: object) -> time | None:
    """A wall-clock time; None for 24:00, the end of the day. Raises `CalendarError`."""
    total = minutes(text)
    return None if total == DAY_MINUTES else time(*divmod(total, 60))


def clock_text(total: int) -> str:
    """ "HH:MM"; past midnight the next day's clock, but 24:00 stays 24:00."""
    shown = total if total <= DAY_MINUTES else total - DAY_MINUTES
    return f"{shown // 60:02}:{shown % 60:02}"


def interval(text: str) -> Interval:
    """One interval "08:30-12:00"; "22:00-06:00" ends on the next day. Raises `CalendarError`."""
    parts = _BETWEEN.split(text.strip()) if isinstance(text, str) else []
    if len(parts) != 2:
        raise CalendarError(f"时段“{text}”读不懂：应写作 08:30-12:00，跨夜写作 22:00-06:00，全天写作 00:00-24:00")
    start, end = minutes(parts[0]), minutes(parts[1])
    if start in (end, DAY_MINUTES):
        raise CalendarError(f"时段“{text}”没有长度：全天写作 00:00-24:00")
    return Interval(start, end if end > start else end + DAY_MINUTES)


def day_hours(texts: Iterable[str]) -> Intervals:
    """The intervals that begin on one day, in order. Raises `CalendarErrors` for unreadable or overlapping ones."""
    problems: list[str] = []
    found: list[Interval] = []
    for text in (texts,) if isinstance(texts, str) else texts:
        try:
            found.append(interval(text))
        except CalendarError as error:
            problems.append(str(error))
    found.sort()
    problems += [f"时段 {a} 与 {b} 重叠" for a, b in pairwise(found) if b.start < a.end]
    if problems:
        raise CalendarErrors(problems)
    return tuple(found)
