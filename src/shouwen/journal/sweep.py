"""The sweep (巡检): subjects where something comes about by time alone are looked at again.

A due time that has passed, a warning, a timer: ``Subject.wakes_at`` is the earliest of them, by index. The entry
``overdue`` is written through the same door as everything else; its key makes it one a duty and due time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import F

from shouwen.journal import clock
from shouwen.journal.leases import pushed, take
from shouwen.journal.models import Subject
from shouwen.journal.outbox import LEASE
from shouwen.journal.record import look_again

BATCH = 1000
"""Subjects a transaction: of more, whoever writes beside it would wait longer than half a second."""
_log = structlog.get_logger(__name__)


def sweep(lease: timedelta = LEASE) -> int:
    """Look again at every subject whose time has come; how many were. Any number of workers may do so at once."""
    done = 0
    while True:
        now = clock.now()
        subjects = take(Subject.objects.filter(wakes_at__lt=now), "wakes_at", now, lease, BATCH)
        if not subjects:
            return done
        done += _look(subjects)


def _look(subjects: list[UUID]) -> int:
    try:
        with _uncollected():
            look_again(subjects, clock.now())
    except Exception:  # noqa: BLE001  one of them fails: find out which
        return sum(_look_at_one(subject) for subject in subjects)
    return len(subjects)


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
        look_again([subject], clock.now())
    except Exception:  # noqa: BLE001  it is logged, and the next one's turn
        _log.exception("sweep failed", subject=str(subject))
        row = Subject.objects.filter(pk=subject)
        until = pushed(clock.now(), row.values_list("failures", flat=True)[0] + 1)
        row.update(leased_by="", leased_until=until, failures=F("failures") + 1)
        return 0
    return 1
