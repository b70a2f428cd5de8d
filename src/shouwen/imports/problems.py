"""What can be wrong with a file, a row or a mapping; messages are for the person who imports."""

from collections.abc import Iterable
from dataclasses import dataclass

from shouwen.policy.problems import Problem


class FileRefused(ValueError):  # noqa: N818  said as what it is
    """The file as a whole cannot be imported."""


class RowRefused(ValueError):  # noqa: N818  said as what it is
    """A row cannot be imported; the others go on."""


@dataclass(frozen=True)
class BadRow:
    """A row that was not imported: the line on which it begins (from 1), why, and its cells where they were read."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


class MappingErrors(ValueError):  # noqa: N818  many, not one
    """Every mistake of a mapping, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
