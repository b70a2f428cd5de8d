"""The arithmetic of a due instant (算式): what counted, what was skipped or paused, by which rule and calendar.

Made only when asked for. It walks day by day and stretch by stretch, by its own way and not through the prefix
sums of the fast path, and so checks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.clock import extend
from shouwen.calendars.days import moment_text
from shouwen.calendars.pauses import Pause, closed
from shouwen.calendars.rules import STATUTE, DayRules, Roll
from shouwen.calendars.steps import Step, StepKind, end_text
from shouwen.calendars.units import Limit, Unit
from shouwen.calendars.walks import DayWalk, HourWalk
from shouwen.calendars.zones import in_utc


@dataclass(frozen=True)
class Arithmetic:
    """How a due instant came about. `provisional`: years it depends on that have no official calendar yet."""

    limit: Limit
    start: datetime
    due: datetime | None
    calendar_version: str
    provisional: tuple[int, ...]
    steps: tuple[Step, ...]

    def lines(self) -> tuple[str, ...]:
        """One Chinese line a step."""
        return tuple(str(step) for step in self.steps)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, instants in ISO 8601, for storing beside a duty."""
        return {
            "limit": str(self.limit),
            "start": self.start.isoformat(),
            "due": None if self.due is None else self.due.isoformat(),
            "calendar": self.calendar_version,
            "provisional": list(self.provisional),
            "steps": [
                {
                    "kind": step.kind.name.lower(),
                    "text": step.text,
                    "first": None if step.first is None else step.first.isoformat(),
                    "last": None if step.last is None else step.last.isoformat(),
                }
                for step in self.steps
            ],
        }


def explain(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    rules: DayRules = STATUTE,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Limit] = (),
) -> Arithmetic:
    """The arithmetic of `clock.due` for the same arguments, then of `clock.extend` for each of `extensions`."""
    local = in_utc(start).astimezone(calendar.tz)
    steps = [Step(StepKind.START, f"{moment_text(local, year=True)}，期限{limit.sentence()}", local)]
    stretches = closed(pauses, in_utc(start))
    end: datetime | None = None
    if stretches is None:
        since = max(in_utc(begin) for begin, until in pauses if until is None).astimezone(calendar.tz)
        text = f"自{moment_text(since, year=True)}起中止，恢复之前没有到期时间"
        steps.append(Step(StepKind.PAUSED, text, since))
    elif limit.elapsed is not None or limit.unit is Unit.WORKING_HOURS:
        end = HourWalk(calendar, stretches, steps).run(limit, local)
    else:
        end = DayWalk(calendar, rules, stretches, steps).run(limit, local)
    for extension in extensions:
        if end is not None and (later := extend(end, extension, calendar, rules, pauses)) is not None:
            text = f"延期{extension.sentence()}，由{end_text(end)}延至{end_text(later)}"
            steps.append(Step(StepKind.EXTENDED, text, end, later))
            end = later
    provisional = _provisional((limit, *extensions), local, end, calendar, rules)
    steps.append(Step(StepKind.CALENDAR, _calendar_text(calendar, provisional)))
    return Arithmetic(limit, local, end, calendar.version, provisional, tuple(steps))


def _provisional(
    limits: Sequence[Limit], start: datetime, end: datetime | None, calendar: Calendar, rules: DayRules
) -> tuple[int, ...]:
    working = any(limit.unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS) for limit in limits)
    rolled = rules.roll is not Roll.NONE and any(limit.elapsed is None for limit in limits)
    return calendar.provisional_between(start, end or start) if working or rolled else ()


def _calendar_text(calendar: Calendar, provisional: Sequence[int]) -> str:
    years = "、".join(f"{year}年" for year in provisional)
    warning = f"；{years}尚无官方放假安排，只按法定节日推算，结果为暂定" if years else ""
    return f"{calendar.version}（{calendar.zone}）{warning}"
