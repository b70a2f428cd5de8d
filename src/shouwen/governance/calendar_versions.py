"""Versions of calendars, kept for ever by what is in them (日历版本): what was counted can be counted again."""

from collections.abc import Iterator
from functools import lru_cache

from shouwen.calendars import Calendar, CalendarError, content_of, from_content
from shouwen.governance.models import CalendarVersion
from shouwen.organisation.snapshot import Kept

KEPT = 256
"""Calendars kept in each process, by version."""


class UnsoundCalendar(ValueError):  # noqa: N818  said as what it is
    """A kept calendar is not what its name says: somebody changed it in the database."""


def keep(calendar: Calendar) -> str:
    """Keep this version, once; gives its name. Needs the transaction of what names it."""
    if calendar.version not in versions():
        row = CalendarVersion(version=calendar.version, content=content_of(calendar))
        CalendarVersion.objects.bulk_create([row], ignore_conflicts=True)
    return calendar.version


versions = Kept(lambda: frozenset(CalendarVersion.objects.values_list("pk", flat=True)))
"""The names of all that are kept."""


def kept(version: str) -> Calendar:
    """The calendar of that version. Raises CalendarVersion.DoesNotExist, UnsoundCalendar."""
    return _kept(version)


def unsound() -> Iterator[str]:
    """Versions in the database that are not what their names say."""
    for row in CalendarVersion.objects.order_by("pk").iterator():
        try:
            _calendar(row)
        except UnsoundCalendar:
            yield row.version


@lru_cache(maxsize=KEPT)
def _kept(version: str) -> Calendar:
    return _calendar(CalendarVersion.objects.get(pk=version))


def _calendar(row: CalendarVersion) -> Calendar:
    try:
        calendar = from_content(row.content)
    except CalendarError as error:
        raise UnsoundCalendar(row.version) from error
    if calendar.version != row.version:
        raise UnsoundCalendar(row.version)
    return calendar
