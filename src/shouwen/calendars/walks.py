"""Counting a limit out step by step, as a person would on a wall calendar."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.clock import base_day, count_from, due
from shouwen.calendars.days import Day, DayKind, day_text, moment_text
from shouwen.calendars.rules import DayRules, Roll
from shouwen.calendars.steps import Step, StepKind, days_text, length_text
from shouwen.calendars.units import Limit, Unit

Stretch = tuple[datetime, datetime]
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class HourWalk:
    """Counts natural or working hours; appends its steps to `steps`. `stretches`: pauses in UTC, ordered, disjoint."""

    def __init__(self, calendar: Calendar, stretches: Sequence[Stretch], steps: list[Step]) -> None:
        self._calendar = calendar
        self._stretches = stretches
        self._steps = steps
        self._told = 0

    def run(self, limit: Limit, start: datetime) -> datetime:
        """The end of `limit` from `start`, in the calendar's zone. Raises `NoWorkingTimeError`."""
        working = limit.elapsed is None
        if working:
            due(limit, start, self._calendar)  # a calendar without service would be walked for ever
        left = timedelta(hours=limit.amount) if limit.elapsed is None else limit.elapsed
        end = begin = start.astimezone(UTC)
        running = self._service(begin) if working else iter([(begin, datetime.max.replace(tzinfo=UTC))])
        while left:
            since, until = next(running)
            for first, last in self._without_pauses(since, until):
                took = min(last - first, left)
                self._tell_pauses(first)
                end = first + took
                self._tell(StepKind.COUNTED, first, end, f"，{length_text(took)}")
                left -= took
                if not left:
                    break
        local = end.astimezone(self._calendar.tz)
        rule = "只计服务时段" if working else "按小时的自起点连续计算，民法典第201条"
        self._steps.append(Step(StepKind.END, f"{moment_text(local, year=True)}（{rule}）", local))
        return local

    def _service(self, start: datetime) -> Iterator[Stretch]:
        """Stretches of service from `start` on, day by day; tells the days off between them."""
        calendar, reached = self._calendar, start
        first = start.astimezone(calendar.tz).date()
        off: list[Day] = []
        for offset in count(-1):
            day = first + offset * _DAY
            midnight = datetime.combine(day, time(0))
            hours = calendar.hours_on(day)
            if not hours and offset >= 0:
                off.append(calendar.day(day))
            for begin, finish in hours:
                since, until = (self._at(midnight + minutes * _MINUTE) for minutes in (begin, finish))
                if max(since, reached) < until:
                    self._steps.extend(_days_off(off))
                    off = []
                    yield max(since, reached), until
                    reached = until

    def _at(self, wall: datetime) -> datetime:
        return self._calendar.instant(wall.date(), wall.time()).astimezone(UTC)

    def _without_pauses(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        for begin, end in self._stretches:
            if begin < until and end > since:
                if since < begin:
                    yield since, begin
                since = end
        if since < until:
            yield since, until

    def _tell_pauses(self, before: datetime) -> None:
        while self._told < len(self._stretches) and self._stretches[self._told][0] < before:
            self._tell(StepKind.PAUSED, *self._stretches[self._told], "，不计")
            self._told += 1

    def _tell(self, kind: StepKind, since: datetime, until: datetime, more: str) -> None:
        first, last = since.astimezone(self._calendar.tz), until.astimezone(self._calendar.tz)
        self._steps.append(Step(kind, f"{moment_text(first)}至{moment_text(last)}{more}", first, last))


def _days_off(days: Sequence[Day]) -> Iterator[Step]:
    """Skipped days, those in a row for one reason in one step."""
    reasons = ["无服务时段" if day.is_workday else day.sentence() for day in days]
    begin = 0
    for place in range(1, len(days) + 1):
        if place == len(days) or reasons[place] != reasons[begin]:
            first, last = days[begin].date, days[place - 1].date
            yield Step(StepKind.SKIPPED, f"{days_text(first, last)}，{reasons[begin]}", first, last)
            begin = place


class DayWalk:
    """Counts days, working days, weeks, months and years; appends its steps to `steps`."""

    def __init__(self, calendar: Calendar, rules: DayRules, stretches: Sequence[Stretch], steps: list[Step]) -> None:
        self._calendar = calendar
        self._rules = rules
        self._stretches = stretches
        self._steps = steps

    def run(self, limit: Limit, start: datetime) -> datetime:
        """The end of `limit` from `start`, in the calendar's zone."""
        base = base_day(start, self._calendar, self._rules)
        origin, n = count_from(limit, base, count_first_day=self._rules.count_first_day)
        self._tell_first_day(limit, start, date.fromordinal(base), counted=origin < base)
        working = limit.unit is Unit.WORKING_DAYS
        last = self._count(date.fromordinal(origin), n, working=working)
        self._tell_month_end(limit, date.fromordinal(base), last)
        last = self._rolled(last)
        while self._end(last) < start.astimezone(UTC):
            self._tell(StepKind.ROLLED, last, last, "截止钟点在起算之前已过，顺延")
            last = self._rolled(self._count(last, 1, working=working))
        at = "24:00" if self._rules.end_of_day is None else f"{self._rules.end_of_day:%H:%M}"
        why = "最后一日二十四时" if self._rules.end_of_day is None else "停止业务活动的时间"
        end = self._calendar.end_of(last.toordinal(), self._rules.end_of_day)
        text = f"{day_text(last, year=True)}{at}（{why}，民法典第203条）"
        self._steps.append(Step(StepKind.END, text, end))
        return end

    def _tell_first_day(self, limit: Limit, start: datetime, base: date, *, counted: bool) -> None:
        if base != start.date():
            self._tell(StepKind.FIRST_DAY, base, base, f"超过{self._rules.cut_off:%H:%M}，按次日起算")
        if not counted:
            self._tell(StepKind.FIRST_DAY, base, base, "开始的当日不计入（民法典第201条）")
        elif limit.amount:
            self._tell(StepKind.FIRST_DAY, base, base, "自开始的当日起算")

    def _tell_month_end(self, limit: Limit, base: date, last: date) -> None:
        if limit.unit not in (Unit.MONTHS, Unit.YEARS) or not limit.amount or self._stretches:
            return
        missing = (last + _DAY).day == 1 and last.day < base.day and not self._rules.count_first_day
        text = f"到期月没有{base.day}日，取月末日" if missing else "到期月的对应日"
        self._tell(StepKind.END, last, last, f"{text}（民法典第202条）")

    def _count(self, origin: date, n: int, *, working: bool) -> date:
        """The n-th counting day after `origin`; tells runs of counted, skipped and paused days."""
        run: list[tuple[StepKind, str, date]] = []
        day, counted = origin, 0
        while counted < n:
            day += _DAY
            seen = self._calendar.day(day)
            if working and not seen.is_workday:
                status = (StepKind.SKIPPED, seen.sentence())
            elif self._paused(day):
                status = (StepKind.PAUSED, "日终时处于中止")
            else:
                counted += 1
                made_up = working and seen.kind is DayKind.MAKEUP_WORKDAY
                status = (StepKind.COUNTED, seen.sentence() if made_up else "")
            if run and run[-1][:2] != status:
                self._tell_run(run, counted - (status[0] is StepKind.COUNTED))
                run = []
            run.append((*status, day))
        self._tell_run(run, counted)
        return day

    def _tell_run(self, run: Sequence[tuple[StepKind, str, date]], counted: int) -> None:
        kind, reason, first = run[0]
        text = reason
        if kind is StepKind.COUNTED:
            number = f"第{counted}日" if len(run) == 1 else f"第{counted - len(run) + 1}至{counted}日"
            text = f"{number}（{reason}）" if reason else number
        self._tell(kind, first, run[-1][2], text)

    def _rolled(self, day: date) -> date:
        while reason := self._off(day):
            first, day = day, day + _DAY
            self._tell(StepKind.ROLLED, first, first, f"{reason}，末日顺延")
        return day

    def _off(self, day: date) -> str:
        """Why a rolled end may not fall on `day`; empty where it may."""
        seen, roll = self._calendar.day(day), self._rules.roll
        if roll is Roll.NONE:
            return ""
        if seen.kind is DayKind.HOLIDAY or (roll is Roll.NEXT_WORKDAY and not seen.is_workday):
            return seen.sentence()
        return "日终时处于中止" if self._paused(day) else ""

    def _paused(self, day: date) -> bool:
        end = self._end(day)
        return any(since < end <= until for since, until in self._stretches)

    def _end(self, day: date) -> datetime:
        return self._calendar.end_of(day.toordinal(), self._rules.end_of_day).astimezone(UTC)

    def _tell(self, kind: StepKind, first: date, last: date, text: str) -> None:
        self._steps.append(Step(kind, f"{days_text(first, last)}，{text}", first, last))
