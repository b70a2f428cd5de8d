"""When a limit ends: the fast path, without the arithmetic in words (that is `arithmetic.explain`)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.errors import CalendarError
from shouwen.calendars.pauses import Pause, closed, paused_days
from shouwen.calendars.rules import STATUTE, DayRules, Roll
from shouwen.calendars.spans import EVERY_DAY, Days, DayTable, RunningDays
from shouwen.calendars.units import Limit, Unit
from shouwen.calendars.zones import from_microseconds, in_utc, microseconds

_INSTANT = timedelta(microseconds=1)


def due(
    limit: Limit, start: datetime, calendar: Calendar, rules: DayRules = STATUTE, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The instant at which `limit` from the trigger `start` ends, in the calendar's zone; None while a pause is open.

    Hours run on from the instant, working hours inside service intervals only. Days and longer count whole days
    after the trigger's and end as `rules` say. Of paused time hours lose the time, days the days at whose end the
    clock stood still. Raises `NaiveTimeError`, `CalendarError`, `NoWorkingTimeError`.
    """
    if start.utcoffset() is None:
        in_utc(start)
    if pauses:
        return _due_paused(limit, start, calendar, rules, pauses)
    if limit.elapsed is not None:
        return (start.astimezone(UTC) + limit.elapsed).astimezone(calendar.tz)
    if limit.unit is Unit.WORKING_HOURS:
        need = limit.amount * 3_600_000_000
        return from_microseconds(calendar.service.after(microseconds(start), need), calendar.tz)
    return end_of_days(limit, base_day(start, calendar, rules), start, calendar, rules, ())


