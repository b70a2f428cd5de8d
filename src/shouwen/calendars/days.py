"""What a calendar says of one day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shouwen.calendars.hours import Intervals

_WEEKDAYS = "一二三四五六日"


class DayKind(StrEnum):
    """工作日, 周末 (休息日), 放假 (statutory holiday with its 调休 days), 调休上班 (make-up workday)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"

    def sentence(self) -> str:
        """Chinese word of the kind."""
        return _KIND_TITLES[self]


_KIND_TITLES = {
    DayKind.WORKDAY: "工作日",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "放假",
    DayKind.MAKEUP_WORKDAY: "调休上班",
}
WORKING_KINDS = frozenset({DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY})


@dataclass(frozen=True)
class SpecialDay:
    """A dated exception (特殊日) to the week: a holiday, a make-up workday, or own hours.

    `name` is what it is for ("国庆节"), `source` who says so (a notice, an administrator's table).
    `hours` None means the calendar's hours for that kind of day.
    """

    date: date
    kind: DayKind
    name: str = ""
    source: str = ""
    hours: Intervals | None = None


@dataclass(frozen=True)
class Day:
    """One day as a calendar sees it; `provisional` where the year has no official calendar yet."""

    date: date
    kind: DayKind
    name: str
    source: str
    provisional: bool

    @property
    def is_workday(self) -> bool:
        """Whether it counts as a working day."""
        return self.kind in WORKING_KINDS

    def sentence(self) -> str:
        """Why it counts or does not: "周末", "国庆节", "国庆节调休上班"."""
        if self.kind is DayKind.HOLIDAY and self.name:
            return self.name
        return f"{self.name}{self.kind.sentence()}"


def day_text(day: date, *, year: bool = False) -> str:
    """ "3月2日（周一）", with the year where asked."""
    return f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def weekday_text(weekday: int) -> str:
    """ "周一" for 1 … "周日" for 7."""
    return f"周{_WEEKDAYS[weekday - 1]}"


def moment_text(moment: datetime, *, year: bool = False) -> str:
    """ "3月2日（周一）09:00", seconds only where there are any."""
    clock = moment.strftime("%H:%M:%S" if moment.second or moment.microsecond else "%H:%M")
    return f"{day_text(moment.date(), year=year)}{clock}"
