"""Several duties of one's own kept at once, with one attachment for all."""

from http import HTTPStatus
from typing import cast
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouwen.desk import keeping
from shouwen.desk.drafts import recorded
from shouwen.desk.forms import FilesField
from shouwen.desk.keeping import MOST
from shouwen.desk.workbench import BY_DUE, STANDING
from shouwen.journal import attachments, clock
from shouwen.journal.errors import Invalid, NoRoom
from shouwen.journal.models import Duty
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person


class KeepForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    attached = FilesField(required=False, label=_("Attachment for all"))

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]  # as forms.Form takes them
        self.label_suffix = ""
        self.fields["attached"].shape = "line"  # type: ignore[attr-defined]
        self.fields["attached"].wide = True  # type: ignore[attr-defined]
        self.fields["attached"].widget.attrs["class"] = "form-control"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """What would be written for each of those picked, then what came of it."""
    person, now = cast("Person", request.user), clock.now()
    asked = request.POST if request.method == "POST" else request.GET
    picked = [one for one in asked.getlist("duty") if one.isdecimal() and len(one) < 16][:MOST]
    rows = visible(person, Duty.objects.filter(pk__in=picked), now)
    if request.method != "POST":
        rows = rows.filter(state__in=STANDING)
    duties = list(rows.select_related("subject__unit", "unit", "post", "person").order_by(*BY_DUE))
    if not duties:
        return redirect("desk:workbench")
    ready = keeping.keepable(duties, person, now)
    context = {"ready": ready, "now": now, "count": sum(not one.hinders for one in ready)}
    if request.method != "POST":
        return render(request, "desk/keep.html", {**context, "form": KeepForm(initial={"key": uuid4().hex})})
    form = KeepForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            files = [attachments.keep(one, one.name or "", person) for one in form.cleaned_data["attached"]]
            kept = keeping.keep_all(ready, files, form.cleaned_data["key"])
        except Invalid as reason:
            form.add_error("attached", "；".join(map(str, reason.errors.values())))
        except NoRoom as reason:
            form.add_error(None, str(reason))
        else:
            done = sum(one.state in keeping.DONE and not one.refused for one in kept)
            answer = render(request, "desk/kept.html", {"kept": kept, "done": done, "now": now, "files": files})
            return recorded(answer, form.cleaned_data["key"])
    return render(request, "desk/keep.html", {**context, "form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
