"""The outbox as rooms below use it (发件): what they put in, hold back, and know to be read or to have failed."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from shouwen.journal.models import Delivery, Outbox


def put(rows: Iterable[Outbox]) -> None:
    """Put messages in; one whose key is there already is there once."""
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)


def put_one(row: Outbox) -> Outbox:
    """Put one message in and give it back as stored. Raises IntegrityError where its key is there already."""
    row.save(force_insert=True)
    return row


def read(rows: QuerySet[Outbox], at: datetime | None) -> None:
    """They were read on the desk at that instant; None: unread again."""
    rows.update(read_at=at)


def hold(row: Outbox, until: datetime | None) -> None:
    """Let it wait without an attempt being counted; None: until it is asked for."""
    Outbox.objects.filter(pk=row.pk).update(try_at=until, leased_by="", leased_until=None)


def failed(row: Outbox, at: datetime, error: str) -> None:
    """Write down that the other side says it has not arrived."""
    Delivery.objects.create(outbox=row, at=at, delivered=False, error=error)
