"""What an import did, or would do (导入结果)."""

from collections import Counter
from dataclasses import dataclass, field

from shouwen.imports.problems import BadRow
from shouwen.imports.rows import Planned

NO_LIMIT = "no_limit"
"""State of a duty that is open and has no due time: only its age is shown."""

DutyKey = tuple[str, str, str]
"""Clause, title, state (a `DutyState`, or NO_LIMIT)."""


@dataclass
class Tally:
    """What was written: `added` matters are new, `continued` ones got further entries, `known` rows added nothing."""

    added: int = 0
    continued: int = 0
    known: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    axes: Counter[tuple[str, str]] = field(default_factory=Counter)
    duties: Counter[DutyKey] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)
    refused: dict[int, str] = field(default_factory=dict)
    """Reasons by line."""


@dataclass
class Outcome:
    """All of a run, row by row and summed up."""

    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[BadRow] = field(default_factory=list)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    made_units: set[str] = field(default_factory=set)
    made_customers: int = 0
    first: list[Planned] = field(default_factory=list)
    total: Tally = field(default_factory=Tally)

    def add(self, tally: Tally) -> None:
        total = self.total
        total.added += tally.added
        total.continued += tally.continued
        total.known += tally.known
        for name in ("entries", "units", "axes", "duties", "breaches"):
            getattr(total, name).update(getattr(tally, name))
