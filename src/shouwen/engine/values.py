"""Axes and facts (类别与事实): typed folds over one journal, and the tables that decide axes (Meaning 5)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from decimal import Decimal
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, Values, reader
from shouwen.policy import model


class Known:
    """What is known of one subject. Unknown is None."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.values: Values = dict(program.initial)
        self.ranks: dict[str, int] = {}
        """Which row of its table decided an axis."""
        if program.tables:
            self._decide(set())

    def copy(self) -> Known:
        """The same, going its own way from here on."""
        other = copy(self)
        other.values = dict(self.values)
        other.ranks = dict(self.ranks)
        return other

    def take(self, entry: Entry) -> set[str]:
        """Take an entry's data in; the names of what changed, axes of tables included."""
        before: dict[str, Any] = {}
        for name, value in self._told(entry):
            before.setdefault(name, self.values.get(name))
            self.values[name] = value
        changed = {name for name, value in before.items() if self.values[name] != value}
        if changed and self.program.tables:
            self._decide(changed)
        return changed

    def _told(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        """What the entry says of axes and facts, folded with what was known."""
        program, values = self.program, self.values
        for update in program.updates.get(entry.type, ()):
            value = update.read(entry.data.get(update.key))
            if value is not None and (not update.values or value in update.values):
                yield update.name, _fold(update.fold, values.get(update.name), value)
        for count in program.counts.get(entry.type, ()):
            if count.fits is None or count.fits(entry, values) is True:
                yield count.name, values[count.name] + 1
        if entry.type == "opened":
            for name, value in (entry.data.get("facts") or {}).items():
                fact = program.policy.facts.get(name)
                if fact:
                    yield name, reader(fact.type)(value)

    def _decide(self, changed: set[str]) -> None:
        for table in self.program.tables:
            if table.when is not None and not self.program.holds(table.when, self.values):
                continue
            value, rank = self._table_value(table)
            if table.latch and rank > self.ranks.get(table.axis, len(table.rows)):
                continue
            self.ranks[table.axis] = rank
            if value != self.values.get(table.axis):
                self.values[table.axis] = value
                changed.add(table.axis)

    def _table_value(self, table: model.Table) -> tuple[str | bool | None, int]:
        unknown = False
        for rank, row in enumerate(table.rows):
            if row.reading is not None and row.reading not in self.program.policy.taken:
                continue
            answer = row.when.evaluate(self.values)
            if answer is True:
                return row.value, rank
            unknown = unknown or answer is None
        return (None if unknown else table.otherwise), len(table.rows)


def _fold(fold: str, old: Any, new: Any) -> Any:
    if old is None or fold == "last":
        return new
    if fold == "first":
        return old
    if fold == "sum":
        return old + new if isinstance(old, Decimal) else new
    return max(old, new) if fold == "max" else min(old, new)
