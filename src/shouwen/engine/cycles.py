"""Recurrences that run (周期): what comes round by itself, and which of it an act keeps (Meaning 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from shouwen.calendars import Calendar, Period
from shouwen.engine.entry import Entry
from shouwen.engine.instances import Instance
from shouwen.engine.program import Timed

_INSTANT = timedelta(microseconds=1)
_LONGEST = timedelta(days=400)
"""Longer than any period: within it every recurrence falls."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Cycle:
    """A recurrence that runs; what opens from `cursor` on has not been opened yet."""

    timed: Timed
    base: Any
    since: Entry
    cursor: datetime

    def instances(self, until: datetime, calendar: Calendar) -> Iterator[Instance]:
        """One for each time whose period opens from the cursor to `until`, both included."""
        assert self.timed.every is not None
        for one in self.timed.every.recurrence.occurrences(self.cursor, until + _INSTANT, calendar):
            if one.due < self.since.at:
                continue  # the first period had begun already, and this time of it was over
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
        if not any(cycle.timed is timed and cycle.base == base for cycle in self._running):
            self._running.append(_Cycle(timed, base, since, self._first(timed, since)))

    def _first(self, timed: Timed, since: Entry) -> datetime:
        """From where times are looked for: a period that has begun counts only where the rule says so."""
        assert timed.every is not None
        if not timed.every.partial:
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
            assert cycle.timed.every is not None
            start = max(cycle.cursor, now + _INSTANT)
            coming = cycle.timed.every.recurrence.occurrences(start, now + _LONGEST, self._calendar)
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
