"""From a row to the entries it makes (逐行翻译), without touching the database."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from shouwen.imports.mapping import KEEP, LEAVE, TO, EntrySpec, Source, Test
from shouwen.imports.mapping import Mapping as Specification
from shouwen.imports.moments import Moments
from shouwen.imports.problems import RowRefused
from shouwen.imports.tables import Row
from shouwen.imports.workbooks import Cell, as_text
from shouwen.policy.model import EventType

TRUE = frozenset({"是", "有", "真", "对", "1", "true", "yes", "y", "t", "√"})
FALSE = frozenset({"否", "无", "假", "错", "0", "false", "no", "n", "f", "×"})
KEY_PART = 60
"""Characters of a row's own key that go into an entry's; a longer one goes in as its digest."""
SHOWN = 40
NUMBER_LIMIT = 100


@dataclass(frozen=True)
class PlannedEntry:
    """An entry to be; its key names it for ever: the same file again finds it there."""

    key: str
    type: str
    at: datetime
    post: str
    data: dict[str, Any]


@dataclass
class Planned:
    """What one row amounts to. `unit` is a name as the file writes it, or a path ("/" in it)."""

    line: int
    key: str
    number: str
    unit: str
    customer: tuple[str, str] | None
    """Name and telephone, each "" where the row has none."""
    entries: list[PlannedEntry]
    cells: Sequence[Cell] = field(repr=False, default=())


class Translator:
    """Translates rows by one mapping; `unmapped` counts (field, value) pairs that no `values` names."""

    def __init__(self, mapping: Specification, columns: Sequence[str], events: Mapping[str, EventType]) -> None:
        self.mapping = mapping
        self.unmapped: Counter[tuple[str, str]] = Counter()
        self._places = {name: place for place, name in enumerate(columns)}
        self._moments = Moments(mapping.dates, ZoneInfo(mapping.zone), mapping.bare_date)
        self._events = events
        self._hashes: Counter[str] = Counter()
        self._by_type: dict[str, Callable[[Cell], Any]] = {
            "bool": _bool,
            "number": _number,
            "money": _number,
            "date": self._moments.day,
            "instant": self._moments.instant,
        }

    def skipped(self, row: Row) -> str | None:
        """Why the mapping leaves this row out on purpose; None where it does not."""
        for test in self.mapping.skip:
            if self._holds(test, row):
                return test.why or f"{test.column} {self._text(row, test.column)}"
        return None

    def plan(self, row: Row) -> Planned:
        """Raises RowRefused with the column at fault."""
        key = self._key(row)
        entries = [entry for spec in self.mapping.entries if (entry := self._entry(spec, row, key)) is not None]
        if not entries or entries[0].type != self.mapping.entries[0].event:
            raise RowRefused(f"{self.mapping.entries[0].at.columns[0]}：没有时间，第一条记录不成立")
        return Planned(
            line=row.line,
            key=key,
            number=self._number_of(row),
            unit=self._unit(row),
            customer=self._customer(row),
            entries=entries,
            cells=row.cells,
        )

    # --- parts of a row -----------------------------------------------------------------

    def _cell(self, row: Row, column: str) -> Cell:
        cell = row.cells[self._places[column]]
        if isinstance(cell, str):
            cell = cell.strip()
            return "" if cell in self.mapping.blank else cell
        return "" if as_text(cell) in self.mapping.blank else cell

    def _text(self, row: Row, column: str) -> str:
        return as_text(self._cell(row, column))

    def _holds(self, test: Test, row: Row) -> bool:
        return (as_text(row.cells[self._places[test.column]]).strip() in test.values) != test.negated

    def _key(self, row: Row) -> str:
        if self.mapping.key:
            parts = [self._text(row, column) for column in self.mapping.key]
            if not any(parts):
                raise RowRefused(f"{'、'.join(self.mapping.key)}：没有值，认不出是哪一行")
            key = "|".join(parts)
            return key if len(key) <= KEY_PART else _digest(key)
        digest = _digest("\x1f".join(map(as_text, row.cells)))
        # Two rows alike in every cell are two rows: the second one is named as the second.
        self._hashes[digest] += 1
        count = self._hashes[digest]
        return digest if count == 1 else f"{digest}.{count}"

    def _number_of(self, row: Row) -> str:
        source = self.mapping.number
        number = as_text(self._value(source, row, "number") or "") if source else ""
        if len(number) > NUMBER_LIMIT:
            raise RowRefused(f"编号超过 {NUMBER_LIMIT} 字")
        return number

    def _unit(self, row: Row) -> str:
        source = self.mapping.unit.source
        if source is None:
            return self.mapping.unit.path
        name = " ".join(self._text(row, column) for column in source.columns).strip()
        if not name:
            return self.mapping.unit.empty
        return str(source.values.get(name, name))

    def _customer(self, row: Row) -> tuple[str, str] | None:
        spec = self.mapping.customer
        if spec is None:
            return None
        name = as_text(self._value(spec.name, row, "customer") or "")
        phone = as_text(self._value(spec.phone, row, "customer") or "") if spec.phone else ""
        return (name, phone) if name or phone else None

    def _entry(self, spec: EntrySpec, row: Row, key: str) -> PlannedEntry | None:
        if any(not self._holds(test, row) for test in spec.when):
            return None
        column = spec.at.columns[0]
        cell = self._cell(row, column)
        if cell == "":
            return None
        at = self._read(column, self._moments.instant, cell)
        fields = self._events[spec.event].fields
        data = {}
        for name, source in spec.data.items():
            value = self._value(source, row, name)
            if value in (None, ""):
                continue
            if source.columns and not isinstance(value, list):
                read = self._by_type.get(fields[name].type, as_text)
                value = self._read(source.columns[0], read, value)
            data[name] = value
        return PlannedEntry(f"import:{self.mapping.source}:{key}:{spec.id}", spec.event, at, spec.post, data)

    def _read(self, column: str, read: Callable[[Cell], Any], cell: Any) -> Any:
        try:
            return read(cell)
        except RowRefused as reason:
            raise RowRefused(f"{column}：{reason}（{str(cell)[:SHOWN]}）") from None

    def _value(self, source: Source, row: Row, name: str) -> Any:
        if not source.columns:
            return source.constant
        if len(source.columns) == 1:
            value: Any = self._cell(row, source.columns[0])
        else:
            value = source.join.join(text for column in source.columns if (text := self._text(row, column)))
        if value == "":
            return None
        if source.split:
            return [part for part in map(str.strip, as_text(value).split(source.split)) if part]
        if source.values or source.otherwise != KEEP:
            return self._translated(source, as_text(value), name)
        return value

    def _translated(self, source: Source, text: str, name: str) -> Any:
        if text in source.values:
            return source.values[text]
        self.unmapped[name, text[:SHOWN]] += 1
        if source.otherwise == LEAVE:
            return None
        if source.otherwise == TO:
            return source.to
        if source.otherwise == KEEP:
            return text
        raise RowRefused(f"{'、'.join(source.columns)}：映射没有写“{text[:SHOWN]}”对应什么")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _bool(cell: Cell) -> bool:
    text = as_text(cell).strip().lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise RowRefused("应是“是”或“否”")


def _number(cell: Cell) -> str:
    """A number without the signs around it: ``￥1,234.50元`` is 1234.50."""
    text = as_text(cell).strip().translate(_ADORNED).replace(",", "")
    try:
        Decimal(text)
    except InvalidOperation:
        raise RowRefused("应是数") from None
    return text


_ADORNED = str.maketrans("，", ",", "￥¥元 \u3000")
