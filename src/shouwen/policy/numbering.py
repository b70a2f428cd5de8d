"""Numbers of subjects (编号): text with ``{unit}``, ``{year}``, ``{yy}``, ``{month:02}``, ``{day:02}`` and ``{n:04}``.

A number begins again at 1 with the finest part of the date that it names: each day, month or year; never where it names
none, for it would come twice.
"""

from __future__ import annotations

from datetime import date
from string import Formatter

PARTS = ("unit", "year", "yy", "month", "day", "n")
OFFERED = "{unit}、{year}、{yy}（两位的年）、{month:02}、{day:02}、{n:04}"


def parts_of(template: str) -> list[str]:
    """The parts that a template names. Raises ValueError where its braces do not match."""
    return [part for _, part, _, _ in Formatter().parse(template) if part is not None]


def series(template: str, on: date) -> tuple[int, int]:
    """Which count a number of this day belongs to: its year, and month (and day, as 302) within it; 0 for the whole."""
    named = parts_of(template)
    if "day" in named:
        return on.year, 100 * on.month + on.day
    if "month" in named:
        return on.year, on.month
    return (on.year, 0) if "year" in named or "yy" in named else (0, 0)


def number(template: str, unit: str, on: date, n: int) -> str:
    """The `n`-th number of its count."""
    return template.format(unit=unit, year=on.year, yy=f"{on.year % 100:02}", month=on.month, day=on.day, n=n)
