"""What cannot be told apart (等价): values that are set together, by what gates and conditions make of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shouwen.engine.program import reader
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.domains import names_of
from shouwen.engine.prove.parts import live_rows, openings
from shouwen.policy import conditions as cel
from shouwen.policy import model


def read_as(policy: model.Policy, name: str, value: Any) -> Any:
    source = policy.axes.get(name) or policy.facts[name]
    return reader(source.type)(value)


class Told:
    """All that a cone can make of the values of some names, which are always set together."""

    def __init__(self, cone: Cone, names: frozenset[str]) -> None:
        self._tables = _tables_of(cone, names)
        self._rows = {table.axis: live_rows(cone.program, table) for table in self._tables}
        self._names = names | {table.axis for table in self._tables}
        self._gates = [gate for gate in cone.gates.values() if self._alone(gate)]
        self._parts, mixed = parts_over(_conditions(cone, self._gates, self._tables), self._names)
        seen = {name for table in self._tables if table.axis in mixed for row in table.rows for name in row.when.names}
        self._raw = names & (mixed | seen)

    def _alone(self, gate: model.Gate) -> bool:
        parts = list(openings(gate.until))
        facts = [one.condition for one in parts if isinstance(one, model.UntilFact)]
        whole = not any(isinstance(one, model.Until) for one in parts) and not any(one.conditions for one in gate.shuts)
        conditions = [*facts, *([gate.when] if gate.when else [])]
        return whole and all(condition.names <= self._names for condition in conditions)

    def said(self, values: Mapping[str, Any]) -> Any:
        """What tells these values from others."""
        whole = dict(values)
        for table in self._tables:
            answers = [(row.when.evaluate(whole), row.value) for row in self._rows[table.axis]]
            whole[table.axis] = next((value for answer, value in answers if answer is not False), table.otherwise)
        gates = tuple(self._open(gate, whole) for gate in self._gates)
        parts = tuple(part.evaluate(whole) for part in self._parts)
        left = tuple(hashable(value) for name, value in values.items() if name in self._raw or name not in self._names)
        return gates, parts, left

    @staticmethod
    def _open(gate: model.Gate, values: Mapping[str, Any]) -> bool:
        return (gate.when is not None and gate.when.evaluate(values) is False) or _true(gate.until, values)


def _true(opening: model.Opening, values: Mapping[str, Any]) -> bool:
    if isinstance(opening, model.UntilFact):
        return opening.condition.evaluate(values) is True
    if isinstance(opening, model.UntilNot):
        part = opening.part
        fact = isinstance(part, model.UntilFact)
        return part.condition.evaluate(values) is False if fact else not _true(part, values)  # type: ignore[union-attr]
    assert isinstance(opening, (model.UntilAll, model.UntilAny))
    answers = [_true(part, values) for part in opening.parts]
    return all(answers) if isinstance(opening, model.UntilAll) else any(answers)


def _tables_of(cone: Cone, names: frozenset[str]) -> list[model.Table]:
    """Tables that these names decide alone, each after those that it reads."""
    found: list[model.Table] = []
    known = set(names)
    left = [table for table in cone.tables() if not table.latch and table.when is None]
    while True:
        more = [one for one in left if one not in found and all(row.when.names <= known for row in one.rows)]
        if not more:
            return found
        found += more
        known |= {table.axis for table in more}


def _conditions(cone: Cone, gates: Iterable[model.Gate], tables: Iterable[model.Table]) -> Iterator[cel.Condition]:
    """Conditions of the cone that stand anywhere else than in these gates and tables."""
    yield from cone.asked_conditions()
    for gate in cone.gates.values():
        if not any(gate is one for one in gates):
            yield from cone.gate_conditions(gate)
    for table in cone.tables():
        if not any(table is one for one in tables):
            yield from (row.when for row in table.rows)
            yield from [table.when] if table.when else []


def parts_over(
    conditions: Iterable[cel.Condition], names: frozenset[str]
) -> tuple[list[cel.Condition], frozenset[str]]:
    """The largest parts of conditions that these names alone decide, and the names that a part mixes with others."""
    parts: dict[cel.Tree, None] = {}
    mixed: set[str] = set()

    def walk(tree: cel.Tree) -> None:
        own = set(names_of(tree))
        if own and own <= names:
            parts[tree] = None
        elif isinstance(tree, cel.Call) and tree.op in ("_&&_", "_||_", "!_"):
            for arg in tree.args:
                walk(arg)
        else:
            mixed.update(own & names)

    for condition in conditions:
        walk(condition.tree)
    return [cel.Condition("", tree) for tree in parts], frozenset(mixed)


def picked(data: Mapping[str, Any], keys: Iterable[str]) -> tuple[Any, ...]:
    return tuple(hashable(data.get(key)) for key in keys)


def hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
