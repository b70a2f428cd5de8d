"""The figures of a what-if by category, unit, clause and role, with the matters behind each (若改为的数字)."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median
from typing import Any

from shouwen.engine.whatif import BEHIND, FIGURES, OUTCOMES, SIDES, Carried, Cell, CellKey, Comparison

BY = ("kind", "category", "unit", "clause", "role")
"""What figures are grouped by. A subject stands in one row of each category axis."""
COUNTED = (*FIGURES, "before.unsaid", "after.unsaid")
"""``unsaid``: of those overdue, how many could only be kept by events that no journal here has at all: that nothing
was recorded says nothing of what was done."""
Label = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One row: figures by ``COUNTED``, hours of lateness of what was kept late (mean, median; None: nothing was), and
    the places in ``Report.subjects`` of at most ``BEHIND`` matters behind each figure."""

    label: Label
    counts: Mapping[str, int]
    lateness: Mapping[str, tuple[float, float] | None]
    behind: Mapping[str, tuple[int, ...]]

    def duties(self, side: str) -> int:
        """How many duties there are on that side, however they stand."""
        return sum(self.counts[f"{side}.{name}"] for name in OUTCOMES)


@dataclass(frozen=True)
class Load:
    """Duties of a role that fall due in one month or ISO week (``2026-03``, ``2026-W10``)."""

    role: str
    period: str
    before: int
    after: int


@dataclass(frozen=True)
class Report:
    """What came out: the whole, the tables, workload by month and by week, and what the other policy did not take."""

    subjects: tuple[str, ...]
    entries: int
    total: Line
    tables: Mapping[str, tuple[Line, ...]]
    months: tuple[Load, ...]
    weeks: tuple[Load, ...]
    carried: Carried
    unfit: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Everything but the matters, for storing: see ``behind_json``."""
        return {
            "subjects": len(self.subjects),
            "entries": self.entries,
            "total": _line_json(self.total),
            "tables": {by: [_line_json(line) for line in lines] for by, lines in self.tables.items()},
            "months": [[load.role, load.period, load.before, load.after] for load in self.months],
            "weeks": [[load.role, load.period, load.before, load.after] for load in self.weeks],
            "carried": {name: dict(found.most_common()) for name, found in vars(self.carried).items()},
            "unfit": dict(self.unfit),
        }

    def behind_json(self) -> dict[str, Any]:
        """The matters behind the figures: ``subjects`` are names, ``total`` and ``tables`` places among them by row
        and figure."""
        kept: dict[int, int] = {}
        rows = {
            by: [_behind_json(line, kept) for line in lines]
            for by, lines in {"total": (self.total,), **self.tables}.items()
        }
        return {"subjects": [self.subjects[place] for place in kept], "tables": rows}


def report(found: Comparison) -> Report:
    """Roll up what was counted."""
    groups: dict[str, dict[Label, list[tuple[CellKey, Cell]]]] = {by: {} for by in BY}
    for key, cell in found.cells.items():
        (kind, unit, categories), clause, role, _acts = key
        labels: tuple[tuple[str, Label], ...] = (
            ("kind", (kind,)),
            ("unit", (unit,)),
            ("clause", (clause,)),
            ("role", (role,)),
            *(("category", label) for label in categories),
        )
        for by, label in labels:
            groups[by].setdefault(label, []).append((key, cell))
    tables = {
        by: tuple(_line(label, cells, found.seen) for label, cells in _in_order(by, rows))
        for by, rows in groups.items()
    }
    return Report(
        tuple(found.subjects),
        found.entries,
        _line((), list(found.cells.items()), found.seen),
        tables,
        _loads(found, _month),
        _loads(found, _week),
        found.carried,
        found.unfit,
    )


def _in_order(
    by: str, rows: Mapping[Label, list[tuple[CellKey, Cell]]]
) -> Iterable[tuple[Label, list[tuple[CellKey, Cell]]]]:
    """Axes in the order of the policy, all else by name."""
    if by != "category":
        return sorted(rows.items())
    axes = list(dict.fromkeys(axis for axis, _value in rows))
    return sorted(rows.items(), key=lambda row: (axes.index(row[0][0]), row[0][1]))


def _line(label: Label, cells: list[tuple[CellKey, Cell]], seen: set[str]) -> Line:
    counts = Counter[str]()
    late = (array("d"), array("d"))
    behind: dict[str, dict[int, None]] = {}
    for (_group, _clause, _role, acts), cell in cells:
        for place, n in enumerate(cell.counts):
            if n:
                counts[FIGURES[place]] += n
        for place, subjects in cell.behind.items():
            known = behind.setdefault(FIGURES[place], {})
            if len(known) < BEHIND:
                known.update(dict.fromkeys(subjects))
        for side, hours in zip(late, cell.late, strict=True):
            side.extend(hours)
        if not acts & seen:
            for side_name in SIDES:
                counts[f"{side_name}.unsaid"] += cell.counts[FIGURES.index(f"{side_name}.overdue")]
    return Line(
        label,
        {name: counts[name] for name in COUNTED},
        {side: (fmean(hours), median(hours)) if hours else None for side, hours in zip(SIDES, late, strict=True)},
        {name: tuple(sorted(known)[:BEHIND]) for name, known in behind.items()},
    )


def _loads(found: Comparison, period: Any) -> tuple[Load, ...]:
    sums: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = (Counter(), Counter())
    for total, counted in zip(sums, found.workload, strict=True):
        for (role, day), n in counted.items():
            total[role, period(date.fromordinal(day))] += n
    return tuple(Load(*key, sums[0][key], sums[1][key]) for key in sorted(sums[0].keys() | sums[1].keys()))


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def _week(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "label": list(line.label),
        "counts": {name: n for name, n in line.counts.items() if n},
        "lateness": {
            side: [round(hours, 2) for hours in late] if late else None for side, late in line.lateness.items()
        },
    }


def _behind_json(line: Line, kept: dict[int, int]) -> dict[str, list[int]]:
    return {name: [kept.setdefault(place, len(kept)) for place in places] for name, places in line.behind.items()}
