"""What a caller sees and in which role it acts: the house's own functions, asked for one call."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import unquote
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shouwen.api.models import Scope
from shouwen.api.problems import ProblemError, wrong
from shouwen.api.tokens import Caller, caller, need
from shouwen.journal.drafts import Actor
from shouwen.journal.models import Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Unit
from shouwen.organisation.seats import Seat, seats
from shouwen.organisation.snapshot import holding, snapshot

M = TypeVar("M", bound=Model)
REASON = "Access-Reason"


def seen(request: HttpRequest, pk: UUID) -> Subject:
    """The subject, or the problem ``not-found``: who may not see it is not told that it exists."""
    who = caller(request)
    return one_of(visible(who.person, Subject.objects.select_related("unit").filter(pk=pk), who.now))


def one_of(rows: QuerySet[M]) -> M:
    found = rows.first()
    if found is None:
        raise ProblemError("not-found")
    return found


def reach(who: Caller) -> list[Seat]:
    """The posts that the integration's person holds."""
    return seats(who.person, who.now)


def unit_in_reach(who: Caller, pk: int, held: Sequence[Seat]) -> Unit:
    """A unit that stands and that one of the posts works for; else the field ``unit`` is wrong."""
    found = snapshot().units.get(pk)
    if found is None or not holding([found], who.now) or not any(seat.works_for(found) for seat in held):
        raise wrong(_("There is no such unit within the reach of the integration's posts."), pointer="#/unit")
    return found


def acting(who: Caller, unit: Unit, held: Sequence[Seat]) -> Actor:
    """Who writes, from the post nearest to the ground that works for the unit."""
    seat = next((seat for seat in held if seat.works_for(unit)), next(iter(held), None))
    return Actor(who.person, seat.post.name if seat else "", seat.unit if seat else None)


def reveal_reason(request: HttpRequest) -> str:
    """Why personal data is asked for in full; "" where it is not. Needs the scope ``reveal``."""
    given = request.headers.get(REASON, "").strip()
    if not given:
        return ""
    need(caller(request), Scope.REVEAL)
    try:
        # HTTP hands header bytes on as Latin-1; callers write UTF-8, percent-encoded or as it is.
        reason = unquote(given.encode("latin-1").decode(), errors="strict").strip()
    except UnicodeError:
        raise wrong(_("The reason is not UTF-8."), header=REASON) from None
    if not reason or len(reason) > 200 or not reason.isprintable():
        raise wrong(_("A reason has 1 to 200 characters."), header=REASON)
    return reason
