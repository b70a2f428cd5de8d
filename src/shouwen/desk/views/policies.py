"""The regulation reader (规章): text, rules in sentences, how each clause fares, and what changed between versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shouwen.desk import library, reader
from shouwen.desk.reach import own_units
from shouwen.desk.views.supervision import scope_of
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.insight.clauses import PERIODS, Span, fared, shutting
from shouwen.insight.duties import OUTCOMES
from shouwen.journal import clock
from shouwen.journal.typed import typed
from shouwen.organisation.administration import realms
from shouwen.organisation.models import Person
from shouwen.policy.altered import altering_clauses

SHOWN = ("opened", "kept", "late", "running", "overdue", "let_off")
"""Figures beside a clause; what no longer applies is in the first."""


def _chosen(request: HttpRequest, name: str, versions: list[PolicyVersion]) -> library.Edition:
    """The version that the address names, else what holds for the reader, else the newest, else what comes with the
    product. Raises Http404."""
    person, now = cast("Person", request.user), clock.now()
    asked = request.GET.get("version", "")
    force = library.force_of(person, name, scope_of(request).unit, now)
    if asked == library.LIBRARY or not (versions or asked):
        volume = library.library().get(name)
        if volume is None:
            raise Http404
        return library.Edition(volume)
    if asked:
        own = next((one for one in versions if str(one.pk) == asked), None)
        version = own or reader.composed(asked, name) or _heir(name, asked)
    else:
        version = force.policy_version if force else next(iter(versions), None)
    if version is None:
        raise Http404
    holds = force if force and force.policy_version_id == version.pk else None
    return library.Edition(library.volume_of(version, holds.readings if holds else {}), version, holds)


@login_required
@require_safe
def policy(request: HttpRequest, name: str) -> HttpResponse:
    """One version, whole or as far as it holds what is searched for, with an anchor at every clause."""
    versions = list(reader.versions_of(name))
    edition = _chosen(request, name, versions)
    text = typed(request.GET.get("q", ""), 60)
    others = reader.speaking_of(name)
    chapters = reader.narrowed(reader.chapters(edition.policy, others), text)
    scope = scope_of(request)
    days = _days(request)
    query: dict[str, object] = {"version": edition.key, "days": days}
    query |= {name: value for name, value in (("unit", scope.unit and scope.unit.pk), ("q", text)) if value}
    context = {
        "edition": edition,
        "chapters": chapters,
        "levels": edition.volume.levels,
        "found": sum(len(one.clauses) for one in chapters),
        "versions": versions,
        "q": text,
        "units": own_units(scope.person, scope.now),
        "scope": scope,
        "days": days,
        "periods": PERIODS,
        "query": urlencode(query),
        "tried": _tried(edition, scope.person, scope.now),
        "older": _older(edition, versions),
        "shelved": edition.version is not None and name in library.library(),
    }
    return render(request, "desk/policy.html", context)


def _heir(name: str, asked: str) -> PolicyVersion | None:
    """The version of another regulation that takes over clauses of this one: they are cited with its address."""
    found = PolicyVersion.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 16 else None
    return found if found is not None and name in policy_of(found).extends else None


def _older(edition: library.Edition, versions: list[PolicyVersion]) -> PolicyVersion | None:
    """The version before the one that is read."""
    if edition.version is None:
        return None
    return next((one for one in versions if one.published_at < edition.version.published_at), None)


def _tried(edition: library.Edition, person: Person, now: datetime) -> frozenset[str]:
    """Clauses of a published version of which an administrator may ask what if they said otherwise."""
    if edition.version is None or not realms(person, now):
        return frozenset()
    return altering_clauses(edition.policy)


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    return int(text) if text.isdecimal() and len(text) < 5 and int(text) in PERIODS else PERIODS[1]


@dataclass(frozen=True)
class Count:
    """One figure with the address of the rows that it counts."""

    title: str
    n: int
    address: str
    bad: bool = False


@login_required
@require_safe
def figures(request: HttpRequest, name: str) -> HttpResponse:
    """How each clause of what is published fares, to stand beside it."""
    edition = _chosen(request, name, list(reader.versions_of(name)))
    scope = scope_of(request)
    span = Span.of(_days(request), scope)
    others = reader.speaking_of(name)
    chapters = reader.narrowed(reader.chapters(edition.policy, others), typed(request.GET.get("q", ""), 60))
    clauses = [clause for chapter in chapters for clause in chapter.clauses]
    published = edition.version is not None
    found = fared(scope, tuple(clause.id for clause in clauses), span) if published else {}
    shut = shutting(scope) if published else {}
    common = {"unit": scope.unit.pk} if scope.unit else {}
    days = {"opened_from": span.first.isoformat(), "opened_to": span.last.isoformat()}
    listed = reverse("desk:supervised")
    lines = []
    for clause in clauses:
        own = found.get(clause.id, {})
        counts = [
            Count(
                str(OUTCOMES[one].title),
                own[one],
                f"{listed}?{urlencode({'clause': clause.id, 'outcome': one, **days, **common})}",
                bad=one in ("late", "overdue") and own[one] > 0,
            )
            for one in SHOWN
            if own and (own[one] or one == "opened")
        ]
        counts += [
            Count("", shut[gate], f"{listed}?{urlencode({'figure': 'stuck', 'gate': gate, **common})}", bad=True)
            for gate in clause.gates
            if shut.get(gate)
        ]
        lines.append((clause, counts))
    context = {"lines": lines, "span": span, "published": published}
    return render(request, "desk/parts/clause_figures.html", context)


@login_required
@require_safe
def printed(request: HttpRequest, name: str) -> HttpResponse:
    """The printable edition, on A4."""
    edition = _chosen(request, name, list(reader.versions_of(name)))
    pdf = library.printed(edition.volume)
    headers = {"Content-Disposition": f'inline; filename="{edition.name}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@login_required
@require_safe
def compare(request: HttpRequest, name: str) -> HttpResponse:
    """What one version says otherwise than another."""
    versions = list(reader.versions_of(name))
    by_id = {str(one.pk): one for one in versions}
    after = by_id.get(request.GET.get("after", ""), next(iter(versions), None))
    if after is None:
        raise Http404
    others = [one for one in versions if one.pk != after.pk]
    before = by_id.get(request.GET.get("before", ""), next(iter(others), after))
    found = reader.differences(policy_of(before), policy_of(after)) if before.pk != after.pk else []
    context = {"before": before, "after": after, "versions": versions, "found": found, "alone": not others}
    return render(request, "desk/policy_compare.html", context)


@login_required
@require_safe
def clause(request: HttpRequest, clause_id: str) -> HttpResponse:
    """Leads to a clause in what holds of its regulation, or in its newest version."""
    name = clause_id.partition("/")[0]
    edition = _chosen(request, name, list(reader.versions_of(name)))
    if clause_id.partition("#")[0] not in edition.policy.by_id:
        raise Http404
    address = reverse("desk:policy", args=[name])
    return HttpResponseRedirect(f"{address}?version={edition.key}#{clause_id}")
