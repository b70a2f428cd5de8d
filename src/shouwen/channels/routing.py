"""Which notice goes out by which way and when (分发): by each person's choice."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from django.utils.timezone import localtime

from shouwen.channels.kinds import DIGEST, KINDS, OFF, OTHER, SMS, WECOM, available, chosen
from shouwen.channels.models import Preferences
from shouwen.journal.chain import instant
from shouwen.journal.notices import MAIL
from shouwen.journal.ways import Telling, Way
from shouwen.organisation.snapshot import Kept

CLOSING = timedelta(minutes=1)
"""A digest is closed so long before its hour: whoever still writes by then writes for the next one."""
DAY = timedelta(days=1)


NOTHING_CHOSEN = Preferences()
preferences = Kept(lambda: {row.person_id: row for row in Preferences.objects.all()})
"""What each person who chose anything chose."""


def route(tellings: Sequence[Telling], now: datetime) -> list[list[Way]]:
    """The router of the journal's notices."""
    known = preferences()
    channels = available()
    return [list(_ways(telling, known.get(telling.person.pk, NOTHING_CHOSEN), channels, now)) for telling in tellings]


def _ways(telling: Telling, wanted: Preferences, channels: Sequence[str], now: datetime) -> Iterator[Way]:
    addresses = {MAIL: telling.person.email, SMS: telling.person.phone, WECOM: wanted.wecom}
    reached = [channel for channel in channels if addresses[channel]]
    through = bool(reached) and wanted.urgent_through and is_urgent(telling, wanted.urgent_hours, now)
    for channel in reached:
        when = chosen(wanted.ways, telling.kind, channel)
        if when == OFF:
            continue
        if when == DIGEST and not through:
            at = next_digest(wanted, now)
            key = digest_key(channel, telling.person.pk, at)
            yield Way(channel, addresses[channel], at, key)
        else:
            yield Way(channel, addresses[channel], now if through else after_quiet(wanted, now))


def is_urgent(telling: Telling, hours: int, now: datetime) -> bool:
    """By its kind, by its matter's axis ``urgent`` (紧急), or because its time runs out within so many hours."""
    due = telling.duty.due_at if telling.duty else None
    return (
        KINDS.get(telling.kind, OTHER).urgent
        or telling.subject.axes.get("urgent") is True
        or (due is not None and due - now <= timedelta(hours=hours))
    )


def digest_key(channel: str, person: int, at: datetime) -> str:
    return f"{digest_prefix(channel, person)}{instant(at)}"


def digest_prefix(channel: str, person: int) -> str:
    return f"digest:{channel}:{person}:"


def next_digest(wanted: Preferences, now: datetime) -> datetime:
    """The next of the person's digests that is not closed yet."""
    hours = [wanted.digest_at, *([wanted.second_at] if wanted.second_at else [])]
    return min(_next(hour, now + CLOSING) for hour in hours)


def after_quiet(wanted: Preferences, now: datetime) -> datetime:
    """The end of the quiet hours that `now` lies in; else `now`."""
    begins, ends = wanted.quiet_from, wanted.quiet_until
    if begins is None or ends is None or begins == ends:
        return now
    clock = localtime(now).time()
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    return _next(ends, now) if quiet else now


def _next(hour: time, after: datetime) -> datetime:
    """When it is next this hour of the day, later than `after`."""
    local = localtime(after)
    today = local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return today if today > local else today + DAY
