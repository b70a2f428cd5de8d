"""Date rules (日期规则): "by the 5th of next month", "the 10th, moved past holidays", "25 to 30 March"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.clock import landing_days
from shouwen.calendars.periods import PeriodKind
from shouwen.calendars.reading import DATE_KEYS, Reader
from shouwen.calendars.rules import Roll
from shouwen.calendars.selectors import InPeriod, Selector


@dataclass(frozen=True)
class DateRule:
    """A due date found from an anchor date. `opens` and `ends` are times of day; `ends` None is 24:00.

    "By the 5th" includes the 5th (5日前含5日): it ends with the 6th 00:00. Only the end is moved by `roll`.
    """

    selector: Selector
    roll: Roll = Roll.NONE
    opens: time | None = None
    ends: time | None = None

    @classmethod
    def parse(cls, mapping: Mapping[str, Any], *, period: PeriodKind | None = None) -> "DateRule":
        """Read a plain mapping such as `{month: next, day: 5}`; all errors at once (`CalendarErrors`, in Chinese).

        Keys: `week | month | quarter | half | year: this | next | previous`, `month: 1…12` (the n-th of its quarter,
        half or year), `day: n | last`, `weekday: 1…7`, `nth: 1…4 | last`, `workday: n | last`, `from` and `to`
        (days of the month, "MM-DD" or "YYYY-MM-DD"), `date`, `ahead: 2w`, `time: "17:30" | "08:30-09:00"`, `roll`.
        Without a period the next fitting day, the anchor's included, is meant. `period`: that of a recurrence.
        """
        reader = Reader(mapping, DATE_KEYS)
        selector = reader.selector(period)
        opens, ends = reader.times()
        roll = reader.roll()
        reader.done()
        assert selector is not None
        return cls(selector, roll, opens, ends)

    def due(self, anchor: date, calendar: Calendar) -> tuple[datetime | None, datetime]:
        """(not before, due) for `anchor`, in the calendar's zone; not-before only where the rule gives a window."""
        first, last = self.selector.span(anchor, calendar)
        end = last.toordinal()
        landing = landing_days(calendar, self.roll)
        if landing is not None:
            end = landing.nth_after(end - 1, 1)
        due = calendar.end_of(end, self.ends)
        if self.selector.is_window:
            return calendar.instant(first, self.opens or time(0)), due
        return None if self.opens is None else calendar.instant(date.fromordinal(end), self.opens), due

    @property
    def on_workdays(self) -> bool:
        """Whether holidays and working days decide where it ends."""
        counted = isinstance(self.selector, InPeriod) and self.selector.workday is not None
        return counted or self.roll is not Roll.NONE

    def sentence(self, every: str = "") -> str:
        """Chinese words: "次月5日前（含当日）", "最近的周五17:30前", "3月25日至3月30日"."""
        words = self.selector.sentence(every) + self._time_words()
        return f"{words}，{self.roll.sentence()}" if self.roll is not Roll.NONE else words

    def _time_words(self) -> str:
        if self.opens is not None:
            return f"{self.opens:%H:%M}至{'24:00' if self.ends is None else f'{self.ends:%H:%M}'}"
        if self.ends is not None:
            return f"{self.ends:%H:%M}前"
        whole_day = isinstance(self.selector, InPeriod) and self.selector.period is PeriodKind.DAY
        return "" if self.selector.is_window or whole_day else "前（含当日）"
