"""From the clock on the wall to the instant, in zones with and without daylight saving."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shouwen.calendars.errors import CalendarError, NaiveTimeError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; `CalendarError` where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarError(f"没有名为“{name}”的时区：应为 IANA 名称，如 Asia/Shanghai") from error


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock of `zone` shows `wall` (naive) or later.

    A time that a clock change skips becomes the instant of the change; of a time shown twice, the first.
    So later wall times never give earlier instants.
    """
    aware = wall.replace(tzinfo=zone)
    before, after = aware.utcoffset(), aware.replace(fold=1).utcoffset()
    if before is None or after is None or before >= after:
        return aware
    # The change lies between the two instants that the skipped time could mean; zone changes fall on whole seconds.
    low, high = (int((wall.replace(tzinfo=UTC) - offset).timestamp()) for offset in (after, before))
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, zone)


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC; `NaiveTimeError` for a datetime without a zone."""
    if moment.utcoffset() is None:
        raise NaiveTimeError(f"时间“{moment.isoformat()}”没有时区：应为带时区的时间，如 2026-03-02T09:00:00+08:00")
    return moment.astimezone(UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds from 1970-01-01T00:00Z to an aware datetime, exact."""
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def from_microseconds(count: int, zone: ZoneInfo) -> datetime:
    """The inverse of `microseconds`, in `zone`."""
    return (_EPOCH + timedelta(microseconds=count)).astimezone(zone)
