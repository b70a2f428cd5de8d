"""What stands in the way of a duty (卡在哪一关): gates that surely shut every act that would keep it; since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from shouwen.engine.answers import Owed, Shut
from shouwen.engine.entry import MENDING, Entry, effective, order
from shouwen.engine.gates import Openings
from shouwen.engine.program import Program
from shouwen.engine.standing import Standing
from shouwen.engine.values import Known
from shouwen.policy import model
from shouwen.policy.asked import asked


@dataclass(frozen=True, slots=True)
class Stuck:
    """``since``: the opening of the duty, or when the entry happened that shut the last way to keep it."""

    shut: tuple[Shut, ...]
    since: datetime


def stuck(standing: Standing, owed: Owed) -> Stuck | None:
    """By which gates nobody could keep this duty now; None where some act would keep it.

    A gate counts that shuts the act whatever else it says; one that depends on what is filled in does not.
    """
    rule = owed.rule
    if not _gated(standing.program, rule):
        return None
    probes = [_probe(standing, event, data) for event, data in _keeping(rule, owed.instance)]
    shut = _shut(standing.openings, probes, standing.kind)
    return Stuck(shut, _since(standing, probes, owed.opened_at)) if shut else None


def _gated(program: Program, rule: model.Duty) -> bool:
    """Whether every act that keeps the duty has a gate at all."""
    return all(happening.event in program.gates for happening in rule.act.happenings)


def _keeping(rule: model.Duty, instance: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    base = instance.partition("/")[0] if rule.per and instance else None
    for happening in rule.act.happenings:
        data: dict[str, Any] = dict(asked(happening))
        if base is not None:
            data |= {key: base for key in (rule.per, rule.act.same) if key}
        yield happening.event, data


def _probe(standing: Standing, event: str, data: Mapping[str, Any]) -> Entry:
    never = datetime.max.replace(tzinfo=UTC)
    return Entry("", standing.subject, standing.kind, event, never, never, 0, "", "", "", data)


def _shut(openings: Openings, probes: Iterable[Entry], kind: str) -> tuple[Shut, ...]:
    """The gates in the way of all of them; empty where one is open."""
    found: dict[tuple[str, str | None], Shut] = {}
    for probe in probes:
        own = [one for one in openings.shut(probe, kind, surely=True) if one.gate.follow is None]
        if not own:
            return ()
        for shut in own:
            found.setdefault((shut.gate.id, shut.instance), shut)
    return tuple(found.values())


# --- since when -----------------------------------------------------------------------


def _since(standing: Standing, probes: Sequence[Entry], opened_at: datetime) -> datetime:
    program = standing.program
    swaying = frozenset[str]().union(*(_swaying(program, probe.type) for probe in probes))
    later = [entry for entry in standing.given if entry.at > opened_at]
    if not any(entry.type in swaying or entry.type in MENDING for entry in later):
        return opened_at
    since: datetime | None = None
    for at, openings in _history(program, standing.given):
        if not _shut(openings, probes, standing.kind):
            since = None
        elif since is None:
            since = at
    return opened_at if since is None else max(opened_at, program.local(since))


def _history(program: Program, given: Sequence[Entry]) -> Iterator[tuple[datetime, Openings]]:
    """How things stood after each entry. Where one mends others: as they stood by what was known then."""
    if not any(entry.type in MENDING for entry in given):
        past = _Past(program)
        for entry in sorted(given, key=order):
            past.take(entry)
            yield entry.at, past.openings
        return
    known: list[Entry] = []
    for entry in sorted(given, key=order):
        known.append(entry)
        past = _Past(program)
        for counted in effective(known):
            past.take(counted)
        yield entry.at, past.openings


class _Past:
    """As much of a standing as gates look at."""

    def __init__(self, program: Program) -> None:
        self._looked_back = program.looked_back
        self._known = Known(program)
        self._past: dict[str, list[Entry]] = {}
        self.openings = Openings(program, self._past, self._known.values)

    def take(self, entry: Entry) -> None:
        self._known.take(entry)
        if entry.type in self._looked_back:
            self._past.setdefault(entry.type, []).append(entry)


@lru_cache(maxsize=4096)
def _swaying(program: Program, event: str) -> frozenset[str]:
    """Events that can open or shut the gates of this one."""
    found: set[str] = set()
    names: set[str] = set()
    for gate_rule in program.gates[event]:
        gate = gate_rule.gate
        for happening in (*gate.shuts, *_happenings(gate.until)):
            names.update(name for condition in happening.conditions for name in condition.names)
        found.update(happening.event for happening in _happenings(gate.until))
        found.update(until.for_each.event for until in _untils(gate.until) if until.for_each)
        names.update(gate.when.names if gate.when else ())
        names.update(_facts(gate.until))
    if names & program.initial.keys():
        found.update(program.updates, program.counts, ("opened",))
    return frozenset(found)


def _untils(opening: model.Opening) -> Iterator[model.Until]:
    if isinstance(opening, model.Until):
        yield opening
    elif isinstance(opening, (model.UntilAny, model.UntilAll)):
        for part in opening.parts:
            yield from _untils(part)
    elif isinstance(opening, model.UntilNot):
        yield from _untils(opening.part)


def _happenings(opening: model.Opening) -> Iterator[model.Happening]:
    return (until.happening for until in _untils(opening))


def _facts(opening: model.Opening) -> Iterator[str]:
    if isinstance(opening, model.UntilFact):
        yield from opening.condition.names
    elif isinstance(opening, (model.UntilAny, model.UntilAll)):
        for part in opening.parts:
            yield from _facts(part)
    elif isinstance(opening, model.UntilNot):
        yield from _facts(opening.part)
