"""YAML 1.2 with line numbers, for policy files.

Only the core schema: `on` and `yes` are text, `8:30` and `2005-05-28` are text; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shouwen.policy.salvage import UNKNOWN, compose

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Hole(str):
    """Stands where a text is missing or of the wrong shape: that is said once, and nothing more about it.

    It keeps the text where there is one, so that the same text elsewhere still finds it; else it is UNKNOWN.
    """

    __slots__ = ()

    def __new__(cls, text: str = UNKNOWN) -> Hole:
        return super().__new__(cls, text or UNKNOWN)


class Map(dict[str, Any]):
    """A mapping that knows its line and the line of each key (from 1)."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.lost: set[str] = set()
        """Keys whose value could not be read and is gone."""

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def wrote(self, key: str) -> bool:
        """Whether the author wrote the key, or may have: something of the mapping cannot be read."""
        return key in self or key in self.lost or UNKNOWN in self

    def holed(self) -> bool:
        """Whether a key or a value of it stands for something that could not be read."""
        return UNKNOWN in self or bool(self.lost) or any(isinstance(value, Hole) for value in self.values())

    def rename(self, old: str, new: str) -> None:
        """Give the value of `old` the key `new`, in its place and line."""
        lines = {new if key == old else key: line for key, line in self.lines.items()}
        entries = {new if key == old else key: value for key, value in self.items()}
        self.clear()
        self.update(entries)
        self.lines = lines


class Seq(list[Any]):
    """A list that knows its line and the line of each item (from 1)."""

    line: int
    lines: list[int]

    @classmethod
    def at(cls, line: int, *items: Any) -> Seq:
        """Items that all stand in one line."""
        made = cls(items)
        made.line = line
        made.lines = [line] * len(items)
        return made


class UnreadableError(ValueError):
    """A place that cannot be read: line (from 1), what is wrong, what was expected."""

    def __init__(self, line: int, message: str, expected: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.expected = expected


def read_yaml(text: str, first_line: int = 1, *, numbers: bool = True) -> tuple[Any, list[UnreadableError]]:
    """The value of a YAML text whose first line is `first_line`, and what could not be read of it.

    Items with mistakes of syntax become holes; the rest is read. The value is None where nothing can be.
    Without `numbers` they stay text as written: a clause 4.20 is not a clause 4.2.
    """
    node, slips = compose(text)
    problems = [UnreadableError(first_line + slip.line, slip.message, slip.expected) for slip in slips]
    return (None if node is None else _Values(first_line, problems, numbers).value(node)), problems


class _Values:
    def __init__(self, first_line: int, problems: list[UnreadableError], numbers: bool) -> None:
        self.first_line = first_line
        self.problems = problems
        self.numbers = numbers
        self.around: list[Node] = []
        """The nodes that the one being read stands in."""

    def _line(self, node: Node) -> int:
        line: int = self.first_line + node.start_mark.line
        return line

    def value(self, node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if any(node is outer for outer in self.around):
            self.problems.append(UnreadableError(self._line(node), "内容引用了它自己（* 和 &）", "把内容写出来"))
            return Hole()
        self.around.append(node)
        value: Any = Hole()
        if isinstance(node, SequenceNode):
            value = self._sequence(node)
        elif isinstance(node, MappingNode):
            value = self._mapping(node)
        self.around.pop()
        return value

    def _sequence(self, node: SequenceNode) -> Seq:
        items = Seq(self.value(item) for item in node.value)
        items.line = self._line(node)
        items.lines = [self._line(item) for item in node.value]
        return items

    def _mapping(self, node: MappingNode) -> Map:
        result = Map(self._line(node))
        for key, value, line in self._pairs(node):
            given = self.value(value)
            if key in result and key != UNKNOWN:
                self._twice(key, line)
                given = self._joined(result[key], given)
            result[key] = given
            result.lines[key] = line
        return result

    def _twice(self, key: str, line: int) -> None:
        self.problems.append(UnreadableError(line, f"“{key}”写了两次", "同一处每个键只写一次"))

    def _joined(self, first: Any, second: Any) -> Any:
        """The value of a key written twice: lists and sections together, so that the mistakes of both are found."""
        if isinstance(first, Seq) and isinstance(second, Seq):
            first.extend(second)
            first.lines.extend(second.lines)
            return first
        if len(self.around) > 1 or not (isinstance(first, Map) and isinstance(second, Map)):
            return second
        for key, value in second.items():
            if key in first:
                self._twice(key, second.line_of(key))
            first[key] = value
            first.lines[key] = second.line_of(key)
        return first

    def _pairs(self, node: MappingNode) -> Iterator[tuple[str, Node, int]]:
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield str(key.value), value, self._line(key)
            else:
                self.problems.append(UnreadableError(self._line(key), "键不是文字", "键写成文字，例如 who:"))

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        if text == UNKNOWN:
            return Hole()
        if node.style is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if self.numbers and _INT.fullmatch(text):
            return int(text)
        if self.numbers and _FLOAT.fullmatch(text):
            return float(text)
        return text
