"""The sheets of a workbook that holds an organisation (组织架构表): their columns, and how each cell is read."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import xlsxwriter
from django.utils.translation import gettext as _

from shouwen.imports.problems import FileRefused
from shouwen.imports.workbooks import Cell, all_rows, as_text
from shouwen.organisation.models import UnitKind

KINDS: Mapping[str, tuple[str, ...]] = {
    UnitKind.GROUP: ("集团", "group"),
    UnitKind.REGION: ("区域", "大区", "region"),
    UnitKind.BRANCH: ("公司", "子公司", "分公司", "branch"),
    UnitKind.PROJECT: ("项目", "project"),
    UnitKind.DEPARTMENT: ("部门", "department"),
    UnitKind.PROPERTY: ("物业", "物业公司", "物管公司", "property"),
    UnitKind.CONTRACTOR: ("施工单位", "承包商", "contractor"),
}
YES, NO = ("是", "yes", "y", "true", "1"), ("否", "no", "n", "false", "0")
UNLIMITED = ("不限", "无限", "none", "unlimited")
MOST_ROWS = 50_000
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Wrong(ValueError):  # noqa: N818  said as what it is
    """A cell that cannot be read; the message is for the user."""


def _text(cell: Cell) -> str:
    return unicodedata.normalize("NFC", as_text(cell)).strip()


def _kind(cell: Cell) -> str:
    word = _text(cell).lower()
    for kind, words in KINDS.items():
        if word in words:
            return str(kind)
    expected = "、".join(words[0] for words in KINDS.values())
    raise Wrong(_("“%(word)s” is no kind of unit; one of: %(expected)s.") % {"word": word, "expected": expected})


def _yes(cell: Cell) -> bool:
    word = _text(cell).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Wrong(_("“%(word)s” is neither 是 nor 否.") % {"word": word})


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    word = _text(cell)
    parts = _DAY.fullmatch(word)
    try:
        return date(*map(int, parts.groups() if parts else ()))
    except (TypeError, ValueError):
        raise Wrong(_("“%(word)s” is no date, as 2026-03-02.") % {"word": word}) from None


def _limit(cell: Cell) -> Decimal | None:
    word = _text(cell).replace(",", "").replace("，", "")
    if word.lower() in UNLIMITED:
        return None
    try:
        found = Decimal(word)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        raise Wrong(_("“%(word)s” is no sum in yuan; write 不限 where there is no limit.") % {"word": word})
    return found


def _zone(cell: Cell) -> str:
    word = _text(cell)
    if word not in available_timezones():
        raise Wrong(_("“%(word)s” is no time zone, as Asia/Shanghai.") % {"word": word})
    return ZoneInfo(word).key


@dataclass(frozen=True)
class Column:
    """A column by the names that its heading may have, the first of which the template writes."""

    key: str
    names: tuple[str, ...]
    required: bool = False
    read: Callable[[Cell], Any] = _text
    note: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    key: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.names[0]

    def title(self, key: str) -> str:
        """The heading of the column of this key."""
        return next(column.names[0] for column in self.columns if column.key == key)


_PATH = "从集团写起，以“/”分隔，如 明澄集团/江州公司"
_SINCE = Column("since", ("起", "开始", "since"), read=_day, note="起始日期；不写：从导入时起")
_UNTIL = Column("until", ("止", "结束", "until"), read=_day, note="最后一天（含当日）；不写：一直有效")
_UNIT = Column("unit", ("单位", "unit"), required=True, note=_PATH)
_POST = Column("post", ("岗位", "post"), required=True, note="用规章里的名称")
_USERNAME = Column("username", ("用户名", "登录名", "username"), required=True)

UNITS = Sheet(
    "units",
    ("单位", "units"),
    (
        Column("name", ("名称", "单位名称", "name"), required=True),
        Column("above", ("上级单位", "上级", "superior"), note=f"{_PATH}；最上一级不写"),
        Column("former", ("原上级单位", "原上级", "former superior"), note="调整隶属时写：原来的上级单位（写法同上）"),
        Column("kind", ("种类", "类型", "kind"), True, _kind, values=tuple(words[0] for words in KINDS.values())),
        Column("zone", ("时区", "zone"), read=_zone, note="不写：同上级"),
        _SINCE,
        _UNTIL,
    ),
)
POSTS = Sheet(
    "posts",
    ("岗位", "posts"),
    (
        _UNIT,
        _POST,
        Column(
            "is_duty_post", ("值班岗", "duty post"), False, _yes, "受理无人认领的事项；每个单位至多一个", ("是", "否")
        ),
        _SINCE,
        _UNTIL,
    ),
)
PEOPLE = Sheet(
    "people",
    ("人员", "people"),
    (
        _USERNAME,
        Column("name", ("姓名", "name"), required=True),
        Column("phone", ("电话", "手机", "phone")),
        Column("email", ("邮箱", "电子邮箱", "email")),
        Column("disabled", ("停用", "disabled"), False, _yes, "是：不能再登录", ("是", "否")),
    ),
)
APPOINTMENTS = Sheet("appointments", ("任职", "appointments"), (_USERNAME, _UNIT, _POST, _SINCE, _UNTIL))
AUTHORITIES = Sheet(
    "authorities",
    ("权限", "authorities"),
    (
        _UNIT,
        _POST,
        Column("kind", ("权限", "authority"), required=True, note="如 费用审批"),
        Column("limit", ("限额", "limit"), True, _limit, "元；没有上限写“不限”"),
        Column("category", ("类别", "category"), note="不写：各类都可"),
        _SINCE,
        _UNTIL,
    ),
)
SHEETS = (UNITS, POSTS, PEOPLE, APPOINTMENTS, AUTHORITIES)


@dataclass(frozen=True)
class Fault:
    """What is wrong, by sheet and line (from 1); line 0 is the sheet as a whole."""

    sheet: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = _("%(sheet)s, line %(line)s") % {"sheet": self.sheet, "line": self.line} if self.line else self.sheet
        return f"{place}：{self.reason}"


@dataclass(frozen=True)
class Row:
    """One line of a sheet; empty cells are left out."""

    sheet: Sheet
    line: int
    cells: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.cells.get(key)


@dataclass
class Book:
    """What a workbook says: rows by sheet, and every cell and heading that could not be read."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_book(path: Path) -> Book:
    """All that the workbook says about the organisation. Raises FileRefused where it is none."""
    found = {name.strip().lower(): rows for name, rows in all_rows(path).items()}
    book = Book()
    for sheet in SHEETS:
        rows = next((found[name] for name in sheet.names if name in found), None)
        if rows is not None:
            book.rows[sheet.key] = list(_rows(sheet, rows, book.faults))
    if not book.rows:
        raise FileRefused(_("No sheet of: %(names)s.") % {"names": "、".join(sheet.name for sheet in SHEETS)})
    return book


