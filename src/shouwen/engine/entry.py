"""Entries of a journal, their order, and what takes them out of the standing (Meaning 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

RETRACTED = "retracted"
CORRECTED = "corrected"
MENDING = frozenset({RETRACTED, CORRECTED})


@dataclass(slots=True)
class Entry:
    """One thing that happened to a subject (记录).

    `at` is when it happened, `recorded_at` when it was written down; both aware. `post` is the role
    whose act it was, in the regulation's words; `by` who wrote it down. `seq` is its place in the
    journal as recorded.
    """

    id: str
    subject: str
    kind: str
    type: str
    at: datetime
    recorded_at: datetime
    seq: int
    by: str
    post: str
    unit: str
    data: Mapping[str, Any]


def order(entry: Entry) -> tuple[datetime, datetime, int]:
    """By when it happened, then when recorded, then sequence."""
    return (entry.at, entry.recorded_at, entry.seq)


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count, in order: without those retracted, with corrections in their place.

    A retraction may itself be retracted, which brings its entry back. The result does not depend on
    the order in which the entries are given.
    """
    entries = list(entries)
    if not any(entry.type in MENDING for entry in entries):
        return sorted(entries, key=order)
    mends: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.type in MENDING:
            mends.setdefault(str(entry.data.get("entry")), []).append(entry)
    standing = _Mending(mends)
    return sorted((standing.corrected(entry) for entry in entries if standing.counts(entry)), key=order)


class _Mending:
    def __init__(self, mends: Mapping[str, list[Entry]]) -> None:
        self._mends = mends
        self._known: dict[str, bool] = {}
        self._under: set[str] = set()

    def counts(self, entry: Entry) -> bool:
        known = self._known.get(entry.id)
        if known is None:
            # A ring of retractions has no beginning: the one asked for first is taken to count.
            self._known[entry.id] = True
            known = not any(mend.type == RETRACTED and self.counts(mend) for mend in self._mends.get(entry.id, ()))
            self._known[entry.id] = known
        return known

    def corrected(self, entry: Entry) -> Entry:
        if entry.id in self._under:
            return entry  # a ring of corrections: each is taken as it was written
        self._under.add(entry.id)
        for mend in sorted(self._mends.get(entry.id, ()), key=order):
            if mend.type == CORRECTED and self.counts(mend):
                said = self.corrected(mend).data  # a correction may itself be corrected
                at = said.get("at")
                entry = replace(
                    entry,
                    data={**entry.data, **(said.get("data") or {})},
                    at=datetime.fromisoformat(at) if at else entry.at,
                )
        self._under.discard(entry.id)
        return entry
