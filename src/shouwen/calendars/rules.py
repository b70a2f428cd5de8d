"""Day rules (期间计算规则): what 民法典 201–203 fix where a clause is silent, each a named parameter of a policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from shouwen.calendars.errors import CalendarError, CalendarErrors
from shouwen.calendars.hours import clock


class Roll(StrEnum):
    """Where an end that falls on a day off goes: 不顺延, 顺延至下一工作日, 只顺延法定节假日 (weekends stay)."""

    NONE = "none"
    NEXT_WORKDAY = "next_workday"
    NEXT_NONHOLIDAY = "next_nonholiday"

    def sentence(self) -> str:
        """Chinese words; empty for no roll."""
        return {
            Roll.NONE: "",
            Roll.NEXT_WORKDAY: "遇非工作日顺延至下一工作日",
            Roll.NEXT_NONHOLIDAY: "遇法定节假日顺延至节后第一日",
        }[self]


@dataclass(frozen=True)
class DayRules:
    """How limits of days and longer are counted; hours know none of this.

    `count_first_day`: the day of the trigger counts as the first (民法典 201: it does not).
    `end_of_day`: wall-clock time at which the last day ends; None is 24:00 (民法典 203).
    `cut_off`: a trigger after this time of day counts as the next calendar day's.
    `roll`: whether the end is moved past days off (only where the clause says 顺延).
    """

    count_first_day: bool = False
    end_of_day: time | None = None
    cut_off: time | None = None
    roll: Roll = Roll.NONE

    def __post_init__(self) -> None:
        object.__setattr__(self, "roll", read_roll(self.roll))
        if self.end_of_day == time(0):
            raise CalendarError("截止钟点不能是 00:00：一日之末写作 24:00")
        if any(t is not None and t.tzinfo is not None for t in (self.end_of_day, self.cut_off)):
            raise CalendarError("截止钟点是当地钟点，不带时区")

    @classmethod
    def parse(cls, mapping: Mapping[str, Any]) -> "DayRules":
        """Read `{count_first_day, end_of_day: "24:00", cut_off: "17:00", roll}`. Raises `CalendarErrors`."""
        problems = [
            f"不认识“{key}”：应为 count_first_day、end_of_day、cut_off、roll 之一"
            for key in mapping
            if key not in ("count_first_day", "end_of_day", "cut_off", "roll")
        ]
        first = mapping.get("count_first_day", False)
        if not isinstance(first, bool):
            problems.append(f"count_first_day 为“{first}”：应为 true 或 false")
        read: dict[str, time | None] = {}
        for key in ("end_of_day", "cut_off"):
            try:
                read[key] = None if mapping.get(key) is None else clock(mapping[key])
                if key == "end_of_day" and read[key] == time(0):
                    problems.append("end_of_day 不能是 00:00：一日之末写作 24:00")
            except CalendarError as error:
                problems.append(f"{key}：{error}")
        roll = Roll.NONE
        try:
            roll = read_roll(mapping.get("roll", Roll.NONE))
        except CalendarError as error:
            problems.append(str(error))
        if problems:
            raise CalendarErrors(problems)
        return cls(first, read["end_of_day"], read["cut_off"], roll)


def read_roll(value: object) -> Roll:
    """The roll of that name. Raises `CalendarError`."""
    if value in tuple(Roll):
        return Roll(str(value))
    raise CalendarError(f"顺延规则“{value}”读不懂：应为 none、next_workday、next_nonholiday 之一")


STATUTE = DayRules()
"""民法典 201–203, without moving the end."""
