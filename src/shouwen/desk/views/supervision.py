"""Supervision (督办): figures that open into their lists, a tree of units, and urging of many at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shouwen.desk.ledger import kind_choices
from shouwen.desk.workbench import masked_customers
from shouwen.insight import supervision as queries
from shouwen.insight.catalogue import catalogue
from shouwen.insight.duties import NONE, OUTCOMES, Narrowed
from shouwen.insight.supervision import BY, FIGURES, STILL, Scope
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Invalid, NotRecorded
from shouwen.journal.models import Duty
from shouwen.journal.record import record_batch
from shouwen.journal.typed import typed
from shouwen.journal.urging import STANDING, URGING
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Post, Unit
from shouwen.organisation.queries import superiors
from shouwen.organisation.seats import seats

PAGE = 50
MOST = 200
"""Duties that are urged at once."""
TILES = ("open", "overdue", "stuck", "today", "still", "offered", "breached", "late", "lifted", "extended")


def scope_of(request: HttpRequest) -> Scope:
    """What the address asks to look at. Raises Http404 for a unit of which the person sees nothing at all."""
    person, now = cast("Person", request.user), clock.now()
    asked, still = request.GET.get("unit", ""), request.GET.get("still", "")
    unit = None
    if asked:
        unit = Unit.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 16 else None
        if unit is None:
            raise Http404
    days = int(still) if still.isdecimal() and len(still) < 4 and int(still) in STILL else STILL[1]
    kind = request.GET.get("kind", "")
    return Scope(
        person, now, unit, request.GET.get("direct") == "1", days, kind if kind in catalogue().subjects else ""
    )


@dataclass(frozen=True)
class Tile:
    name: str
    n: int
    bad: bool

    @property
    def title(self) -> str:
        return str(FIGURES[self.name].title)


@login_required
@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """The whole view of a unit, or of everything that the person sees."""
    scope = scope_of(request)
    by = request.GET.get("by", "")
    by = by if by in BY else "unit"
    board = queries.board(scope)
    n = board.totals
    context = {
        "scope": scope,
        "board": board,
        "tiles": [Tile(name, n.get(name, 0), FIGURES[name].bad and n.get(name, 0) > 0) for name in TILES],
        "branches": queries.shown(board.branches),
        "gates": queries.stuck_by_gate(scope) if n.get("stuck") else [],
        "by": by,
        "breakdowns": [(name, title) for name, (title, _columns) in BY.items()],
        "overdue": queries.overdue_by(scope, by) if n.get("overdue") else [],
        "next": queries.due_next(scope),
        "line": superiors(scope.unit) if scope.unit else [],
        "days": STILL,
        "kinds": kind_choices(catalogue()),
        "kind_query": f"kind={scope.kind}&" if scope.kind else "",
        "looking_back": ("late", *queries.OF_ENTRIES),
        "now": scope.now,
    }
    return render(request, "desk/supervision.html", context)


# --- lists ------------------------------------------------------------------------------------


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What a figure counts, row by row."""
    scope, figure, narrowed = scope_of(request), request.GET.get("figure", ""), Narrowed.read(request.GET)
    if figure and figure not in FIGURES:
        raise Http404
    of = FIGURES[figure].of if figure else "duties"
    number = request.GET.get("page", "1")
    number = number if number.isdecimal() and len(number) < 9 else "1"
    context = {
        "scope": scope,
        "figure": figure,
        "title": str(FIGURES[figure].title) if figure else str(OUTCOMES[narrowed.outcome or "opened"].title),
        "narrowed": _said(scope, narrowed),
        "line": superiors(scope.unit) if scope.unit else [],
        "back": _back(scope),
        "now": scope.now,
        "days": STILL,
    }
    if of == "matters":
        matters = Paginator(queries.matters_of(scope, figure), PAGE).get_page(number)
        return render(request, "desk/supervised_matters.html", {**context, "page": matters})
    if of == "entries":
        entries = Paginator(queries.entries_of(scope, figure), PAGE).get_page(number)
        return render(request, "desk/supervised_entries.html", {**context, "page": entries})
    rows = queries.duties_of(scope, figure) if figure else queries.every_duty(scope)
    duties: Page[Duty] = Paginator(rows.filter(narrowed.keeps(scope.now)), PAGE).get_page(number)
    shown = list(duties.object_list)
    customers = masked_customers(duty.subject for duty in shown)
    context |= {
        "page": duties,
        "rows": [(duty, customers.get(str(duty.subject_id), ""), duty.state in STANDING) for duty in shown],
        "duties": shown,
        "urging": any(duty.state in STANDING for duty in shown),
        "key": uuid4().hex,
        "most": MOST,
    }
    return render(request, "desk/supervised_duties.html", context)


