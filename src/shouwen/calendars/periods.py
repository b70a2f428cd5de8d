"""Periods (周期): days, weeks, months, quarters, halves and years, with their keys."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.errors import CalendarError

_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """日, 周 (ISO, Monday first), 月, 季度, 半年, 年."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    def sentence(self) -> str:
        """Chinese word of the kind, as it follows 每: "日", "周", "月", "季度", "半年", "年"."""
        return {"day": "日", "week": "周", "month": "月", "quarter": "季度", "half": "半年", "year": "年"}[self]


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_KEYS = (
    (PeriodKind.DAY, re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")),
    (PeriodKind.WEEK, re.compile(r"([0-9]{4})-W([0-9]{2})")),
    (PeriodKind.MONTH, re.compile(r"([0-9]{4})-([0-9]{2})")),
    (PeriodKind.QUARTER, re.compile(r"([0-9]{4})-Q([1-4])")),
    (PeriodKind.HALF, re.compile(r"([0-9]{4})-H([12])")),
    (PeriodKind.YEAR, re.compile(r"([0-9]{4})")),
)


@dataclass(frozen=True, order=True)
class Period:
    """A period: `first` and `last` day, both included. Make it by `containing` or `parse`."""

    first: date
    last: date
    kind: PeriodKind

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> "Period":
        """The period of that kind in which `day` lies."""
        if kind is PeriodKind.DAY:
            return cls(day, day, kind)
        if kind is PeriodKind.WEEK:
            monday = day - (day.isoweekday() - 1) * _DAY
            return cls(monday, monday + 6 * _DAY, kind)
        return cls._of_months(kind, day.year, (day.month - 1) // _MONTHS[kind])

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Read a key: "2026-03-05", "2026-W10", "2026-03", "2026-Q1", "2026-H1", "2026". Raises `CalendarError`."""
        for kind, pattern in _KEYS:
            if (found := pattern.fullmatch(key)) is None:
                continue
            numbers = [int(group) for group in found.groups()]
            try:
                if kind is PeriodKind.DAY:
                    return cls.containing(kind, date(*numbers))
                if kind is PeriodKind.WEEK:
                    return cls.containing(kind, date.fromisocalendar(numbers[0], numbers[1], 1))
                month = (numbers[1] - 1) * _MONTHS[kind] + 1 if len(numbers) > 1 else 1
                return cls.containing(kind, date(numbers[0], month, 1))
            except ValueError as error:
                raise CalendarError(f"周期“{key}”不存在") from error
        raise CalendarError(f"周期“{key}”读不懂：应写作 2026-03-05、2026-W10、2026-03、2026-Q1、2026-H1 或 2026")

    @property
    def key(self) -> str:
        """The key that `parse` reads; of a week the ISO year, which may differ from the calendar year."""
        year, number = self.first.year, self._number()
        if self.kind is PeriodKind.DAY:
            return self.first.isoformat()
        if self.kind is PeriodKind.WEEK:
            iso = self.first.isocalendar()
            return f"{iso.year:04}-W{iso.week:02}"
        mark = {PeriodKind.MONTH: f"-{number:02}", PeriodKind.QUARTER: f"-Q{number}", PeriodKind.HALF: f"-H{number}"}
        return f"{year:04}{mark.get(self.kind, '')}"

    def shifted(self, by: int) -> "Period":
        """The period `by` periods later (earlier where negative)."""
        if self.kind is PeriodKind.DAY:
            return Period.containing(self.kind, self.first + by * _DAY)
        if self.kind is PeriodKind.WEEK:
            return Period.containing(self.kind, self.first + 7 * by * _DAY)
        return Period._of_months(self.kind, self.first.year, self._number() - 1 + by)

    def opens(self, calendar: Calendar) -> datetime:
        """The first instant of the period, in the calendar's zone."""
        return calendar.instant(self.first)

    def ends(self, calendar: Calendar) -> datetime:
        """The first instant after the period, in the calendar's zone."""
        return calendar.end_of(self.last.toordinal())

    def sentence(self) -> str:
        """ "2026年3月", "2026年第1季度", "2026年上半年", "2026年第10周", "2026年", "2026年3月5日"."""
        year, number = self.first.year, self._number()
        if self.kind is PeriodKind.WEEK:
            iso = self.first.isocalendar()
            return f"{iso.year}年第{iso.week}周"
        rest = {
            PeriodKind.DAY: f"{self.first.month}月{self.first.day}日",
            PeriodKind.MONTH: f"{number}月",
            PeriodKind.QUARTER: f"第{number}季度",
            PeriodKind.HALF: "上半年" if number == 1 else "下半年",
        }
        return f"{year}年{rest.get(self.kind, '')}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return self.key

    def _number(self) -> int:
        """Which of its year this is, from 1; days and weeks have none."""
        months = _MONTHS.get(self.kind)
        return 0 if months is None else (self.first.month - 1) // months + 1

    @classmethod
    def _of_months(cls, kind: PeriodKind, year: int, number: int) -> "Period":
        length = _MONTHS[kind]
        years, month = divmod(number * length, 12)
        after_years, after_month = divmod(number * length + length, 12)
        first, after = date(year + years, month + 1, 1), date(year + after_years, after_month + 1, 1)
        return cls(first, after - _DAY, kind)
