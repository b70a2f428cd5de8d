"""Small files and mappings for tests of the import."""

from pathlib import Path

from shouwen.imports.outcome import Outcome
from shouwen.imports.reader import read_mapping
from shouwen.imports.run import Import
from shouwen.imports.tables import BadRow, Layout, Row, open_table

MAPPING = """\
language: 1
source: hotline
title: 试验热线
kind: complaint
key: 编号
unit: {path: 明澄集团/江州公司/云栖一期}
entries:
- event: received
  at: 来电时间
  data:
    channel: {value: 电话}
    text: 内容
- event: verified
  at: 核实时间
"""
HEADER = "编号,来电时间,核实时间,内容\n"


def mapping_file(folder: Path, text: str = MAPPING) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def csv_file(folder: Path, rows: str, header: str = HEADER) -> Path:
    path = folder / "rows.csv"
    path.write_text(header + rows, encoding="utf-8")
    return path


def bring(file: Path, mapping: Path, *, dry: bool = False, live: bool = False) -> Outcome:
    read = read_mapping(mapping)
    with open_table(file, read.layout) as table:
        return Import(read, table, dry=dry, live=live).run()


def rows_of(path: Path, layout: Layout | None = None) -> list[tuple[int, list[object]] | tuple[int, str]]:
    """Each row as its line and its cells, or as its line and why it was not read."""
    with open_table(path, layout) as table:
        return [(row.line, list(row.cells)) if isinstance(row, Row) else (row.line, row.reason) for row in table.rows]


def reasons(outcome: Outcome) -> list[tuple[int, str]]:
    return [(bad.line, bad.reason) for bad in outcome.refused if isinstance(bad, BadRow)]
