"""Recording: intake, acts and facts, batches. Everything goes through the journal's own door.

On the router of the matters: the library takes all methods of an address from one router.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from shouwen.api import schemas
from shouwen.api.description import headers
from shouwen.api.filters import STANDING
from shouwen.api.models import Scope
from shouwen.api.once import HEADER, Done, once
from shouwen.api.problems import ProblemError, body_of, wrong
from shouwen.api.refusals import refusal
from shouwen.api.routes.matters import router
from shouwen.api.seeing import acting, reach, seen, unit_in_reach
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import duty_told, entry_told, subject_told
from shouwen.journal.acting import Acting, open_journal
from shouwen.journal.checks import is_id
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.errors import Invalid, NotRecorded
from shouwen.journal.models import Duty, Subject
from shouwen.journal.record import record, record_batch
from shouwen.matters.actions import COUNTERPARTS, drafts_in_both
from shouwen.organisation.access import visible
from shouwen.organisation.seats import Seat
from shouwen.organisation.snapshot import steady

RECORD = Bearer(Scope.MATTERS_RECORD)
IF_MATCH = re.compile(r'(?:W/)?"(\d{1,9})"')
KEYED: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "description": "The same key with the same body is done once and answered alike; with another body it is a 422.",
}
MATCHED: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "`ETag` of the matter as the caller knows it; others' entries since are a 409 `stale`.",
}
WRITTEN = {201: {"headers": headers("Location", "ETag")}, 200: {"headers": headers("ETag")}}
DryRun = Annotated[bool, Query(description="Check and compute everything, write nothing; answered 200")]
WITH_KEY = {"parameters": [KEYED]}


@router.post(
    "/matters",
    auth=RECORD,
    response={201: schemas.Recorded, 200: schemas.Recorded},
    openapi_extra=WITH_KEY | {"responses": WRITTEN},
    tags=["recording"],
)
def take_in(request: HttpRequest, body: schemas.Intake, dry_run: DryRun = False) -> HttpResponse:
    """Take a matter in (接诉): it has a number, an owner and its duties when this answers.

    The integration's person is first asked, unless `data.first_asked` names somebody. What `data` holds is said by
    `GET /intake-form`.
    """
    who = caller(request)

    def work(key: str | None) -> Done:
        with steady():
            held = reach(who)
            unit = unit_in_reach(who, body.unit, held)
            new = NewSubject(body.kind, unit)
            drafts = [Draft(new, "received", body.data, at=body.at, key=key, reason=body.reason)]
            if body.repeat_of is not None:
                link = {"other": str(body.repeat_of), "role": "repeat_of"}
                drafts.append(Draft(new, "linked", link, as_fact=True))
            try:
                written = record(*drafts, actor=acting(who, unit, held), now=who.now)
            except Invalid as reason:
                raise _intake_problem(reason, body) from reason
            except NotRecorded as reason:
                raise refusal(reason, body.data) from reason
        return _done(written, who, dry_run=dry_run)

    return once(request, schemas.Recorded, work, dry_run=dry_run)


def _intake_problem(reason: Invalid, body: schemas.Intake) -> ProblemError:
    """A link's ``other`` is called ``repeat_of`` here."""
    if body.repeat_of is not None and "other" in reason.errors:
        return wrong(reason.errors["other"], pointer="#/repeat_of")
    return refusal(reason, body.data)


@router.post(
    "/matters/{uuid:matter}/entries",
    auth=RECORD,
    response={201: schemas.Recorded, 200: schemas.Recorded},
    openapi_extra={"parameters": [KEYED, MATCHED], "responses": WRITTEN},
    tags=["recording"],
)
def record_entry(request: HttpRequest, matter: UUID, body: schemas.Act, dry_run: DryRun = False) -> HttpResponse:
    """Record an act or a fact of one matter.

    An act may be refused: 409 `gate-shut` names each gate, its clause, what is missing and who can open it; 403
    `not-allowed` names the roles whose act it is. A fact is always written, and with it a breach where a gate was shut.
    """
    who = caller(request)
    subject = seen(request, matter)
    known = _known_seq(request, body.seq)

    def work(key: str | None) -> Done:
        try:
            draft = _draft(subject, body, key, known)
            written = record(*_call(draft, who), actor=_actor(subject, body, who), now=who.now)
        except NotRecorded as reason:
            raise refusal(reason, body.data) from reason
        return _done(written, who, dry_run=dry_run)

    return once(request, schemas.Recorded, work, dry_run=dry_run)


@router.post("/batch", auth=RECORD, response={200: schemas.BatchRecorded}, openapi_extra=WITH_KEY, tags=["recording"])
def record_many(request: HttpRequest, body: schemas.Batch, dry_run: DryRun = False) -> HttpResponse:
    """Up to 100 acts and facts in one transaction; each item has its own result, and one that is refused hinders no
    other. Items are done in order, those of one unit together."""
    who = caller(request)

    def work(_key: str | None) -> Done:
        return Done(200, {"items": _batch(request, body.items, who), "dry_run": dry_run})

    return once(request, schemas.BatchRecorded, work, dry_run=dry_run)


