"""Matters and what is in them: read."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from shouwen.api import schemas
from shouwen.api.cursors import instant, page, whole
from shouwen.api.description import headers
from shouwen.api.filters import MatterFilter, Paging, narrowed_matters
from shouwen.api.models import Scope
from shouwen.api.nexts import form_for, intake_form, next_acts
from shouwen.api.problems import wrong
from shouwen.api.seeing import REASON, reach, reveal_reason, seen, unit_in_reach
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain, attachment_told, entry_told, local, subject_told
from shouwen.insight import search
from shouwen.insight.models import Line
from shouwen.journal import access_log
from shouwen.journal.models import AccessKind, Attachment, Content, Entry, Link, Subject
from shouwen.organisation.access import visible

router = Router(tags=["matters"])
READ = Bearer(Scope.MATTERS_READ)


class Order(Paging):
    order: Literal["opened", "updated"] = Field(
        "opened", description="opened: newest first. updated: least recently changed first, to keep a copy in step"
    )


def visible_matters(who: Caller, by: MatterFilter) -> QuerySet[Line]:
    """What the list shows and the count counts: lines of the ledger."""
    sought = search.read(by.q)
    rows = search.found(who.person, sought, who.now) if sought else visible(who.person, Line.objects.all(), who.now)
    return narrowed_matters(rows, by, who.now)


@router.get("/matters", auth=READ, response=schemas.Matters)
def list_matters(request: HttpRequest, by: Query[MatterFilter], paging: Query[Order]) -> Plain:
    """Matters and other subjects that the integration's posts see, by cursor.

    To keep a copy: ask with `order=updated` and `updated_since`, follow `next` to the end, and begin anew with the
    last `updated_at` seen.
    """
    order = ("-opened_at", "-pk") if paging.order == "opened" else ("recorded_at", "pk")
    rows = visible_matters(caller(request), by).select_related("subject__unit")
    found, following = page(rows, order, paging.cursor, paging.limit, (instant, whole))
    return {"items": [subject_told(one.subject) for one in found], "next": following}


@router.get("/matters/count", auth=READ, response=schemas.Count)
def count_matters(request: HttpRequest, by: Query[MatterFilter]) -> Plain:
    """How many the list with the same filters has."""
    return {"count": visible_matters(caller(request), by).count()}


@router.get("/intake-form", auth=READ, response=schemas.EventForm)
def read_intake_form(
    request: HttpRequest,
    unit: Annotated[schemas.Key, Query(description="Id of the unit that it is taken in for")],
    kind: Annotated[str, Query(min_length=1, max_length=64, description="Kind of subject")] = "complaint",
) -> Plain:
    """The form of what a matter of this kind is taken in with, by the policy in force in the unit now."""
    who = caller(request)
    return intake_form(unit_in_reach(who, unit, reach(who)), kind, who.now)


@router.get(
    "/matters/{uuid:matter}",
    auth=READ,
    response=schemas.Matter,
    openapi_extra={"responses": {200: {"headers": headers("ETag")}}},
)
def read_matter(request: HttpRequest, matter: UUID, response: HttpResponse) -> Plain:
    """One matter: its columns, categories and owner. The header `ETag` is for `If-Match` when recording."""
    subject = seen(request, matter)
    response["ETag"] = f'"{subject.head_seq}"'
    return subject_told(subject)


@router.get(
    "/matters/{uuid:matter}/entries",
    auth=READ,
    response=schemas.Entries,
    openapi_extra={
        "parameters": [
            {
                "in": "header",
                "name": REASON,
                "schema": {"type": "string", "maxLength": 600},
                "description": "With `content=true`: why the sealed content is needed; UTF-8, percent-encoded. Logged.",
            }
        ]
    },
)
def list_entries(
    request: HttpRequest,
    matter: UUID,
    paging: Query[Paging],
    content: Annotated[bool, Query(description="With what is sealed: needs the scope `reveal`, Access-Reason")] = False,
) -> Plain:
    """The journal, oldest entry first: envelopes, and sealed content where it was asked for with a reason."""
    subject = seen(request, matter)
    rows = Entry.objects.filter(subject=subject)
    found, following = page(rows, ("seq",), paging.cursor, paging.limit, (whole,))
    told = [entry_told(entry, subject.unit) for entry in found]
    if content:
        _reveal(request, subject, found, told)
    return {"items": told, "next": following}


def _reveal(request: HttpRequest, subject: Subject, entries: list[Entry], told: list[Plain]) -> None:
    who = caller(request)
    reason = reveal_reason(request)
    if not reason:
        raise wrong(_("This is required."), header=REASON)
    bodies = dict(Content.objects.filter(entry__in=entries).values_list("entry", "body"))
    access_log.looked(who.person, subject, "API: entries", kind=AccessKind.REVEALED, reason=reason)
    for entry, one in zip(entries, told, strict=True):
        one["content"] = orjson.loads(bodies.get(entry.pk) or "{}")


@router.get("/matters/{uuid:matter}/next", auth=READ, response=schemas.NextActs)
def read_next(request: HttpRequest, matter: UUID) -> Plain:
    """What may be done next, owed acts first by due time: roles, gates that shut it, and the form of its data."""
    who = caller(request)
    subject = seen(request, matter)
    return {"seq": subject.head_seq, "items": next_acts(subject, who.person, who.now)}


@router.get("/matters/{uuid:matter}/forms/{event}", auth=READ, response=schemas.EventForm)
def read_form(request: HttpRequest, matter: UUID, event: str) -> Plain:
    """The form of any event of this matter's policy."""
    return form_for(seen(request, matter), event)


@router.get("/matters/{uuid:matter}/attachments", auth=READ, response=schemas.Attachments)
def list_attachments(request: HttpRequest, matter: UUID) -> Plain:
    """Files that the matter's entries name; erased ones are gone."""
    subject = seen(request, matter)
    rows = Attachment.objects.filter(subject=subject, erased_at__isnull=True).order_by("uploaded_at", "pk")
    return {"items": [attachment_told(one, subject.unit.zone) for one in rows]}


@router.get("/matters/{uuid:matter}/links", auth=READ, response=schemas.Links)
def list_links(request: HttpRequest, matter: UUID) -> Plain:
    """Other subjects that it stands in a relation to, from both sides; only those that the integration sees."""
    who = caller(request)
    subject = seen(request, matter)
    shown = visible(who.person, Subject.objects.all(), who.now)
    own = Link.objects.filter(subject=subject).filter(Exists(shown.filter(pk=OuterRef("other"))))
    back = Link.objects.filter(other=subject).filter(Exists(shown.filter(pk=OuterRef("subject"))))
    told = []
    for direction, rows, end in (("to", own, "other"), ("from", back, "subject")):
        for role, pk, number, since in rows.values_list("role", F(f"{end}_id"), f"{end}__number", "since"):
            told.append(
                {
                    "role": role,
                    "direction": direction,
                    "other": pk,
                    "number": number,
                    "since": local(since, subject.unit),
                }
            )
    return {"items": told}
