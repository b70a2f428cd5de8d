"""What a policy itself says about the fields of its events: values its rules listen for, parties they name.

A rule that waits for ``paper == "整改方案"`` waits for that spelling alone: forms offer it, so nobody has to know it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from shouwen.engine import Program, Shut
from shouwen.policy import model
from shouwen.policy.conditions import Tree
from shouwen.policy.scope import compared

Offers = Mapping[tuple[str, str], tuple[str, ...]]
"""Values by (event, field)."""


def mentioned(tree: Tree) -> Iterator[tuple[str, str]]:
    """(name, text) wherever a condition compares a name with a text."""
    return ((name, value) for name, value in compared(tree) if isinstance(value, str) and value)


def _of_trigger(trigger: model.Trigger) -> Iterator[model.Happening]:
    if isinstance(trigger, model.Happening):
        yield trigger
    elif isinstance(trigger, (model.AnyOf, model.AllOf)):
        for part in trigger.parts:
            yield from _of_trigger(part)
    elif isinstance(trigger, model.Passed):
        yield trigger.since
        yield from trigger.unless
    elif isinstance(trigger, model.Every):
        yield trigger.since
        yield from trigger.until


def _of_opening(opening: model.Opening) -> Iterator[model.Until]:
    if isinstance(opening, model.Until):
        yield opening
    elif isinstance(opening, (model.UntilAny, model.UntilAll)):
        for part in opening.parts:
            yield from _of_opening(part)
    elif isinstance(opening, model.UntilNot):
        yield from _of_opening(opening.part)


def openings_of(gate: model.Gate) -> tuple[model.Until, ...]:
    """What would open a gate, as far as it is an event."""
    return tuple(_of_opening(gate.until))


def _speaks_of(policy: model.Policy, kinds: Iterable[str], kind: str) -> bool:
    """Whether a rule for these kinds is one for this kind, "" for any; without kinds it is one for all matters."""
    known = policy.kinds.get(kind)
    return not kind or kind in kinds or (not kinds and (known is None or known.matter))


def _happenings(policy: model.Policy, kind: str = "") -> Iterator[model.Happening]:
    """Of the rules for one kind of subject, or of all."""
    for rule in policy.rules:
        if not _speaks_of(policy, rule.kinds, kind):
            continue
        if isinstance(rule, model.Duty):
            yield from rule.act.happenings
            yield from _of_trigger(rule.trigger)
        elif isinstance(rule, model.Gate):
            yield from rule.shuts
            yield from (until.happening for until in _of_opening(rule.until))
        elif isinstance(rule, model.Proposal):
            yield from _of_trigger(rule.on)
    for fact in policy.facts.values():
        if fact.count:
            yield fact.count


def _needed(policy: model.Policy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(event, field, values) that rules ask to be complete, or name as recipients."""
    for rule in policy.rules:
        if isinstance(rule, model.Duty):
            for happening in rule.act.happenings:
                if rule.need:
                    yield happening.event, rule.need.of, rule.need.all
                if rule.to:
                    yield happening.event, "to", rule.to
        elif isinstance(rule, model.Gate):
            for until in _of_opening(rule.until):
                if until.need:
                    yield until.happening.event, until.need.of, until.need.all


@lru_cache(maxsize=32)
def offers(program: Program) -> Offers:
    """Every value that a rule of the policy names for a field of an event, in the order of the text."""
    policy = program.policy
    found: dict[tuple[str, str], dict[str, None]] = {}
    for event, key, values in _needed(policy):
        found.setdefault((event, key), {}).update(dict.fromkeys(values))
    for happening in _happenings(policy):
        for name, value in (pair for condition in happening.conditions for pair in mentioned(condition.tree)):
            if name in policy.events[happening.event].fields:
                found.setdefault((happening.event, name), {})[value] = None
    return {place: tuple(values) for place, values in found.items()}


@lru_cache(maxsize=32)
def from_a_list(program: Program) -> frozenset[tuple[str, str]]:
    """(event, field) whose values are the items of a list of limits."""
    limits = [duty.within for duty in program.policy.all_of(model.Duty)]
    return frozenset((limit.event, limit.key) for limit in limits if isinstance(limit, model.ListLimit))


@lru_cache(maxsize=32)
def orders_made_by(program: Program) -> frozenset[str]:
    """Events that give a new order its number: those whose instances a gate or duty then counts."""
    policy = program.policy
    made = {
        until.for_each.event
        for rule in policy.all_of(model.Gate)
        for until in _of_opening(rule.until)
        if until.for_each is not None
    }
    replaced = {name for name, event in policy.events.items() if "replaces" in event.fields}
    return frozenset(made | replaced)


@lru_cache(maxsize=64)
def spoken_of(program: Program, kind: str) -> frozenset[str]:
    """Events that some rule, power, axis or fact of the policy speaks of, for one kind of subject."""
    policy = program.policy
    named = {happening.event for happening in _happenings(policy, kind)}
    named |= {rule.event for rule in policy.all_of(model.RecordRule) if _speaks_of(policy, rule.kinds, kind)}
    powers = (rule for rule in policy.all_of(model.Power) if _speaks_of(policy, rule.kinds, kind))
    named |= {event for rule in powers for event in rule.may}
    # Categories are those of matters.
    axes = policy.axes.values() if _speaks_of(policy, (), kind) else ()
    sources: tuple[model.Axis | model.Fact, ...] = (*axes, *policy.facts.values())
    named |= {place.event for source in sources for place in source.sources}
    return frozenset(named)


def surely(shut: Iterable[Shut], event: str) -> tuple[Shut, ...]:
    """Gates that shut the event whatever it will say; others depend on what is filled in."""
    return tuple(one for one in shut if any(each.event == event and each.unconditional for each in one.gate.shuts))
