"""The ledger (台账): the list with its totals, saved views, and the file that it is exported to."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shouwen.customers.models import Customer
from shouwen.customers.queries import kept_by
from shouwen.desk.customer_forms import ExportForm
from shouwen.desk.forms import Choices
from shouwen.desk.intake import unit_choices
from shouwen.desk.ledger import DUE, STATES, Asked, FilterForm, axis_choices, hidden_fields, of_view, read
from shouwen.desk.sheets import MEDIA_TYPE
from shouwen.insight import export as exporting
from shouwen.insight import ledger, search
from shouwen.insight.catalogue import Catalogue, catalogue
from shouwen.insight.columns import all_columns, value
from shouwen.insight.models import ExportJob, FirstView, JobState, Line
from shouwen.insight.views import MOST, delete_view, open_first, save_view, views_of
from shouwen.journal import access_log, clock
from shouwen.journal.errors import Invalid, NotRecorded
from shouwen.journal.models import AccessKind
from shouwen.organisation.models import Person, Unit, line_of
from shouwen.organisation.seats import seats
from shouwen.organisation.snapshot import snapshot, steady

SHORT = ("customer", "unit", "owner", "state", "channel", "kind")
"""Columns whose words are not broken."""


def _person(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def rows_asked(request: HttpRequest, asked: Asked, now: datetime) -> ledger.Ledger:
    person = _person(request)
    return ledger.ledger(person, asked.chosen, now, exporting.zone_of(person, now))


def own_units(person: Person, now: datetime) -> Choices:
    """The units in which the person's posts lie, and those that they work for: views are shared with them."""
    known = snapshot().units
    ids = {pk for seat in seats(person, now) for pk in (seat.unit.pk, line_of(seat.reach)[-1])}
    return unit_choices(sorted((known[pk] for pk in ids), key=lambda unit: unit.line))


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every matter that the person may see, under the address's filter; a search for words is written down."""
    with steady():
        return _index(request)


def _index(request: HttpRequest) -> HttpResponse:
    person, now = _person(request), clock.now()
    views = list(views_of(person, now))
    if not request.GET:
        first = (
            FirstView.objects.filter(person=person, view__in=views).select_related("view").first() if views else None
        )
        if first is not None:
            return redirect(f"{reverse('desk:ledger')}?{of_view(first.view)}&view={first.view_id}")
    words = catalogue()
    asked = read(request.GET, words)
    found = rows_asked(request, asked, now)
    totals = ledger.totals(found.counted, now)
    page = ledger.page(found.rows, asked.sort, after=asked.after, before=asked.before)
    if asked.chosen.q and page.lines:
        shown = sorted({line.customer for line in page.lines if line.customer})
        if shown:
            access_log.looked(person, None, "ledger", kind=AccessKind.SEARCHED, customers=shown)
    sought = search.read(asked.chosen.q, exact=asked.chosen.exact)
    context = {
        "asked": asked,
        "page": page,
        "listed": _listed(page.lines, asked, words),
        "totals": totals,
        "capped": found.capped,
        "most": ledger.MANY,
        "form": FilterForm(asked, words, person, now),
        "other": words.subjects.get(asked.chosen.kind) if asked.chosen.kind in words.others else None,
        "axes": axis_choices(asked, words),
        "axis_chosen": {name: f"{name}={one}" for name, one in asked.chosen.axes},
        "states": STATES.items(),
        "dues": DUE.items(),
        "otherwise": sought.otherwise if sought else [],
        "views": views,
        "view": next((view for view in views if str(view.pk) == request.GET.get("view")), None),
        "all_columns": all_columns(words),
        "short": SHORT,
        "units": own_units(person, now),
        "carried": hidden_fields(request, "state", "after", "before", "view"),
        "kept": hidden_fields(request, "columns", "after", "before"),
        "now": now,
    }
    return render(request, "desk/ledger.html", context)


def _listed(lines: list[Line], asked: Asked, words: Catalogue) -> list[tuple[Line, list[tuple[Any, Any]]]]:
    """Each line with (column, value) in the order of the columns."""
    return [(line, [(column, value(line, column, words)) for column in asked.columns]) for line in lines]


