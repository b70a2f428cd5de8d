"""The workbench, and the list of all matters that one may see."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shouwen.customers.models import Customer
from shouwen.customers.queries import find, ids_of
from shouwen.desk import workbench as queries
from shouwen.journal import access_log, clock
from shouwen.journal.models import AccessKind, Subject, SubjectState
from shouwen.journal.typed import typed
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.organisation.seats import seats, selves

STATES = {"open": _("Open"), "ended": _("Settled"), "all": _("All")}


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
    context = {
        "bench": queries.bench(person, tab, chosen, text, _number(request), now),
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


def _found(person: Person, text: str, rows: QuerySet[Subject]) -> QuerySet[Subject]:
    """By number, or by the customer whom name, telephone or room finds."""
    now = clock.now()
    found = find(text, visible(person, Customer.objects.all(), now), now.date())
    customers = {one for hit in found for one in ids_of(hit.customer)}
    if customers:
        access_log.looked(person, None, "matters by customer", kind=AccessKind.SEARCHED, customers=sorted(customers))
    return rows.filter(Q(number__icontains=text) | Q(brought__customer__in=customers))


@login_required
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """Every matter that the person may see, latest first."""
    person = cast("Person", request.user)
    now = clock.now()
    text = typed(request.GET.get("q", ""), 100)
    state = request.GET.get("state", "all" if text else "open")
    state = state if state in STATES else "open"
    rows = visible(person, Subject.objects.filter(matter=True), now)
    if text:
        rows = _found(person, text, rows)
    if state == "open":
        rows = rows.filter(state=SubjectState.OPEN)
    elif state == "ended":
        rows = rows.exclude(state=SubjectState.OPEN)
    rows = queries.with_next_due(rows).order_by("-opened_at", "-number")
    page = Paginator(rows, queries.PAGE).get_page(_number(request))
    subjects = list(page.object_list)
    customers = queries.masked_customers(subjects)
    listed = [(subject, customers.get(str(subject.pk), "")) for subject in subjects]
    context = {"page": page, "listed": listed, "q": text, "state": state, "states": STATES.items(), "now": now}
    return render(request, "desk/matters.html", context)