def _rows(sheet: Sheet, rows: Sequence[Sequence[Cell]], faults: list[Fault]) -> list[Row]:
    places = _places(sheet, rows[0] if rows else (), faults)
    if len(rows) > MOST_ROWS:
        faults.append(Fault(sheet.name, 0, _("More than %(most)d lines.") % {"most": MOST_ROWS}))
        return []
    found = []
    for line, cells in enumerate(rows[1:], 2):
        given = {key: cells[place] for key, place in places.items() if place < len(cells)}
        if any(_text(cell) for cell in given.values()):
            found.append(_row(sheet, line, given, faults))
    return [row for row in found if row is not None]


def _places(sheet: Sheet, heading: Sequence[Cell], faults: list[Fault]) -> dict[str, int]:
    words = [_text(cell).rstrip("*").strip().lower() for cell in heading]
    places = {}
    for column in sheet.columns:
        place = next((words.index(name) for name in column.names if name in words), None)
        if place is not None:
            places[column.key] = place
        elif column.required:
            faults.append(Fault(sheet.name, 1, _("There is no column “%(name)s”.") % {"name": column.names[0]}))
    return places


def _row(sheet: Sheet, line: int, given: Mapping[str, Cell], faults: list[Fault]) -> Row | None:
    """None where a cell cannot be read or is missing; each such cell is a fault."""
    cells: dict[str, Any] = {}
    before = len(faults)
    for column in sheet.columns:
        if column.key not in given or not _text(given[column.key]):
            if column.required and column.key in given:
                faults.append(Fault(sheet.name, line, _("“%(name)s” is empty.") % {"name": column.names[0]}))
            continue
        try:
            cells[column.key] = column.read(given[column.key])
        except Wrong as wrong:
            faults.append(Fault(sheet.name, line, f"{column.names[0]}：{wrong}"))
    missing = any(column.required and column.key not in given for column in sheet.columns)
    return None if missing or len(faults) > before else Row(sheet, line, cells)


def write_template(path: Path) -> None:
    """An empty workbook with the sheets, their headings explained, and lists where values are given."""
    with xlsxwriter.Workbook(str(path)) as book:
        head = book.add_format({"bold": True, "bg_color": "#e7f0fa", "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        plain = book.add_format({"num_format": "@"})
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for place, column in enumerate(sheet.columns):
                page.set_column(place, place, 20, day if column.read is _day else plain)
                page.write_string(0, place, column.names[0] + ("*" if column.required else ""), head)
                if column.note:
                    page.write_comment(0, place, column.note)
                if column.values:
                    page.data_validation(1, place, 10_000, place, {"validate": "list", "source": list(column.values)})
