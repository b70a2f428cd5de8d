"""The house's own ladder of escalation (逐级上报): which steps hold where; set by who administers the unit."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shouwen.governance.ladder import MOST, Rung
from shouwen.governance.models import Escalation, InForce
from shouwen.journal import clock
from shouwen.journal.ladder_actions import put
from shouwen.organisation.access import visible
from shouwen.organisation.administration import administers
from shouwen.organisation.models import Person, Post, Unit

LONGEST = 24 * 366
"""Hours."""


@dataclass(frozen=True)
class Ladder:
    unit: Unit
    kind: str
    rungs: list[Escalation]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ladder(request: HttpRequest) -> HttpResponse:
    """The ladders that hold where the person sees, and the form of those that he administers."""
    person, now = cast("Person", request.user), clock.now()
    units = list(visible(person, Unit.objects.holding(now), now).order_by("path"))
    mine = [unit for unit in units if administers(person, unit, now)]
    error, typed = "", [("", "")] * 4
    if request.method == "POST":
        unit = next((one for one in mine if str(one.pk) == request.POST.get("unit")), None)
        if unit is None:
            raise Http404
        typed = list(zip(request.POST.getlist("hours"), request.POST.getlist("post"), strict=False))[:MOST]
        try:
            put(unit, request.POST.get("kind", "")[:64], _rungs(typed), now, person)
        except ValidationError as invalid:
            error = "；".join(invalid.messages)
        else:
            messages.success(request, _("The ladder holds from now on."))
            return redirect("desk:ladder")
    found: dict[tuple[int, str], list[Escalation]] = {}
    # Also the superiors': they hold here.
    held = Escalation.objects.holding(now).filter(unit__in={pk for unit in units for pk in unit.line})
    for row in held.select_related("unit").order_by("unit__path", "kind", "level"):
        found.setdefault((row.unit_id, row.kind), []).append(row)
    context = {
        "ladders": [Ladder(rungs[0].unit, kind, rungs) for (_pk, kind), rungs in found.items()],
        "mine": mine,
        "kinds": sorted(set(InForce.objects.holding(now).values_list("kind", flat=True))),
        "posts": sorted(set(Post.objects.holding(now).filter(unit__in=mine).values_list("name", flat=True)))
        if mine
        else [],
        "typed": typed,
        "error": error,
        "chosen": request.POST.get("unit", ""),
        "kind": request.POST.get("kind", ""),
    }
    return render(request, "desk/ladder.html", context, status=422 if error else 200)


def _rungs(typed: list[tuple[str, str]]) -> list[Rung]:
    """The rows that say something. Raises ValidationError for hours that are none."""
    rungs = []
    for hours, post in typed:
        if not hours.strip() and not post.strip():
            continue
        if not (hours.strip().isdecimal() and len(hours.strip()) < 6 and 1 <= int(hours) <= LONGEST):
            raise ValidationError(_("Hours are a whole number from 1 to 8784."))
        rungs.append(Rung(int(hours), post[:100]))
    return rungs
