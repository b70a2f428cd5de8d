"""Every due instant against a counter that only counts: minute by minute for hours, day by day for days."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shouwen.calendars import (
    Calendar,
    DayKind,
    DayRules,
    Interval,
    Limit,
    Roll,
    SpecialDay,
    Unit,
    due,
    explain,
    extend,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
HORIZON = 30 * 24 * 60
# Shanghai had summer time 1986–1991; Sao Paulo changed at midnight; Lord Howe moves half an hour; Apia skipped a day.
PLACES = [
    ("Asia/Shanghai", date(2026, 9, 20)),
    ("Asia/Shanghai", date(1986, 4, 28)),
    ("Asia/Shanghai", date(1991, 9, 8)),
    ("America/New_York", date(2026, 3, 1)),
    ("America/New_York", date(2026, 10, 25)),
    ("America/Sao_Paulo", date(2018, 10, 29)),
    ("America/Sao_Paulo", date(2018, 2, 10)),
    ("Australia/Lord_Howe", date(2026, 3, 28)),
    ("Pacific/Apia", date(2011, 12, 24)),
]
common = settings(max_examples=100, deadline=None, database=None)


@dataclass(frozen=True)
class Case:
    calendar: Calendar
    start: datetime
    pauses: tuple[tuple[datetime, datetime], ...]


@st.composite
def day_intervals(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Up to three disjoint intervals on a quarter-hour grid; the last may cross midnight."""
    cuts = sorted(draw(st.sets(st.integers(0, 95), max_size=6)))
    found = [Interval(a * 15, b * 15) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    crosses = draw(st.booleans())
    if found and crosses:
        start = found[-1].start
        found[-1] = Interval(start, draw(st.integers(96, 96 + start // 15)) * 15)
    return tuple(i for i in found if 0 < i.end - i.start <= 1440)


@st.composite
def calendars(draw: st.DrawFn, zone: str, near: date) -> Calendar:
    days = draw(st.dictionaries(st.integers(-3, 40), st.sampled_from(DayKind), max_size=12))
    special = tuple(
        SpecialDay(near + n * DAY, kind, "测试", "", draw(st.none() | day_intervals())) for n, kind in days.items()
    )
    return Calendar(
        zone=zone,
        week=tuple(draw(st.lists(day_intervals(), min_size=7, max_size=7))),
        workdays=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        special_days=special,
        makeup_hours=draw(st.none() | day_intervals()),
        holiday_hours=draw(st.just(()) | day_intervals()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, near = draw(st.sampled_from(PLACES))
    calendar = draw(calendars(zone, near))
    # Built in UTC: every instant can be a trigger, also the second showing of a repeated hour.
    begin = datetime(near.year, near.month, near.day, tzinfo=UTC)
    start = begin + draw(st.integers(0, 14 * 1440)) * MINUTE
    pauses = tuple(
        (start + a * MINUTE, start + (a + n) * MINUTE)
        for a, n in draw(st.lists(st.tuples(st.integers(-2000, 12_000), st.integers(0, 5_000)), max_size=4))
    )
    return Case(calendar, start.astimezone(ZoneInfo(zone)), pauses)


day_rules = st.builds(
    DayRules,
    count_first_day=st.booleans(),
    end_of_day=st.none() | st.builds(time, st.integers(1, 23), st.sampled_from([0, 15, 30, 45])),
    cut_off=st.none() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    roll=st.sampled_from(Roll),
)
day_limits = st.one_of(
    st.builds(Limit, st.integers(0, 12), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS])),
    st.builds(Limit, st.integers(0, 2), st.just(Unit.WEEKS)),
    st.builds(Limit, st.integers(0, 14), st.just(Unit.MONTHS)),
    st.builds(Limit, st.integers(0, 2), st.just(Unit.YEARS)),
)
hour_limits = st.builds(Limit, st.integers(0, 60), st.sampled_from([Unit.HOURS, Unit.WORKING_HOURS, Unit.MINUTES]))
limits = day_limits | hour_limits


@cache
def first_shown(wall: datetime, zone: str) -> datetime:
    """The first instant, of all quarter hours, at which the clock of the zone shows `wall` or later."""
    at = wall.replace(tzinfo=UTC) - timedelta(hours=40)
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
        at += QUARTER
    return at


def utc(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.astimezone(UTC)


# --- the counters -----------------------------------------------------------------------------------------------


def hours_of(calendar: Calendar, day: date) -> tuple[Interval, ...]:
    """What is open on a day, told once more in other words than the calendar's."""
    week = calendar.week[day.weekday()]
    standard = calendar.week[min(calendar.workdays) - 1] if calendar.makeup_hours is None else calendar.makeup_hours
    for special in calendar.special_days:
        if special.date == day:
            usual = day.isoweekday() in calendar.workdays
            closed_weekend = () if usual else week
            by_kind = {
                DayKind.HOLIDAY: calendar.holiday_hours,
                DayKind.MAKEUP_WORKDAY: standard,
                DayKind.WORKDAY: week if usual else standard,
                DayKind.WEEKEND: closed_weekend,
            }
            return by_kind[special.kind] if special.hours is None else special.hours
    return week


def count_hours(limit: Limit, case: Case) -> datetime | None:
    """Minute by minute; None where the end lies beyond the horizon."""
    start, calendar = utc(case.start), case.calendar
    counting = bytearray(HORIZON) if limit.unit is Unit.WORKING_HOURS else bytearray(b"\1" * HORIZON)

    def mark(since: datetime, until: datetime, value: int) -> None:
        for minute in range(max(0, (since - start) // MINUTE), min(HORIZON, (until - start) // MINUTE)):
            counting[minute] = value

    if limit.unit is Unit.WORKING_HOURS:
        for n in range(-3, HORIZON // 1440 + 2):
            day = start.date() + n * DAY
            midnight = datetime.combine(day, time(0))
            for interval in hours_of(calendar, day):
                since, until = (first_shown(midnight + m * MINUTE, calendar.zone) for m in interval)
                mark(since, until, 1)
    for since, until in case.pauses:
        mark(since, until, 0)
    need = limit.amount * (1 if limit.unit is Unit.MINUTES else 60)
    minute = 0
    while need:
        if minute == HORIZON:
            return None
        need -= counting[minute]
        minute += 1
    return start + minute * MINUTE


class DayCounter:
    def __init__(self, case: Case, rules: DayRules) -> None:
        self.calendar, self.rules, self.pauses = case.calendar, rules, case.pauses
        self.special = {special.date: special.kind for special in case.calendar.special_days}
        self.start = utc(case.start)
        self.wall = case.start.replace(tzinfo=None)

    def kind(self, day: date) -> DayKind:
        return self.special.get(day, DayKind.WORKDAY if day.isoweekday() in self.calendar.workdays else DayKind.WEEKEND)

    def end(self, day: date) -> datetime:
        at = self.rules.end_of_day
        midnight = datetime.combine(day, time(0))
        wall = midnight + DAY if at is None else datetime.combine(day, at)
        return first_shown(wall, self.calendar.zone)

    def runs(self, day: date) -> bool:
        return not any(max(since, self.start) < self.end(day) <= until for since, until in self.pauses)

    def counts(self, day: date, limit: Limit) -> bool:
        working = self.kind(day) in (DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY)
        return self.runs(day) and (working or limit.unit is not Unit.WORKING_DAYS)

    def lands(self, day: date) -> bool:
        kind = self.kind(day)
        allowed = {
            Roll.NONE: set(DayKind),
            Roll.NEXT_WORKDAY: {DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY},
            Roll.NEXT_NONHOLIDAY: {DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY, DayKind.WEEKEND},
        }
        return kind in allowed[self.rules.roll] and self.runs(day)

    def amount(self, limit: Limit, base: date) -> int:
        if limit.unit is Unit.WEEKS:
            return limit.amount * 7
        if limit.unit not in (Unit.MONTHS, Unit.YEARS):
            return limit.amount
        year, month = base.year, base.month
        for _ in range(limit.amount * (12 if limit.unit is Unit.YEARS else 1)):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = base.day
        if self.rules.count_first_day and limit.amount:
            # The period of 5 March to 4 April is a month; that of 31 January ends with February.
            day = min(day - 1, monthrange(year, month)[1]) + 1
        else:
            day = min(day, monthrange(year, month)[1])
        return (date(year, month, 1) - base).days + day - 1

    def count(self, limit: Limit) -> datetime:
        base = self.wall.date()
        if self.rules.cut_off is not None and self.wall.time() > self.rules.cut_off:
            base += DAY
        left = self.amount(limit, base)
        first = base if self.rules.count_first_day or left == 0 else base + DAY
        left = max(left, 1)
        for day in self.from_day(first):
            left -= self.counts(day, limit)
            if left == 0:
                break
        while True:
            day = next(later for later in self.from_day(day) if self.lands(later))
            if self.end(day) >= self.start:
                return self.end(day)
            day = next(later for later in self.from_day(day + DAY) if self.counts(later, limit))

    @staticmethod
    def from_day(day: date) -> Iterator[date]:
        while True:
            yield day
            day += DAY


# --- equality with the counters ---------------------------------------------------------------------------------


@common
@given(cases(), hour_limits)
def test_hours_equal_the_count_of_minutes(case: Case, limit: Limit) -> None:
    assume(limit.unit is not Unit.WORKING_HOURS or any(case.calendar.week))
    expected = count_hours(limit, case)
    assume(expected is not None)
    found = due(limit, case.start, case.calendar, pauses=case.pauses)
    assert utc(found) == expected
    assert utc(explain(limit, case.start, case.calendar, pauses=case.pauses).due) == expected


@settings(common, max_examples=200)
@given(cases(), day_limits, day_rules)
def test_days_equal_the_count_of_days(case: Case, limit: Limit, rules: DayRules) -> None:
    expected = DayCounter(case, rules).count(limit)
    found = due(limit, case.start, case.calendar, rules, case.pauses)
    assert utc(found) == expected
    assert utc(explain(limit, case.start, case.calendar, rules, case.pauses).due) == expected


@common
@given(cases(), day_limits, st.booleans(), st.integers(0, 9))
def test_an_extension_in_days_counts_on_from_the_last_day(case: Case, limit: Limit, first: bool, more: int) -> None:
    end = due(limit, case.start, case.calendar, DayRules(count_first_day=first))
    assert end is not None
    later = extend(end, Limit(more, Unit.DAYS), case.calendar)
    # In Sao Paulo the day after the last may begin at 1:00, in Apia it may be two days later.
    last_day = end.date() - DAY
    if first_shown(datetime.combine(last_day, time(0)), case.calendar.zone) == utc(end):
        last_day -= DAY
    assert utc(later) == first_shown(datetime.combine(last_day + (more + 1) * DAY, time(0)), case.calendar.zone)


# --- what must hold whatever the calendar -----------------------------------------------------------------------


@common
@given(cases(), limits, day_rules)
def test_a_pause_never_makes_the_end_earlier(case: Case, limit: Limit, rules: DayRules) -> None:
    assume(limit.unit is not Unit.WORKING_HOURS or any(case.calendar.week))
    ends = [utc(due(limit, case.start, case.calendar, rules, case.pauses[:n])) for n in range(len(case.pauses) + 1)]
    assert ends == sorted(ends)


@common
@given(cases(), limits, day_rules, st.sets(st.integers(0, 40), max_size=8))
def test_more_days_off_never_make_the_end_earlier(case: Case, limit: Limit, rules: DayRules, off: set[int]) -> None:
    assume(limit.unit is not Unit.WORKING_HOURS or any(case.calendar.week))
    # A holiday with hours of its own would be more service, not less.
    days = [SpecialDay(case.start.date() + n * DAY, DayKind.HOLIDAY, "加放一日", "", ()) for n in off]
    fewer = case.calendar.with_exceptions(days)
    with_off = utc(due(limit, case.start, fewer, rules, case.pauses))
    assert with_off >= utc(due(limit, case.start, case.calendar, rules, case.pauses))


@common
@given(cases(), limits, day_rules)
def test_a_longer_limit_never_ends_earlier(case: Case, limit: Limit, rules: DayRules) -> None:
    assume(limit.unit is not Unit.WORKING_HOURS or any(case.calendar.week))
    longer = [Limit(limit.amount + n, limit.unit) for n in range(4)]
    ends = [utc(due(one, case.start, case.calendar, rules, case.pauses)) for one in longer]
    assert ends == sorted(ends)
    assert utc(case.start) <= ends[0]


@common
@given(cases(), limits, day_rules, st.lists(st.integers(1, 3000), min_size=1, max_size=4))
def test_a_later_trigger_never_ends_earlier(case: Case, limit: Limit, rules: DayRules, steps: list[int]) -> None:
    assume(limit.unit is not Unit.WORKING_HOURS or any(case.calendar.week))
    starts = [utc(case.start)]
    for step in steps:
        starts.append(starts[-1] + step * MINUTE)
    ends = [utc(due(limit, start, case.calendar, rules)) for start in starts]
    assert all(a <= b for a, b in pairwise(ends))


@common
@given(cases(), limits, day_rules, st.integers(-2000, 9000))
def test_an_open_pause_leaves_no_due_time(case: Case, limit: Limit, rules: DayRules, since: int) -> None:
    pauses = (*case.pauses, (case.start + since * MINUTE, None))
    assert due(limit, case.start, case.calendar, rules, pauses) is None
    assert explain(limit, case.start, case.calendar, rules, pauses).due is None
