"""Timers (届满与提前): what opens by itself at an instant, unless something comes before (Meaning 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.instances import Instance
from shouwen.engine.program import Timed
from shouwen.policy import model


@dataclass(slots=True)
class Timer:
    """`at`: None while the subject is suspended, or where the event names no date."""

    timed: Timed
    base: Any
    since: Entry
    at: datetime | None


class Timers:
    """The timers of one subject; `fires_at` tells when one started by an entry fires."""

    def __init__(self, fires_at: Callable[[Timed, Entry], datetime | None]) -> None:
        self._fires_at = fires_at
        self._running: list[Timer] = []
        self._spared: set[tuple[int, Any]] = set()

    def __bool__(self) -> bool:
        return bool(self._running)

    def start(self, timed: Timed, base: Any, since: Entry, opened: list[Instance]) -> None:
        """A date that is set again moves what was ahead of it; a limit that runs is not started anew.

        `opened`: the rule's instances so far.
        """
        again = timed.again
        if again != "add" and {(timed.index, base), (timed.index, None)} & self._spared:
            return
        if isinstance(timed.timer, model.Ahead):
            self._running = [timer for timer in self._running if timer.timed is not timed or timer.base != base]
        elif self._runs(timed, base):
            return
        if again == "ignore" and any(one.base == base for one in opened):
            return
        self._running.append(Timer(timed, base, since, self._fires_at(timed, since)))

    def _runs(self, timed: Timed, base: Any) -> bool:
        return any(timer.timed is timed and timer.base == base for timer in self._running)

    def spare(self, timed: Timed, bases: list[Any]) -> None:
        """What a timer waits for has come: it does not fire; one without the instance's key spares all."""
        self._spared.update((timed.index, base) for base in bases)
        self._running = [
            timer
            for timer in self._running
            if timer.timed is not timed or (timer.base not in bases and bases != [None])
        ]

    def ripe(self, before: datetime) -> Iterator[tuple[datetime, Timer]]:
        """What fires before this instant, once, in order; an act at the very instant still comes in time."""
        ripe = [(timer.at, timer) for timer in self._running if timer.at is not None and timer.at < before]
        for at, timer in sorted(ripe, key=lambda pair: pair[0]):
            self._running.remove(timer)
            yield at, timer

    def by(self, now: datetime) -> Iterator[Instance]:
        """What will have fired by `now`; asked, not taken."""
        return (_instance(timer, timer.at) for timer in self._running if timer.at is not None and timer.at <= now)

    def ahead(self, now: datetime) -> Iterator[Instance]:
        """What will fire after `now` if nothing spares it."""
        return (_instance(timer, timer.at) for timer in self._running if timer.at is not None and timer.at > now)

    def retime(self) -> None:
        """After a pause, or its end."""
        for timer in self._running:
            timer.at = self._fires_at(timer.timed, timer.since)

    def after(self, now: datetime) -> Iterator[datetime]:
        """When each of them fires."""
        yield from (timer.at for timer in self._running if timer.at is not None and timer.at > now)


def _instance(timer: Timer, at: datetime) -> Instance:
    return Instance(timer.timed, timer.base, None if timer.base is None else str(timer.base), timer.since, at)
