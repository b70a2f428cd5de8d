"""Reads on behind a mistake of YAML syntax: the smallest item that has it is marked, the rest is read.

Items are told apart by their indentation, and each is parsed alone: a quote or bracket that is left open
in one of them says nothing false about the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node

UNKNOWN = "\ue000"
"""Stands in a text for what cannot be read: a character of Unicode's private use, which nobody types."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INDENT = re.compile(r" *\t[ \t]*")
_ITEM = re.compile(r"-(\s|$)")
_KEY = re.compile(r"(?:[^\s\"'#\[\]{},][^#]*?|\"[^\"]*\"|'[^']*')\s*:(?=\s|$)")
_OPEN, _CLOSE = "{[", "}]"


@dataclass(frozen=True)
class Slip:
    """A mistake of syntax: its line (from 0), what is wrong, what was expected."""

    line: int
    message: str
    expected: str


@dataclass(frozen=True)
class _Piece:
    """An entry or item, or the whole: lines from `start` to before `end`; its text begins at `column` of the first."""

    start: int
    end: int
    column: int
    whole: bool = False


def compose(text: str) -> tuple[Node | None, list[Slip]]:
    """The tree of a YAML text with UNKNOWN in place of what cannot be read, and every mistake of syntax."""
    slips = []
    for number, line in enumerate(text.splitlines()):
        if _UNPRINTABLE.search(line):
            slips.append(Slip(number, "有不可见的控制字符", "删去这个字符"))
    if slips:
        text = _UNPRINTABLE.sub("", text)
    tree, failure = _tree(text)
    if failure is None:
        return tree, slips
    lines = text.splitlines()
    tabbed = {number: indent for number, line in enumerate(lines) if (indent := _INDENT.match(line))}
    for number, indent in tabbed.items():
        slips.append(Slip(number, "缩进里有制表符", "缩进用空格"))
        lines[number] = indent[0].replace("\t", "  ") + lines[number][indent.end() :]
    mender = _Mender(lines)
    mender.mend(_Piece(0, len(lines), 0, whole=True))
    tree, _ = _tree("\n".join(lines) + "\n")
    return tree, slips + [slip for slip in mender.slips if slip.line not in tabbed]


def _tree(text: str) -> tuple[Node | None, Slip | None]:
    """The tree of the text, or why it cannot be parsed."""
    try:
        return YAML(typ="safe", pure=True).compose(text), None
    except MarkedYAMLError as error:
        opened = error.context_mark if re.search("flow|quoted|simple key", error.context or "") else None
        mark = opened or error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        return None, Slip(line, f"YAML 读不下去：{error.problem}", "检查缩进、冒号后的空格、引号和括号")
    except YAMLError as error:
        return None, Slip(0, f"YAML 读不下去：{error}", "检查缩进、冒号后的空格、引号和括号")
    except RecursionError:
        return None, Slip(0, "YAML 读不下去：括号套得太深", "减少层次")


def _failure(text: str) -> Slip | None:
    """Why the text cannot be parsed, None where it can."""
    return _tree(text)[1]