# --- how ---------------------------------------------------------------------------------


def _known_seq(request: HttpRequest, in_body: int | None) -> int | None:
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        return in_body
    found = IF_MATCH.fullmatch(given)
    if found is None:
        raise wrong(_("This is no ETag of a matter."), header="If-Match")
    if in_body is not None and in_body != int(found[1]):
        raise wrong(_("`seq` and If-Match say different things."), pointer="#/seq")
    return int(found[1])


def _draft(subject: Subject, body: schemas.Act, key: str | None, known: int | None) -> Draft:
    return Draft(subject, body.type, body.data, at=body.at, post=body.post, key=key, seen=known, reason=body.reason)


def _call(draft: Draft, who: Caller) -> Sequence[Draft]:
    """The drafts of one act: in both journals where it concerns two."""
    if draft.type not in COUNTERPARTS:
        return (draft,)
    named = str(draft.data.get("other", ""))
    shown = visible(who.person, Subject.objects.select_related("unit"), who.now)
    other = shown.filter(pk=named).first() if is_id(named) else None
    if other is None:
        raise Invalid({"other": _("There is no such thing: %(what)s.") % {"what": named}})
    return drafts_in_both(draft, other)


def _actor(subject: Subject, body: schemas.Act, who: Caller) -> Actor:
    """From the post that fits the role that was named, else from the nearest."""
    if body.post:
        return Acting(open_journal(subject), who.person, who.now).actor(body.post)
    return acting(who, subject.unit, reach(who))


def _done(written: Recorded, who: Caller, *, dry_run: bool) -> Done:
    subject = written.subject
    owed = _owed(written, subject)
    body = {
        "matter": subject_told(subject),
        "entries": [entry_told(entry, subject.unit) for entry in written.entries if entry.subject_id == subject.pk],
        "duties": [duty_told(duty, subject, who.now) for duty in sorted(owed, key=_by_due)],
        "dry_run": dry_run,
    }
    tag = ("ETag", f'"{subject.head_seq}"')
    if dry_run:
        return Done(200, body, (tag,))
    return Done(201, body, (("Location", f"/api/v1/matters/{subject.pk}"), tag))


def _owed(written: Recorded, subject: Subject) -> list[Duty]:
    """The standing duties: those that the call has in memory, or that stand by now where it was done before."""
    if written.repeated:
        return list(Duty.objects.filter(subject=subject, state__in=STANDING))
    return [duty for duty in written.duties if duty.subject_id == subject.pk]


def _by_due(duty: Duty) -> tuple[bool, datetime, int]:
    return duty.due_at is None, duty.due_at or duty.opened_at, duty.pk


def _batch(request: HttpRequest, items: Sequence[schemas.BatchAct], who: Caller) -> list[dict[str, Any]]:
    shown = visible(who.person, Subject.objects.select_related("unit"), who.now)
    subjects = {one.pk: one for one in shown.filter(pk__in={item.matter for item in items})}
    held = reach(who)
    results: dict[int, ProblemError | Recorded] = {}
    calls: dict[tuple[str, int | None], list[tuple[int, Actor, Sequence[Draft]]]] = defaultdict(list)
    for number, item in enumerate(items):
        subject = subjects.get(item.matter)
        if subject is None:
            results[number] = ProblemError("not-found")
            continue
        try:
            call = _call(_draft(subject, item, None, item.seq), who)
        except NotRecorded as reason:
            results[number] = refusal(reason, item.data, f"/items/{number}")
            continue
        actor = acting(who, subject.unit, _fitting(held, item.post))
        calls[actor.post, actor.unit.pk if actor.unit else None].append((number, actor, call))
    for several in calls.values():
        written = record_batch([call for _n, _a, call in several], actor=several[0][1], now=who.now)
        for (number, _actor_of, _call_of), result in zip(several, written, strict=True):
            if isinstance(result, NotRecorded):
                results[number] = refusal(result, items[number].data, f"/items/{number}")
            else:
                results[number] = result
    return [_result(item.matter, results[number], request.path) for number, item in enumerate(items)]


def _fitting(held: Sequence[Seat], post: str) -> list[Seat]:
    """Posts of that name first."""
    return sorted(held, key=lambda seat: seat.post.name != post)


def _result(matter: UUID, result: ProblemError | Recorded, instance: str) -> dict[str, Any]:
    if isinstance(result, ProblemError):
        return {"status": result.kind.status, "matter": matter, "problem": body_of(result, instance)}
    return {"status": 201, "matter": matter, "seq": result.entries[0].seq}
