"""Leases (租约): rows that one worker has taken for a while, so that a second one takes others.

A killed worker's lease runs out and the row is taken again; a failing row is pushed forward, ever farther, and
never dropped.
"""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

LONGEST = timedelta(hours=6)
FIRST = timedelta(seconds=30)


def claim(waiting: QuerySet[M], order: str, now: datetime, lease: timedelta, limit: int) -> list[M]:
    """Take up to `limit` rows that nobody holds; two workers never get the same one."""
    free = waiting.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
    ids = list(free.order_by(order).values_list("pk", flat=True)[:limit])
    if not ids:
        return []
    token = uuid4().hex
    free.filter(pk__in=ids).update(leased_by=token, leased_until=now + lease)
    return list(waiting.model._default_manager.filter(pk__in=ids, leased_by=token).order_by(order))


def pushed(now: datetime, failures: int) -> datetime:
    """When a row that has failed so often is tried again."""
    return now + min(LONGEST, FIRST * (1 << min(failures, 20)))
