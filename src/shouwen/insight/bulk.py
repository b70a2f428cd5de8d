"""One act upon many matters (批量办理): previewed, written with a result for each, tried again where it failed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.insight.models import BulkJob, BulkRow, JobState, Outcome
from shouwen.journal import clock, queue
from shouwen.journal.acting import acting_from
from shouwen.journal.batch import Result
from shouwen.journal.checks import is_id
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid, NotAllowed, NotRecorded, Refused, room
from shouwen.journal.models import Subject
from shouwen.journal.record import record_batch
from shouwen.matters.actions import COUNTERPARTS, drafts_in_both
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.policy.model import EventType, Policy

MOST = 1_000
"""Matters of one bulk act."""
SLICE = 50
"""Matters that one transaction writes."""
PREVIEWED = 50
"""Matters on which an act is tried before it is done."""
AT_ONCE = 100
"""Up to so many are done while one waits; more by the worker."""
OWN = frozenset({"order", "duty", "entry"})
"""Types of fields that name something of one matter's own."""
LEFT_OUT = frozenset({"file"})
"""Types of fields that a bulk act does not ask for."""


def offered(policy: Policy) -> list[EventType]:
    """Acts that make sense upon many at once: none that needs something of one matter's own, or a second matter's
    journal, but for joining a cause."""
    return [event for event in policy.events.values() if event.act and not event.implied and _fits(event)]


def _fits(event: EventType) -> bool:
    if event.name in COUNTERPARTS:
        return event.name == "joined"
    return not any(field.required and field.type in OWN | LEFT_OUT for field in event.fields.values())


def prepare(person: Person, event: str, data: dict[str, object], subjects: Sequence[UUID]) -> BulkJob:
    """Keep what is to be done, not begun. Raises Invalid for no matter, or more than 1,000."""
    if not 0 < len(subjects) <= MOST:
        raise Invalid({"rows": _("Choose between 1 and %(most)d matters.") % {"most": MOST}})
    with room(), transaction.atomic():
        job = BulkJob.objects.create(person=person, event=event, data=data, made_at=clock.now())
        BulkRow.objects.bulk_create(
            (BulkRow(job=job, place=place, subject_id=pk) for place, pk in enumerate(subjects, 1)), batch_size=500
        )
    return job


def preview(job: BulkJob) -> list[BulkRow]:
    """What would become of the first 50, found by doing it and taking it back; nothing is kept, nobody is told."""
    rows = list(job.rows.select_related("subject__unit").order_by("place")[:PREVIEWED])
    with room(), transaction.atomic():
        _write(job, rows)
        transaction.set_rollback(True)
    return rows


def start(job: BulkJob) -> None:
    """Do it: at once where it is little, by the worker where it is much. A job that runs already goes on."""
    BulkJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done_at=None)
    job.refresh_from_db()
    if job.rows.filter(outcome=Outcome.WAITING).count() <= AT_ONCE:
        run(job)
    else:
        transaction.on_commit(lambda: queue.enqueue("insight.bulk", str(job.pk)), robust=True)


@queue.job("insight.bulk")
def run_job(pk: str) -> None:
    job = BulkJob.objects.filter(pk=pk, state=JobState.RUNNING).select_related("person").first()
    if job is not None:
        run(job)


def run(job: BulkJob) -> None:
    """Write what still waits, fifty in a transaction; what was written once is not written again."""
    while _slice(job):
        pass
    BulkJob.objects.filter(pk=job.pk).update(state=JobState.DONE, done_at=clock.now())
    job.refresh_from_db()


def _slice(job: BulkJob) -> bool:
    with room(), transaction.atomic():
        waiting = job.rows.filter(outcome=Outcome.WAITING).select_for_update(of=("self",))
        rows = list(waiting.select_related("subject__unit").order_by("place")[:SLICE])
        _write(job, rows)
        BulkRow.objects.bulk_update(rows, ["outcome", "said"])
    return bool(rows)


def again(job: BulkJob) -> BulkJob:
    """A new job for the matters in which nothing was written. Raises Invalid where there is none."""
    failed = job.rows.exclude(outcome__in=(Outcome.RECORDED, Outcome.WAITING)).order_by("place")
    return prepare(job.person, job.event, job.data, list(failed.values_list("subject_id", flat=True)))


def _write(job: BulkJob, rows: Sequence[BulkRow]) -> None:
    """Record a call for each row and put down its result; what the person no longer sees is not touched."""
    now = clock.now()
    seen = set(
        visible(job.person, Subject.objects.filter(pk__in=[r.subject_id for r in rows]), now).values_list(
            "pk", flat=True
        )
    )
    here = [row for row in rows if row.subject_id in seen]
    for row in rows:
        if row.subject_id not in seen:
            row.outcome, row.said = Outcome.NOT_ALLOWED, _("You do not see this subject.")
    calls, called = [], []
    for row in here:
        try:
            calls.append(_drafts(job, row, now))
            called.append(row)
        except NotRecorded as reason:
            _put_down(row, reason)
    if not called:
        return
    actor = acting_from(job.person, called[0].subject.unit, now)
    for row, result in zip(called, record_batch(calls, actor=actor, now=now), strict=True):
        _put_down(row, result)


def _drafts(job: BulkJob, row: BulkRow, now: datetime) -> tuple[Draft, ...]:
    draft = Draft(row.subject, job.event, job.data, key=f"bulk:{job.pk}:{row.subject_id}")
    if job.event not in COUNTERPARTS:
        return (draft,)
    named = str(job.data.get("other", ""))
    other = visible(job.person, Subject.objects.filter(pk=named), now).first() if is_id(named) else None
    if other is None:
        raise Invalid({"other": _("Choose one of the matters found.")})
    return drafts_in_both(draft, other)


def _put_down(row: BulkRow, result: Result) -> None:
    if not isinstance(result, NotRecorded):
        row.outcome, row.said = Outcome.RECORDED, ""
    elif isinstance(result, Refused):
        row.outcome, row.said = Outcome.REFUSED, "；".join(f"{shut.clause} {shut.reason}" for shut in result.shut)
    elif isinstance(result, NotAllowed):
        row.outcome, row.said = Outcome.NOT_ALLOWED, str(result)
    else:
        said = result.errors.values() if isinstance(result, Invalid) else (str(result),)
        row.outcome, row.said = Outcome.INVALID, "；".join(said)