def _back(scope: Scope) -> str:
    query: dict[str, object] = {"unit": scope.unit.pk} if scope.unit else {}
    return urlencode(query | ({"kind": scope.kind} if scope.kind else {}))


def _said(scope: Scope, narrowed: Narrowed) -> list[tuple[str, str]]:
    """What narrows the list, in words."""
    found = [(_("Kind"), catalogue().subjects[scope.kind].title)] if scope.kind else []
    if narrowed.clause:
        found.append((_("Clause"), narrowed.clause))
    if narrowed.gate:
        found.append((_("Gate"), narrowed.gate))
    for title, model, value in (
        (_("Owed by the unit"), Unit, narrowed.owing),
        (_("Post"), Post, narrowed.post),
        (_("Person"), Person, narrowed.holder),
    ):
        if value:
            one = None if value == NONE else model._default_manager.filter(pk=value).first()
            found.append((title, getattr(one, "name", _("nobody by name"))))
    days = [day.isoformat() for day in (narrowed.opened_from, narrowed.opened_to) if day]
    if days:
        found.append((_("Opened"), " – ".join(days)))
    return found


# --- urging ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What became of one row: empty ``refused`` where it is written."""

    duty: Duty
    refused: str


@login_required
@require_POST
def urge(request: HttpRequest) -> HttpResponse:
    """Urge what was picked, each by itself; nothing that is refused hinders the others."""
    person, now = cast("Person", request.user), clock.now()
    event = request.POST.get("event", "")
    picked = [one for one in request.POST.getlist("duty") if one.isdecimal() and len(one) < 16][:MOST]
    if event not in URGING:
        raise Http404
    rows = visible(person, Duty.objects.filter(pk__in=picked), now)
    duties = list(rows.select_related("subject__unit", "unit", "post", "person").order_by("due_at", "pk"))
    text, key = typed(request.POST.get("text", ""), 2000), request.POST.get("key", "")[:64]
    calls = [[_draft(duty, event, text, key)] for duty in duties]
    results = record_batch(calls, actor=_actor(person, now)) if calls else []
    told = [
        Result(duty, said(result) if isinstance(result, NotRecorded) else "")
        for duty, result in zip(duties, results, strict=True)
    ]
    context = {
        "results": told,
        "done": sum(not one.refused for one in told),
        "event": event,
        "now": now,
        "back": request.POST.get("back", "")[:1000],
    }
    return render(request, "desk/urged.html", context, status=200 if told else 422)


def _draft(duty: Duty, event: str, text: str, key: str) -> Draft:
    data = {"duty": duty.key, **({"text": text} if text else {})}
    return Draft(duty.subject, event, data, key=f"{event}:{key}:{duty.pk}" if key else None)


def _actor(person: Person, now: datetime) -> Actor:
    """From the topmost post."""
    held = seats(person, now)
    seat = min(held, key=lambda one: len(one.unit.line), default=None)
    return Actor(person, seat.post.name if seat else "", seat.unit if seat else None)


def said(reason: NotRecorded) -> str:
    """Why nothing was written, in a line."""
    if isinstance(reason, Invalid):
        return "；".join(str(text) for text in reason.errors.values())
    return str(reason)
