"""Writing an entry: the form that the event declares, and what ``record()`` answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from shouwen.desk.drafts import recorded
from shouwen.desk.forms import ActForm, EventForm, Surroundings, Upload
from shouwen.desk.hints import openings_of, surely
from shouwen.desk.matter import MatterPage
from shouwen.desk.prefill import of_duty, single
from shouwen.desk.reach import own_units
from shouwen.desk.timeline import Told
from shouwen.desk.views.matter import seen_by
from shouwen.desk.words import naming
from shouwen.engine import STANDING, Owed, Shut
from shouwen.governance.terms import offered
from shouwen.journal import attachments
from shouwen.journal.checks import is_id
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Invalid, NoRoom, NotAllowed, NotRecorded, Refused, Stale
from shouwen.journal.models import Attachment, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import COUNTERPARTS, UNDOES, relate
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit, UnitKind
from shouwen.policy.asked import equalities

FILLED = {
    "joined": frozenset({"role"}),
    **dict.fromkeys(("left", "merged", "unmerged"), frozenset({"role", "households"})),
}
"""What is not asked of acts that concern two matters: which is part of which follows from the two."""


@dataclass
class Answer:
    """What ``record()`` said against an act, for the page."""

    status: int = HTTPStatus.OK
    shut: tuple[Shut, ...] = ()
    since: list[Told] = field(default_factory=list)
    roles: tuple[str, ...] = ()
    text: str = ""
    files: list[Attachment] = field(default_factory=list)


def surroundings(page: MatterPage, event: str = "") -> Surroundings:
    """What this matter's forms can offer, the one of ``event`` above all."""
    assert page.journal.program is not None
    contractors = Unit.objects.holding(page.now).filter(kind=UnitKind.CONTRACTOR)
    return Surroundings(
        page.journal.program,
        page.journal.zone,
        page.subject.kind,
        orders=page.orders,
        terms=offered(page.subject.unit, page.now),
        duties=[
            (owed.key, f"{page.title_of(owed)} {owed.instance or ''}".strip())
            for owed in page.owed
            if owed.state in STANDING
        ],
        entries=[(str(step.seq), page.titles["entry", str(step.seq)]) for step in page.journal.steps],
        units=[
            (str(unit.pk), f"{'　' * (len(unit.line) - 1)}{unit.name}") for unit in own_units(page.person, page.now)
        ],
        contractors=tuple(contractors.values_list("name", flat=True)),
        subjects=[(str(one.pk), one.number) for one in page.near.undone_by(event)] if event in UNDOES else None,
        filled=FILLED.get(event, frozenset()),
        name_of=naming(page.person, page.now),
    )


def _owed(page: MatterPage, key: str) -> Owed | None:
    return next((owed for owed in page.owed if owed.key == key), None)


def _prefilled(page: MatterPage, event: str, query: Mapping[str, str], owed: Owed | None) -> dict[str, Any]:
    """What the duty or gate that led here asks of the act: its instance, and what the rule says outright."""
    fields = page.journal.events[event].fields
    found: dict[str, Any] = {}
    if owed is not None:
        found |= of_duty(owed.rule, owed)
    gate = next((shut.gate for _title, shut in page.gates if shut.gate.id == query.get("gate")), None)
    if gate is not None:
        for until in openings_of(gate):
            if until.happening.event == event and until.happening.where is not None:
                found |= equalities(until.happening.where.tree)
        if gate.per and query.get("instance"):
            found[gate.per] = query["instance"]
    # What an answer is about: the duty, and the entry that asked.
    found |= {name: query[name] for name in ("duty", "entry") if query.get(name)}
    return single(fields, found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """The form of one event upon one matter: shown, or sent."""
    page = seen_by(request, pk)
    if event not in page.journal.events or page.journal.program is None:
        raise Http404
    declared = page.event(event)
    if declared.implied:
        raise Http404
    owed = _owed(page, request.GET.get("duty", ""))
    posts = page.acting.posts(event, owed)
    around = surroundings(page, event)
    if request.method != "POST":
        initial = _prefilled(page, event, request.GET.dict(), owed)
        form = ActForm(declared, around, posts, initial={"seen": page.subject.head_seq, **initial})
        return _show(request, page, form, owed, _beforehand(page, event, initial))
    form = ActForm(declared, around, posts, request.POST, request.FILES)
    answer = _send(page, form, request)
    if answer is None:
        messages.success(request, _("Recorded: %(what)s.") % {"what": declared.title})
        address = reverse("desk:matter", args=[page.subject.pk])
        answered = HttpResponseClientRedirect(address) if _by_htmx(request) else redirect(address)
        return recorded(answered, request.POST.get("key", ""))
    return _show(request, seen_by(request, pk), form, owed, answer)


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _beforehand(page: MatterPage, event: str, data: Mapping[str, Any]) -> Answer:
    """What is known before anything is sent: no power, or a gate that is shut."""
    if not page.acting.may(event):
        roles = page.journal.standing.may(event) if page.journal.standing else None
        return Answer(roles=roles or (), text=_("You hold no post that may do this."))
    shut = page.journal.standing.shut(event, data) if page.journal.standing else []
    return Answer(shut=surely(shut, event))


def _send(page: MatterPage, form: ActForm, request: HttpRequest) -> Answer | None:
    """None once it is written; else why not. Files that were taken in are kept for the next try."""
    if not form.is_valid():
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, files=kept_files(request, page.person))
    kept = kept_files(request, page.person)
    try:
        data, kept = with_files(form, kept, page.person)
        role = form.cleaned_data["post"] or next(iter(page.acting.posts(form.event.name, None)), "")
        draft = Draft(
            page.subject,
            form.event.name,
            data,
            at=cast("datetime | None", form.cleaned_data["at"]),
            post=role,
            key=form.cleaned_data["key"],
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason_late"],
        )
        _record(draft, page, page.acting.actor(role))
    except NotRecorded as reason:
        return refusal(reason, form, page, kept)
    return None


