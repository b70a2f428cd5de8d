"""Recurrences that run (周期): what comes round by itself, and which of it an act keeps (Meaning 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from shouwen.calendars import Calendar, Limit, Occurrence, Period, Recurrence, due
from shouwen.engine.entry import Entry
from shouwen.engine.instances import Instance
from shouwen.engine.program import Timed

_INSTANT = timedelta(microseconds=1)
_LONGEST = timedelta(days=400)
"""Longer than any period: within it every recurrence falls."""
_NEVER = datetime.max.replace(tzinfo=UTC)


def recorded_day(timed: Timed, since: Entry, calendar: Calendar) -> date | None:
    """The date on whose day of the year a rule falls, as the entry names it; None where it falls on no such day."""
    value = since.data.get(timed.every.on) if timed.every and timed.every.on else None
    try:
        if not isinstance(value, str):
            return None
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(calendar.tz).date() if moment.tzinfo else moment.date()


def recurrence_of(timed: Timed, since: Entry, calendar: Calendar) -> Recurrence | None:
    """When a rule falls that runs since this entry; None where the entry does not name the date that it needs."""
    assert timed.every is not None
    if not timed.every.on:
        return timed.every.recurrence
    day = recorded_day(timed, since, calendar)
    return timed.every.recurrence.on_day_of(day) if day else None


@dataclass(slots=True)
class _Cycle:
    """A recurrence that runs; what opens from `cursor` on has not been opened yet."""

    timed: Timed
    base: Any
    since: Entry
    recurrence: Recurrence
    cursor: datetime
    ends: datetime | None

    def occurrences(self, until: datetime, calendar: Calendar) -> Iterator[Occurrence]:
        """Each time whose period opens from the cursor on and before `until`."""
        until = until if self.ends is None else min(until, self.ends)
        for one in self.recurrence.occurrences(self.cursor, until, calendar):
            if one.due < self.since.at:
                continue  # the first period had begun already, and this time of it was over
            day = recorded_day(self.timed, self.since, calendar)
            if day is None or one.period.first.year > day.year:
                yield one

    def instances(self, until: datetime, calendar: Calendar) -> Iterator[Instance]:
        """One for each time whose period opens from the cursor to `until`, both included."""
        for one in self.occurrences(until + _INSTANT, calendar):
            parts = [] if self.base is None else [str(self.base)]
            parts += [one.period.key, *([str(one.number)] if one.number > 1 else [])]
            yield Instance(
                self.timed, self.base, "/".join(parts), self.since, max(one.opens, self.since.at), occurrence=one
            )


class Cycles:
    """The recurrences of one subject that run."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._running: list[_Cycle] = []
        self.stopped = False
        """The subject has ended: nothing more comes round, and what would have is passed over."""
        self.over: datetime | None = None
        """A period's own end: what would begin then or later comes round in the next one."""

    def __bool__(self) -> bool:
        return bool(self._running)

    def begin(self, timed: Timed, base: Any, since: Entry) -> None:
        """From the first whole period at or after `since`; one that runs already is not begun anew."""
        every = timed.every
        assert every is not None
        if every.on:
            self.end(timed, [base])
        elif any(cycle.timed is timed and cycle.base == base for cycle in self._running):
            return
        recurrence = recurrence_of(timed, since, self._calendar)
        if recurrence is None:
            return
        begins = self._first(timed, since)
        if every.beyond:
            begins = max(begins, self._after(every.beyond, timed, since) or begins)
        ends = self._after(every.first, timed, since) if every.first else None
        self._running.append(_Cycle(timed, base, since, recurrence, begins, ends))

    def _after(self, limit: Limit, timed: Timed, since: Entry) -> datetime | None:
        return due(limit, since.at, self._calendar, timed.day_rules)

    def _first(self, timed: Timed, since: Entry) -> datetime:
        """From where times are looked for: a period that has begun counts only where the rule says so."""
        assert timed.every is not None
        if not timed.every.partial and not timed.every.on:
            return since.at
        day = since.at.astimezone(self._calendar.tz).date()
        return Period.containing(timed.every.recurrence.every, day).opens(self._calendar)

    def end(self, timed: Timed, bases: list[Any]) -> None:
        """Nothing more of these comes round; without an instance's key, none of the rule."""
        self._running = [cycle for cycle in self._running if cycle.timed is not timed or not _meant(cycle.base, bases)]

    def come_round(self, at: datetime) -> Iterator[Instance]:
        """What has come round by this instant, once."""
        for cycle in self._running:
            if not self.stopped:
                yield from self._instances(cycle, at)
            cycle.cursor = max(cycle.cursor, at + _INSTANT)

    def by(self, now: datetime) -> Iterator[Instance]:
        """What will have come round by `now`; asked, not taken."""
        if not self.stopped:
            for cycle in self._running:
                yield from self._instances(cycle, now)

    def _instances(self, cycle: _Cycle, at: datetime) -> Iterator[Instance]:
        return cycle.instances(at if self.over is None else min(at, self.over - _INSTANT), self._calendar)

    def next_after(self, now: datetime) -> Iterator[datetime]:
        """When each of them comes round next."""
        for cycle in self._running if not self.stopped else ():
            later = replace(cycle, cursor=max(cycle.cursor, now + _INSTANT))
            coming = later.occurrences(later.cursor + _LONGEST, self._calendar)
            yield from (one.opens for one in islice(coming, 1) if self.over is None or one.opens < self.over)


def lapse(instances: Iterable[Instance], bases: list[Any], at: datetime, due: Callable[[Instance], Any]) -> None:
    """A recurrence has ended: what was not yet due by then is no longer owed; what was missed still is."""
    for instance in instances:
        if instance.kept is None and _meant(instance.base, bases):
            due_at = due(instance)
            instance.lapsed = instance.lapsed or due_at is None or due_at > at


def in_turn(instances: Iterable[Instance], entry: Entry, due: Callable[[Instance], Any]) -> list[Instance]:
    """Which of those that could be kept an act keeps, one for each base.

    The period that it names; else what is due next; else, where all is past due, what was missed last.
    """
    period = entry.data.get("period")
    turns: dict[Any, list[tuple[bool, timedelta, Instance]]] = {}
    for instance in instances:
        assert instance.occurrence is not None
        if isinstance(period, str) and period != instance.occurrence.period.key:
            continue
        ahead = (due(instance) or _NEVER) - entry.at
        turns.setdefault(instance.base, []).append((ahead < timedelta(0), abs(ahead), instance))
    return [min(turn, key=lambda one: one[:2])[2] for turn in turns.values()]


def _meant(base: Any, bases: list[Any]) -> bool:
    return base in bases or bases == [None]
