"""Causes (群诉事由): what many customers complain of alike, the matters joined to it, joining and leaving."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shouwen.desk import workbench as queries
from shouwen.desk.forms import Combobox
from shouwen.desk.words import naming
from shouwen.journal import clock
from shouwen.journal.acting import acting_from
from shouwen.journal.checks import is_id
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid, NotRecorded
from shouwen.journal.models import Subject, SubjectState
from shouwen.matters.actions import CAUSE, leave_cause, open_cause, relate
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit

CHOSEN_AT_ONCE = 200


class CauseForm(forms.Form):
    """How many homes are affected in all, where it is known."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    households = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        label=gettext_lazy("Households affected"),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )


class JoinForm(CauseForm):
    """One more matter for a cause."""

    matter = forms.CharField(label=gettext_lazy("Matter"))

    def __init__(self, person: Person, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        names = naming(person, clock.now())
        self.fields["matter"].widget = Combobox("subject", reverse_lazy("desk:find-matters"), names)


def _fresh() -> dict[str, str]:
    return {"key": uuid4().hex}


def _chosen(person: Person, ids: Iterable[str]) -> list[Subject]:
    """Those of the matters named that the person sees, oldest first."""
    named = [one for one in ids if is_id(one)][:CHOSEN_AT_ONCE]
    rows = visible(person, Subject.objects.filter(pk__in=named, matter=True), clock.now())
    return list(rows.select_related("unit", "owner_person", "owner_post").order_by("opened_at", "number"))


def _cause(person: Person, pk: UUID) -> Subject:
    rows = visible(person, Subject.objects.filter(kind=CAUSE), clock.now())
    return get_object_or_404(rows.select_related("unit"), pk=pk)


def _common_unit(matters: list[Subject]) -> Unit:
    """The lowest unit that all the matters lie under. Raises Http404 where there is none."""
    lines = [matter.unit.line for matter in matters]
    shared = [steps[0] for steps in zip(*lines, strict=False) if len(set(steps)) == 1]
    if not shared:
        raise Http404
    return Unit.objects.get(pk=shared[-1])


def _why(reason: NotRecorded) -> str:
    return "；".join(reason.errors.values()) if isinstance(reason, Invalid) else str(reason)


@login_required
@require_safe
def causes(request: HttpRequest) -> HttpResponse:
    """Every cause that the person may see, latest first, with how many matters are joined to it."""
    person = cast("Person", request.user)
    now = clock.now()
    joined = Q(linked_from__role="part_of", linked_from__subject__in=visible(person, Subject.objects.all(), now))
    rows = visible(person, Subject.objects.filter(kind=CAUSE), now).annotate(
        matters=Count("linked_from", filter=joined),
        open_matters=Count("linked_from", filter=joined & Q(linked_from__subject__state=SubjectState.OPEN)),
    )
    number = request.GET.get("page", "1")
    page = Paginator(rows.select_related("unit").order_by("-opened_at", "-number"), queries.PAGE).get_page(number)
    return render(request, "desk/causes.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A cause of the matters chosen in the list, or of one matter from its page."""
    person = cast("Person", request.user)
    posted = request.method == "POST"
    chosen = _chosen(person, (request.POST if posted else request.GET).getlist("matter"))
    if not chosen:
        messages.warning(request, _("Choose at least one matter first."))
        return redirect("desk:matters")
    unit = _common_unit(chosen)
    form = CauseForm(request.POST if posted else None, initial=_fresh())
    status, error = HTTPStatus.OK, ""
    if posted and form.is_valid():
        try:
            cause = open_cause(
                unit,
                chosen,
                actor=acting_from(person, unit, clock.now()),
                households=form.cleaned_data["households"],
                key=form.cleaned_data["key"],
            )
        except NotRecorded as reason:
            status, error = HTTPStatus.CONFLICT, _why(reason)
        else:
            messages.success(request, _("Cause %(number)s is open.") % {"number": cause.number})
            return redirect("desk:cause", cause.pk)
    elif posted:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "chosen": chosen, "unit": unit, "error": error}
    return render(request, "desk/cause_new.html", context, status=status)


def _show(request: HttpRequest, cause: Subject, form: JoinForm, error: str = "") -> HttpResponse:
    person, now = cast("Person", request.user), clock.now()
    joined = Subject.objects.filter(links__other=cause, links__role="part_of")
    rows = queries.with_next_due(visible(person, joined, now)).order_by(*queries.NEXT_DUE)
    page = Paginator(rows, queries.PAGE).get_page(request.GET.get("page", "1"))
    subjects = list(page.object_list)
    customers = queries.masked_customers(subjects)
    context = {
        "cause": cause,
        "page": page,
        "listed": [(subject, customers.get(str(subject.pk), "")) for subject in subjects],
        # Of confidential ones not even their number is told.
        "hidden": joined.filter(confidential=False).exclude(pk__in=visible(person, joined, now)).count(),
        "form": form,
        "error": error,
        "leave_key": uuid4().hex,
        "now": now,
    }
    failed = bool(error or form.errors)
    return render(request, "desk/cause.html", context, status=HTTPStatus.CONFLICT if failed else HTTPStatus.OK)


@login_required
@require_safe
def cause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One cause: its matters with state and due time."""
    person = cast("Person", request.user)
    return _show(request, _cause(person, pk), JoinForm(person, initial=_fresh()))


@login_required
@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Join one more matter, in both journals."""
    person = cast("Person", request.user)
    found, form = _cause(person, pk), JoinForm(person, request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    chosen = _chosen(person, [form.cleaned_data["matter"]])
    if not chosen:
        return _show(request, found, form, _("Choose one of the matters found."))
    given = {"other": str(found.pk), "households": form.cleaned_data["households"]}
    draft = Draft(chosen[0], "joined", given, key=form.cleaned_data["key"])
    try:
        relate(draft, found, actor=acting_from(person, chosen[0].unit, clock.now()))
    except NotRecorded as reason:
        return _show(request, found, form, _why(reason))
    messages.success(request, _("%(number)s is joined.") % {"number": chosen[0].number})
    return redirect("desk:cause", found.pk)


@login_required
@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one matter out of its cause, in both journals."""
    person = cast("Person", request.user)
    found = _cause(person, pk)
    matter = next(iter(_chosen(person, [request.POST.get("matter", "")])), None)
    if matter is None:
        raise Http404
    try:
        key = f"{request.POST.get('key', '')[:64]}:{matter.pk}"
        leave_cause(found, matter, actor=acting_from(person, matter.unit, clock.now()), key=key)
    except NotRecorded as reason:
        return _show(request, found, JoinForm(person, initial=_fresh()), _why(reason))
    messages.success(request, _("%(number)s has left the cause.") % {"number": matter.number})
    return redirect("desk:cause", found.pk)
