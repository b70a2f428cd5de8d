"""Conditions (条件): CEL, parsed and type-checked by Google's library, evaluated here.

The library checks names and types when a policy is loaded. Evaluation is ours for three
reasons: it is three-valued (a value that is not known gives *unknown*, never false and never
true), money is exact (``Decimal``), and the tree is needed to say a condition in Chinese and to
draw the intervals that a proof walks through.

Supported: ``&& || ! == != < <= > >= + - * in ?: size() startsWith endsWith contains``, ``sets.contains(whole, part)``
of the language's sets extension (every item of ``part`` is in ``whole``), lists and literals.
Common Expression Language: https://github.com/google/cel-spec.
"""

from __future__ import annotations

import operator
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

SUBSET = "sets.contains"
Names = Mapping[str, str]
"""Declared names with their types: text, bool, number, money, date, instant or list; or UNKNOWN_TYPE."""
UNKNOWN_TYPE = "unknown"
"""The type of a name whose declaration cannot be read: it compares with everything."""
Evaluate = Callable[[Mapping[str, Any]], Any]


class ConditionError(ValueError):
    """A condition that names something undeclared, compares unlike things, or is not CEL: each in `problems`."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Literal:
    value: str | bool | int | Decimal | None


@dataclass(frozen=True)
class ListOf:
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Call:
    """An operator in the library's spelling (``_&&_``, ``_>=_``, ``@in``, …) or a function."""

    op: str
    args: tuple[Tree, ...]


Tree = Name | Literal | ListOf | Call


class Condition:
    """One compiled condition. Equal texts over equal names are equal conditions."""

    __slots__ = ("_run", "names", "text", "tree")

    def __init__(self, text: str, tree: Tree) -> None:
        self.text = text
        self.tree = tree
        self.names = frozenset(_names(tree))
        self._run = _compile(tree)

    def evaluate(self, values: Mapping[str, Any]) -> bool | None:
        """True, False, or None where it cannot be known. Missing and None values are unknown."""
        result = self._run(values)
        return result if result is True or result is False else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"


def compile_condition(text: str, names: Names) -> Condition:
    """Parse and check `text` against the declared `names`.

    Raises ConditionError with the library's words for an undeclared name, unlike types, or bad syntax,
    and for a result that is not true or false.
    """
    return _compiled(text, frozenset(names.items()))


def compile_sum(text: str, names: Names, operators: Set[str]) -> Tree:
    """The tree of a sum over numbers with these operators. Raises ConditionError, also where it gives no number."""
    try:
        expression = _environment(frozenset(names.items()), whole=False).compile(text)
    except RuntimeError as error:
        raise ConditionError(*_problems(str(error)).values()) from None
    if expression.return_type() != cel.Type.DOUBLE:
        raise ConditionError(f"应得出数，却得出 {expression.return_type().name()}")
    return _tree(expression.serialize(), operators)


@lru_cache(maxsize=4096)
def _compiled(text: str, names: frozenset[tuple[str, str]]) -> Condition:
    # Money is written in plain numbers (10000 or 0.5). CEL has no sum type that compares with
    # both, so the check is made once with whole and once with broken numbers.
    problems = []
    for number in (cel.Type.INT, cel.Type.DOUBLE):
        try:
            expression = _environment(names, number is cel.Type.INT).compile(text)
        except RuntimeError as error:
            problems.append(_problems(str(error)))
            continue
        if expression.return_type() not in _answers(names):
            raise ConditionError(f"应得出是或否，却得出 {expression.return_type().name()}")
        return Condition(text, _tree(expression.serialize(), _OPERATORS.keys() | _SPECIAL.keys()))
    whole, broken = problems
    raise ConditionError(*([said for at, said in whole.items() if at in broken] or list(whole.values())[:1]))


def _answers(names: frozenset[tuple[str, str]]) -> tuple[cel.Type, ...]:
    """What a condition may come to: also what cannot be known while a declaration cannot be read."""
    unknown = any(kind == UNKNOWN_TYPE for _, kind in names)
    return (cel.Type.BOOL, cel.Type.DYN) if unknown else (cel.Type.BOOL,)


@lru_cache(maxsize=256)
def _environment(names: frozenset[tuple[str, str]], whole: bool) -> cel.Env:
    number = cel.Type.INT if whole else cel.Type.DOUBLE
    texts = cel.Type.List(cel.Type.STRING)
    types = {"bool": cel.Type.BOOL, "number": number, "money": number, "list": texts, UNKNOWN_TYPE: cel.Type.DYN}
    subset = cel.FunctionDecl(SUBSET, [cel.Overload("list_sets_contains_list", cel.Type.BOOL, [texts, texts])])
    variables = {name: types.get(kind, cel.Type.STRING) for name, kind in names if name not in _TAKEN}
    return cel.NewEnv(variables=variables, functions=[subset])


# Names of the language's own types: a key that is so called cannot be read by a condition.
_TAKEN = frozenset(("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"))


def _problems(message: str) -> dict[str, str]:
    """What the library says is wrong, by line and column; of bad syntax only where it begins."""
    said = {match[1]: match[0] for match in _PROBLEM.finditer(message)}
    return said if said and "Syntax error" not in message else {"": next(iter(said.values()), message)}


