"""A policy file as a Markdown text: front matter, headings, clauses, and the rules under each clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from shouwen.policy.problems import Problem

_HEADING = re.compile(r"(#{1,6})\s+(.*\S)\s*")
_CLAUSE = re.compile(r"([A-Za-z][A-Za-z0-9_-]*/\S+)(?:\s+(.*\S))?")
_RULES = re.compile(r"\s*(`{3,}|~{3,})\s*yaml\s+rules\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(.*?)\s*")


@dataclass
class Block:
    """A fenced block: its text, and the line of its first line."""

    text: str
    line: int
    marked: bool = True
    """Whether it says that it holds rules."""


@dataclass
class Section:
    """A heading and what stands under it up to the next heading; a clause has an id."""

    level: int
    title: str
    line: int
    id: str = ""
    ref: str = ""
    text: list[str] = field(default_factory=list)
    rules: list[Block] = field(default_factory=list)
    """One block; more are a mistake, but read all the same."""


@dataclass
class Document:
    front: Block | None
    sections: list[Section]
    stray: list[Block]
    """Blocks of rules that stand under no clause."""
    problems: list[Problem]


def read_document(file: str, text: str) -> Document:
    """Split the text of a policy file; what is out of place becomes a problem."""
    lines = text.removeprefix("\ufeff").splitlines()
    return _Splitter(file, lines).document()


class _Splitter:
    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.at = 0
        self.sections: list[Section] = []
        self.stray: list[Block] = []
        self.problems: list[Problem] = []

    def document(self) -> Document:
        front = self._front()
        for number, line in self._rest():
            heading = _HEADING.fullmatch(line)
            fence = _FENCE.fullmatch(line)
            if heading:
                self._heading(number, len(heading[1]), heading[2])
            elif fence:
                self._fence(number, fence[1], fence[2])
            elif line.strip():
                self._words(number, line)
        return Document(front, self.sections, self.stray, self.problems)

    @property
    def _clause(self) -> Section | None:
        return self.sections[-1] if self.sections and self.sections[-1].id else None

    def _say(self, line: int, message: str, expected: str) -> None:
        clause = self._clause.id if self._clause else ""
        self.problems.append(Problem(self.file, line, clause, message, expected))

    def _rest(self) -> Iterator[tuple[int, str]]:
        while self.at < len(self.lines):
            self.at += 1
            yield self.at, self.lines[self.at - 1]

    def _front(self) -> Block | None:
        first = next((at for at, line in enumerate(self.lines) if _clause_heading(line)), len(self.lines))
        opened = bool(self.lines) and self.lines[0].strip() == "---"
        begin = 1 if opened else 0
        end = next((at for at in range(begin, first) if self.lines[at].strip() == "---"), None)
        if not opened:
            self._say(1, "没有规章信息", "文件第一行应为 ---，其下写 name、title 等，再以 --- 结束")
            if end is None:
                return None
        elif end is None:
            self._say(1, "规章信息没有结束", "应以单独一行 --- 结束")
        self.at = first if end is None else end + 1
        return Block("\n".join(self.lines[begin : first if end is None else end]) + "\n", begin + 1)

    def _heading(self, line: int, level: int, title: str) -> None:
        clause = _CLAUSE.fullmatch(title) if level == 3 else None
        section = Section(level, title, line)
        if clause:
            section.id, section.ref = clause[1], clause[2] or ""
        self.sections.append(section)
        if clause and not section.ref:
            self._say(line, "条款标题没有写出处", "应为“### 条款编号 出处”，如 ### jinke/5.1 第五条 1")

    def _words(self, line: int, text: str) -> None:
        if self._clause:
            self._clause.text.append(text)
        else:
            self._say(line, "条款之外的文字", "正文写在“### 条款编号 出处”之下")

    def _fence(self, line: int, mark: str, info: str) -> None:
        body = self._body(line, mark)
        clause = self._clause
        marked = info.split() == ["yaml", "rules"]
        if not marked:
            self._say(line, f"代码块写作“{mark}{info}”", "应为 ```yaml rules")
        elif clause is None:
            self._say(line, "规则不在条款之下", "规则写在“### 条款编号 出处”和正文之后")
        elif clause.rules:
            self._say(line, "一个条款有两个规则代码块", "合为一个")
        (clause.rules if clause else self.stray).append(Block("\n".join(body) + "\n", line + 1, marked))

    def _body(self, line: int, mark: str) -> list[str]:
        """The lines up to the closing mark; a block that is not closed ends before the next clause or block."""
        body: list[str] = []
        for number, text in self._rest():
            if text.strip() == mark:
                return body
            if _clause_heading(text) or _RULES.fullmatch(text):
                self.at = number - 1
                break
            body.append(text)
        self._say(line, "代码块没有结束", f"应以单独一行 {mark} 结束")
        return body


def _clause_heading(line: str) -> bool:
    heading = _HEADING.fullmatch(line)
    return bool(heading and len(heading[1]) == 3 and _CLAUSE.fullmatch(heading[2]))
