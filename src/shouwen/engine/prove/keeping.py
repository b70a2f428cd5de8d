"""Whether a duty can be kept in time (办得到) if everybody acts at once, from wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from shouwen.engine.entry import Entry
from shouwen.engine.prove.arising import TRIES, Arising, happened_by
from shouwen.engine.prove.nowhere import nowhere_stuck
from shouwen.engine.prove.told import entries, kept_in_time
from shouwen.engine.prove.walk import Move, State, Walk
from shouwen.engine.prove.where import Answer, Where
from shouwen.policy import model

ASIDE = frozenset({"withdrawn", "merged"})
"""After these nothing is owed any more."""


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
    fitting: list[Move] = []
    for happening in rule.act.happenings:
        fits = walk.program.fits_of(happening)
        fitting += [
            move
            for move in _acts(walk, rule)
            if move.entry.type == happening.event and (fits is None or fits(move.entry, values) is True)
        ]
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
    happened = happened_by(where, rule, arising.way)

    def may_stand(state: State) -> bool:
        aside = any(move.entry.type in ASIDE for move in state.swayed)
        return not aside and (rule.when is None or where.program.holds(rule.when, state.known.values))

    def stands(state: State) -> bool:
        return may_stand(state) and happened(walk.settled(state))

    def keepable(state: State) -> bool:
        return any(True for _ in _keeping(walk, rule, state))

    return nowhere_stuck(where, walk, may_stand, stands, keepable, lambda state: _shut(walk, rule, state))


def _gated(where: Where, event: str) -> bool:
    return any(
        one.gate.follow is None and where.kind in (one.gate.kinds or where.program.matter_kinds)
        for one in where.program.gates.get(event, ())
    )
