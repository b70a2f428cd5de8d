"""The regulation to read: its text clause by clause, the rules in sentences beside it."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shouwen.desk.reach import own_units, top_units
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.journal import clock
from shouwen.organisation.models import Person
from shouwen.policy.sentences import clause_sentences


@login_required
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Regulations in force where one works, then all that were published."""
    person = cast("Person", request.user)
    now = clock.now()
    line = {pk for unit in top_units(person, now) for pk in unit.line} | {unit.pk for unit in own_units(person, now)}
    holding = InForce.objects.holding(now).filter(unit__in=line).select_related("policy_version", "unit")
    context = {
        "holding": holding.defer("policy_version__text").order_by("policy_version__name", "unit__path", "kind"),
        "versions": PolicyVersion.objects.defer("text"),
    }
    return render(request, "desk/policies.html", context)


@login_required
@require_safe
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, whole, with an anchor at every clause."""
    version = get_object_or_404(PolicyVersion, pk=pk)
    found = policy_of(version)
    headings: dict[int, list[str]] = {}
    for heading in found.headings:
        headings.setdefault(heading.before, []).append(heading.text)
    clauses = [
        (headings.get(place, []), clause, clause_sentences(found, clause)) for place, clause in enumerate(found.clauses)
    ]
    return render(request, "desk/policy.html", {"version": version, "policy": found, "clauses": clauses})


@login_required
@require_safe
def clause(request: HttpRequest, clause_id: str) -> HttpResponse:
    """Leads to a clause in the newest version of its regulation."""
    name = clause_id.partition("/")[0]
    version = PolicyVersion.objects.filter(name=name).order_by("-published_at", "-pk").first()
    if version is None or clause_id.partition("#")[0] not in policy_of(version).by_id:
        raise Http404
    return HttpResponseRedirect(f"{reverse('desk:policy', args=[version.pk])}#{clause_id}")
