"""Duties: who owes what until when, and how that instant came about."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from ninja import Query, Router

from shouwen.api import schemas
from shouwen.api.cursors import instant, page, whole
from shouwen.api.filters import DutyFilter, Paging, narrowed_duties
from shouwen.api.models import Scope
from shouwen.api.problems import ProblemError
from shouwen.api.seeing import one_of, seen
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain, duty_told, local
from shouwen.calendars import Step
from shouwen.journal.acting import open_journal
from shouwen.journal.arithmetic import lines_of
from shouwen.journal.models import Duty
from shouwen.organisation.access import visible

router = Router(tags=["duties"])
READ = Bearer(Scope.MATTERS_READ)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for no due time, so that such duties come last."""


def visible_duties(who: Caller, by: DutyFilter) -> QuerySet[Duty]:
    """What the list shows and the count counts."""
    return narrowed_duties(visible(who.person, Duty.objects.all(), who.now), by, who.now)


@router.get("/duties", auth=READ, response=schemas.Duties)
def list_duties(request: HttpRequest, by: Query[DutyFilter], paging: Query[Paging]) -> Plain:
    """Duties by due time, those without one last."""
    who = caller(request)
    rows = visible_duties(who, by).select_related("subject__unit")
    ordered = rows.annotate(by_due=Coalesce(F("due_at"), Value(NEVER)))
    found, following = page(ordered, ("by_due", "pk"), paging.cursor, paging.limit, (instant, whole))
    return {"items": [duty_told(one, one.subject, who.now) for one in found], "next": following}


@router.get("/duties/count", auth=READ, response=schemas.Count)
def count_duties(request: HttpRequest, by: Query[DutyFilter]) -> Plain:
    """How many the list with the same filters has."""
    return {"count": visible_duties(caller(request), by).count()}


@router.get("/matters/{uuid:matter}/duties", auth=READ, response=schemas.OwnDuties)
def list_own_duties(request: HttpRequest, matter: UUID) -> Plain:
    """All duties of one matter, done and void ones too, each with its clock and its clause."""
    subject = seen(request, matter)
    rows = Duty.objects.filter(subject=subject).order_by("opened_at", "clause", "key")
    return {"items": [duty_told(one, subject, caller(request).now) for one in rows]}


@router.get("/duties/{int:duty}", auth=READ, response=schemas.Duty)
def read_duty(request: HttpRequest, duty: schemas.Pk) -> Plain:
    """One duty."""
    found = _seen(request, duty)
    return duty_told(found, found.subject, caller(request).now)


@router.get("/duties/{int:duty}/arithmetic", auth=READ, response=schemas.Arithmetic)
def read_arithmetic(request: HttpRequest, duty: schemas.Pk) -> Plain:
    """How the due instant came about, step by step, on the calendar that the duty was counted under."""
    found = _seen(request, duty)
    journal = open_journal(found.subject)
    moment = max(caller(request).now, journal.steps[-1].recorded_at)
    for owed, standing in journal.owed(moment):
        if owed.key != found.key:
            continue
        why = standing.explain(owed.key, moment)
        return {
            "duty": found.pk,
            "clause": owed.clause,
            "due_at": local(why.due_at, found.subject.unit),
            "form": why.form,
            "said": why.said,
            "lines": list(lines_of(why)),
            "steps": [_step(one) for one in why.steps],
            "calendar": why.calendar,
            "provisional": why.provisional,
        }
    raise ProblemError("not-found")


def _step(step: Step) -> Plain:
    return {"kind": step.kind.name.lower(), "first": step.first, "last": step.last}


def _seen(request: HttpRequest, pk: int) -> Duty:
    who = caller(request)
    rows = Duty.objects.select_related("subject__unit").filter(pk=pk)
    return one_of(visible(who.person, rows, who.now))
