"""Delivery of the outbox (投递): at least once, each message under its key, none dropped."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import QuerySet

from shouwen.journal import clock
from shouwen.journal.leases import claim, pushed
from shouwen.journal.models import Delivery, Outbox

LEASE = timedelta(seconds=60)
BATCH = 20

Deliver = Callable[[Sequence[Outbox]], Iterator[tuple[Outbox, str]]]
"""Gives each row back as soon as it is delivered, with an empty text, or with what went wrong."""
_channels: dict[str, Deliver] = {}


class Final(str):
    """What went wrong for good: there is no second try."""

    __slots__ = ()


_log = structlog.get_logger(__name__)


def register(channel: str, deliver: Deliver) -> None:
    """Rooms below deliver for us."""
    _channels[channel] = deliver


def deliver_due(lease: timedelta = LEASE, longest: timedelta = timedelta.max) -> int:
    """Deliver all that is due; how many were delivered. Any number of workers may do so at once.

    After ``longest`` nothing more is begun: what is left waits for the next round.
    """
    delivered, began = 0, monotonic()
    while monotonic() - began <= longest.total_seconds() and (
        rows := claim(_waiting(), "try_at", clock.now(), lease, BATCH)
    ):
        for channel in sorted({row.channel for row in rows}):
            delivered += _through(channel, [row for row in rows if row.channel == channel])
    return delivered


def _waiting() -> QuerySet[Outbox]:
    return Outbox.objects.filter(sent_at__isnull=True, try_at__lte=clock.now(), channel__in=_channels)


def _through(channel: str, rows: list[Outbox]) -> int:
    delivered = 0
    left = {row.pk: row for row in rows}
    try:
        for row, error in _channels[channel](rows):
            left.pop(row.pk)
            _mark(row, error)
            delivered += not error
    except Exception as error:  # noqa: BLE001  one channel's trouble must not stop the others
        _log.exception("delivery failed", channel=channel)
        for row in left.values():
            _mark(row, repr(error))
    return delivered


def _mark(row: Outbox, error: str) -> None:
    now = clock.now()
    row.attempts += 1
    row.leased_by, row.leased_until = "", None
    if error:
        row.try_at = None if isinstance(error, Final) else pushed(now, row.attempts)
    else:
        row.sent_at, row.try_at = now, None
    with transaction.atomic():
        row.save(update_fields=["attempts", "leased_by", "leased_until", "try_at", "sent_at"])
        Delivery.objects.create(outbox=row, at=now, delivered=not error, error=error)
