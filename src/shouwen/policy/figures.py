"""What a measure or score of a later room must hold to now: a formula that can be reckoned, examples that come true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shouwen.policy.conditions import ConditionError
from shouwen.policy.formulas import PLAIN, Formula, comes_to, compile_formula, shown, spelt
from shouwen.policy.problems import one_of
from shouwen.policy.scope import Scope
from shouwen.policy.yamltext import Hole, Map

_UNDECLARED = re.compile(r"undeclared reference to '(\w+)'")


def check_figures(rule: Map, scope: Scope) -> None:
    """Say what is wrong with a rule's formula, its inputs, units and worked examples."""
    if "formula" not in rule:
        if "examples" in rule:
            scope.say(rule.line_of("examples"), "有算例而没有公式", "写 formula，或去掉 examples")
        return
    line, text = rule.line_of("formula"), rule["formula"]
    inputs = rule.get("inputs", Map())
    if isinstance(text, Hole) or isinstance(inputs, Hole):
        return
    try:
        formula = compile_formula(text, inputs)
    except ConditionError as error:
        for problem in error.problems:
            scope.say(line, *_words(text, problem, inputs))
        return
    for name in inputs:
        if name not in formula.names:
            scope.say(inputs.line_of(name), f"公式“{text}”没有用到“{name}”", "去掉它，或写进公式")
    _check_units(rule, formula, scope)
    for example in rule.get("examples", ()):
        _check_example(example, formula, scope)


def _words(text: str, problem: str, inputs: Mapping[str, Any]) -> tuple[str, str]:
    undeclared = _UNDECLARED.search(problem)
    if undeclared:
        return f"公式“{text}”里的“{undeclared[1]}”不在 inputs 中", one_of(undeclared[1], inputs, "inputs 里的名称")
    expected = "应为 inputs 的名称和数的加减乘除，如 'score * 50 / 60'"
    return f"公式“{text}”读不懂：{problem}", expected


def units_of(rule: Mapping[str, Any]) -> dict[str, str]:
    """The units of a rule's inputs, as far as they are written."""
    inputs: Mapping[str, Any] = rule.get("inputs", {})
    return {name: one["unit"] for name, one in inputs.items() if isinstance(one, Mapping) and "unit" in one}


def _check_units(rule: Map, formula: Formula, scope: Scope) -> None:
    units = units_of(rule)
    line = rule.line_of("formula")
    if any(isinstance(unit, Hole) for unit in units.values()) or isinstance(rule.get("unit"), Hole):
        return
    try:
        found = formula.unit(units)
    except ConditionError as error:
        scope.say(line, str(error), "核对 inputs 的 unit")
        return
    if found is None or "unit" not in rule:
        return
    wanted = {} if rule["unit"] in PLAIN else {rule["unit"]: 1}
    if found != wanted:
        scope.say(line, f"公式得出的单位是{spelt(found)}，unit 写作“{rule['unit']}”", "核对公式和各项的单位")


def _check_example(example: Any, formula: Formula, scope: Scope) -> None:
    if not isinstance(example, Map) or not isinstance(example.get("given"), Map):
        return
    given, gives = example["given"], example.get("gives")
    if isinstance(gives, Hole) or gives is None or any(isinstance(one, Hole) for one in given.values()):
        return
    at = example.line
    for name in (*sorted(formula.names - given.keys()), *(name for name in given if name not in formula.names)):
        lacks = name in formula.names
        message = f"算例没有给出“{name}”" if lacks else f"算例给了公式不用的“{name}”"
        scope.say(at, message, "given 恰写公式用到的各项")
    if formula.names != given.keys():
        return
    result = formula.value({name: Decimal(str(one)) for name, one in given.items()})
    if not comes_to(result, Decimal(str(gives))):
        scope.say(at, f"算例不对：按公式得 {shown(result)}，写作 {gives}", "核对公式和算例")


def said_formula(rule: Mapping[str, Any]) -> Iterator[str]:
    """A rule's formula and its examples in the clause's words; nothing where it has none."""
    if "formula" not in rule:
        return
    inputs: Mapping[str, Any] = rule.get("inputs", {})
    titles = {name: one["what"] if isinstance(one, Mapping) else str(one) for name, one in inputs.items()}
    text = re.sub(r"[A-Za-z_]\w*", lambda match: titles.get(match[0], match[0]), str(rule["formula"]))
    name = rule.get("measure") or rule.get("score") or "得数"
    yield f"{name} = {text.replace('*', '×').replace('/', '÷')}"
    for example in rule.get("examples", ()):
        given = "、".join(f"{titles.get(key, key)} {value}" for key, value in example["given"].items())
        yield f"算例：{given}，得 {example['gives']}"
