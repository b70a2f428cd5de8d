"""How a rule comes about (成立): a story in which it does, tried on the real standing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shouwen.engine.answers import Owed
from shouwen.engine.entry import Entry
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.parts import spared, trigger_of, ways
from shouwen.engine.prove.told import entries, owed_when
from shouwen.engine.prove.walk import Goal, Move, State, Walk
from shouwen.engine.prove.where import NONE, Answer, Given, Where
from shouwen.policy import model

TRIES = 40
"""So many candidates are tried on the real standing for one goal."""


@dataclass
class Arising:
    """How a rule comes about: the walk, the state, the story, when, and what is owed then."""

    walk: Walk
    way: tuple[model.Happening, ...]
    state: State
    story: tuple[Entry, ...]
    at: datetime
    owed: Owed | None


def prerequisites(rule: model.Rule) -> tuple[model.Happening, ...]:
    """What must have happened for a limit to be known: the event that names the item of a list."""
    if isinstance(rule, model.Duty) and isinstance(rule.within, model.ListLimit):
        return (model.Happening(rule.within.event),)
    return ()


def cone_of(
    where: Where,
    rule: model.Duty | model.Proposal,
    way: tuple[model.Happening, ...],
    other: model.Duty | None = None,
    given: Given = NONE,
) -> Cone:
    """What the coming about of the rule in this way, and the keeping of it, depend on. `other`: whose lateness sets
    it off."""
    trigger = trigger_of(other or rule)
    asked = (*way, *spared(trigger), *prerequisites(other or rule))
    rules = [one for one in (rule, other) if one is not None]
    acts = rule.act.happenings if isinstance(rule, model.Duty) else ()
    conditions = tuple(one.when for one in rules if one.when)
    lasting = frozenset(one.event for one in asked)
    barring = {one.event for one in (*spared(trigger), *prerequisites(other or rule))} | {
        one.event for one in asked if _reads(where, one)
    }
    return Cone(
        where.program, where.kind, (*asked, *acts), conditions, tuple(rules), lasting, frozenset(barring), given
    )


def _reads(where: Where, happening: model.Happening) -> bool:
    """Whether it depends on what is known when it happens."""
    fields = where.program.policy.events[happening.event].fields
    names = {name for condition in happening.conditions for name in condition.names}
    return not names.isdisjoint(where.program.initial.keys() - fields.keys())


def arises(where: Where, rule: model.Duty | model.Proposal, given: Given = NONE) -> Arising | Answer:
    """A story in which the rule comes about, or why there is none."""
    bounded, late = False, False
    for way in ways(trigger_of(rule)):
        for walk, goal, take in _attempts(where, rule, way, given):
            answer = walk.find(goal)
            where.states += walk.states
            if answer is not None:
                return take(answer[0])
            bounded = bounded or walk.bounded
            late = True
    return Answer(bounded=bounded, possible=late)


def _attempts(
    where: Where, rule: model.Duty | model.Proposal, way: tuple[model.Happening, ...], given: Given
) -> Iterator[tuple[Walk, Goal, Callable[[State], Arising]]]:
    if any(one.event == "overdue" for one in way):
        yield from _late_attempts(where, rule, way, given)
        return
    walk = where.walk(cone_of(where, rule, way, given=given))
    yield _attempt(where, rule, way, walk, lambda story: story)


def _late_attempts(
    where: Where, rule: model.Duty | model.Proposal, way: tuple[model.Happening, ...], given: Given
) -> Iterator[tuple[Walk, Goal, Callable[[State], Arising]]]:
    """Of a rule that the lateness of another sets off: each duty that may be late."""
    (cause,) = [one for one in way if one.event == "overdue"][:1]
    others = tuple(one for one in way if one is not cause)
    fits = where.program.fits_of(cause)
    for duty in candidates(where, rule):
        data = {"duty": duty.id, "clause": duty.clause}
        probe = Entry("", "M", where.kind, "overdue", where.start, where.start, 0, "", "", "", data)
        if fits is not None and fits(probe, where.program.initial) is False:
            continue
        for first in ways(duty.trigger):
            if not any(one.event == "overdue" for one in first):
                walk = where.walk(cone_of(where, rule, (*first, *others), duty, given))
                yield _attempt(where, rule, (*first, *others), walk, _lateness(where, duty), duty)


def candidates(where: Where, rule: model.Rule) -> list[model.Duty]:
    """Duties of this kind of subject that may be late."""
    program = where.program
    duties = [one for one in program.policy.all_of(model.Duty) if where.kind in (one.kinds or program.matter_kinds)]
    return [one for one in duties if (one.within or one.due or one.agreed) and one.id != rule.id]


def _lateness(where: Where, duty: model.Duty) -> Callable[[tuple[Entry, ...]], tuple[Entry, ...] | None]:
    def late(story: tuple[Entry, ...]) -> tuple[Entry, ...] | None:
        opened = owed_when(where.program, where.kind, story, duty)
        if opened is None or opened[1] is None or opened[1].due_at is None:
            return None
        at, number = max(opened[1].due_at, story[-1].at), len(story) + 1
        data = {"duty": opened[1].key, "clause": opened[1].clause}
        return (*story, Entry(f"e{number}", "M", where.kind, "overdue", at, at, number, "", "", "", data))

    return late


def _attempt(
    where: Where,
    rule: model.Duty | model.Proposal,
    way: tuple[model.Happening, ...],
    walk: Walk,
    extend: Callable[[tuple[Entry, ...]], tuple[Entry, ...] | None],
    other: model.Duty | None = None,
) -> tuple[Walk, Goal, Callable[[State], Arising]]:
    happened = happened_by(where, other or rule, way)
    whens = [one.when for one in (rule, other) if one is not None and one.when]
    made: list[Arising] = []
    tried = 0

    def goal(state: State) -> tuple[Move, ...] | None:
        nonlocal tried
        if not (happened(state) and all(where.program.holds(when, state.known.values) for when in whens)):
            return None
        tried += 1
        if tried > TRIES:
            walk.bounded = True
            return None
        story = extend(entries(state.path, where.start))
        opened = owed_when(where.program, where.kind, story, rule) if story else None
        if story is None or opened is None:
            return None
        made.append(Arising(walk, way, state, story, *opened))
        return ()

    return walk, goal, lambda _state: made[0]


def happened_by(
    where: Where, rule: model.Duty | model.Proposal, way: Sequence[model.Happening]
) -> Callable[[State], bool]:
    """Whether all of it has happened and nothing that spares it."""
    wanted = [(one.event, where.program.fits_of(one)) for one in (*way, *prerequisites(rule))]
    sparing = [(one.event, where.program.fits_of(one)) for one in spared(trigger_of(rule))]

    def some(state: State, event: str, fits: object) -> bool:
        return any(
            move.entry.type == event and (fits is None or fits(move.entry, state.known.values) is True)  # type: ignore[operator]
            for move in (*state.swayed, *state.done)
        )

    return lambda state: all(some(state, *one) for one in wanted) and not any(some(state, *one) for one in sparing)
