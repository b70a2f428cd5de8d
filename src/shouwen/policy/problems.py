"""What is wrong with a policy file (错误): all of it at once, each with its place and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: file, line (from 1), clause id ("" outside clauses), what is wrong, what was expected."""

    file: str
    line: int
    clause: str
    message: str
    expected: str = ""

    def __str__(self) -> str:
        clause = f"{self.clause}：" if self.clause else ""
        return f"{self.file}:{self.line}: {clause}{self.message}" + (f"；{self.expected}" if self.expected else "")


class PolicyErrors(ValueError):  # noqa: N818 — many, not one
    """Every problem of a policy file, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: object, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of `known` that `word` is probably a slip of the pen for; from 0.75 there is hardly a doubt."""
    near = get_close_matches(str(word), list(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def one_of(word: object, known: Iterable[str], title: str) -> str:
    """What was expected instead of `word`: the nearest spelling among `known`, else all of them."""
    words = list(known)
    near = nearest(word, words)
    if near:
        return f"是不是“{near}”？"
    return f"{title}有：{'、'.join(words)}" if words else f"还没有{title}"
