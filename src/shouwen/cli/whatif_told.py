"""What `shouwen whatif` says and writes: tables on the screen, a workbook or a JSON file."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shouwen.engine import Compared, Line, Report
from shouwen.policy import Policy

if TYPE_CHECKING:
    from shouwen.insight.whatif_book import Book

PAPER = 160
"""Columns of a table that goes into a file."""
SHOWN = 40
"""Rows of a table on the screen, those first that change most."""
NAMED = 10
"""Of what the other policy does not know, so many are named."""


@dataclass
class Told:
    """Which policies were compared, in words."""

    was: str
    then: str
    changes: Sequence[str] = field(default_factory=list)

    def lines(self) -> list[tuple[str, str]]:
        return [("现在", self.was), ("若改为", self.then), *(("改动", change) for change in self.changes)]


class Written:
    """Takes every duty that was compared into a file; without one nothing."""

    def __init__(self, output: Path | None) -> None:
        self._output = output
        self._book: Book | None = None
        self._stream: BinaryIO | None = None
        self._first = True
        self._finished = False

    def __enter__(self) -> Written:
        if self._output is not None and self._output.suffix == ".xlsx":
            from shouwen.insight.whatif_book import Book

            self._book = Book(self._output)
        elif self._output is not None:
            self._stream = self._output.open("wb")
            self._stream.write(b'{"duties":[')
        return self

    def __exit__(self, *error: object) -> None:
        if self._stream is not None:
            self._stream.close()
        if self._output is not None and not self._finished:
            if self._book is not None:
                self._book.abandon()
            self._output.unlink(missing_ok=True)

    def take(self, compared: Compared, before: Policy, number: str, after: Policy) -> None:
        if self._output is None:
            return
        from shouwen.insight.whatif_words import row_of

        journal = compared.journal
        said = "；".join(f"{axis}：{value}" for axis, value in compared.categories)
        for pair in compared.duties:
            row = row_of(pair, before, after)
            if self._book is not None:
                self._book.duty(number, journal.kind, journal.unit, said, row)
            elif self._stream is not None:
                whole = {"matter": number, "kind": journal.kind, "unit": journal.unit, "category": said}
                self._stream.write(b"" if self._first else b",\n")
                self._stream.write(orjson.dumps(whole | row._asdict()))
                self._first = False

    def finish(self, told: Told, report: Report) -> None:
        """Write the figures too and save the file."""
        summary = report.as_json()
        if self._book is not None:
            self._book.close(told.lines(), summary)
        if self._stream is not None:
            asked = {"was": told.was, "then": told.then, "changes": list(told.changes)}
            self._stream.write(b'],\n"asked":' + orjson.dumps(asked) + b',\n"report":' + orjson.dumps(summary) + b"}\n")
        self._finished = True
        if self._output is not None:
            click.echo(f"{self._output}：已写出", err=True)


def progress_bar() -> Progress:
    parts = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*parts, console=console, transient=True, disable=not console.is_terminal)


def show(found: Report, told: Told) -> None:
    """Tables in Chinese: the whole, then by category, unit, clause and role, workload, and what was not carried."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PAPER)
    for title, text in told.lines():
        console.print(f"{title}：{text}", markup=False, soft_wrap=True)
    console.print(
        f"对象 {len(found.subjects):,} 件，记录 {found.entries:,} 条。记录照旧：没有人会因为期限改了而早做或晚做。"
    )
    for title, by in (
        ("对象种类", "kind"),
        ("类别", "category"),
        ("单位", "unit"),
        ("条款", "clause"),
        ("角色", "role"),
    ):
        lines = found.tables[by]
        if lines:
            console.print(_table(title, [*lines, found.total]))
    console.print(_workload(found))
    for text in _not_carried(found):
        console.print(text, markup=False, soft_wrap=True)


def _table(title: str, lines: Sequence[Line]) -> Table:
    heads = (
        "义务",
        "按时",
        "迟办",
        "逾期",
        "未了",
        "免除",
        "违反关口",
        "转迟",
        "转按时",
        "改期",
        "新增",
        "不再有",
        "迟办均时",
        "中位",
    )
    table = Table(
        title, *heads, title=f"按{title}" if len(lines) <= SHOWN + 1 else f"按{title}（改动最多的 {SHOWN} 行）"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    *rows, total = lines
    if len(rows) > SHOWN:
        rows = sorted(rows, key=lambda line: -sum(line.counts[name] for name in _CHANGED))[:SHOWN]
    for line in (*rows, total):
        sides = [_sides(line.counts, name) for name in ("late", "overdue", "open", "lifted", "breaches")]
        duties = _both(line.duties("before"), line.duties("after"))
        changed = [str(line.counts[name] or "") for name in _CHANGED]
        late = [_hours(line, place) for place in (0, 1)]
        said = "：".join(line.label) or ("合计" if line is total else "—")
        table.add_row(said, duties, _sides(line.counts, "kept"), *sides, *changed, *late)
    return table


_CHANGED = ("turned_late", "turned_timely", "moved", "new", "vanished")


def _sides(counts: Mapping[str, int], name: str) -> str:
    return _both(counts[f"before.{name}"], counts[f"after.{name}"])


def _both(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,}"


def _hours(line: Line, place: int) -> str:
    said = [f"{late[place]:.1f}" if (late := line.lateness[side]) else "—" for side in ("before", "after")]
    return said[0] if said[0] == said[1] else " → ".join(said)


def _workload(found: Report) -> Table:
    table = Table("角色", "月份", "到期的义务", "若改为", title="按角色和月份的工作量（改动最大的在前）")
    loads = sorted(found.months, key=lambda load: (-abs(load.after - load.before), load.role, load.period))
    for load in loads[:SHOWN]:
        table.add_row(load.role, load.period, f"{load.before:,}", f"{load.after:,}")
    return table


def _not_carried(found: Report) -> list[str]:
    from shouwen.insight.whatif_words import CARRIED

    said = []
    parts: dict[str, Any] = {**vars(found.carried), "unfit": found.unfit}
    for name, counted in parts.items():
        if counted:
            title = "算不了的对象" if name == "unfit" else str(CARRIED[name])
            named = "、".join(f"{what} {n:,}" for what, n in counted.most_common(NAMED))
            more = f" 等 {len(counted)} 种" if len(counted) > NAMED else ""
            said.append(f"{title}：{named}{more}")
    unsaid = [found.total.counts[f"{side}.unsaid"] for side in ("before", "after")]
    if any(unsaid):
        said.append(f"逾期中没有任何记录可以证明履行的（说不出迟不迟）：{_both(*unsaid)}")
    return said