@login_required
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """The list's former address."""
    return redirect(f"{reverse('desk:ledger')}{'?' if request.GET else ''}{request.GET.urlencode()}")


@login_required
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """How many of each category, of the same rows as the list."""
    now = clock.now()
    asked = read(request.GET, catalogue())
    found = rows_asked(request, asked, now)
    groups = ledger.by_category(found.counted, now)
    return render(request, "desk/parts/ledger_categories.html", {"groups": groups, "asked": asked})


# --- saved views ----------------------------------------------------------------------------


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filter, columns and order under a name."""
    person, now = _person(request), clock.now()
    asked = read(request.GET, catalogue())
    unit = request.POST.get("shared_with", "")
    shared = Unit.objects.filter(pk=unit[:18]).first() if unit.isdecimal() else None
    try:
        view = save_view(person, request.POST.get("name", ""), asked.query, asked.names, asked.sort, now, shared)
    except NotRecorded as reason:
        said = "；".join(reason.errors.values()) if isinstance(reason, Invalid) else str(reason)
        messages.error(request, said)
        return redirect(f"{reverse('desk:ledger')}?{asked.address}")
    if request.POST.get("first"):
        open_first(person, view)
    messages.success(request, _("View “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{reverse('desk:ledger')}?{of_view(view)}&view={view.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """One's views and those shared with one: open first, delete."""
    person, now = _person(request), clock.now()
    seen = views_of(person, now)
    if request.method == "POST":
        pk = request.POST.get("view", "")
        view = seen.filter(pk=pk[:18]).first() if pk.isdecimal() else None
        if request.POST.get("do") == "none":
            open_first(person, None)
        elif view is None:
            raise Http404
        elif request.POST.get("do") == "first":
            open_first(person, view)
        elif request.POST.get("do") == "delete":
            try:
                delete_view(person, view)
            except NotRecorded as reason:
                raise PermissionDenied(str(reason)) from reason
        return redirect("desk:ledger-views")
    first = FirstView.objects.filter(person=person).values_list("view", flat=True).first()
    listed = [(view, of_view(view)) for view in seen]
    return render(request, "desk/ledger_views.html", {"listed": listed, "first": first, "most": MOST})


# --- export ---------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the list as an Excel file: asked why, written down for every customer in it."""
    person, now = _person(request), clock.now()
    asked = read(request.GET, catalogue())
    count = rows_asked(request, asked, now).rows.count()
    keeps = kept_by(person, Customer.objects.all(), now).exists()
    form = ExportForm(request.POST if request.method == "POST" else None, may_whole=keeps)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid() and count:
        whole = form.cleaned_data.get("whole") == "whole"
        reason = form.cleaned_data["reason"]
        exporting.ask(person, asked.chosen, asked.names, asked.sort, reason=reason, whole=whole)
        return redirect("desk:ledger-exports")
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "count": count, "at_once": exporting.AT_ONCE, "asked": asked}
    return render(request, "desk/ledger_export.html", context, status=status)


@login_required
@never_cache
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The files that one asked for within a day; the page asks again while one of them is being made."""
    asked = ExportJob.objects.filter(person=_person(request), asked_at__gt=clock.now() - exporting.KEPT)
    jobs = list(asked.order_by("-asked_at"))
    waiting = any(job.state == JobState.RUNNING for job in jobs)
    template = "desk/parts/ledger_exports.html" if request.headers.get("HX-Request") else "desk/ledger_exports.html"
    return render(request, template, {"jobs": jobs, "waiting": waiting, "now": clock.now()})


@login_required
@never_cache
@require_safe
def export_file(request: HttpRequest, pk: UUID) -> FileResponse:
    """The file, for who asked for it alone."""
    since = clock.now() - exporting.KEPT
    job = get_object_or_404(ExportJob, pk=pk, person=_person(request), state=JobState.DONE, asked_at__gt=since)
    path = exporting.path_of(job)
    if not path.is_file():
        raise Http404
    name = _("Ledger %(at)s.xlsx") % {"at": f"{exporting_local(job):%Y-%m-%d %H%M}"}
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "private, no-store"
    return answer


def exporting_local(job: ExportJob) -> datetime:
    return job.asked_at.astimezone(exporting.zone_of(job.person, job.asked_at))