class _Mender:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.slips: list[Slip] = []

    def mend(self, piece: _Piece) -> None:
        """Make the piece parse by itself: its parts first, then what is wrong between them."""
        if not _failure(self._text(piece)):
            return
        said = len(self.slips)
        parts = list(self._parts(piece))
        for part in parts:
            self.mend(part)
        failure = _failure(self._text(piece))
        for part in parts if failure else ():
            self._drop_stray(part)
        failure = failure and _failure(self._text(piece))
        if failure is None:
            return
        if len(self.slips) == said:
            last = max(at for at in range(piece.start, piece.end) if at == piece.start or self.lines[at].strip())
            line = min(piece.start + failure.line, last)
            self.slips.append(Slip(line, failure.message, failure.expected))
            if self._close(piece):
                return
        self._mark(piece)

    def _drop_stray(self, piece: _Piece) -> None:
        """Blank what is neither an entry nor an item."""
        text = self.lines[piece.start][piece.column :]
        if text and not _ITEM.match(text) and not _KEY.match(text):
            self.slips.append(Slip(piece.start, f"YAML 读不下去：“{text.strip()}”", "应为“键: 值”，或“- ”开头的一项"))
            self._mark(piece)

    def _text(self, piece: _Piece) -> str:
        first = " " * piece.column + self.lines[piece.start][piece.column :]
        return "\n".join([first, *self.lines[piece.start + 1 : piece.end]]) + "\n"

    def _parts(self, piece: _Piece) -> Iterator[_Piece]:
        """The entries or items, in block style, that the piece holds."""
        places = [(at, _indent(self.lines[at])) for at in range(piece.start + 1, piece.end)]
        if piece.whole:
            places.insert(0, (piece.start, _indent(self.lines[piece.start])))
        else:
            held = self._held(piece)
            if held is None:
                return
            places.insert(0, (piece.start, held))
        places = [(at, column) for at, column in places if _written(self.lines[at][column:])]
        least = min((column for _, column in places), default=0)
        starts = [(at, column) for at, column in places if column == least and self.lines[at][column] not in _CLOSE]
        keys = [(at, column) for at, column in starts if not _ITEM.match(self.lines[at][column:])]
        starts = keys or starts
        ends = [at for at, _ in starts[1:]] + [piece.end]
        for (at, column), end in zip(starts, ends, strict=True):
            yield _Piece(at, end, column)

    def _held(self, piece: _Piece) -> int | None:
        """The column at which the contents begin in the first line; None where they are one value in flow style."""
        line = self.lines[piece.start]
        text = line[piece.column :]
        item = _ITEM.match(text)
        key = None if item else _KEY.match(text)
        if not item and not key:
            return None
        rest = text[1:] if item else text[key.end() :] if key else ""
        column = len(line) - len(rest.lstrip(" "))
        if not _written(rest):
            return len(line)
        return column if item and (_KEY.match(line[column:]) or _ITEM.match(line[column:])) else None

    def _close(self, piece: _Piece) -> bool:
        """Close the one brace or bracket that is left open, where there is only one of its kind."""
        stack: list[str] = []
        text = self._text(piece)
        if text.rstrip()[-1] in _OPEN:
            return False
        for char in text:
            if char in _OPEN:
                stack.append(char)
            elif char in _CLOSE and (not stack or _CLOSE.index(char) != _OPEN.index(stack.pop())):
                return False
        if len(stack) != 1 or text.count(stack[0]) != 1:
            return False
        last = max(at for at in range(piece.start, piece.end) if _written(self.lines[at]))
        kept = self.lines[last]
        self.lines[last] = kept + _CLOSE[_OPEN.index(stack[0])]
        if _failure(self._text(piece)) is None:
            return True
        self.lines[last] = kept
        return False

    def _mark(self, piece: _Piece) -> None:
        """Put UNKNOWN for the value of an entry, or for an item; blank the rest of its lines."""
        line = self.lines[piece.start]
        head, text = line[: piece.column], line[piece.column :]
        key = None if piece.whole else _KEY.match(text)
        first_alone = _Piece(piece.start, piece.start + 1, piece.column)
        more = any(_written(other) for other in self.lines[piece.start + 1 : piece.end])
        beside = key is not None and more and _written(text[key.end() :]) and not _failure(self._text(first_alone))
        for at in range(piece.start + 1, piece.end):
            self.lines[at] = ""
        if _ITEM.match(text):
            self.lines[piece.start] = f"{head}- {UNKNOWN}"
        elif key is None:
            self.lines[piece.start] = f"{head}{UNKNOWN}" if _ITEM.match(head.lstrip()) else ""
        else:
            self.lines[piece.start] = f"{head}{key[0]} {UNKNOWN}"
        if beside:
            # What is indented under a finished value was meant to stand beside it.
            self.lines[piece.start] = line
            self.lines[piece.start + 1] = f"{' ' * piece.column}{UNKNOWN}: {UNKNOWN}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _written(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")
