"""YAML 1.2 with line numbers, for policy files.

Only the core schema: `on` and `yes` are text, `8:30` and `2005-05-28` are text; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Map(dict[str, Any]):
    """A mapping that knows its line and the line of each key (from 1)."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class Seq(list[Any]):
    """A list that knows its line and the line of each item (from 1)."""

    line: int
    lines: list[int]


class UnreadableError(ValueError):
    """A place that cannot be read: line (from 1), what is wrong, what was expected."""

    def __init__(self, line: int, message: str, expected: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.expected = expected


def read_yaml(text: str, first_line: int = 1, *, numbers: bool = True) -> tuple[Any, list[UnreadableError]]:
    """The value of a YAML text whose first line is `first_line`, and what could not be read of it.

    Without `numbers` they stay text as written: a clause 4.20 is not a clause 4.2.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        return None, [UnreadableError(line, f"YAML 读不下去：{error.problem}", "检查缩进、冒号后的空格、引号和括号")]
    except YAMLError as error:
        return None, [UnreadableError(first_line, f"YAML 读不下去：{error}", "检查有没有不可见的控制字符")]
    problems: list[UnreadableError] = []
    return (None if node is None else _Values(first_line, problems, numbers).value(node)), problems


class _Values:
    def __init__(self, first_line: int, problems: list[UnreadableError], numbers: bool) -> None:
        self.first_line = first_line
        self.problems = problems
        self.numbers = numbers

    def _line(self, node: Node) -> int:
        line: int = self.first_line + node.start_mark.line
        return line

    def value(self, node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode):
            items = Seq(self.value(item) for item in node.value)
            items.line = self._line(node)
            items.lines = [self._line(item) for item in node.value]
            return items
        assert isinstance(node, MappingNode)
        result = Map(self._line(node))
        for key, value, line in self._pairs(node):
            if key in result:
                self.problems.append(UnreadableError(line, f"“{key}”写了两次", "同一处每个键只写一次"))
            result[key] = self.value(value)
            result.lines[key] = line
        return result

    def _pairs(self, node: MappingNode) -> Iterator[tuple[str, Node, int]]:
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield str(key.value), value, self._line(key)
            else:
                self.problems.append(UnreadableError(self._line(key), "键不是文字", "键写成文字，例如 who:"))

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        if node.style is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if self.numbers and _INT.fullmatch(text):
            return int(text)
        if self.numbers and _FLOAT.fullmatch(text):
            return float(text)
        return text
