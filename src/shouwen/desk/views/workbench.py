"""The workbench, and the list of all matters that one may see."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shouwen.desk import workbench as queries
from shouwen.desk.ledger import kind_choices
from shouwen.insight.catalogue import catalogue
from shouwen.journal import clock
from shouwen.journal.models import Subject, SubjectState
from shouwen.journal.typed import typed
from shouwen.organisation.models import Person
from shouwen.organisation.seats import seats, selves


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


@login_required
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """What is mine, my unit's, or under my supervision, by due time."""
    person = cast("Person", request.user)
    now = clock.now()
    tab = request.GET.get("tab", "mine")
    chosen = request.GET.get("show", "all")
    tab = tab if tab in queries.TABS else "mine"
    chosen = chosen if chosen in queries.FILTERS else "all"
    text = typed(request.GET.get("q", ""), 100)
    words = catalogue()
    kind = request.GET.get("kind", "")
    kind = kind if kind in words.subjects else ""
    context = {
        "bench": queries.bench(person, tab, chosen, text, _number(request), now, kind),
        "kinds": kind_choices(words),
        "kind": kind,
        "tabs": queries.TABS.items(),
        "tab": tab,
        "filters": queries.FILTERS.items(),
        "chosen": chosen,
        "q": text,
        "now": now,
        "offered": Subject.objects.filter(
            offered_to__in=selves(person, seats(person, now)), state=SubjectState.OPEN
        ).select_related("owner_person", "owner_post"),
    }
    return render(request, "desk/workbench.html", context)
