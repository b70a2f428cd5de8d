"""Prefix sums over days and service hours, so that no answer needs a loop over days or minutes.

Tables cover whole years and grow when an answer lies outside; a grown table replaces the old one in one
assignment, so threads may share a calendar.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from shouwen.calendars.errors import CalendarError, NoWorkingTimeError
from shouwen.calendars.hours import Intervals
from shouwen.calendars.zones import from_microseconds, instant, microseconds

_LAST_YEAR = MAXYEAR - 1


class Days(Protocol):
    """Days that count, by ordinal (`date.toordinal`)."""

    def nth_after(self, day: int, n: int) -> int:
        """The n-th counting day (n ≥ 1) after `day`."""
        ...


class CountedDays(Days, Protocol):
    """Days that count, and of which a stretch can be counted."""

    def between(self, first: int, last: int) -> int:
        """How many days from `first` to `last`, both included, count; 0 where last < first."""
        ...


class EveryDay:
    """Natural days."""

    def nth_after(self, day: int, n: int) -> int:
        """The n-th day after `day`."""
        return day + n

    def between(self, first: int, last: int) -> int:
        """Days from `first` to `last`, both included."""
        return max(0, last - first + 1)


EVERY_DAY = EveryDay()


class DayTable:
    """Days of a weekly pattern with dated exceptions: working days, or days that are no holidays."""

    def __init__(self, week: Sequence[bool], exceptions: Mapping[int, bool]) -> None:
        """`week` says for Monday … Sunday whether the day counts; `exceptions` the same by ordinal."""
        self._week = tuple(week)
        self._exceptions = exceptions
        self._last_exception = max(exceptions, default=0)
        self._table: tuple[int, int, list[int], list[int]] = (1, 0, [], [])

    def nth_after(self, day: int, n: int) -> int:
        """The n-th counting day after `day`. Raises `NoWorkingTimeError` where there is none."""
        low, high, rank, days = self._table
        while True:
            if low <= day <= high:
                place = rank[day - low] + n - 1
                if place < len(days):
                    return days[place]
                if not any(self._week) and high >= self._last_exception:
                    raise NoWorkingTimeError("日历中没有这样的日子可数：每周没有工作日，特殊日也已用完")
                self._grow(high + max(366, 2 * (high - day)))
            else:
                self._grow(day)
            low, high, rank, days = self._table

    def between(self, first: int, last: int) -> int:
        """How many days from `first` to `last`, both included, count."""
        if last < first:
            return 0
        for day in (first - 1, last):
            if not self._table[0] <= day <= self._table[1]:
                self._grow(day)
        low, _, rank, _ = self._table
        return rank[last - low] - rank[first - 1 - low]

    def _grow(self, day: int) -> None:
        low, high, _, _ = self._table
        if day < 1 or day > date(_LAST_YEAR, 12, 31).toordinal():
            raise CalendarError(f"期限超出可计算的范围（1年至{_LAST_YEAR}年）")
        near = date.fromordinal(day).year
        years = (near - 1, near + 3)
        if high > 0:
            years = (min(years[0], date.fromordinal(low).year), max(years[1], date.fromordinal(high).year))
        low = date(max(1, years[0]), 1, 1).toordinal()
        high = date(min(_LAST_YEAR, years[1]), 12, 31).toordinal()
        self._table = self._build(low, high)

    def _build(self, low: int, high: int) -> tuple[int, int, list[int], list[int]]:
        rank: list[int] = []
        days: list[int] = []
        count, exceptions, week = 0, self._exceptions, self._week
        for day in range(low, high + 1):
            if exceptions.get(day, week[(day - 1) % 7]):
                count += 1
                days.append(day)
            rank.append(count)
        return low, high, rank, days


class RunningDays:
    """Days that count and at whose end the clock ran: those of `days` without the paused ranges."""

    def __init__(self, days: CountedDays, paused: Sequence[tuple[int, int]]) -> None:
        """`paused`: disjoint, ordered ranges (first, last) of ordinals."""
        self._days = days
        self._paused = paused

    def nth_after(self, day: int, n: int) -> int:
        """The n-th counting, running day after `day`."""
        lost, found = 0, self._days.nth_after(day, n)
        while True:
            now_lost = sum(self._days.between(max(a, day + 1), min(b, found)) for a, b in self._paused)
            if now_lost == lost:
                return found
            lost, found = now_lost, self._days.nth_after(day, n + now_lost)


class ServiceTable:
    """Service hours as disjoint stretches of instants, in microseconds since 1970, with their running total."""

    def __init__(self, hours_on: Callable[[date], Intervals], zone: ZoneInfo, last_year: int | None) -> None:
        """`last_year`: the last year that has any service hours; None where the week goes on for ever."""
        self._hours_on = hours_on
        self._zone = zone
        self._last_year = last_year
        self._years: tuple[int, int] | None = None
        # covered from, covered to, starts, ends, service done at each end
        self._table: tuple[int, int, list[int], list[int], list[int]] = (0, 0, [], [], [])

    def after(self, start: int, need: int) -> int:
        """The first instant at which `need` (≥ 0) microseconds of service have run since `start`."""
        if not need:
            return start
        while True:
            low, high, _, ends, done = self._table
            if not low <= start < high:
                self._grow(from_microseconds(start, self._zone).year)
                continue
            goal = self._position(start) + need
            place = bisect_left(done, goal)
            if place < len(done):
                return ends[place] - (done[place] - goal)
            first, last = self._years or (0, 0)
            if self._last_year is not None and last > self._last_year:
                raise NoWorkingTimeError("日历中没有（更多）服务时段：每周没有服务时段，特殊日也已用完")
            self._grow(last + max(2, last - first))

    def between(self, start: int, end: int) -> int:
        """Microseconds of service from `start` to `end` (≥ start)."""
        for moment in (start, end):
            if not self._table[0] <= moment < self._table[1]:
                self._grow(from_microseconds(moment, self._zone).year)
        return self._position(end) - self._position(start)

    def _position(self, moment: int) -> int:
        _, _, starts, ends, done = self._table
        place = bisect_right(starts, moment) - 1
        return done[place] - max(0, ends[place] - moment) if place >= 0 else 0

    def _grow(self, year: int) -> None:
        if year > _LAST_YEAR:
            raise CalendarError(f"期限超出可计算的范围（{_LAST_YEAR}年）")
        first, last = (year - 1, year + 1) if self._years is None else self._years
        years = (max(2, min(first, year - 1)), min(_LAST_YEAR, max(last, year + 1)))
        self._table = self._build(*years)
        self._years = years

    def _build(self, first: int, last: int) -> tuple[int, int, list[int], list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        # The day before the first may reach across midnight into it.
        day, stop = date(first - 1, 12, 31), date(last + 1, 1, 1)
        while day < stop:
            midnight = datetime.combine(day, time(0))
            for begin, finish in self._hours_on(day):
                since, until = (
                    microseconds(instant(midnight + timedelta(minutes=m), self._zone)) for m in (begin, finish)
                )
                if ends and since <= ends[-1]:
                    ends[-1] = max(ends[-1], until)
                elif since < until:
                    starts.append(since)
                    ends.append(until)
            day += timedelta(days=1)
        done: list[int] = []
        total = 0
        for since, until in zip(starts, ends, strict=True):
            total += until - since
            done.append(total)
        low, high = (
            microseconds(instant(datetime.combine(date(y, 1, 1), time(0)), self._zone)) for y in (first, last + 1)
        )
        return low, high, starts, ends, done
