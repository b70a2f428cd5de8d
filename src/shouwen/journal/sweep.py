"""The sweep (巡检): subjects where something comes about by time alone are looked at again.

A due time that has passed, a warning, a timer: ``Subject.wakes_at`` is the earliest of them, by index. The entry
``overdue`` is written through the same door as everything else; its key makes it one a duty and due time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from shouwen.journal import clock
from shouwen.journal.leases import pushed
from shouwen.journal.models import Subject
from shouwen.journal.record import look_again

BATCH = 1000
"""Subjects a transaction: of more, whoever writes beside it would wait longer than half a second."""
_log = structlog.get_logger(__name__)


def sweep() -> int:
    """Look again at every subject whose time has come, the oldest first; how many were. Any number of workers may do so
    at once: each takes what no other is just looking at."""
    done = 0
    while _waiting(now := clock.now()).exists():  # asked first: a transaction here begins as a writing one
        subjects: list[UUID] = []
        try:
            with _uncollected(), transaction.atomic():
                subjects = list(_waiting(now).select_for_update(skip_locked=True)[:BATCH])
                look_again(subjects, now)
        except Exception:
            if not subjects:
                raise
            done += sum(_look_at_one(subject) for subject in subjects)  # one of them fails: find out which
        else:
            done += len(subjects)
        if not subjects:
            break
    return done


def _waiting(now: datetime) -> QuerySet[Subject, UUID]:
    """The oldest first; what failed waits until it is tried again."""
    free = Subject.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), wakes_at__lt=now)
    return free.order_by("wakes_at").values_list("pk", flat=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage in rings: a batch makes none, but so many rows that all of the memory would be looked
    through again and again; a fifth of what a sweep took."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _look_at_one(subject: UUID) -> int:
    try:
        with transaction.atomic():
            look_again([subject], clock.now())
    except Exception:  # noqa: BLE001  it is logged, and the next one's turn
        _log.exception("sweep failed", subject=str(subject))
        row = Subject.objects.filter(pk=subject)
        until = pushed(clock.now(), row.values_list("failures", flat=True)[0] + 1)
        row.update(leased_until=until, failures=F("failures") + 1)
        return 0
    return 1
