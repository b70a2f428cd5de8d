"""States that lead nowhere (走不下去): found among all that may come about, and seen to come about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shouwen.engine.prove.told import entries
from shouwen.engine.prove.walk import Move, State, Walk
from shouwen.engine.prove.where import Answer, Where


def nowhere_stuck(
    where: Where,
    walk: Walk,
    perhaps: Callable[[State], bool],
    begin: Callable[[State], bool],
    goal: Callable[[State], bool],
    shut: Callable[[State], tuple[str, ...]],
) -> Answer:
    before = walk.states
    stuck = walk.stuck(perhaps, goal)
    answer = _really(where, walk, {walk.key(state) for state in stuck}, begin, goal, shut) if stuck else None
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
    shut: Callable[[State], tuple[str, ...]],
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
            return Answer(stuck=entries(state.path, where.start), shut=shut(state))
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
