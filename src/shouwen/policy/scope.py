"""What is declared where a rule is read, and what is said when a rule names something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from shouwen.calendars import Limit, Unit
from shouwen.policy.conditions import (
    SUBSET,
    UNKNOWN_TYPE,
    Call,
    Condition,
    ConditionError,
    ListOf,
    Literal,
    Name,
    Tree,
    compile_condition,
)
from shouwen.policy.model import (
    POST,
    Axis,
    Demand,
    EventType,
    Fact,
    Field,
    FieldDue,
    Kind,
    Paper,
    Parameter,
    Place,
    Reading,
    Role,
    Word,
)
from shouwen.policy.problems import Problem, one_of
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.vocabulary import condition_type, shared_events
from shouwen.policy.yamltext import Hole

_UNDECLARED = re.compile(r"undeclared reference to '(\w+)'")
_UNLIKE = re.compile(r"found no matching overload for '([^']+)' applied to '\((.*)\)'")
_COMPARING = ("_==_", "_!=_", "@in", SUBSET)
_TYPE_TITLES = {"string": "文字", "int": "整数", "double": "小数", "bool": "是非", "list(string)": "列表"}

_NO_TIME = Limit(0, Unit.HOURS)
UNREADABLE = compile_condition("false", {})
"""Stands for a condition with a mistake."""


@dataclass
class Scope:
    """Everything declared so far, and the problems found."""

    file: str
    name: str = ""
    days: str = "natural"
    clause: str = ""
    clauses: frozenset[str] = frozenset()
    events: dict[str, EventType] = field(default_factory=lambda: dict(shared_events()))
    roles: dict[str, Role] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    axes: dict[str, Axis] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Attributes (with titles) of each list of limits."""
    problems: list[Problem] = field(default_factory=list)

    def say(self, line: int, message: str, expected: str = "") -> None:
        """Note a problem; what cannot be read has no name in it."""
        message, expected = (text.replace(UNKNOWN, "？") for text in (message, expected))
        self.problems.append(Problem(self.file, line, self.clause, message, expected))

    @contextmanager
    def within(self, name: str, file: str) -> Iterator[None]:
        """Reads what stands in another policy's text: its short ids and its lines."""
        before = self.name, self.file
        self.name, self.file = name, file
        try:
            yield
        finally:
            self.name, self.file = before

    def no_parameter(self, line: int, name: str) -> None:
        self.say(line, f"没有名为“{name}”的参数", one_of(name, self.parameters, "参数（parameters）"))

    def place(self, line: int) -> Place:
        return Place(self.file, line)

    def known(self, word: Any, among: Iterable[str], title: str, line: int) -> bool:
        """Whether `word` is among the declared ones, or may be as far as they can be read; a problem if not."""
        words = list(among)
        if isinstance(word, Hole) or word in words or UNKNOWN in words:
            return True
        self.say(line, f"没有名为“{word}”的{title}", one_of(word, words, title))
        return False

    def event(self, name: str, line: int) -> bool:
        return self.known(name, self.events, "事件", line)

    def key(self, event: str, key: str, line: int) -> Field | None:
        """The field `key` of a known event."""
        fields = self.events[event].fields if event in self.events else {}
        if key in fields:
            return fields[key]
        unread = isinstance(key, Hole) or UNKNOWN in fields or UNKNOWN in self.events
        if event in self.events and not unread:
            self.say(line, f"事件 {event} 没有字段“{key}”", one_of(key, fields, "它的字段"))
        return None

    def path(self, text: str, line: int) -> FieldDue:
        if isinstance(text, Hole):
            return FieldDue(text, text)
        event, _, key = text.partition(".")
        if self.event(event, line):
            self.key(event, key, line)
        return FieldDue(event, key)

    def role(self, name: str, line: int) -> str:
        """The role's own name, also where the rule uses another spelling that the role lists."""
        if name in self.spellings:
            return self.spellings[name]
        self.known(name, [*self.roles, *({UNKNOWN} & self.spellings.keys())], "角色", line)
        return name

    def limit(self, text: str, line: int) -> Limit:
        """A limit; plain days are of the kind that the policy gives to 日 and 天."""
        if isinstance(text, Hole):
            return _NO_TIME
        try:
            limit = Limit.parse(text)
        except ValueError as error:
            self.say(line, str(error))
            return _NO_TIME
        plain_days = text.strip().endswith("d") and text.strip()[-2:-1] not in ("n", "w")
        if plain_days and self.days == "working":
            return replace(limit, unit=Unit.WORKING_DAYS)
        return limit

    def full_id(self, clause: str) -> str:
        return clause if "/" in clause else f"{self.name}/{clause}"

    def cited(self, clause: str, line: int) -> str:
        """The full id of a clause of this policy."""
        full = self.full_id(clause)
        if isinstance(clause, Hole):
            return full
        if full not in self.clauses:
            self.say(line, f"没有条款 {full}", one_of(full, sorted(self.clauses), "条款"))
        return full

    def demand(self, cite: int | str, line: int) -> Demand:
        if isinstance(cite, int):
            return Demand(self.clause, cite)
        if isinstance(cite, Hole):
            return Demand(self.clause, 0)
        clause, _, number = cite.partition("#")
        return Demand(self.cited(clause, line), int(number))

    def label(self, label: str, line: int) -> str:
        self.known(label, self.labels, "读法", line)
        return label

    def names(self, event: str | None = None) -> dict[str, str]:
        """Names that a condition may use, with their types; with `event`, also its data that is not sealed."""
        declared: list[tuple[str, Axis | Fact]] = [*self.axes.items(), *self.facts.items()]
        names: dict[str, str] = {
            name: UNKNOWN_TYPE if isinstance(one.type, Hole) else one.type for name, one in declared
        }
        if event in self.events:
            names[POST] = "text"
            for key, known in self.events[event].fields.items():
                names.pop(key, None)
                if not known.personal:
                    names[key] = condition_type(known)
        return names

    def condition(self, text: str, line: int, event: str | None = None) -> Condition:
        """A compiled condition, or UNREADABLE and what is wrong with it."""
        if isinstance(text, Hole):
            return UNREADABLE
        names = self.names(event)
        partial = names.pop(UNKNOWN, None) is not None or (event is not None and event not in self.events)
        try:
            condition = compile_condition(text, names)
        except ConditionError as error:
            for problem in error.problems:
                if not (partial and _UNDECLARED.search(problem)):
                    self.say(line, *self._words(text, problem, names, event))
            self._check_values(_with_any_names(text, names, error), line, event)
            return UNREADABLE
        self._check_values(condition, line, event)
        return condition

    def _check_values(self, condition: Condition | None, line: int, event: str | None) -> None:
        for name, literal in compared(condition.tree) if condition else ():
            self._check_value(name, literal, line, event)

    def _words(self, text: str, error: str, names: Mapping[str, str], event: str | None) -> tuple[str, str]:
        undeclared = _UNDECLARED.search(error)
        if undeclared:
            name = undeclared[1]
            if event in self.events and name in self.events[event].fields:
                return f"条件“{text}”用了封存的字段“{name}”", "规则不得读取个人信息和原话"
            return f"条件“{text}”里没有声明“{name}”", one_of(name, names, "可用的名称")
        unlike = _UNLIKE.search(error)
        if unlike:
            kinds = "和".join(_TYPE_TITLES.get(kind, kind) for kind in unlike[2].split(", "))
            return f"条件“{text}”的运算 {unlike[1].strip('_')} 用在{kinds}上", "两边应是同一类型"
        return f"条件“{text}”读不懂：{error}", "应为 CEL 条件，如 'amount >= 10000'"

    def _check_value(self, name: str, literal: Any, line: int, event: str | None) -> None:
        values = self._values(name, event)
        if values is not None and isinstance(literal, str):
            self.known(literal, values, f"{self._title(name, event)}的值", line)

    def _field(self, name: str, event: str | None) -> Field | None:
        return self.events[event].fields.get(name) if event in self.events else None

    def _values(self, name: str, event: str | None) -> Iterable[str] | None:
        """The closed list that a name's values come from, None where it has none."""
        declared = self._field(name, event)
        if name == POST and not declared:
            return self.roles
        if declared:
            return self.papers if name == "paper" else declared.values or None
        known = self.axes.get(name) or self.facts.get(name)
        return (known.values or None) if known else None

    def _title(self, name: str, event: str | None) -> str:
        known = self._field(name, event) or self.axes.get(name) or self.facts.get(name)
        if known is None:
            return "岗位" if name == POST else name
        return name if known.title == UNKNOWN else known.title


def _with_any_names(text: str, names: Mapping[str, str], error: ConditionError) -> Condition | None:
    """The condition as it would be if its names were declared and fitted; None where it is not CEL."""
    missing = [undeclared[1] for problem in error.problems if (undeclared := _UNDECLARED.search(problem))]
    try:
        return compile_condition(text, dict.fromkeys((*names, *missing), UNKNOWN_TYPE))
    except ConditionError:
        return None


def compared(tree: Tree) -> Iterator[tuple[str, Any]]:
    """Names with the literals that a condition compares them to."""
    if not isinstance(tree, Call):
        return
    if tree.op in _COMPARING:
        left, right = tree.args
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Name):
                items = other.items if isinstance(other, ListOf) else (other,)
                yield from ((one.name, item.value) for item in items if isinstance(item, Literal))
    for arg in tree.args:
        yield from compared(arg)