def extend(
    end: datetime, by: Limit, calendar: Calendar, rules: DayRules = STATUTE, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The end of a limit that ended at `end`, extended (延期) by another limit.

    Hours run on from `end`; days count on from the limit's last day, so that 5 days extended by 3 end with the 8th.
    """
    if by.elapsed is not None or by.unit is Unit.WORKING_HOURS:
        return due(by, end, calendar, rules, pauses)
    stretches = closed(pauses, in_utc(end))
    if stretches is None:
        return None
    paused = paused_days(stretches, calendar, rules.end_of_day)
    last_day = (end.astimezone(UTC) - _INSTANT).astimezone(calendar.tz).toordinal()
    counting_on = DayRules(False, rules.end_of_day, None, rules.roll)
    return end_of_days(by, last_day, end, calendar, counting_on, paused)


def base_day(start: datetime, calendar: Calendar, rules: DayRules) -> int:
    """Ordinal of the trigger's day: the next one where the trigger came after the cut-off."""
    local = start.astimezone(calendar.tz)
    late = rules.cut_off is not None and local.time() > rules.cut_off
    return local.toordinal() + 1 if late else local.toordinal()


def end_of_days(
    limit: Limit,
    base: int,
    start: datetime,
    calendar: Calendar,
    rules: DayRules,
    paused: Sequence[tuple[int, int]],
) -> datetime:
    """The end of a limit in days or longer whose day 0 is `base`; never before `start`."""
    days = calendar.workday_table if limit.unit is Unit.WORKING_DAYS else EVERY_DAY
    landable = landing_days(calendar, rules.roll)
    counting: Days = RunningDays(days, paused) if paused else days
    landing: Days | None = RunningDays(landable, paused) if paused and landable is not None else landable
    origin, n = count_from(limit, base, count_first_day=rules.count_first_day)
    while True:
        last = counting.nth_after(origin, n)
        if landing is not None:
            last = landing.nth_after(last - 1, 1)
        end = calendar.end_of(last, rules.end_of_day)
        # Only a day that ends before 24:00 can be over when the trigger comes: then the next one is the last.
        if rules.end_of_day is None or end.astimezone(UTC) >= start.astimezone(UTC):
            return end
        origin, n = last, 1


def landing_days(calendar: Calendar, roll: Roll) -> DayTable | None:
    """The days on which a rolled end may fall; None where ends are not moved."""
    if roll is Roll.NONE:
        return None
    return calendar.workday_table if roll is Roll.NEXT_WORKDAY else calendar.nonholiday_table


def count_from(limit: Limit, base: int, *, count_first_day: bool) -> tuple[int, int]:
    """(origin, n): the limit's last day is the n-th counting day after the day `origin`, n ≥ 1."""
    from_base = count_first_day or not limit.amount
    if limit.unit is Unit.WORKING_DAYS:
        return (base - 1, max(1, limit.amount)) if from_base else (base, limit.amount)
    days = natural_days(limit, base, count_first_day=count_first_day)
    return (base - 1, days + 1) if from_base else (base, days)


def natural_days(limit: Limit, base: int, *, count_first_day: bool) -> int:
    """How many natural days after `base` a limit in days, weeks, months or years has its last day."""
    first = 1 if count_first_day and limit.amount else 0
    if limit.unit is Unit.DAYS:
        return limit.amount - first
    if limit.unit is Unit.WEEKS:
        return 7 * limit.amount - first
    months = limit.amount * (12 if limit.unit is Unit.YEARS else 1)
    return corresponding_day(date.fromordinal(base), months, before=first) - base


def corresponding_day(day: date, months: int, *, before: int = 0) -> int:
    """Ordinal of the corresponding day `months` later (or earlier), or of that month's last day (民法典 202).

    `before` = 1 gives the day before the corresponding one, still no later than the month's last.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    return date(year, month + 1, 1).toordinal() - 1 + min(day.day - before, length)


def before(limit: Limit, day: date, calendar: Calendar) -> date:
    """The day that lies `limit` before `day` (提前): `day` itself is not counted, the day found is.

    Two weeks before the 20th is the 6th; three months before 31 May is 28 (29) February; working days count
    backwards over days off. Raises `CalendarError` for hours.
    """
    base = day.toordinal()
    if limit.unit in (Unit.DAYS, Unit.WEEKS):
        return date.fromordinal(base - limit.amount * (7 if limit.unit is Unit.WEEKS else 1))
    if limit.unit in (Unit.MONTHS, Unit.YEARS):
        return date.fromordinal(corresponding_day(day, -limit.amount * (12 if limit.unit is Unit.YEARS else 1)))
    if limit.unit is Unit.WORKING_DAYS:
        return date.fromordinal(_workdays_before(limit.amount, base, calendar.workday_table))
    raise CalendarError(f"提前“{limit}”读不懂：提前期应以日、工作日、周、月、年计")


def _workdays_before(amount: int, base: int, workdays: DayTable) -> int:
    if not amount:
        return base
    low = base - 2 * amount - 14
    while workdays.between(low, base - 1) < amount:
        low -= 2 * (base - low)
    return workdays.nth_after(low - 1, workdays.between(low, base - 1) - amount + 1)


def _due_paused(
    limit: Limit, start: datetime, calendar: Calendar, rules: DayRules, pauses: Sequence[Pause]
) -> datetime | None:
    stretches = closed(pauses, start.astimezone(UTC))
    if stretches is None:
        return None
    if limit.elapsed is not None:
        return _elapsed_paused(start.astimezone(UTC) + limit.elapsed, stretches).astimezone(calendar.tz)
    if limit.unit is Unit.WORKING_HOURS:
        return _service_paused(limit, start, calendar, stretches)
    paused = paused_days(stretches, calendar, rules.end_of_day)
    return end_of_days(limit, base_day(start, calendar, rules), start, calendar, rules, paused)


def _elapsed_paused(end: datetime, stretches: Sequence[tuple[datetime, datetime]]) -> datetime:
    for since, until in stretches:
        if since >= end:
            break
        end += until - since
    return end


def _service_paused(
    limit: Limit, start: datetime, calendar: Calendar, stretches: Sequence[tuple[datetime, datetime]]
) -> datetime:
    now, need = microseconds(start), limit.amount * 3_600_000_000
    for since, until in stretches:
        ran = calendar.service.between(now, microseconds(since))
        if need <= ran:
            break
        need -= ran
        now = microseconds(until)
    return from_microseconds(calendar.service.after(now, need), calendar.tz)
