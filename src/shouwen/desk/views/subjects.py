"""Opening a subject that no customer brings: its kind, then the fields that its regulation asks for."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouwen.customers.models import Customer
from shouwen.desk.drafts import recorded
from shouwen.desk.forms import Choices, EventForm, Surroundings
from shouwen.desk.intake import unit_choices
from shouwen.desk.reach import own_units
from shouwen.desk.views.act import Answer, kept_files, with_files
from shouwen.desk.words import named, naming, worded
from shouwen.governance.programs import program_for
from shouwen.insight.catalogue import catalogue
from shouwen.journal import clock
from shouwen.journal.acting import acting_from
from shouwen.journal.errors import Invalid, NoRoom, NotAllowed, room
from shouwen.journal.models import Subject, SubjectState
from shouwen.matters.subjects import kinds_here, open_subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit, UnitKind
from shouwen.policy.model import Kind

PARENTS = 200
"""Subjects that a new one may be placed under, the newest first."""
ALWAYS = frozenset({"kind", "period", "facts"})
"""What follows from the kind, or comes from elsewhere."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then its form; sent, the new subject's page."""
    person, now = cast("Person", request.user), clock.now()
    units = {str(one.pk): one for one in own_units(person, now) if one.kind != UnitKind.CONTRACTOR}
    given = request.POST.get("unit") or request.GET.get("unit", "")
    unit = units.get(given) or next(iter(units.values()), None)
    places = {pk: kinds_here(one, now) for pk, one in units.items()}
    kinds = {name: kind for here in places.values() for name, kind in here.items()}
    name = request.GET.get("kind", "")
    if unit is not None and name in kinds and name not in places[str(unit.pk)]:
        unit = next(one for pk, one in units.items() if name in places[pk])
    context: dict[str, Any] = {"kinds": sorted(kinds.values(), key=lambda one: one.title), "unit": unit}
    if unit is None or name not in kinds:
        return render(request, "desk/subject_kinds.html", context)
    own = unit_choices([one for pk, one in units.items() if name in places[pk]])
    form, parents = _form(request, person, unit, kinds[name], own, now)
    answer = Answer()
    if request.method == "POST":
        opened = _save(request, form, person, unit, kinds[name], parents, answer, now)
        if opened is not None:
            messages.success(request, _("Opened: %(number)s.") % {"number": opened.number})
            return recorded(redirect("desk:matter", pk=opened.pk), request.POST.get("key", ""))
    context |= {"form": form, "kind": kinds[name], "answer": answer}
    return render(request, "desk/subject_new.html", context, status=answer.status)


class OpenForm(EventForm):
    """The fields of ``opened``, and where."""

    unit = forms.ChoiceField()

    def place(self, choices: Choices, unit: Unit) -> None:
        self.fields["unit"] = forms.ChoiceField(choices=choices, label=_("Unit"), initial=str(unit.pk))
        self.fields["unit"].widget.attrs["class"] = "form-select"


def _form(
    request: HttpRequest, person: Person, unit: Unit, kind: Kind, units: Choices, now: datetime
) -> tuple[OpenForm, dict[str, Subject]]:
    """The form, and the subjects under which the new one may be placed."""
    parents: dict[str, Subject] = {}
    if kind.under:
        rows = visible(person, Subject.objects.filter(kind=kind.under, state=SubjectState.OPEN), now)
        newest = rows.select_related("unit").order_by("-opened_at")[:PARENTS]
        parents = {str(one.pk): one for one in newest}
    titles = catalogue().subjects
    program = program_for(unit, kind.name, now)
    around = Surroundings(
        program,
        ZoneInfo(unit.zone),
        kind.name,
        units=units,
        subjects=[(pk, named(one, titles)) for pk, one in parents.items()],
        filled=ALWAYS if kind.under else ALWAYS | {"parent"},
        name_of=naming(person, now),
    )
    event = worded(program.policy.events["opened"])
    if request.method == "POST":
        form = OpenForm(event, around, request.POST, request.FILES)
    else:
        form = OpenForm(event, around, initial={"parent": request.GET.get("parent", "")})
    form.place(units, unit)
    return form, parents


def _save(
    request: HttpRequest,
    form: OpenForm,
    person: Person,
    unit: Unit,
    kind: Kind,
    parents: Mapping[str, Subject],
    answer: Answer,
    now: datetime,
) -> Subject | None:
    """None where nothing was opened; the answer says why."""
    answer.files = kept_files(request, person)
    answer.status = HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.is_valid():
        return None
    try:
        with room():
            data, answer.files = with_files(form, answer.files, person)
            _check_customer(person, data, now)
            parent = parents.get(str(data.pop("parent", "")))
            actor = acting_from(person, unit, now)
            key = form.cleaned_data["key"]
            return open_subject(unit, kind.name, data, actor=actor, parent=parent, key=key)
    except Invalid as invalid:
        form.take_errors(invalid.errors)
    except NotAllowed as reason:
        answer.status, answer.text = HTTPStatus.FORBIDDEN, str(reason)
    except NoRoom as reason:
        answer.status, answer.text = HTTPStatus.INSUFFICIENT_STORAGE, str(reason)
    return None


def _check_customer(person: Person, data: Mapping[str, Any], now: datetime) -> None:
    """Ids come from the form: only whom the person's posts serve may be named. Raises Invalid."""
    ref = str(data.get("customer", ""))
    if ref and not (ref.isdecimal() and visible(person, Customer.objects.filter(pk=ref), now).exists()):
        raise Invalid({"customer": _("Choose one of those found.")})
