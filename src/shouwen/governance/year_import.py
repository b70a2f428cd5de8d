"""A calendar year from a file or rows (导入年历): an administrator's, each November, when the notice is out."""

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from python_calamine import CalamineError, load_workbook

from shouwen.governance.calendar_actions import replace_year
from shouwen.governance.models import STATUTORY, CalendarDay, CalendarTable, SpecialDayKind
from shouwen.organisation.models import Person

COLUMNS = {
    "date": ("date", "日期"),
    "kind": ("kind", "类型", "种类"),
    "name": ("name", "holiday", "名称", "节日"),
}
KINDS = {
    SpecialDayKind.HOLIDAY: ("holiday", "放假", "休", "节假日"),
    SpecialDayKind.MAKEUP_WORKDAY: ("makeup_workday", "调休上班", "补班", "班", "上班"),
    SpecialDayKind.WORKDAY: ("workday", "工作日"),
    SpecialDayKind.WEEKEND: ("weekend", "周末", "休息日"),
}
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_ORDINARY = {True: SpecialDayKind.WORKDAY, False: SpecialDayKind.WEEKEND}
MOST_ROWS = 366
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class YearChange:
    """What an import does to a year: the days as they will stand, and those that differ from before."""

    year: int
    days: tuple[CalendarDay, ...]
    added: tuple[date, ...]
    changed: tuple[date, ...]
    removed: tuple[date, ...]


def import_year(
    source: bytes | Iterable[Mapping[str, Any]],
    *,
    by: Person | None,
    at: datetime,
    note: str = "",
    table: CalendarTable | None = None,
    dry_run: bool = False,
) -> YearChange:
    """Makes a year official in the statutory table (or ``table``); its earlier days are replaced as a whole.

    ``source``: a CSV (UTF-8 or GB 18030) or XLSX file, or rows; columns ``date``, ``kind``, ``name`` or 日期, 类型,
    名称; ordinary days may be left out. With ``dry_run`` it only says what would change.
    Raises ValidationError with every bad line.
    """
    days = _days(_rows_of(source) if isinstance(source, bytes) else list(source), note)
    with transaction.atomic():
        target = table or CalendarTable.objects.select_for_update().get(name=STATUTORY)
        for day in days:
            day.table = target
        year = days[0].date.year
        change = _compared(target, year, days)
        if not dry_run:
            replace_year(target, year, change.days, source=note, at=at, by=by)
    return change


def _compared(table: CalendarTable, year: int, days: list[CalendarDay]) -> YearChange:
    before = {day.date: day for day in CalendarDay.objects.filter(table=table, date__year=year)}
    after = {day.date: day for day in days if not _says_nothing(day)}
    both = before.keys() & after.keys()
    return YearChange(
        year,
        tuple(after.values()),
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(d for d in both if (before[d].kind, before[d].name) != (after[d].kind, after[d].name))),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def _says_nothing(day: CalendarDay) -> bool:
    return day.kind == _ORDINARY[day.date.isoweekday() <= 5] and not day.name


def _days(rows: list[Mapping[str, Any]], note: str) -> list[CalendarDay]:
    problems: list[str] = []
    days: dict[date, CalendarDay] = {}
    # The heading is the first line of a file.
    for line, row in enumerate(rows[: MOST_ROWS + 1], start=2):
        try:
            day = _day(row, note)
        except ValueError as error:
            problems.append(_("Line %(line)s: %(problem)s") % {"line": line, "problem": error})
            continue
        if day.date in days:
            problems.append(_("Line %(line)s: %(date)s stands twice.") % {"line": line, "date": day.date})
        days[day.date] = day
    if len(rows) > MOST_ROWS:
        problems.append(_("More lines than a year has days."))
    years = sorted({day.year for day in days})
    if len(years) > 1:
        problems.append(_("Only one year at a time: found %(years)s.") % {"years": ", ".join(map(str, years))})
    if not any(day.kind == SpecialDayKind.HOLIDAY for day in days.values()):
        problems.append(_("No holiday is named."))
    if problems:
        raise ValidationError(problems)
    return list(days.values())


def _day(row: Mapping[str, Any], note: str) -> CalendarDay:
    when, kind, name = (_cell(row, column) for column in ("date", "kind", "name"))
    if kind not in _KIND_OF:
        raise ValueError(_("“%(word)s” is no kind of day.") % {"word": kind})
    try:
        read = date.fromisoformat(when.replace("/", "-")[:10])
    except ValueError:
        raise ValueError(_("“%(word)s” is no date, as 2027-01-01.") % {"word": when}) from None
    # Ordinary days carry no name, so that they leave no trace.
    plain = _KIND_OF[kind] in _ORDINARY.values()
    return CalendarDay(date=read, kind=_KIND_OF[kind], name="" if plain else name[:100], source=note)


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = next((row[key] for key in COLUMNS[column] if row.get(key) is not None), "")
    return unicodedata.normalize("NFKC", str(value)).strip()


def _rows_of(content: bytes) -> list[Mapping[str, Any]]:
    table = _sheet(content) if content.startswith(ZIP) else list(csv.reader(StringIO(_text(content))))
    if not table:
        raise ValidationError(_("The file is empty."))
    heading = [str(cell).strip().lower() for cell in table[0]]
    return [dict(zip(heading, row, strict=False)) for row in table[1:] if any(str(cell).strip() for cell in row)]


def _sheet(content: bytes) -> list[list[Any]]:
    try:
        return load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise ValidationError(_("The file cannot be read: %(problem)s") % {"problem": error}) from error


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file cannot be read: %(problem)s") % {"problem": "UTF-8, GB 18030"})
