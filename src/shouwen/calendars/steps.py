"""The lines of an arithmetic."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shouwen.calendars.days import day_text, moment_text


class StepKind(StrEnum):
    """What a step of the arithmetic does: 起算, 首日, 计入, 跳过, 中止, 截止, 顺延, 延期, 日历."""

    START = "起算"
    FIRST_DAY = "首日"
    COUNTED = "计入"
    SKIPPED = "跳过"
    PAUSED = "中止"
    END = "截止"
    ROLLED = "顺延"
    EXTENDED = "延期"
    CALENDAR = "日历"


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic; `first` and `last` are the days or the instants it speaks of, both included."""

    kind: StepKind
    text: str
    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        return f"{self.kind}：{self.text}"


def end_text(end: datetime) -> str:
    """An end as a person says it: 00:00 of a day is 24:00 of the day before."""
    if end.hour or end.minute or end.second or end.microsecond:
        return moment_text(end, year=True)
    return f"{day_text((end - timedelta(days=1)).date(), year=True)}24:00"


def length_text(length: timedelta) -> str:
    """ "3小时20分"; seconds only where there are any."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    parts = ((minutes // 60, "小时"), (minutes % 60, "分"), (seconds, "秒"))
    return "".join(f"{amount}{word}" for amount, word in parts if amount) or "不足1秒"


def days_text(first: date, last: date) -> str:
    """ "3月2日（周一）" or "3月2日（周一）至3月5日（周四）"."""
    if first == last:
        return day_text(first)
    years = first.year != last.year
    return f"{day_text(first, year=years)}至{day_text(last, year=years)}"
