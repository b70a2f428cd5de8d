"""What a mapping (映射) says: which column becomes which field of which entry. Read by ``reader``."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from datetime import time

from shouwen.imports.tables import Layout

REFUSE, LEAVE, KEEP, TO = "refuse", "leave", "keep", "to"
CREATE = "create"


@dataclass(frozen=True)
class Source:
    """Where a value comes from (取值): columns, or a constant; then translated by `values`.

    `otherwise` says what becomes of a value that `values` does not name: refuse the row, leave the field out,
    keep the value as it is, or put it `to` another.
    """

    line: int
    columns: tuple[str, ...] = ()
    constant: object = None
    join: str = " "
    split: str = ""
    values: Dictionary[str, object] = field(default_factory=dict)
    otherwise: str = KEEP
    to: object = None


@dataclass(frozen=True)
class Test:
    """A condition on one column (条件): its value is, or is not, among `values`."""

    line: int
    column: str
    values: frozenset[str]
    negated: bool = False
    why: str = ""


@dataclass(frozen=True)
class EntrySpec:
    """One entry that a row makes (记录). Without a value in `at` it is not made; the first one must be."""

    line: int
    id: str
    event: str
    at: Source
    post: str = ""
    when: tuple[Test, ...] = ()
    data: Dictionary[str, Source] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitSpec:
    """Whose matter a row is (单位): always `path`, or by name from `source`, looked for below `under`."""

    line: int
    path: str = ""
    source: Source | None = None
    under: str = ""
    unknown: str = REFUSE
    to: str = ""
    empty: str = ""
    kind: str = "department"
    zone: str = ""


@dataclass(frozen=True)
class CustomerSpec:
    """Whose complaint it is (客户): matched by telephone, or by name where `match` says so; made, or left out."""

    line: int
    name: Source
    phone: Source | None = None
    match: str = "phone"
    unknown: str = LEAVE


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file. `key` are the columns whose values name a row for ever; without them, all its cells do."""

    file: str
    source: str
    title: str
    kind: str
    zone: str
    entries: tuple[EntrySpec, ...]
    unit: UnitSpec
    key: tuple[str, ...] = ()
    number: Source | None = None
    customer: CustomerSpec | None = None
    layout: Layout = field(default_factory=Layout)
    dates: tuple[str, ...] = ()
    bare_date: time | None = None
    blank: frozenset[str] = frozenset()
    skip: tuple[Test, ...] = ()
    lines: Dictionary[str, int] = field(default_factory=dict)

    def at_unit(self, path: str | None) -> "Mapping":
        """The same with another unit in the place of `unit.path` or `unit.under`."""
        if path is None:
            return self
        place = {"path": path} if self.unit.path else {"under": path}
        return replace(self, unit=replace(self.unit, **place))  # type: ignore[arg-type]

    @property
    def sources(self) -> list[Source]:
        """All places that name columns."""
        found = [source for entry in self.entries for source in (entry.at, *entry.data.values())]
        found += [one for one in (self.number, self.unit.source) if one is not None]
        if self.customer is not None:
            found += [one for one in (self.customer.name, self.customer.phone) if one is not None]
        return found

    @property
    def tests(self) -> list[Test]:
        return [*self.skip, *(test for entry in self.entries for test in entry.when)]
