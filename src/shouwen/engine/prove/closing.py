"""Whether a gate can be opened, a matter closed (打开、办结)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shouwen.engine.program import Program
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.keeping import ASIDE
from shouwen.engine.prove.nowhere import nowhere_stuck, shortest
from shouwen.engine.prove.told import entries
from shouwen.engine.prove.walk import Move, State, Walk
from shouwen.engine.prove.where import Answer, Given, Where
from shouwen.policy import model


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
    for name, value in (
        (n, v) for n in sorted(walk.cone.names) if n in program.policy.axes for v in _values(program, n)
    ):

        def there(state: State, name: str = name, value: str | bool = value) -> bool:
            return bool(state.known.values[name] == value)

        if (name, value) in reached:
            found[name, value] = _closed_in(where, walk, closable, there)
    whole = _closed_in(where, walk, closable, lambda _state: True)

    def open_(state: State) -> bool:
        return not any(move.entry.type in ASIDE or move.entry.type == "closed" for move in state.swayed)

    anywhere = (
        nowhere_stuck(where, walk, open_, open_, closable, lambda _state: ()) if whole.found else Answer(found=True)
    )
    where.states += walk.states
    return Closing(len(walk.everywhere()), found, anywhere, None if whole.found else whole)


def _closed_in(where: Where, walk: Walk, closable: Callable[[State], bool], there: Callable[[State], bool]) -> Answer:
    found = walk.find(lambda state: () if there(state) and closable(state) else None)
    if found is not None:
        return Answer(entries(found[0].path, where.start), found=True)
    first = walk.find(lambda state: () if there(state) else None)
    story = entries(shortest(walk, first[0]).path, where.start) if first else ()
    return Answer(bounded=walk.bounded, stuck=story, possible=first is not None)


def _values(program: Program, name: str) -> Sequence[str | bool]:
    axis = program.policy.axes[name]
    return (True, False) if axis.type == "bool" else axis.values
