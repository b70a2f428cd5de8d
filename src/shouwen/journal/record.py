"""``record()``: the only door to the journals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouwen.journal import clock
from shouwen.journal.batch import Batch, Call, Result
from shouwen.journal.drafts import HOUSE, Actor, Draft, Recorded
from shouwen.journal.errors import NotRecorded, room
from shouwen.organisation.snapshot import steady


def record(*drafts: Draft, actor: Actor, now: datetime | None = None) -> Recorded:
    """Write entries and everything that follows from them, all or nothing.

    `now` (aware) is for sweeps and tests; else the clock's. Raises Refused (a gate shuts the act), NotAllowed
    (no power), Stale (others wrote since the form was made), Invalid (errors by field), NoRoom (disk full);
    then nothing was written. A draft whose key is known writes nothing and gives what was written first.
    Who opens a transaction around it puts ``errors.room()`` around that.
    """
    result = record_batch([drafts], actor=actor, now=now)[0]
    if isinstance(result, NotRecorded):
        raise result
    return result


def record_batch(
    calls: Sequence[Call], *, actor: Actor, now: datetime | None = None, history: bool = False
) -> list[Result]:
    """Many calls in one transaction, the same rows as so many `record()`; one result a call, in order.

    A call that cannot be written gives its reason as its result and hinders no other. `history`: everything
    is a fact and nobody is told; what is overdue by now is not written as such.
    """
    return _run(calls, (), actor, now or clock.now(), history)


def look_again(subjects: Sequence[UUID], now: datetime) -> None:
    """Let the house write what has come about by time alone: duties passed, timers, proposals."""
    _run((), subjects, HOUSE, now, history=False)


def _run(calls: Sequence[Call], touched: Sequence[UUID], actor: Actor, now: datetime, history: bool) -> list[Result]:
    keyed = any(draft.key for call in calls for draft in call)
    with room():
        try:
            # Only what is tried once more needs a place to go back to within another transaction.
            with transaction.atomic(savepoint=keyed), steady():
                return Batch(actor, now, history).run(calls, touched)
        except IntegrityError:
            if not keyed:
                raise
            # The same key was being written by another process: its result is there now.
            with transaction.atomic(), steady():
                return Batch(actor, now, history).run(calls, touched)