def _record(draft: Draft, page: MatterPage, actor: Actor) -> None:
    """Write it, in both journals where it concerns two."""
    if draft.type not in COUNTERPARTS:
        record(draft, actor=actor)
        return
    named = str(draft.data.get("other", ""))
    seen = visible(page.person, Subject.objects.filter(pk=named), page.now) if is_id(named) else Subject.objects.none()
    other = seen.select_related("unit").first()
    if other is None:
        raise Invalid({"other": _("Choose one of the matters found.")})
    relate(draft, other, actor=actor)


def refusal(reason: NotRecorded, form: ActForm, page: MatterPage, kept: list[Attachment]) -> Answer:
    """Why nothing was written, at the fields or for the whole form."""
    if isinstance(reason, Refused):
        return Answer(HTTPStatus.CONFLICT, shut=reason.shut, files=kept)
    if isinstance(reason, Stale):
        return _stale(form, reason, page, kept)
    if isinstance(reason, Invalid):
        form.take_errors({"reason_late" if name == "reason" else name: text for name, text in reason.errors.items()})
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, files=kept)
    if isinstance(reason, NotAllowed):
        return Answer(HTTPStatus.FORBIDDEN, roles=reason.roles, text=str(reason), files=kept)
    status = HTTPStatus.INSUFFICIENT_STORAGE if isinstance(reason, NoRoom) else HTTPStatus.CONFLICT
    return Answer(status, text=str(reason), files=kept)


def _stale(form: ActForm, stale: Stale, page: MatterPage, kept: list[Attachment]) -> Answer:
    """Others wrote meanwhile: their entries are shown, what was typed stays, the next try is against the new head."""
    fresh = MatterPage(page.subject, page.person, page.now)
    fresh.subject.refresh_from_db(fields=["head_seq", "state"])
    typed = form.data.copy()  # type: ignore[attr-defined]
    typed["seen"] = str(fresh.subject.head_seq)
    form.data = typed
    told = fresh.told_since({entry.seq for entry in stale.since})
    return Answer(HTTPStatus.CONFLICT, since=told, files=kept)


def kept_files(request: HttpRequest, person: Person) -> list[Attachment]:
    """Files of an earlier try that this person uploaded and no entry names yet."""
    ids = attachments.existing(request.POST.getlist("kept_files"))
    return list(Attachment.objects.filter(pk__in=ids, uploaded_by=person, subject__isnull=True))


def with_files(form: EventForm, kept: list[Attachment], person: Person) -> tuple[dict[str, Any], list[Attachment]]:
    """The event's data with uploaded files taken in and named by their ids."""
    data = form.data_of_event()
    for name, one in form.declared.items():
        if one.type != "file":
            continue
        uploads: list[Upload] = data.pop(name, [])
        for upload in uploads:
            try:
                kept = [*kept, attachments.keep(upload, upload.name or "", person)]
            except Invalid as invalid:
                raise Invalid({name: "；".join(invalid.errors.values())}) from invalid
        if kept:
            ids = [str(one.pk) for one in kept]
            data[name] = ids if one.many else ids[0]
    return data, kept


def _show(request: HttpRequest, page: MatterPage, form: ActForm, owed: Owed | None, answer: Answer) -> HttpResponse:
    template = "desk/parts/act.html" if _by_htmx(request) else "desk/act.html"
    context = {"page": page, "form": form, "owed": owed, "answer": answer, "now": page.now, "event": form.event}
    return render(request, template, context, status=answer.status)
