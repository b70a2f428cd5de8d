"""Recurrences (周期性义务): "every month by the 5th", "every Friday 17:30", "twice a day", "every quarter"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.dates import DateRule
from shouwen.calendars.errors import CalendarError
from shouwen.calendars.hours import clock
from shouwen.calendars.periods import Period, PeriodKind
from shouwen.calendars.reading import DATE_KEYS, Reader
from shouwen.calendars.rules import Roll
from shouwen.calendars.selectors import InPeriod, MonthDay, Yearly
from shouwen.calendars.zones import in_utc

_WORKDAY = "workday"
_EVERY = (*PeriodKind, _WORKDAY)
_KEYS = ("every", "times", *DATE_KEYS)


@dataclass(frozen=True)
class Occurrence:
    """One time that a recurrence falls: the `number`-th of its period. `opens`: the period's first instant."""

    period: Period
    number: int
    opens: datetime
    not_before: datetime | None
    due: datetime


@dataclass(frozen=True)
class Recurrence:
    """`count` times every period by `rule`, or once a slot (time of day; None is 24:00) where there are `slots`."""

    every: PeriodKind
    rule: DateRule
    workdays_only: bool = False
    count: int = 1
    slots: tuple[time | None, ...] = ()

    @classmethod
    def parse(cls, mapping: Mapping[str, Any]) -> "Recurrence":
        """Read `{every: day | workday | week | month | quarter | half | year, times: 2 | ["10:00", "16:00"], …}`.

        The other keys are a date rule's, whose period is by default the recurrence's own; without any the whole
        period is meant. All errors at once (`CalendarErrors`, in Chinese).
        """
        reader = Reader(mapping, _KEYS)
        every = reader.get("every")
        if every not in _EVERY:
            reader.problems.append(f"every 为“{every}”：应为 {'、'.join(_EVERY)} 之一")
            every = PeriodKind.MONTH
        kind = PeriodKind.DAY if every == _WORKDAY else PeriodKind(every)
        count, slots = _times(reader)
        selector = reader.selector(kind)
        opens, ends = reader.times()
        roll = reader.roll()
        if slots and reader.get("time") is not None:
            reader.problems.append("times 列出钟点时不再写 time")
        if kind is PeriodKind.DAY and roll is not Roll.NONE:
            reader.problems.append("每日的规则不能顺延：只在工作日的写作 every: workday")
        if reader.get("ahead") is not None:
            reader.problems.append("every 不能与 ahead 同用")
        reader.done()
        assert selector is not None
        return cls(kind, DateRule(selector, roll, opens, ends), every == _WORKDAY, count, slots)

    def on_day_of(self, day: date) -> "Recurrence":
        """The same, falling every year on the month and day of `day`; on 28 February where there is no 29th."""
        yearly = MonthDay(day.month, day.day)
        return replace(self, rule=replace(self.rule, selector=Yearly(yearly, yearly)))

    def occurrences(self, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Occurrence]:
        """Those whose period opens within [start, end), in order. Raises `NaiveTimeError`."""
        begin, stop = in_utc(start), in_utc(end)
        period = Period.containing(self.every, begin.astimezone(calendar.tz).date())
        while (opens := period.opens(calendar).astimezone(UTC)) < stop:
            if opens >= begin:
                yield from self.within(period, calendar)
            period = period.shifted(1)

    def within(self, period: Period, calendar: Calendar) -> tuple[Occurrence, ...]:
        """Those of one period."""
        if self.workdays_only and not calendar.is_workday(period.first):
            return ()
        rules = [replace(self.rule, ends=slot) for slot in self.slots] or [self.rule] * self.count
        opens = period.opens(calendar)
        return tuple(
            Occurrence(period, number, opens, *rule.due(period.first, calendar))
            for number, rule in enumerate(rules, start=1)
        )

    @property
    def on_workdays(self) -> bool:
        """Whether holidays and working days decide when it falls."""
        return self.workdays_only or self.rule.on_workdays

    def sentence(self) -> str:
        """Chinese words: "每月5日前（含当日）", "每季度一次", "每日10:00、16:00各一次"."""
        word = "每个工作日" if self.workdays_only else f"每{self.every.sentence()}"
        if self.slots:
            times = "、".join("24:00" if slot is None else f"{slot:%H:%M}" for slot in self.slots)
            return f"{word if self._is_whole() else self.rule.selector.sentence(word)}{times}各一次"
        if self._is_whole() and self.rule.ends is None and self.rule.opens is None:
            return f"{word}{'一' if self.count == 1 else self.count}次"
        selector = self.rule.selector
        moved = isinstance(selector, InPeriod) and bool(selector.shift)
        if moved or self.count > 1:
            times = "一" if self.count == 1 else str(self.count)
            return f"{word}{times}次，{self.rule.sentence()}"
        return self.rule.sentence(word)

    def _is_whole(self) -> bool:
        return self.rule.selector == InPeriod(self.every)


def _times(reader: Reader) -> tuple[int, tuple[time | None, ...]]:
    value = reader.get("times")
    if not isinstance(value, list | tuple):
        return reader.number("times", 1000, last=False) or 1, ()
    slots: list[time | None] = []
    for text in value:
        try:
            slots.append(clock(text))
        except CalendarError as error:
            reader.problems.append(f"times：{error}")
    if not value or slots != sorted(set(slots), key=lambda slot: slot or time.max):
        reader.problems.append("times 应列出至少一个钟点，从早到晚，不重复")
    return 1, tuple(slots)
