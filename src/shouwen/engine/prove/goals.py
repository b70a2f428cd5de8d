"""What is looked for in walks (目标): that a rule comes about, a duty can be kept, a gate opened, a matter closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.engine.answers import Owed
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.organisation import Posts
from shouwen.engine.prove.parts import spared, trigger_of, ways
from shouwen.engine.prove.told import entries, kept_in_time, owed_when
from shouwen.engine.prove.walk import Goal, Move, State, Walk
from shouwen.policy import model
from shouwen.policy.conditions import Condition

TRIES = 40
"""So many candidates are tried on the real standing for one goal."""
Given = Mapping[str, str | bool]
NONE: Given = {}
ASIDE = frozenset({"withdrawn", "merged"})
"""After these nothing is owed any more."""


@dataclass
class Where:
    """One kind of subject under one policy, and who there is to act."""

    program: Program
    kind: str
    start: datetime
    posts: Posts
    most: int
    period: str = ""
    """Of a kind that the calendar opens: the period that is walked through."""
    states: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)
    """What was worked out once for all walks."""

    def walk(self, cone: Cone) -> Walk:
        return Walk(cone, self.start, self.posts, self.most, self.period, self.kept)


@dataclass
class Answer:
    """What became of a question: a story that shows it, a proof that there is none, or neither."""

    story: tuple[Entry, ...] = ()
    found: bool = False
    bounded: bool = False
    stuck: tuple[Entry, ...] = ()
    """A story after which it cannot be any more."""
    shut: tuple[str, ...] = ()
    """The gates that shut it then."""
    late: bool = False
    """It can be done, but not in time."""
    possible: bool = True
    """Whether anybody may do such an act at all."""
    states: int = field(default=0)


# --- a rule comes about, a duty is kept --------------------------------------------------------


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
    barring = {one.event for one in (*spared(trigger), *prerequisites(other or rule))} | {one.event for one in asked if _reads(where, one)}
    return Cone(where.program, where.kind, (*asked, *acts), conditions, tuple(rules), lasting, frozenset(barring), given)


def _reads(where: Where, happening: model.Happening) -> bool:
    """Whether it depends on what is known when it happens."""
    fields = where.program.policy.events[happening.event].fields
    names = {name for condition in happening.conditions for name in condition.names}
    return not names.isdisjoint(where.program.initial.keys() - fields.keys())


def categories(where: Where, cone: Cone, when: Condition | None = None) -> list[Given]:
    """The values of the main category, so far as the cone depends on it and the condition may hold: one walk each."""
    policy = where.program.policy
    if where.kind not in where.program.matter_kinds:
        return [NONE]
    for axis in policy.axes.values():
        if axis.type == "text" and any(place.event == "classified" for place in axis.sources):
            if axis.name not in cone.names:
                return [NONE]
            given: list[Given] = [{axis.name: value} for value in axis.values]
            return [one for one in given if when is None or when.evaluate(one) is not False] or [NONE]
    return [NONE]


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
    happened = _happened(where, other or rule, way)
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


def _happened(
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


def keeps(where: Where, rule: model.Duty, arising: Arising) -> Answer:
    """Whether a duty that arose can be kept in time if everybody acts at once."""
    walk, owed = arising.walk, arising.owed
    assert owed is not None
    before = walk.states
    late = False
    whole: tuple[Entry, ...] = ()
    tried = 0

    def goal(state: State) -> tuple[Move, ...] | None:
        nonlocal late, whole, tried
        for acts in _keeping(walk, rule, state):
            tried += 1
            if tried > TRIES:
                walk.bounded = walk.bounded or not late
                return None
            since = state.path[len(arising.state.path) :]
            story = entries(since, arising.at, arising.story)
            kept = kept_in_time(where.program, where.kind, story, rule, arising.at, owed, acts)
            if kept is not None:
                whole = kept
                return acts
            late = True
        return None

    found = walk.find(goal, [arising.state])
    where.states += walk.states - before
    if found is not None:
        return Answer(whole, found=True)
    possible = any(True for _ in _acts(walk, rule))
    return Answer(
        bounded=walk.bounded, stuck=arising.story, late=late, possible=possible, shut=_shut(walk, rule, arising.state)
    )


def _acts(walk: Walk, rule: model.Duty) -> Iterator[Move]:
    """The moves by which it could be kept, whatever is shut."""
    for happening in rule.act.happenings:
        for move in walk.moves:
            if move.entry.type == happening.event and (not rule.by or walk.program.role(move.entry.post) in rule.by):
                yield move


def _keeping(walk: Walk, rule: model.Duty, state: State) -> Iterator[tuple[Move, ...]]:
    """The acts that would keep it now; of what is needed of several, one of each."""
    values = state.known.values
    if rule.when is not None and not walk.program.holds(rule.when, values):
        return
    fitting = []
    for happening in rule.act.happenings:
        fits = walk.program.fits_of(happening)
        for move in _acts(walk, rule):
            if move.entry.type == happening.event and (fits is None or fits(move.entry, values) is True):
                fitting.append(move)
    could = [move for move in dict.fromkeys(fitting) if _open(walk, state, move)]
    if rule.need is None:
        yield from ((move,) for move in could)
        return
    each: dict[str, Move] = {}
    for move in could:
        given = move.entry.data.get(rule.need.of)
        for value in given if isinstance(given, list) else [given]:
            each.setdefault(str(walk.program.role(value)), move)
    if len(each) >= (len(rule.need.all) or rule.need.count):
        yield tuple(dict.fromkeys(each.values()))


def _open(walk: Walk, state: State, move: Move) -> bool:
    return move.entry.type in ("received", "opened") or walk.can(state, move)


def _shut(walk: Walk, rule: model.Duty, state: State) -> tuple[str, ...]:
    state = walk.settled(state)
    found: dict[str, None] = {}
    for move in _acts(walk, rule):
        for gate, _, missing in walk.openings(state).concerning(move.entry, walk.kind):
            if missing is not None and gate.follow is None:
                found[gate.id] = None
    return tuple(found)


def always_keeps(where: Where, rule: model.Duty, arising: Arising) -> Answer:
    """Whether it can be kept from everywhere where it stands, as far as gates have a say."""
    walk = arising.walk
    if not all(_gated(where, one.event) for one in rule.act.happenings):
        return Answer(found=True)
    happened = _happened(where, rule, arising.way)

    def may_stand(state: State) -> bool:
        aside = any(move.entry.type in ASIDE for move in state.swayed)
        return not aside and (rule.when is None or where.program.holds(rule.when, state.known.values))

    def stands(state: State) -> bool:
        return may_stand(state) and happened(walk.settled(state))

    return _nowhere_stuck(where, walk, may_stand, stands, lambda state: any(True for _ in _keeping(walk, rule, state)), rule)


def _gated(where: Where, event: str) -> bool:
    return any(
        one.gate.follow is None and where.kind in (one.gate.kinds or where.program.matter_kinds)
        for one in where.program.gates.get(event, ())
    )


def _nowhere_stuck(
    where: Where,
    walk: Walk,
    perhaps: Callable[[State], bool],
    begin: Callable[[State], bool],
    goal: Callable[[State], bool],
    rule: model.Duty | None,
) -> Answer:
    before = walk.states
    stuck = walk.stuck(perhaps, goal)
    answer = _really(where, walk, {walk.key(state) for state in stuck}, begin, goal, rule) if stuck else None
    where.states += walk.states - before
    if answer is not None:
        return answer
    return Answer(found=not walk.bounded, bounded=walk.bounded)


def _really(
    where: Where,
    walk: Walk,
    keys: set[object],
    begin: Callable[[State], bool],
    goal: Callable[[State], bool],
    rule: model.Duty | None,
) -> Answer | None:
    """Of states that seem to lead nowhere: one that can come about and does lead nowhere."""
    left = set(keys)
    while left:
        found = walk.find(lambda state: () if walk.key(state) in left else None)
        if found is None:
            return None  # none of them can come about
        state = shortest(walk, found[0])
        left.discard(walk.key(found[0]))
        if begin(state) and walk.find(lambda one: () if goal(one) else None, [state]) is None and not walk.bounded:
            shut = _shut(walk, rule, state) if rule else ()
            return Answer(stuck=entries(state.path, where.start), shut=shut)
    return None


def shortest(walk: Walk, state: State) -> State:
    """The same state with only what had to be opened on the way to it."""
    path = list(state.path)
    for move in [one for one in path if not one.sways and one.entry.type not in ("received", "opened")]:
        tried = [one for one in path if one is not move]
        if _goes(walk, tried) is not None:
            path = tried
    return _goes(walk, path) or state


def _goes(walk: Walk, path: Sequence[Move]) -> State | None:
    state: State | None = None
    for begun in walk.beginnings():
        if list(begun.path) == list(path[: len(begun.path)]):
            state = begun
    if state is None:
        return None
    for move in path[len(state.path) :]:
        if not walk.can(state, move):
            return None
        state = walk.after(state, move)
    return state


# --- a gate is opened, a matter closed ---------------------------------------------------------


def opens(where: Where, gate: model.Gate) -> Answer:
    """A story after which the gate is open though it holds, or one after which it is shut and nothing opens it."""
    program = where.program
    walk = where.walk(Cone(program, where.kind, conditions=tuple(Cone.gate_conditions(gate)), rules=(gate,)))
    instances = ("1", "2") if gate.per else (None,)

    def holds(state: State) -> bool:
        return gate.when is None or gate.when.evaluate(state.known.values) is not False

    def goal(state: State) -> tuple[Move, ...] | None:
        openings = walk.openings(state)
        open_ = holds(state) and any(openings.missing(gate.until, one, gate.per) is None for one in instances)
        return () if open_ else None

    found = walk.find(goal)
    shut = None if found else walk.find(lambda state: () if holds(state) else None)
    where.states += walk.states
    if found is not None:
        return Answer(entries(found[0].path, where.start), found=True)
    story = entries(shortest(walk, shut[0]).path, where.start) if shut else ()
    return Answer(bounded=walk.bounded, stuck=story, possible=shut is not None)


@dataclass
class Closing:
    """How far the closing of a kind of matter was walked: by category the story, and whether nothing leads nowhere."""

    states: int
    categories: dict[tuple[str, str | bool], Answer]
    anywhere: Answer
    missing: Answer | None = None


def closes(where: Where, given: Given) -> Closing:
    program = where.program
    walk = where.walk(Cone(program, where.kind, (model.Happening("closed"),), given=given))
    acts = [move for move in walk.moves if move.entry.type == "closed"]

    def closable(state: State) -> bool:
        return any(walk.can(state, move) for move in acts)

    found: dict[tuple[str, str | bool], Answer] = {}
    reached = {
        (name, state.known.values[name])
        for state in walk.everywhere().values()
        for name in walk.cone.names
        if name in program.policy.axes
    }
    for name, value in ((n, v) for n in sorted(walk.cone.names) if n in program.policy.axes for v in _values(program, n)):

        def there(state: State, name: str = name, value: str | bool = value) -> bool:
            return state.known.values[name] == value

        if (name, value) in reached:
            found[name, value] = _closed_in(where, walk, closable, there)
    whole = _closed_in(where, walk, closable, lambda _state: True)

    def open_(state: State) -> bool:
        return not any(move.entry.type in ASIDE or move.entry.type == "closed" for move in state.swayed)

    anywhere = _nowhere_stuck(where, walk, open_, open_, closable, None) if whole.found else Answer(found=True)
    where.states += walk.states
    return Closing(len(walk.everywhere()), found, anywhere, None if whole.found else whole)


def _closed_in(
    where: Where, walk: Walk, closable: Callable[[State], bool], there: Callable[[State], bool]
) -> Answer:
    found = walk.find(lambda state: () if there(state) and closable(state) else None)
    if found is not None:
        return Answer(entries(found[0].path, where.start), found=True)
    first = walk.find(lambda state: () if there(state) else None)
    story = entries(shortest(walk, first[0]).path, where.start) if first else ()
    return Answer(bounded=walk.bounded, stuck=story, possible=first is not None)


def _values(program: Program, name: str) -> Sequence[str | bool]:
    axis = program.policy.axes[name]
    return (True, False) if axis.type == "bool" else axis.values
