"""Reads date rules from plain mappings, collecting every problem before it refuses."""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from shouwen.calendars.errors import CalendarError, CalendarErrors
from shouwen.calendars.hours import clock, interval
from shouwen.calendars.periods import PeriodKind
from shouwen.calendars.rules import Roll, read_roll
from shouwen.calendars.selectors import LAST, Ahead, Fixed, InPeriod, MonthDay, Selector, Yearly
from shouwen.calendars.units import Limit, Unit

_PERIODS = (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)
_SHIFTS = {"previous": -1, "this": 0, "next": 1}
_LENGTHS = {
    PeriodKind.DAY: 1,
    PeriodKind.WEEK: 7,
    PeriodKind.MONTH: 31,
    PeriodKind.QUARTER: 92,
    PeriodKind.HALF: 184,
    PeriodKind.YEAR: 366,
}
_MONTHS = {PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_IN_PERIOD = ("day", "weekday", "workday")
_MONTH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
DATE_KEYS = (*_PERIODS, *_IN_PERIOD, "nth", "from", "to", "date", "ahead", "time", "roll")


class Reader:
    """Reads one mapping. Each method takes what it knows and notes what is wrong; `done` raises it all."""

    def __init__(self, mapping: Mapping[str, Any], keys: Collection[str]) -> None:
        """`keys`: those that are known here."""
        self._mapping: Mapping[str, Any] = mapping if isinstance(mapping, Mapping) else {}
        self.problems: list[str] = []
        if not self._mapping:
            self.problems.append(f"日期规则“{mapping}”读不懂：应为键值，如 {{month: next, day: 5}}")
        for key in self._mapping:
            if key not in keys:
                self.problems.append(f"不认识“{key}”：应为 {'、'.join(keys)} 之一")

    def done(self) -> None:
        """Raise `CalendarErrors` for everything noted."""
        if self.problems:
            raise CalendarErrors(dict.fromkeys(self.problems))

    def get(self, key: str) -> Any:
        """The value of that key; None where it is missing."""
        return self._mapping.get(key)

    def selector(self, period: PeriodKind | None) -> Selector | None:
        """The days meant; None only after a problem."""
        ways = {
            "date": "date" in self._mapping,
            "ahead": "ahead" in self._mapping,
            "day、weekday、workday": any(key in self._mapping for key in _IN_PERIOD),
            "from 与 to": "from" in self._mapping or "to" in self._mapping,
        }
        used = [way for way, there in ways.items() if there]
        if len(used) > 1:
            self.problems.append(f"{'、'.join(used)} 只能用其一")
            return None
        if "ahead" in self._mapping:
            return self._ahead()
        if "date" in self._mapping or self._is_dated_window():
            return self._dated()
        return self._in_period(period)

    def roll(self) -> Roll:
        """How the end is moved past days off."""
        try:
            return read_roll(self._mapping.get("roll", Roll.NONE))
        except CalendarError as error:
            self.problems.append(str(error))
            return Roll.NONE

    def times(self) -> tuple[time | None, time | None]:
        """(opens, ends) of `time`."""
        value = self.get("time")
        if value is None:
            return None, None
        try:
            if not isinstance(value, str) or not re.search("[-–—~～至]", value):
                ends = clock(value)
                if ends == time(0):
                    self.problems.append("time 不能是 00:00：一日之末写作 24:00")
                return None, ends
            span = interval(value)
            if span.end > 24 * 60:
                self.problems.append(f"time“{value}”跨夜：应在同一日内")
                return None, None
            return time(*divmod(span.start, 60)), None if span.end == 24 * 60 else time(*divmod(span.end, 60))
        except CalendarError as error:
            self.problems.append(f"time：{error}")
            return None, None

    def number(self, key: str, most: int, *, last: bool = True) -> int | None:
        """A number from 1 to `most`, or "last" where that is allowed; None where the key is missing or wrong."""
        value = self.get(key)
        if value is None:
            return None
        if last and value == "last":
            return LAST
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self.problems.append(f"{key} 为“{value}”：应为 1 至 {most} 的整数{'，或 last（最后）' if last else ''}")
        return None

    def _is_dated_window(self) -> bool:
        return any(isinstance(self.get(key), str | date) for key in ("from", "to"))

    def _refuse(self, keys: Collection[str], beside: str) -> None:
        for key in keys:
            if key in self._mapping:
                self.problems.append(f"{key} 不能与 {beside} 同用")

    def _ahead(self) -> Selector | None:
        self._refuse((*_PERIODS, "nth"), "ahead")
        try:
            limit = Limit.parse(self._mapping["ahead"])
        except CalendarError as error:
            self.problems.append(f"ahead：{error}")
            return None
        if limit.unit in (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS):
            self.problems.append(f"ahead 为“{limit}”：提前期应以日、工作日、周、月、年计")
            return None
        return Ahead(limit)

    def _dated(self) -> Selector | None:
        self._refuse((*_PERIODS, "nth"), "日期")
        first, last = (self._date(key) for key in (("date", "date") if "date" in self._mapping else ("from", "to")))
        if first is None or last is None:
            return None
        if isinstance(first, MonthDay) and isinstance(last, MonthDay):
            return Yearly(first, last)
        if isinstance(first, MonthDay) or isinstance(last, MonthDay):
            self.problems.append("from 与 to 应同为 MM-DD 或同为 YYYY-MM-DD")
            return None
        if last < first:
            self.problems.append(f"to {last} 早于 from {first}")
            return None
        return Fixed(first, last)

    def _date(self, key: str) -> MonthDay | date | None:
        value = self.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        text = value if isinstance(value, str) else ""
        if (found := _MONTH_DAY.fullmatch(text)) is not None:
            month, day = int(found[1]), int(found[2])
            if 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]:
                return MonthDay(month, day)
        else:
            try:
                return date.fromisoformat(text)
            except ValueError:
                pass
        self.problems.append(f"{key} 为“{value}”：应为存在的日期 MM-DD（每年）或 YYYY-MM-DD")
        return None

    def _in_period(self, default: PeriodKind | None) -> Selector | None:
        before = len(self.problems)
        period, shift = self._period(default)
        month = self._month(period)
        most = 31 if month is not None else _LENGTHS[period]
        if sum(key in self._mapping for key in _IN_PERIOD) > 1:
            self.problems.append("day、weekday、workday 只能用其一")
        day, workday = self.number("day", most), self.number("workday", most)
        weekday, nth = self.number("weekday", 7, last=False), self._nth(period)
        window = self._window(most)
        if len(self.problems) > before:
            return None
        return InPeriod(period, shift, month, day, window, weekday, nth, workday)

    def _period(self, default: PeriodKind | None) -> tuple[PeriodKind, int | None]:
        """The period and its shift; without one the week of a weekday, the month of a day, the year of a month."""
        named = [kind for kind in _PERIODS if isinstance(self.get(kind), str)]
        for kind in _PERIODS:
            value = self.get(kind)
            numbered = kind is PeriodKind.MONTH and isinstance(value, int)
            if value is not None and not numbered and not (isinstance(value, str) and value in _SHIFTS):
                more = "；月份写作 1 至 12" if kind is PeriodKind.MONTH else ""
                self.problems.append(f"{kind} 为“{value}”：应为 this、next、previous 之一{more}")
        if len(named) > 1:
            self.problems.append(f"{'、'.join(named)} 只能用其一")
        if named:
            return named[0], _SHIFTS.get(self._mapping[named[0]], 0)
        if default is not None:
            return default, 0
        if isinstance(self.get("month"), int):
            return PeriodKind.YEAR, None
        if "weekday" in self._mapping and "nth" not in self._mapping:
            return PeriodKind.WEEK, None
        if not any(key in self._mapping for key in (*_IN_PERIOD, "from", "to")):
            self.problems.append("没有说明日期：应有 day、weekday、workday、from 与 to、date、ahead 或周期之一")
        return PeriodKind.MONTH, None

    def _month(self, period: PeriodKind) -> int | None:
        if not isinstance(self.get("month"), int):
            return None
        if period not in _MONTHS:
            self.problems.append("month 写作数字时应在 quarter、half 或 year 之内")
            return None
        return self.number("month", _MONTHS[period], last=False)

    def _nth(self, period: PeriodKind) -> int | None:
        if "weekday" not in self._mapping:
            self._refuse(("nth",), "没有 weekday 的规则")
        elif "nth" not in self._mapping and period is not PeriodKind.WEEK:
            self.problems.append("weekday 在月及更长的周期内应有 nth：1 至 4，或 last（最后）")
        return self.number("nth", 4)

    def _window(self, most: int) -> tuple[int, int] | None:
        if "from" not in self._mapping and "to" not in self._mapping:
            return None
        first, last = self.number("from", most, last=False), self.number("to", most, last=False)
        if first is None or last is None:
            self.problems += [f"缺少 {key}：from 与 to 应同用" for key in ("from", "to") if self.get(key) is None]
            return None
        if last < first:
            self.problems.append(f"to {last} 小于 from {first}")
        return first, last
