"""Formulas of measures and scores (公式): CEL over declared inputs, reckoned exactly, checked against worked examples.

Every sum is a fraction, so that thirds stay thirds. An input that is not given, and a division by nothing, give no
value, never nought.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from shouwen.policy.conditions import Call, ConditionError, Literal, Name, Tree, compile_sum

Units = dict[str, int]
"""What a value is measured in: each unit with its power; empty for a plain number."""
PLAIN = ("%", "‰", "")
_WHOLE = re.compile(r"(?<![\w.])(\d+)(?![\w.])")


class Formula:
    """One formula over its inputs."""

    def __init__(self, text: str, tree: Tree) -> None:
        self.text = text
        self.tree = tree
        self.names = frozenset(_names(tree))

    def value(self, given: Mapping[str, Decimal]) -> Fraction | None:
        """What it comes to, exactly; None where an input is lacking or something is divided by nothing."""
        result = _value(self.tree, {name: Fraction(one) for name, one in given.items()})
        return result if isinstance(result, Fraction) else None

    def unit(self, units: Mapping[str, str]) -> Units | None:
        """What it is measured in, by the units of its inputs; None where that cannot be told.

        Raises ConditionError where unlike things are added or compared.
        """
        return _unit(self.tree, units)


def compile_formula(text: str, inputs: Mapping[str, Any]) -> Formula:
    """Parse `text` over the names of `inputs`, which are numbers. Raises ConditionError."""
    names = dict.fromkeys(inputs, "number")
    return Formula(text, compile_sum(_WHOLE.sub(r"\1.0", text), names, OPERATORS.keys() | {"_?_:_", "_&&_", "_||_"}))


def comes_to(result: Fraction | None, written: Decimal) -> bool:
    """Whether an example's figure is the result: to the last place that is written, half a unit rounded up."""
    if result is None:
        return False
    scale = 10 ** max(0, -int(written.as_tuple().exponent))
    exact = (Decimal(result.numerator) / Decimal(result.denominator)) if result.denominator else Decimal(0)
    terminates = Fraction(exact) == result
    if terminates:
        return exact == written
    half = Fraction(1, 2)
    whole = (abs(result) * scale + half).__floor__()
    return Fraction(written) == Fraction(whole if result >= 0 else -whole, scale)


def shown(result: Fraction | None) -> str:
    """A result as people read it: exactly, or to four places."""
    if result is None:
        return "算不出"
    exact = Decimal(result.numerator) / Decimal(result.denominator)
    places = exact if Fraction(exact) == result else exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{places.normalize():f}"


OPERATORS: dict[str, Callable[..., Any]] = {
    "_+_": operator.add,
    "_-_": operator.sub,
    "_*_": operator.mul,
    "_/_": operator.truediv,
    "-_": operator.neg,
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "_==_": operator.eq,
    "_!=_": operator.ne,
    "!_": operator.not_,
}
_COMPARING = frozenset(("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"))


def _names(tree: Tree) -> list[str]:
    if isinstance(tree, Name):
        return [tree.name]
    return [name for arg in tree.args for name in _names(arg)] if isinstance(tree, Call) else []


def _value(tree: Tree, given: Mapping[str, Fraction]) -> Fraction | bool | None:
    if isinstance(tree, Literal):
        return tree.value if isinstance(tree.value, bool) else Fraction(str(tree.value))
    if isinstance(tree, Name):
        return given.get(tree.name)
    assert isinstance(tree, Call)
    if tree.op == "_?_:_":
        test = _value(tree.args[0], given)
        return None if test is None else _value(tree.args[1 if test else 2], given)
    args = [_value(arg, given) for arg in tree.args]
    if tree.op in ("_&&_", "_||_"):
        decides = tree.op == "_||_"
        return decides if decides in args else None if None in args else not decides
    if None in args or (tree.op == "_/_" and args[1] == 0):
        return None
    result: Fraction | bool = OPERATORS[tree.op](*args)
    return result


def _unit(tree: Tree, units: Mapping[str, str]) -> Units | None:
    if isinstance(tree, Literal):
        return {}
    if isinstance(tree, Name):
        return None if tree.name not in units else {} if units[tree.name] in PLAIN else {units[tree.name]: 1}
    assert isinstance(tree, Call)
    if tree.op == "_?_:_":
        _unit(tree.args[0], units)
        return _alike(tree.args[1:], units)
    if tree.op in ("_+_", "_-_"):
        return _alike(tree.args, units)
    if tree.op in _COMPARING:
        _alike(tree.args, units)
        return {}
    found = [_unit(arg, units) for arg in tree.args]
    if tree.op not in ("_*_", "_/_"):
        return found[0] if tree.op == "-_" else {}
    one, other = found
    if one is None or other is None:
        return None
    sign = 1 if tree.op == "_*_" else -1
    powers = {name: one.get(name, 0) + sign * other.get(name, 0) for name in {*one, *other}}
    return {name: power for name, power in powers.items() if power}


def _alike(args: tuple[Tree, ...], units: Mapping[str, str]) -> Units | None:
    """The one unit of all; a plain number written out goes with any. Raises ConditionError."""
    told = [_unit(arg, units) for arg in args if not isinstance(arg, Literal)]
    known = [one for one in told if one is not None]
    if any(one != known[0] for one in known):
        raise ConditionError("单位不同的量不能相加、相减或比较：" + "、".join(spelt(one) for one in known))
    return known[0] if known and len(known) == len(told) else None if told else {}


def spelt(unit: Units) -> str:
    """A unit as people write it."""
    above = "·".join(name for name, power in sorted(unit.items()) for _ in range(power))
    below = "·".join(name for name, power in sorted(unit.items()) for _ in range(-power))
    return f"{above or '1'}/{below}" if below else above or "纯数"
