"""Mending an entry: the same fields as when it was written, with what was wrong put right."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from shouwen.desk.forms import ActForm
from shouwen.desk.matter import MatterPage
from shouwen.desk.mended import as_it_stands
from shouwen.desk.views.act import Answer, refusal, surroundings
from shouwen.desk.views.matter import seen_by
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NotRecorded
from shouwen.journal.models import Entry
from shouwen.journal.record import record

CORRECTED = "corrected"


class CorrectionForm(ActForm):
    """The corrected entry's own fields, and why."""

    why = forms.CharField(
        label=gettext_lazy("Why it is corrected"), widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def changes(self) -> dict[str, Any]:
        """What differs from the entry as it stands."""
        return {name: value for name, value in self.data_of_event().items() if self[name].name in self.changed_data}


def _target(page: MatterPage, seq: int) -> Entry:
    found = next((entry for entry in page.entries if entry.seq == seq), None)
    if found is None or found.by_id is None:
        raise Http404
    return found


def _standing(page: MatterPage, entry: Entry) -> dict[str, Any]:
    """The entry's data as the form shows it."""
    fields = page.journal.events[entry.type].fields
    data = as_it_stands(entry, page.journal.steps, page.sealed)
    return {
        name: datetime.fromisoformat(value) if fields[name].type == "instant" and "T" in str(value) else value
        for name, value in data.items()
        if name in fields
    }


def _form(page: MatterPage, entry: Entry, request: HttpRequest) -> CorrectionForm:
    initial = {"seen": page.subject.head_seq, **_standing(page, entry)}
    data = request.POST if request.method == "POST" else None
    posts = page.acting.posts(CORRECTED, None)
    form = CorrectionForm(page.event(entry.type), surroundings(page), posts, data, None, initial)
    # A file is not put right in place: it is added by a note, or erased.
    for name in [name for name, one in form.declared.items() if one.type == "file"]:
        del form.fields[name], form.declared[name]
    return form


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: UUID, seq: int) -> HttpResponse:
    """The entry's form again; what is sent is a correction, the entry itself stays in the journal."""
    page = seen_by(request, pk)
    entry = _target(page, seq)
    form = _form(page, entry, request)
    answer = Answer()
    if request.method == "POST":
        sent = _send(page, form, entry)
        if sent is None:
            messages.success(request, _("Recorded: %(what)s.") % {"what": page.event(CORRECTED).title})
            return redirect("desk:matter", pk=page.subject.pk)
        answer = sent
    title = page.event(CORRECTED).title
    context = {"page": page, "form": form, "answer": answer, "now": page.now, "entry": entry, "title": title}
    return render(request, "desk/correct.html", context, status=answer.status)


def _send(page: MatterPage, form: CorrectionForm, entry: Entry) -> Answer | None:
    if not form.is_valid():
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
    data: dict[str, Any] = {"entry": str(entry.seq), "reason": form.cleaned_data["why"], "data": form.changes()}
    if form.cleaned_data["at"]:
        data["at"] = cast("datetime", form.cleaned_data["at"])
    if not data["data"] and "at" not in data:
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, text=_("Nothing differs from what stands."))
    role = form.cleaned_data["post"]
    draft = Draft(
        page.subject, CORRECTED, data, post=role, key=form.cleaned_data["key"], seen=form.cleaned_data["seen"]
    )
    try:
        record(draft, actor=page.acting.actor(role))
    except NotRecorded as reason:
        return refusal(reason, form, page, [])
    return None
