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


def read_yaml(text: str, first_line: int = 1) -> tuple[Any, list[UnreadableError]]:
    """The value of a YAML text whose first line is `first_line`, and what could not be read of it."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        return None, [UnreadableError(line, f"YAML 读不下去：{error.problem}", "检查缩进、冒号后的空格、引号和括号")]
    except YAMLError as error:
        return None, [UnreadableError(first_line, f"YAML 读不下去：{error}", "检查有没有不可见的控制字符")]
    problems: list[UnreadableError] = []
    return (None if node is None else _value(node, first_line, problems)), problems


def _value(node: Node, first_line: int, problems: list[UnreadableError]) -> Any:
    line = first_line + node.start_mark.line
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        items = Seq(_value(item, first_line, problems) for item in node.value)
        items.line = line
        items.lines = [first_line + item.start_mark.line for item in node.value]
        return items
    assert isinstance(node, MappingNode)
    result = Map(line)
    for key, value, key_line in _pairs(node, first_line, problems):
        if key in result:
            problems.append(UnreadableError(key_line, f"“{key}”写了两次", "同一处每个键只写一次"))
        result[key] = _value(value, first_line, problems)
        result.lines[key] = key_line
    return result


def _pairs(node: MappingNode, first_line: int, problems: list[UnreadableError]) -> Iterator[tuple[str, Node, int]]:
    for key, value in node.value:
        line = first_line + key.start_mark.line
        if isinstance(key, ScalarNode):
            yield str(key.value), value, line
        else:
            problems.append(UnreadableError(line, "键不是文字", "键写成文字，例如 who:"))


def _scalar(node: ScalarNode) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
