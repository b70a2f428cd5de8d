"""One version of one unit's calendar (日历): zone, service hours of the week, working days, dated exceptions."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from shouwen.calendars.days import WORKING_KINDS, Day, DayKind, SpecialDay
from shouwen.calendars.errors import CalendarError
from shouwen.calendars.hours import Intervals, day_hours
from shouwen.calendars.spans import DayTable, ServiceTable
from shouwen.calendars.zones import instant, zone_named

NO_HOURS: tuple[Intervals, ...] = ((),) * 7


@dataclass(frozen=True)
class Calendar:
    """One version of one unit's calendar; equal content gives an equal `version`.

    `week`: service intervals that begin on Monday … Sunday. `workdays`: ISO weekdays that count as working days,
    whatever their hours. `special_days`: dated exceptions both ways, at most one a date.
    `makeup_hours`: hours of make-up workdays, by default those of the first working weekday; `holiday_hours`: of
    holidays, by default none. `official_years`: years with an official calendar, all others are provisional;
    None for a calendar that needs no yearly publication. Raises `CalendarError`.
    """

    zone: str = "Asia/Shanghai"
    name: str = "calendar"
    week: tuple[Intervals, ...] = NO_HOURS
    workdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    special_days: tuple[SpecialDay, ...] = ()
    makeup_hours: Intervals | None = None
    holiday_hours: Intervals = ()
    official_years: frozenset[int] | None = None

    version: str = field(init=False, compare=False)
    tz: ZoneInfo = field(init=False, repr=False, compare=False)
    workday_table: DayTable = field(init=False, repr=False, compare=False)
    nonholiday_table: DayTable = field(init=False, repr=False, compare=False)
    service: ServiceTable = field(init=False, repr=False, compare=False)
    _by_date: dict[date, SpecialDay] = field(init=False, repr=False, compare=False)
    _ends: dict[int | tuple[int, time], datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise CalendarError("每周服务时段应有七日，周一在先")
        if not self.workdays <= set(range(1, 8)):
            raise CalendarError("工作日应为 1（周一）至 7（周日）")
        by_date = {special.date: special for special in self.special_days}
        if len(by_date) != len(self.special_days):
            raise CalendarError("同一日期有两条特殊日")
        put = object.__setattr__
        put(self, "special_days", tuple(sorted(self.special_days, key=lambda special: special.date)))
        put(self, "_by_date", by_date)
        put(self, "_ends", {})
        put(self, "tz", zone_named(self.zone))
        put(self, "version", f"{self.name}-{self._digest()}")
        working = {day.toordinal(): special.kind in WORKING_KINDS for day, special in by_date.items()}
        open_days = {day.toordinal(): special.kind is not DayKind.HOLIDAY for day, special in by_date.items()}
        put(self, "workday_table", DayTable([d in self.workdays for d in range(1, 8)], working))
        put(self, "nonholiday_table", DayTable([True] * 7, open_days))
        put(self, "service", ServiceTable(self.hours_on, self.tz, self._last_service_year()))

    def __eq__(self, other: object) -> bool:
        # Programs are looked up by their calendar with every entry: field by field that was half a millisecond.
        return self.version == other.version if isinstance(other, Calendar) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.version)

    def day(self, day: date) -> Day:
        """What the calendar says of `day`."""
        special = self._by_date.get(day)
        if special is None:
            kind = DayKind.WORKDAY if day.isoweekday() in self.workdays else DayKind.WEEKEND
            return Day(day, kind, "", "", self.is_provisional(day.year))
        return Day(day, special.kind, special.name, special.source, self.is_provisional(day.year))

    def is_workday(self, day: date) -> bool:
        """Whether `day` counts as a working day (工作日), make-up workdays included."""
        special = self._by_date.get(day)
        return day.isoweekday() in self.workdays if special is None else special.kind in WORKING_KINDS

    def hours_on(self, day: date) -> Intervals:
        """The service intervals that begin on `day`."""
        special, own = self._by_date.get(day), self.week[day.weekday()]
        if special is None:
            return own
        if special.hours is not None:
            return special.hours
        if special.kind is DayKind.HOLIDAY:
            return self.holiday_hours
        if special.kind is DayKind.WEEKEND:
            return () if day.isoweekday() in self.workdays else own
        if special.kind is DayKind.WORKDAY and day.isoweekday() in self.workdays:
            return own
        return self._makeup_hours()

    def is_provisional(self, year: int) -> bool:
        """Whether `year` has no official calendar yet."""
        return self.official_years is not None and year not in self.official_years

    def provisional_between(self, start: date, end: date) -> tuple[int, ...]:
        """Years from `start` to `end`, both included, without an official calendar.

        Of two datetimes the dates in the calendar's zone count; an end at 00:00 still belongs to the day before it.
        """
        first, last = self._date_of(start, ending=False), self._date_of(end, ending=True)
        return tuple(year for year in range(first.year, last.year + 1) if self.is_provisional(year))

    def end_of(self, day: int, at: time | None = None) -> datetime:
        """The instant at which the day (ordinal) ends, in the zone: the next day's 00:00, or its own `at`."""
        key = day if at is None else (day, at)
        found = self._ends.get(key)
        if found is None:
            wall = date.fromordinal(day + 1 if at is None else day)
            found = self._ends[key] = self.instant(wall, at or time(0))
        return found

    def instant(self, day: date, at: time = time(0)) -> datetime:
        """The instant at which the clock of the zone first shows `at` (or later) on `day`."""
        return instant(datetime.combine(day, at), self.tz)

    def with_hours(
        self,
        week: Mapping[int, Iterable[str]],
        *,
        workdays: Iterable[int] | None = None,
        makeup: Iterable[str] | None = None,
        holiday: Iterable[str] = (),
        name: str | None = None,
    ) -> Self:
        """This calendar with a unit's own service hours: `{1: ["08:30-12:00", "14:00-17:30"], …}`, 1 for Monday.

        `workdays` None leaves the working days as they are. Raises `CalendarErrors`.
        """
        if not set(week) <= set(range(1, 8)):
            raise CalendarError("每周服务时段的键应为 1（周一）至 7（周日）")
        return replace(
            self,
            week=tuple(day_hours(week.get(weekday, ())) for weekday in range(1, 8)),
            workdays=self.workdays if workdays is None else frozenset(workdays),
            makeup_hours=None if makeup is None else day_hours(makeup),
            holiday_hours=day_hours(holiday),
            name=self.name if name is None else name,
        )

    def with_exceptions(
        self, special_days: Iterable[SpecialDay], *, official_years: Iterable[int] = (), name: str | None = None
    ) -> Self:
        """This calendar with special days laid over its own, date by date.

        Of the `official_years` given, all that was known before about that year is dropped first: the table is
        the whole truth about it. Days that only repeat the weekly pattern leave no trace.
        """
        official = frozenset(official_years)
        merged = {day: special for day, special in self._by_date.items() if day.year not in official}
        merged.update((special.date, special) for special in special_days)
        years = self.official_years if self.official_years is None else self.official_years | official
        return replace(
            self,
            special_days=tuple(special for special in merged.values() if not self._is_plain(special)),
            official_years=years,
            name=self.name if name is None else name,
        )

    def _is_plain(self, special: SpecialDay) -> bool:
        usual = DayKind.WORKDAY if special.date.isoweekday() in self.workdays else DayKind.WEEKEND
        return special.kind is usual and special.hours is None and not special.name

    def _makeup_hours(self) -> Intervals:
        if self.makeup_hours is not None:
            return self.makeup_hours
        return self.week[min(self.workdays) - 1] if self.workdays else ()

    def _last_service_year(self) -> int | None:
        if any(self.week):
            return None
        return max((day.year for day in self._by_date if self.hours_on(day)), default=0)

    def _date_of(self, moment: date, *, ending: bool) -> date:
        if not isinstance(moment, datetime):
            return moment
        counted = moment.astimezone(UTC) - timedelta(microseconds=1 if ending else 0)
        return counted.astimezone(self.tz).date()

    def _digest(self) -> str:
        """Hash of all that can change an instant or its wording; the sources are not part of it."""
        content = [
            self.zone,
            self.week,
            sorted(self.workdays),
            [[str(s.date), s.kind, s.name, s.hours] for s in self.special_days],
            self.makeup_hours,
            self.holiday_hours,
            None if self.official_years is None else sorted(self.official_years),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:8]
