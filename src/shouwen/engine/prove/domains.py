"""Values that conditions tell apart (取值): of numbers and dates one for each interval that the comparisons draw."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from shouwen.engine.program import Program, reader
from shouwen.policy import conditions as cel

OTHER = "（别的）"
_COMPARISONS = frozenset(
    ("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "startsWith", "endsWith", "contains", cel.SUBSET)
)
_FIRST, _LAST = "0001-01-01", "9999-12-31"


class Domains:
    """The values of categories and facts that some conditions tell apart."""

    def __init__(self, program: Program, conditions: Iterable[cel.Condition]) -> None:
        self.program = program
        self.policy = program.policy
        self._said: dict[str, dict[Any, None]] = defaultdict(dict)
        for condition in conditions:
            for name, value in _compared(condition.tree):
                self._said[name][value] = None

    def values(self, name: str, type_: str, among: Iterable[str] = ()) -> list[Any]:
        """Values of a name that comparisons tell apart, as an entry says them."""
        said = list(self._said.get(name, ()))
        if type_ == "bool":
            return [True, False]
        if type_ in ("number", "money"):
            return [_number(value, type_) for value in _intervals(said)]
        texts = [value for value in said if isinstance(value, str)]
        if type_ in ("date", "instant"):
            return [_FIRST, *texts, _LAST] if texts else []
        if among:
            return list(among)
        return [*texts, OTHER] if texts else []

    def possible(self, name: str) -> list[Any]:
        """What a category or fact may be once it is known."""
        axis = self.policy.axes.get(name)
        if axis is not None:
            return [True, False] if axis.type == "bool" else list(axis.values)
        fact = self.policy.facts[name]
        if fact.type == "list":
            single = [(value,) for value in self.values(name, "text", fact.values)]
            return [*single, tuple(value for (value,) in single)] if len(single) > 1 else single
        type_ = "number" if fact.count else fact.type
        read = reader(type_)
        values = [read(value) for value in self.values(name, type_, fact.values)]
        first = self.program.initial[name]
        return list(dict.fromkeys([*values, *([first] if first is not None else [])]))

    def interval(self, name: str, value: Any) -> Any:
        """Numbers between which no comparison of this name draws a line, as one."""
        if not isinstance(value, Decimal):
            return value
        marks = sorted({Decimal(one) for one in self._said.get(name, ()) if isinstance(one, (int, Decimal))})
        return bisect_left(marks, value) + bisect_right(marks, value)

    def most(self, name: str) -> Decimal:
        """One more than the largest number that the name is compared with: from there on all is alike."""
        marks = [value for value in self._said.get(name, ()) if isinstance(value, (int, Decimal))]
        return max(map(Decimal, marks), default=Decimal(0)) + 1


def _compared(tree: cel.Tree) -> Iterator[tuple[str, Any]]:
    """(name, value that it is compared with); of sums every name with every number."""
    if not isinstance(tree, cel.Call):
        return
    if tree.op in _COMPARISONS:
        names = [name for arg in tree.args for name in names_of(arg)]
        said = list(_literals(tree)) or ([1, 2] if len(set(names)) > 1 else [])
        yield from ((name, value) for value in said for name in names)
    for arg in tree.args:
        yield from _compared(arg)


def names_of(tree: cel.Tree) -> Iterator[str]:
    if isinstance(tree, cel.Name):
        yield tree.name
    elif isinstance(tree, cel.Call):
        for arg in tree.args:
            yield from names_of(arg)
    elif isinstance(tree, cel.ListOf):
        for item in tree.items:
            yield from names_of(item)


def _literals(tree: cel.Tree) -> Iterator[Any]:
    if isinstance(tree, cel.Literal):
        yield tree.value
    elif isinstance(tree, cel.ListOf):
        for item in tree.items:
            yield from _literals(item)
    elif isinstance(tree, cel.Call):
        for arg in tree.args:
            yield from _literals(arg)


def _intervals(said: Iterable[Any]) -> list[Decimal]:
    """Each number that is compared with, and one below, between and above."""
    marks = sorted({Decimal(value) for value in said if isinstance(value, (int, Decimal)) and value is not True})
    if not marks:
        return [Decimal(1)]
    between = [(low + high) / 2 for low, high in pairwise(marks)]
    return sorted({marks[0] - 1, *marks, *between, marks[-1] + 1} - ({marks[0] - 1} if marks[0] == 0 else set()))


def _number(value: Decimal, type_: str) -> Any:
    return f"{value:.2f}" if type_ == "money" else int(value) if value == int(value) else float(value)
