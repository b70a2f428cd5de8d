"""What is done to calendar tables; each act whole in one transaction, each giving the table a new revision."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from shouwen.calendars.errors import CalendarError, CalendarErrors
from shouwen.calendars.hours import day_hours
from shouwen.calendars.statutory import DEFAULT_YEARS, official_years, statutory_calendar
from shouwen.governance.models import STATUTORY, CalendarDay, CalendarTable, CalendarYear
from shouwen.organisation.models import Person, Unit

SEED = "holidays"


def seed_statutory_table() -> None:
    """Fills the statutory table from the kept library, once: from then on the table is the truth."""
    with transaction.atomic():
        table, created = CalendarTable.objects.get_or_create(name=STATUTORY)
        if not created:
            return
        CalendarDay.objects.bulk_create(
            CalendarDay(table=table, date=day.date, kind=day.kind, name=day.name, source=day.source)
            for day in statutory_calendar().special_days
        )
        CalendarYear.objects.bulk_create(
            CalendarYear(table=table, year=year, source=SEED) for year in sorted(official_years(DEFAULT_YEARS))
        )


@transaction.atomic
def set_hours(
    unit: Unit,
    week: Mapping[int, Iterable[str]],
    *,
    workdays: Iterable[int] | None = None,
    makeup: Iterable[str] | None = None,
    holiday: Iterable[str] = (),
) -> CalendarTable:
    """Gives a unit its own service hours, by ISO weekday: ``{1: ["08:30-12:00", "14:00-17:30"], …}``.

    ``workdays`` None leaves the superior's working days. Raises ValidationError for hours that cannot be read.
    """
    table = _own_table(unit)
    table.week = {str(weekday): _hours("week", hours) for weekday, hours in week.items()}
    table.workdays = None if workdays is None else sorted(set(workdays))
    table.makeup_hours = None if makeup is None else _hours("makeup_hours", makeup)
    table.holiday_hours = _hours("holiday_hours", holiday)
    try:
        statutory_calendar(years=()).with_hours(
            {int(day): hours for day, hours in table.week.items()}, workdays=workdays
        )
    except (CalendarError, CalendarErrors) as error:
        raise ValidationError({"week": str(error)}) from error
    _save(table)
    return table


@transaction.atomic
def clear_hours(unit: Unit) -> CalendarTable:
    """From now on the superior's service hours hold in the unit; its days stay."""
    table = _own_table(unit)
    table.week = table.workdays = table.makeup_hours = None
    table.holiday_hours = []
    _save(table)
    return table


@transaction.atomic
def set_day(
    table: CalendarTable, day: date, kind: str, *, name: str = "", source: str = "", hours: Iterable[str] | None = None
) -> CalendarDay:
    """Says what one date is, in place of what the table said before."""
    found = CalendarDay.objects.filter(table=table, date=day).first() or CalendarDay(table=table, date=day)
    found.kind, found.name, found.source = kind, name, source
    found.hours = None if hours is None else _hours("hours", hours)
    found.full_clean()
    found.save()
    _save(table)
    return found


@transaction.atomic
def clear_day(table: CalendarTable, day: date) -> None:
    """Makes a date an ordinary one again."""
    CalendarDay.objects.filter(table=table, date=day).delete()
    _save(table)


@transaction.atomic
def own_table(unit: Unit) -> CalendarTable:
    """The unit's own table, made where there is none."""
    table = _own_table(unit)
    if table._state.adding:
        _save(table)
    return table


def replace_year(
    table: CalendarTable, year: int, days: Iterable[CalendarDay], *, source: str, at: datetime, by: Person | None
) -> None:
    """Puts the days given in place of the table's days of that year, which becomes official. Needs a transaction."""
    CalendarDay.objects.filter(table=table, date__year=year).delete()
    CalendarDay.objects.bulk_create(days)
    CalendarYear.objects.update_or_create(
        table=table, year=year, defaults={"source": source, "imported_at": at, "by": by}
    )
    _save(table)


def _own_table(unit: Unit) -> CalendarTable:
    found = CalendarTable.objects.select_for_update().filter(unit=unit).first()
    return found or CalendarTable(unit=unit, name=f"{unit.name} {unit.pk}")


def _save(table: CalendarTable) -> None:
    table.revision = uuid4()
    table.full_clean()
    table.save()


def _hours(field: str, texts: Iterable[str]) -> list[str]:
    try:
        return [str(interval) for interval in day_hours(texts)]
    except CalendarErrors as error:
        raise ValidationError({field: str(error)}) from error
