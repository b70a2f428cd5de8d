"""What rules are made of, walked through (规则的组成)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from shouwen.engine.program import Program
from shouwen.policy import model


def openings(opening: model.Opening) -> Iterator[model.Opening]:
    """An opening and all that it is made of."""
    yield opening
    if isinstance(opening, (model.UntilAny, model.UntilAll)):
        for part in opening.parts:
            yield from openings(part)
    elif isinstance(opening, model.UntilNot):
        yield from openings(opening.part)


def untils(opening: model.Opening) -> Iterator[model.Until]:
    """Those parts of an opening that wait for an event."""
    return (one for one in openings(opening) if isinstance(one, model.Until))


def asked_of(gate: model.Gate) -> Iterator[model.Happening]:
    """Every happening that a gate looks back for."""
    for until in untils(gate.until):
        yield until.happening
        if until.for_each:
            yield model.Happening(until.for_each.event)
        if until.among:
            yield until.among


def triggers(trigger: model.Trigger) -> Iterator[model.Happening]:
    """Every happening that a trigger waits for, and those that spare it."""
    if isinstance(trigger, model.Happening):
        yield trigger
    elif isinstance(trigger, (model.AnyOf, model.AllOf)):
        for part in trigger.parts:
            yield from triggers(part)
    elif isinstance(trigger, model.Ahead):
        yield from (model.Happening(place.event) for place in trigger.of)
    else:
        yield trigger.since
        yield from spared(trigger)


def spared(trigger: model.Trigger) -> tuple[model.Happening, ...]:
    """What keeps a trigger from coming about, or ends its recurrence."""
    if isinstance(trigger, model.Passed):
        return trigger.unless
    return trigger.until if isinstance(trigger, model.Every) else ()


def ways(trigger: model.Trigger) -> list[tuple[model.Happening, ...]]:
    """The ways in which a trigger comes about: of each, all happenings that it takes."""
    if isinstance(trigger, model.Happening):
        return [(trigger,)]
    if isinstance(trigger, model.AnyOf):
        return [way for part in trigger.parts for way in ways(part)]
    if isinstance(trigger, model.AllOf):
        together = product(*(ways(part) for part in trigger.parts))
        return [tuple(one for way in row for one in way) for row in together]
    if isinstance(trigger, model.Ahead):
        return [(model.Happening(place.event),) for place in trigger.of]
    return [(trigger.since,)]


def trigger_of(rule: model.Duty | model.Proposal) -> model.Trigger:
    return rule.trigger if isinstance(rule, model.Duty) else rule.on


def happenings(rule: model.Rule) -> Iterator[model.Happening]:
    """Every happening that a rule speaks of."""
    if isinstance(rule, (model.Duty, model.Proposal)):
        yield from triggers(trigger_of(rule))
    if isinstance(rule, model.Duty):
        yield from rule.act.happenings
    elif isinstance(rule, model.Gate):
        yield from rule.shuts
        yield from asked_of(rule)


def timed(rule: model.Duty) -> bool:
    """Whether a clock runs for it."""
    if isinstance(rule.within, model.WordLimit):
        return rule.within.limit is not None
    return bool(rule.within or rule.due or isinstance(rule.trigger, model.Every))


def of_kind(program: Program, kind: str) -> tuple[model.Rule, ...]:
    """The rules that hold for a kind of subject."""
    return tuple(rule for rule in program.policy.rules if kind in (rule.kinds or program.matter_kinds))


def live_rows(program: Program, table: model.Table) -> list[model.TableRow]:
    """The rows of a table under the readings taken."""
    return [row for row in table.rows if row.reading is None or row.reading in program.policy.taken]