_PROBLEM = re.compile(r"(?<=ERROR: <input>:)(\d+:\d+): .*")


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, ListOf):
        for item in tree.items:
            yield from _names(item)
    elif isinstance(tree, Call):
        for arg in tree.args:
            yield from _names(arg)


# --- reading the library's tree (google.api.expr CheckedExpr, protocol buffer wire format) ------


def _messages(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Field numbers and values of one protocol buffer message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
        elif wire == 1:
            yield number, data[at : at + 8]
            at += 8
        else:
            size, at = _varint(data, at)
            yield number, data[at : at + size]
            at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _inner(data: bytes, wanted: int) -> bytes:
    for number, value in _messages(data):
        if number == wanted and isinstance(value, bytes):
            return value
    return b""


def _tree(serialized: bytes, operators: Set[str]) -> Tree:
    checked = _inner(serialized, 2)
    return _expression(_inner(checked, 4), operators)


def _expression(data: bytes, operators: Set[str]) -> Tree:
    for number, value in _messages(data):
        if not isinstance(value, bytes):
            continue
        if number == 3:
            return _literal(value)
        if number == 4:
            return Name(_inner(value, 1).decode())
        if number == 6:
            parts = [(n, v) for n, v in _messages(value) if isinstance(v, bytes)]
            function = next(v for n, v in parts if n == 2).decode()
            args = tuple(_expression(v, operators) for n, v in parts if n in (1, 3))
            if function not in operators:
                raise ConditionError(f"不支持 {function}")
            return Call(function, args)
        if number == 7:
            items = (v for n, v in _messages(value) if n == 1 and isinstance(v, bytes))
            return ListOf(tuple(_expression(item, operators) for item in items))
        raise ConditionError("只支持比较、与或非、加减乘、in 和列表")
    raise ConditionError("空条件")


def _literal(data: bytes) -> Literal:
    for number, value in _messages(data):
        if number == 2:
            return Literal(bool(value))
        if number == 3 and isinstance(value, int):
            return Literal(value - (1 << 64) if value >> 63 else value)
        if number == 4 and isinstance(value, int):
            return Literal(value)
        if number == 5 and isinstance(value, bytes):
            return Literal(Decimal(repr(struct.unpack("<d", value)[0])))
        if number == 6 and isinstance(value, bytes):
            return Literal(value.decode())
    return Literal(None)


# --- evaluation ---------------------------------------------------------------


def _compile(tree: Tree) -> Evaluate:
    if isinstance(tree, Literal):
        value = tree.value
        return lambda values: value
    if isinstance(tree, Name):
        name = tree.name
        return lambda values: values.get(name)
    if isinstance(tree, ListOf):
        items = [_compile(item) for item in tree.items]
        return lambda values: [item(values) for item in items]
    args = [_compile(arg) for arg in tree.args]
    special = _SPECIAL.get(tree.op)
    return special(*args) if special else _strict(_OPERATORS[tree.op], args)


def _strict(function: Callable[..., Any], args: list[Evaluate]) -> Evaluate:
    """Unknown as soon as one argument is unknown, or where the values cannot be compared."""
    if len(args) == 1:
        (one,) = args

        def unary(values: Mapping[str, Any]) -> Any:
            a = one(values)
            return None if a is None else _guard(function, a)

        return unary
    left, right = args

    def binary(values: Mapping[str, Any]) -> Any:
        a = left(values)
        if a is None:
            return None
        b = right(values)
        return None if b is None else _guard(function, a, b)

    return binary


def _guard(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except (TypeError, ValueError, ArithmeticError):
        return None


def _and(left: Evaluate, right: Evaluate) -> Evaluate:
    def run(values: Mapping[str, Any]) -> bool | None:
        a = left(values)
        if a is False:
            return False
        b = right(values)
        if b is False:
            return False
        return True if a is True and b is True else None

    return run


def _or(left: Evaluate, right: Evaluate) -> Evaluate:
    def run(values: Mapping[str, Any]) -> bool | None:
        a = left(values)
        if a is True:
            return True
        b = right(values)
        if b is True:
            return True
        return False if a is False and b is False else None

    return run


def _not(one: Evaluate) -> Evaluate:
    def run(values: Mapping[str, Any]) -> bool | None:
        a = one(values)
        return (not a) if a is True or a is False else None

    return run


def _if(test: Evaluate, then: Evaluate, other: Evaluate) -> Evaluate:
    def run(values: Mapping[str, Any]) -> Any:
        a = test(values)
        if a is None:
            return None
        return then(values) if a else other(values)

    return run


def _in(item: Any, items: Any) -> bool | None:
    if item in items:
        return True
    return None if None in items else False


def _subset(whole: list[Any], part: list[Any]) -> bool | None:
    if any(item not in whole for item in part if item is not None):
        return None if None in whole else False
    return None if None in part else True


_SPECIAL: dict[str, Callable[..., Evaluate]] = {"_&&_": _and, "_||_": _or, "!_": _not, "_?_:_": _if}
_OPERATORS: dict[str, Callable[..., Any]] = {
    "_==_": operator.eq,
    "_!=_": operator.ne,
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "_+_": operator.add,
    "_-_": operator.sub,
    "_*_": operator.mul,
    "-_": operator.neg,
    "@in": _in,
    SUBSET: _subset,
    "size": len,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
}
