"""A what-if as a workbook (导出): what was asked, every table, workload, and each duty under both policies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from shouwen.engine.whatif import SIDES
from shouwen.insight.whatif_words import CARRIED, CHANGES, OUTCOMES, ROW, TABLES, Row

MOST_ROWS = 1_000_000
"""Duties on one sheet; Excel has 1,048,576 rows."""
# What somebody once typed stays a text: no formula, no link.
_BOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TIME = "yyyy-mm-dd hh:mm"
_OF = ("duties", *(name for name in OUTCOMES if name != "duties"))


class Book:
    """A workbook at ``path``, written row by row in constant memory; ``close`` writes the tables and saves it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book = xlsxwriter.Workbook(str(path), {**_BOOK, "tmpdir": str(path.parent)})
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": _TIME})
        self._front = self._book.add_worksheet(_("What was asked"))
        self._tables = [self._book.add_worksheet(str(title)) for title in TABLES.values()]
        self._workload = self._book.add_worksheet(_("Workload"))
        self._rows: Any = None
        self._count = 0

    def duty(self, matter: str, kind: str, unit: str, categories: str, row: Row) -> None:
        """One duty more; a full sheet is followed by another."""
        if self._count % MOST_ROWS == 0:
            number = self._count // MOST_ROWS
            self._rows = self._book.add_worksheet(_("Duties") + (f" {number + 1}" if number else ""))
            titles = (_("Matter"), _("Kind"), _("Unit"), _("Category"), *map(str, ROW.values()))
            self._head(self._rows, titles)
        at = self._count % MOST_ROWS + 1
        self._count += 1
        for place, value in enumerate((matter, kind, unit, categories, *row)):
            if isinstance(value, datetime):
                self._rows.write_datetime(at, place, value.replace(tzinfo=None), self._moment)
            elif isinstance(value, float):
                self._rows.write_number(at, place, value)
            elif value:
                self._rows.write_string(at, place, str(value))

    def close(self, told: Iterable[tuple[str, str]], summary: Mapping[str, Any]) -> None:
        """``told``: what was asked, by whom, when; ``summary``: as ``Report.as_json`` gives it."""
        lines = [
            *told,
            *(
                (str(CARRIED[name]), f"{what}：{n}")
                for name, of in summary["carried"].items()
                for what, n in of.items()
            ),
        ]
        for place, (title, text) in enumerate(lines):
            self._front.write_string(place, 0, title)
            self._front.write_string(place, 1, text)
        self._front.set_column(0, 0, 40)
        self._front.set_column(1, 1, 80)
        for sheet, rows in zip(self._tables, summary["tables"].values(), strict=True):
            self._table(sheet, [*rows, {**summary["total"], "label": [_("Total")]}])
        self._load(summary["months"], summary["weeks"])
        self._book.close()

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._book.close()
        self._path.unlink(missing_ok=True)

    def _table(self, sheet: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        said = {"before": _("now"), "after": _("then")}
        titles = [_("Figures of")]
        titles += [f"{OUTCOMES[name]} · {said[side]}" for name in _OF for side in SIDES]
        titles += [str(title) for title in CHANGES.values()]
        titles += [
            f"{title} · {said[side]}" for side in SIDES for title in (_("Mean hours late"), _("Median hours late"))
        ]
        self._head(sheet, titles)
        for at, row in enumerate(rows, 1):
            sheet.write_string(at, 0, "：".join(row["label"]) or "—")
            numbers: list[float | None] = [count_of(row, f"{side}.{name}") for name in _OF for side in SIDES]
            numbers += [count_of(row, name) for name in CHANGES]
            numbers += [hours for side in SIDES for hours in row["lateness"][side] or (None, None)]
            for place, number in enumerate(numbers, 1):
                if number is not None:
                    sheet.write_number(at, place, number)

    def _load(self, *parts: Sequence[Sequence[Any]]) -> None:
        self._head(self._workload, (_("Role owing"), _("Due in"), _("Duties now"), _("Duties then")))
        for at, (role, period, before, after) in enumerate((row for part in parts for row in part), 1):
            self._workload.write_string(at, 0, role)
            self._workload.write_string(at, 1, period)
            self._workload.write_number(at, 2, before)
            self._workload.write_number(at, 3, after)

    def _head(self, sheet: Any, titles: Iterable[str]) -> None:
        for place, title in enumerate(titles):
            sheet.set_column(place, place, 18)
            sheet.write_string(0, place, title, self._bold)
        sheet.freeze_panes(1, 1)


def count_of(row: Mapping[str, Any], figure: str) -> int:
    """A figure of a stored line: ``before.kept``, ``moved``; ``before.duties`` is the sum of how they stand."""
    side, _dot, name = figure.partition(".")
    counts: Mapping[str, int] = row["counts"]
    if name == "duties":
        return sum(counts.get(f"{side}.{one}", 0) for one in ("kept", "late", "overdue", "open", "lifted"))
    return counts.get(figure, 0)
