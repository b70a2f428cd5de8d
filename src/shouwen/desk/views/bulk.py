"""One act upon many matters of the ledger (批量办理): chosen, previewed, done, with a result for each."""

from collections import Counter
from http import HTTPStatus
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouwen.desk.forms import EventForm, Surroundings
from shouwen.desk.ledger import read
from shouwen.desk.reach import own_units
from shouwen.desk.views.ledger import rows_asked
from shouwen.desk.words import naming
from shouwen.engine import Program
from shouwen.governance.programs import program_of
from shouwen.insight import bulk
from shouwen.insight.catalogue import catalogue
from shouwen.insight.models import BulkJob, JobState, Outcome
from shouwen.journal import clock
from shouwen.journal.checks import is_id
from shouwen.journal.errors import Invalid
from shouwen.journal.models import Subject
from shouwen.organisation.models import Person, Unit, UnitKind
from shouwen.policy.model import EventType

COMMON = ("assigned", "reassigned", "handover_offered", "classified", "urged", "progress_told", "joined", "closed")
"""Acts that are offered first."""
SHOWN = 200
"""Rows of the result that one page lists, those that failed first."""


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Take the matters that were ticked, or all that the filter finds; what is to be done is asked next."""
    person, now = cast("Person", request.user), clock.now()
    asked = read(request.GET, catalogue())
    rows = rows_asked(request, asked, now).rows
    if request.POST.get("all"):
        chosen = list(rows.order_by("-id").values_list("subject_id", flat=True)[: bulk.MOST + 1])
    else:
        ticked = [UUID(one) for one in request.POST.getlist("matter") if is_id(one)]
        chosen = list(rows.filter(subject__in=ticked).values_list("subject_id", flat=True))
    try:
        job = bulk.prepare(person, "", {}, chosen)
    except Invalid as invalid:
        messages.warning(request, "；".join(invalid.errors.values()))
        return redirect(f"/ledger/?{asked.address}")
    return redirect("desk:bulk", job.pk)


def _job(request: HttpRequest, pk: UUID) -> BulkJob:
    return get_object_or_404(BulkJob.objects.select_related("person"), pk=pk, person=cast("Person", request.user))


def _subject(job: BulkJob) -> Subject:
    """By whose regulation the form is made: the first's; what does not fit another is told for that one."""
    subjects = Subject.objects.filter(pk__in=job.rows.values("subject"), policy_version__isnull=False)
    found = subjects.select_related("unit").order_by("-opened_at").first()
    if found is None:
        raise Http404
    return found


def _program(subject: Subject) -> Program:
    assert subject.policy_version_id is not None
    return program_of(subject.policy_version_id, subject.unit, subject.calendar_version_id)


def _around(subject: Subject, event: EventType, person: Person) -> Surroundings:
    now = clock.now()
    left_out = {name for name, field in event.fields.items() if field.type in bulk.OWN | bulk.LEFT_OUT}
    contractors = Unit.objects.holding(now).filter(kind=UnitKind.CONTRACTOR).values_list("name", flat=True)
    units = [(str(unit.pk), f"{'　' * (len(unit.line) - 1)}{unit.name}") for unit in own_units(person, now)]
    return Surroundings(
        _program(subject),
        ZoneInfo(subject.unit.zone),
        subject.kind,
        units=units,
        contractors=tuple(contractors),
        filled=frozenset(left_out | ({"role"} if event.name == "joined" else set())),
        name_of=naming(person, now),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the bulk act stands: which act, its form, its preview, how far it is, what came of it."""
    found = _job(request, pk)
    if found.state != JobState.DRAFT:
        return _results(request, found)
    subject = _subject(found)
    acts = bulk.offered(_program(subject).policy)
    name = request.GET.get("event", found.event)
    event = next((one for one in acts if one.name == name), None)
    context = {"job": found, "count": found.rows.count(), "acts": acts, "event": event, "now": clock.now()}
    context["common"] = COMMON
    if event is None:
        return render(request, "desk/bulk_act.html", context)
    around = _around(subject, event, found.person)
    if request.method == "POST":
        form = EventForm(event, around, request.POST)
        if form.is_valid():
            found.event, found.data = event.name, form.data_of_event()
            found.save(update_fields=["event", "data"])
            return redirect("desk:bulk", found.pk)
        context["form"] = form
        return render(request, "desk/bulk_form.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if "event" in request.GET:
        context["form"] = EventForm(event, around, initial=found.data if found.event == event.name else None)
        return render(request, "desk/bulk_form.html", context)
    rows = bulk.preview(found)
    counts = Counter(row.outcome for row in rows)
    context |= {"rows": rows, "good": counts[Outcome.RECORDED], "previewed": bulk.PREVIEWED}
    return render(request, "desk/bulk_preview.html", context)


def _results(request: HttpRequest, found: BulkJob) -> HttpResponse:
    counts = Counter(found.rows.values_list("outcome", flat=True))
    rows = found.rows.exclude(outcome=Outcome.WAITING).select_related("subject__unit")
    failed = list(rows.exclude(outcome=Outcome.RECORDED).order_by("place")[:SHOWN])
    recorded = list(rows.filter(outcome=Outcome.RECORDED).order_by("place")[: SHOWN - len(failed)])
    event = _program(_subject(found)).policy.events.get(found.event)
    total = sum(counts.values())
    context = {
        "job": found,
        "event": event,
        "counts": [(label, counts[name]) for name, label in Outcome.choices if counts[name]],
        "total": total,
        "done": total - counts[Outcome.WAITING],
        "failed": sum(n for name, n in counts.items() if name not in (Outcome.RECORDED, Outcome.WAITING)),
        "rows": [*failed, *recorded],
        "running": found.state == JobState.RUNNING,
    }
    part = "desk/parts/bulk_results.html" if request.headers.get("HX-Request") else "desk/bulk_results.html"
    return render(request, part, context)


@login_required
@require_POST
def do(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Do it; a job that stopped half way goes on with what still waits."""
    found = _job(request, pk)
    if not found.event:
        raise Http404
    if found.state != JobState.DONE:
        bulk.start(found)
    return redirect("desk:bulk", found.pk)


@login_required
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same act upon those in which nothing was written, as a new job."""
    try:
        made = bulk.again(_job(request, pk))
    except Invalid:
        messages.info(request, _("Nothing failed: there is nothing to try again."))
        return redirect("desk:bulk", pk)
    return redirect("desk:bulk", made.pk)
