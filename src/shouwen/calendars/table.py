"""An administrator's table of special days (特殊日表), for instance a year's official notice."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind, SpecialDay
from shouwen.calendars.errors import CalendarError, CalendarErrors
from shouwen.calendars.hours import Intervals, day_hours

_COLUMNS = {
    "date": "date",
    "日期": "date",
    "kind": "kind",
    "类型": "kind",
    "name": "name",
    "holiday": "name",
    "名称": "name",
    "source": "source",
    "来源": "source",
    "hours": "hours",
    "时段": "hours",
}
_KINDS = {
    **{kind.value: kind for kind in DayKind},
    "放假": DayKind.HOLIDAY,
    "节假日": DayKind.HOLIDAY,
    "调休上班": DayKind.MAKEUP_WORKDAY,
    "上班": DayKind.MAKEUP_WORKDAY,
    "工作日": DayKind.WORKDAY,
    "周末": DayKind.WEEKEND,
    "休息日": DayKind.WEEKEND,
}
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
# Off in every year under 全国年节及纪念日放假办法, whatever else a notice says.
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True)
class Table:
    """Special days to be laid over a calendar; of `official_years` the table is the whole truth."""

    special_days: tuple[SpecialDay, ...]
    official_years: frozenset[int] = frozenset()

    @classmethod
    def from_csv(cls, text: str, *, official_years: Iterable[int] = (), source: str = "") -> Self:
        """Read CSV with a header: date/日期, kind/类型, and where wanted name/名称, source/来源, hours/时段.

        Other columns are left alone; `source` stands where a row names none. Raises `CalendarErrors` with one
        line a problem, each with its line number.
        """
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        header = {column: _COLUMNS[column.strip()] for column in reader.fieldnames or () if column.strip() in _COLUMNS}
        missing = [
            f"{word}（{title}）" for word, title in (("date", "日期"), ("kind", "类型")) if word not in header.values()
        ]
        if missing:
            raise CalendarErrors([f"第1行：缺少列 {'、'.join(missing)}"])
        rows = [
            (reader.line_num, {header[column]: value or "" for column, value in row.items() if column in header})
            for row in reader
        ]
        return cls._read(rows, official_years, source)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Mapping[str, object]], *, official_years: Iterable[int] = (), source: str = ""
    ) -> Self:
        """Read mappings with the columns of `from_csv`; a date may be a `date`, a kind a `DayKind`."""
        named = [{_COLUMNS.get(column, column): value for column, value in row.items()} for row in rows]
        return cls._read(enumerate(named, start=1), official_years, source)

    def over(self, calendar: Calendar) -> Calendar:
        """The calendar with this table laid over it."""
        return calendar.with_exceptions(self.special_days, official_years=self.official_years)

    @classmethod
    def _read(
        cls, rows: Iterable[tuple[int, Mapping[str, object]]], official_years: Iterable[int], source: str
    ) -> Self:
        problems: list[str] = []
        found: dict[date, SpecialDay] = {}
        for line, row in rows:
            try:
                special = _special_day(row, source)
            except CalendarErrors as errors:
                problems += [f"第{line}行：{problem}" for problem in errors.problems]
                continue
            earlier = found.setdefault(special.date, special)
            if earlier != special:
                problems.append(
                    f"第{line}行：{special.date} 在表中已有另一条（{earlier.kind.sentence()}{earlier.name}）"
                )
        years = frozenset(official_years)
        if not problems:
            problems = _incomplete(found, years)
        if problems:
            raise CalendarErrors(problems)
        return cls(tuple(found[day] for day in sorted(found)), years)


def _incomplete(found: Mapping[date, SpecialDay], years: Iterable[int]) -> list[str]:
    """What an official year cannot lack: a table that lacks it is a part of a year, not the year."""
    problems = []
    for year in sorted(years):
        days = [date(year, month, day) for month, day in _ALWAYS_OFF]
        lacking = [day for day in days if day not in found or found[day].kind is not DayKind.HOLIDAY]
        if lacking:
            named = "、".join(str(day) for day in lacking)
            problems.append(f"{year}年列为官方年度，表中却没有 {named} 放假：应列出该年全部放假日和调休上班日")
    return problems


def _special_day(row: Mapping[str, object], source: str) -> SpecialDay:
    problems: list[str] = []
    day = _read_date(row.get("date"), problems)
    word = str(row.get("kind") or "").strip()
    kind = _KINDS.get(word)
    if kind is None:
        problems.append(f"类型“{word}”不认识：应为 {'、'.join(_KINDS)} 之一")
    hours = _read_hours(str(row.get("hours") or ""), problems)
    if day is None or kind is None or problems:
        raise CalendarErrors(problems)
    own_source = str(row.get("source") or "").strip() or source
    return SpecialDay(day, kind, str(row.get("name") or "").strip(), own_source, hours)


def _read_date(value: object, problems: list[str]) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if (match := _DATE.fullmatch(text)) is None:
        problems.append(f"日期“{text}”读不懂：应写作 2027-01-01、2027/1/1 或 2027年1月1日")
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        problems.append(f"日期“{text}”不存在")
        return None


def _read_hours(text: str, problems: list[str]) -> Intervals | None:
    parts = [part for part in re.split(r"[;；,，、\s]+", text.strip()) if part]
    if not parts:
        return None
    try:
        return day_hours(parts)
    except CalendarError as error:
        problems.append(str(error))
        return None
