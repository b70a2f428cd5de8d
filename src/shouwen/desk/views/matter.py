"""A matter's page: journal, clocks, gates, what to do next; arithmetic and names on demand."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from shouwen.customers.queries import described
from shouwen.desk import presence
from shouwen.desk.around import with_around
from shouwen.desk.matter import MatterPage
from shouwen.desk.timeline import SORTS
from shouwen.journal import access_log, clock
from shouwen.journal.arithmetic import lines_of
from shouwen.journal.errors import NoRoom
from shouwen.journal.models import AccessKind, Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person


def seen_by(request: HttpRequest, pk: UUID) -> MatterPage:
    """The subject's page for who is signed in; what one may not see is not found."""
    person = cast("Person", request.user)
    now = clock.now()
    rows = with_around(visible(person, Subject.objects.filter(pk=pk), now), pk)
    subject = get_object_or_404(
        rows.select_related("unit", "owner_person", "owner_post", "offered_to", "policy_version")
    )
    return MatterPage(subject, person, now)


@login_required
@require_safe
def matter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole page. Looking at it is written down: it shows what the customer said, else it does not show that."""
    page = seen_by(request, pk)
    full = ""
    try:
        access_log.looked(page.person, page.subject, "page", customers=page.customer_ids)
    except NoRoom as reason:
        page.sealed, full = {}, str(reason)
    return render(request, "desk/matter.html", {"page": page, "sorts": SORTS, "now": page.now, "full": full})


@login_required
@require_POST
def present(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Says that one has the matter open; shows who else has."""
    person, now = cast("Person", request.user), clock.now()
    subject = get_object_or_404(visible(person, Subject.objects.filter(pk=pk), now))
    others = presence.tell(subject, person, now, writing=request.POST.get("writing") == "1")
    presence.forget(now)
    return render(request, "desk/parts/present.html", {"others": others})


@login_required
@require_POST
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name, numbers and home of the customer, unmasked; the look is written down first, the matter being its reason."""
    page = seen_by(request, pk)
    access_log.looked(
        page.person,
        page.subject,
        "customer",
        kind=AccessKind.REVEALED,
        customers=page.customer_ids,
        reason=f"办理 {page.subject.number}",
    )
    found = described([page.customer], localdate(page.now)) if page.customer else []
    context = {"page": page, "found": found[0] if found else None}
    return render(request, "desk/parts/revealed.html", context)


@login_required
@require_safe
def why(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a duty's due time came about."""
    page = seen_by(request, pk)
    key = request.GET.get("duty", "")
    clock_of = next((one for one in page.clocks if one.owed.key == key), None)
    explained = page.explained(key)
    if clock_of is None or explained is None:
        raise Http404
    context = {"why": explained, "lines": lines_of(explained), "clock": clock_of, "page": page}
    return render(request, "desk/parts/why.html", context)
