"""Which days a date rule means: a day of a period, a yearly or fixed date, or so long before a date."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.clock import before
from shouwen.calendars.days import weekday_text
from shouwen.calendars.periods import Period, PeriodKind
from shouwen.calendars.units import Limit

LAST = -1
"""The last one: of days, weekdays or working days in a period."""

Span = tuple[date, date]
_DAY = timedelta(days=1)
_SHIFTS = {
    PeriodKind.DAY: {-1: "前一日", 0: "当日", 1: "次日"},
    PeriodKind.WEEK: {-1: "上周", 0: "本周", 1: "下周"},
    PeriodKind.MONTH: {-1: "上月", 0: "当月", 1: "次月"},
    PeriodKind.QUARTER: {-1: "上季度", 0: "本季度", 1: "下季度"},
    PeriodKind.HALF: {-1: "上一个半年", 0: "本半年", 1: "下一个半年"},
    PeriodKind.YEAR: {-1: "上年", 0: "当年", 1: "次年"},
}


@dataclass(frozen=True)
class InPeriod:
    """Days in the period that lies `shift` periods from the anchor's; shift None: the next that does not end before it.

    `month`: its n-th month instead of the whole. Then one of: `day` (n-th, past the end the last), `first` to `last`
    day, `weekday` (ISO) with `nth` unless the period is a week, `workday` (n-th); none of them is the whole period.
    """

    period: PeriodKind
    shift: int | None = 0
    month: int | None = None
    day: int | None = None
    window: tuple[int, int] | None = None
    weekday: int | None = None
    nth: int | None = None
    workday: int | None = None

    def span(self, anchor: date, calendar: Calendar) -> Span:
        """First and last of the days meant."""
        period = Period.containing(self.period, anchor)
        if self.shift is not None:
            return self._within(period.shifted(self.shift), calendar)
        return _not_before(anchor, lambda shift: self._within(period.shifted(shift), calendar))

    @property
    def is_window(self) -> bool:
        """Whether several days are meant."""
        whole = self.day is None and self.weekday is None and self.workday is None
        return whole and self.period is not PeriodKind.DAY

    def sentence(self, every: str = "") -> str:
        """Chinese words; `every` stands for the unshifted period where given."""
        if self.shift is None:
            where = "最近的"
        else:
            where = every if every and not self.shift else _SHIFTS[self.period][self.shift]
        if self.month is not None:
            where += f"{self.month}月" if self.period is PeriodKind.YEAR else f"第{self.month}个月"
        return where + self._day_words()

    def _day_words(self) -> str:
        if self.window is not None:
            return f"{self.window[0]}日至{self.window[1]}日"
        if self.is_window:
            return "内"
        if self.day is not None:
            return "最后一日" if self.day == LAST else self._numbered_day()
        if self.workday is not None:
            return "最后一个工作日" if self.workday == LAST else f"第{self.workday}个工作日"
        if self.weekday is None:
            return ""
        if self.nth is None:
            # "本周" + "五"
            return weekday_text(self.weekday) if self.shift is None else weekday_text(self.weekday)[1:]
        return ("最后一个" if self.nth == LAST else f"第{self.nth}个") + weekday_text(self.weekday)

    def _numbered_day(self) -> str:
        whole = self.month is None and self.period is not PeriodKind.MONTH
        return f"第{self.day}日" if whole else f"{self.day}日"

    def _within(self, period: Period, calendar: Calendar) -> Span:
        if self.month is not None:
            period = Period.containing(PeriodKind.MONTH, period.first).shifted(self.month - 1)
        if self.window is not None:
            return _nth_day(period, self.window[0]), _nth_day(period, self.window[1])
        if self.is_window:
            return period.first, period.last
        if self.day is not None:
            found = _nth_day(period, self.day)
        elif self.weekday is not None:
            found = _nth_weekday(period, self.weekday, self.nth or 1)
        else:
            found = _nth_workday(period, self.workday or LAST, calendar)
        return found, found


@dataclass(frozen=True)
class MonthDay:
    """A date of every year; 29 February is the 28th in a common year."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """That year's date."""
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))

    def __str__(self) -> str:
        return f"{self.month}月{self.day}日"


@dataclass(frozen=True)
class Yearly:
    """From `first` to `last` of every year, across New Year where last < first: the next that does not end earlier."""

    first: MonthDay
    last: MonthDay

    @property
    def is_window(self) -> bool:
        """Whether several days are meant."""
        return self.first != self.last

    def span(self, anchor: date, calendar: Calendar) -> Span:
        """First and last of the days meant."""
        return _not_before(anchor, lambda shift: self._in_year(anchor.year + shift))

    def _in_year(self, year: int) -> Span:
        over = (self.last.month, self.last.day) < (self.first.month, self.first.day)
        return self.first.in_year(year), self.last.in_year(year + over)

    def sentence(self, every: str = "") -> str:
        """Chinese words."""
        return f"{every}{self.first}至{self.last}" if self.is_window else f"{every}{self.first}"


@dataclass(frozen=True)
class Fixed:
    """From `first` to `last`, once."""

    first: date
    last: date

    @property
    def is_window(self) -> bool:
        """Whether several days are meant."""
        return self.first != self.last

    def span(self, anchor: date, calendar: Calendar) -> Span:
        """First and last of the days meant."""
        return self.first, self.last

    def sentence(self, every: str = "") -> str:
        """Chinese words."""
        first, last = (f"{day.year}年{day.month}月{day.day}日" for day in (self.first, self.last))
        return f"{first}至{last}" if self.is_window else first


@dataclass(frozen=True)
class Ahead:
    """The day that lies `limit` before the anchor (提前)."""

    limit: Limit
    is_window = False

    def span(self, anchor: date, calendar: Calendar) -> Span:
        """First and last of the days meant."""
        day = before(self.limit, anchor, calendar)
        return day, day

    def sentence(self, every: str = "") -> str:
        """Chinese words."""
        return f"提前{self.limit.sentence()}"


Selector = InPeriod | Yearly | Fixed | Ahead


def _not_before(anchor: date, span: Callable[[int], Span]) -> Span:
    """The first span, from the one before the anchor's on, that does not end before the anchor."""
    shift = -1
    while (found := span(shift))[1] < anchor:
        shift += 1
    return found


def _nth_day(period: Period, n: int) -> date:
    return period.last if n == LAST else min(period.first + (n - 1) * _DAY, period.last)


def _nth_weekday(period: Period, weekday: int, n: int) -> date:
    if n == LAST:
        return period.last - (period.last.isoweekday() - weekday) % 7 * _DAY
    return period.first + ((weekday - period.first.isoweekday()) % 7 + 7 * (n - 1)) * _DAY


def _nth_workday(period: Period, n: int, calendar: Calendar) -> date:
    """The n-th working day of the period; where it has fewer its last, where it has none its last day."""
    table, first, last = calendar.workday_table, period.first.toordinal(), period.last.toordinal()
    count = table.between(first, last)
    if not count:
        return period.last
    return date.fromordinal(table.nth_after(first - 1, count if n == LAST else min(n, count)))
