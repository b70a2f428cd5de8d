"""Limits (期限): an amount of a unit, as a clause states it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Self

from shouwen.calendars.errors import CalendarError


class Unit(StrEnum):
    """Units of a limit: 分钟, 自然时, 工作时, 自然日, 工作日, 周, 月, 年. Values are the suffixes of policy files."""

    MINUTES = "min"
    HOURS = "h"
    WORKING_HOURS = "wh"
    DAYS = "d"
    WORKING_DAYS = "wd"
    WEEKS = "w"
    MONTHS = "mo"
    YEARS = "y"


_TITLES = {
    Unit.MINUTES: "分钟",
    Unit.HOURS: "小时",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.DAYS: "日",
    Unit.WORKING_DAYS: "个工作日",
    Unit.WEEKS: "周",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
}
# A hundred years in each unit: no clause says more, so more is a slip of the pen.
_MOST = {
    Unit.MINUTES: 52_560_000,
    Unit.HOURS: 876_000,
    Unit.WORKING_HOURS: 876_000,
    Unit.DAYS: 36_500,
    Unit.WORKING_DAYS: 36_500,
    Unit.WEEKS: 5_200,
    Unit.MONTHS: 1_200,
    Unit.YEARS: 100,
}
_ELAPSED = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
_AT_ONCE = frozenset({Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS})
_SHORT = re.compile(r"([0-9]+) *(min|mo|wh|wd|nd|h|d|w|y)")
_ISO = re.compile(r"P(?:([0-9]+)([DWMY])|T([0-9]+)([HMS]))")
_EXPECTED = "应写作数字加单位：30min、24h、8wh、10d（或 nd）、3wd、1w、1mo、1y；0d 为当日，0h 为立即"


@dataclass(frozen=True)
class Limit:
    """A limit (期限): `amount` units; 0 of days and longer is the end of the same calendar day, 0 of hours is at once.

    `elapsed` is the exact length of natural hours and minutes, None for every unit that needs a calendar.
    Raises `CalendarError` for a negative, fractional or absurd amount.
    """

    amount: int
    unit: Unit
    elapsed: timedelta | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or self.amount < 0:
            raise CalendarError(f"期限“{self.amount}”不是非负整数")
        if self.amount > _MOST[self.unit]:
            raise CalendarError(f"期限“{self.amount}{self.unit}”超过一百年")
        step = _ELAPSED.get(self.unit)
        object.__setattr__(self, "elapsed", None if step is None else self.amount * step)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the short form of policy files: "24h", "8wh", "10d", "10nd" (the same), "3wd", "1w", "1mo", "30min"."""
        found = _SHORT.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise CalendarError(f"期限“{text}”读不懂：{_EXPECTED}")
        return cls(int(found[1]), Unit.DAYS if found[2] == "nd" else Unit(found[2]))

    @classmethod
    def from_iso(cls, text: str, *, working: bool = False) -> Self:
        """Read an ISO 8601 duration of one part ("PT24H", "P10D", "P1W", "P1M", "P0D", "PT0S").

        ISO 8601 knows no working time: `working` turns days and hours into working days and hours.
        """
        found = _ISO.fullmatch(text) if isinstance(text, str) else None
        if found is None or (found[4] == "S" and int(found[3])):
            raise CalendarError(f"期限“{text}”读不懂：应为一段 ISO 8601 时长，如 PT24H、P10D、P1W、P1M、P0D、PT0S")
        if found[4]:
            unit = Unit.MINUTES if found[4] == "M" else Unit.WORKING_HOURS if working else Unit.HOURS
            return cls(int(found[3]), unit)
        days = Unit.WORKING_DAYS if working else Unit.DAYS
        return cls(int(found[1]), {"D": days, "W": Unit.WEEKS, "M": Unit.MONTHS, "Y": Unit.YEARS}[found[2]])

    def iso(self) -> str:
        """Write as an ISO 8601 duration; whether days or hours are working ones is lost, as ISO 8601 cannot say it."""
        if self.unit in _AT_ONCE:
            return f"PT{self.amount}{'M' if self.unit is Unit.MINUTES else 'H'}" if self.amount else "PT0S"
        letter = {Unit.WEEKS: "W", Unit.MONTHS: "M", Unit.YEARS: "Y"}.get(self.unit, "D")
        return f"P{self.amount}{letter}"

    def sentence(self) -> str:
        """Chinese words: "24小时", "3个工作日", "当日", "立即"."""
        if self.amount:
            return f"{self.amount}{_TITLES[self.unit]}"
        if self.unit in _AT_ONCE:
            return "立即"
        return "当个工作日" if self.unit is Unit.WORKING_DAYS else "当日"

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"
