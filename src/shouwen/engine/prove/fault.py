"""What a proof finds wrong (毛病)."""

from __future__ import annotations

from dataclasses import dataclass

from shouwen.engine.entry import Entry


@dataclass(frozen=True)
class Fault:
    """One fault: its sort, where, what, and the shortest story that shows it."""

    sort: str
    clause: str
    rule: str
    what: str
    story: tuple[Entry, ...] = ()
    event: str = ""
