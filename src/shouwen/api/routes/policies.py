"""Regulations in force: text, clauses, each rule as a sentence and as JSON; calendars."""

import re
from typing import Annotated

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from shouwen.api import schemas
from shouwen.api.models import Scope
from shouwen.api.plain import rule_told
from shouwen.api.problems import ProblemError
from shouwen.api.seeing import one_of, reach
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain, local
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.governance.queries import calendar_year
from shouwen.insight import clauses, supervision
from shouwen.organisation.access import visible
from shouwen.organisation.models import Unit
from shouwen.policy import Policy
from shouwen.policy.model import Clause
from shouwen.policy.sentences import clause_sentences

router = Router(tags=["policies"])
READ = Bearer(Scope.POLICIES_READ)
Year = Annotated[int, Path(ge=1949, le=2199)]


class Days(Schema):
    days: int = Field(30, ge=1, le=366, description="So many days back, today included")


class InForceFilter(Schema):
    kind: str | None = Field(None, max_length=64, description="Kind of subject, as `complaint`")


def _reached(who: Caller) -> QuerySet[InForce]:
    """What was ever in force where the integration's posts are: in their units, above and below."""
    if who.person.is_superuser or who.person.auditor:
        return InForce.objects.all()
    wanted = Q(pk__in=[])
    for seat in reach(who):
        wanted |= Q(unit__in=seat.unit.line) | Q(unit__path__prefix=seat.reach)
    return InForce.objects.filter(wanted)


@router.get("/policies", auth=READ, response=schemas.InForceList)
def list_policies(request: HttpRequest, by: Query[InForceFilter]) -> Plain:
    """What is in force now, in the units of the integration's posts, above and below them."""
    who = caller(request)
    rows = _reached(who).filter(Q(until__isnull=True) | Q(until__gt=who.now), since__lte=who.now)
    if by.kind is not None:
        rows = rows.filter(kind=by.kind)
    rows = rows.select_related("policy_version", "unit").defer("policy_version__text").order_by("unit", "kind", "pk")
    return {"items": [_in_force(one) for one in rows]}


def _in_force(one: InForce) -> Plain:
    return {
        "unit": one.unit_id,
        "kind": one.kind,
        "since": local(one.since, one.unit),
        "until": local(one.until, one.unit),
        "readings": one.readings,
        "version": one.policy_version.pk,
        "name": one.policy_version.name,
        "title": one.policy_version.title,
        "policy": one.policy_version.version,
    }


@router.get("/policies/{int:version}", auth=READ, response=schemas.PolicyVersion)
def read_policy(request: HttpRequest, version: schemas.Pk) -> Plain:
    """One published version: its text, which is the policy file itself, and the ids of its clauses."""
    found, policy = _policy(request, version)
    return {
        "id": found.pk,
        "name": found.name,
        "title": found.title,
        "version": found.version,
        "effective": found.effective,
        "digest": found.digest,
        "published_at": found.published_at,
        "text": found.text,
        "clauses": [clause.id for clause in policy.clauses],
    }


@router.get("/policies/{int:version}/clauses", auth=READ, response=schemas.Clauses)
def list_clauses(request: HttpRequest, version: schemas.Pk) -> Plain:
    """All clauses in the order of the text, each with its rules: in a sentence, and as JSON."""
    _found, policy = _policy(request, version)
    return {"items": [_clause(policy, clause) for clause in policy.clauses]}


@router.get("/policies/{int:version}/figures", auth=Bearer(Scope.MATTERS_READ), response=schemas.FiguresOfClauses)
def read_figures(request: HttpRequest, version: schemas.Pk, of: Query[Days]) -> Plain:
    """How each clause fares: duties that opened in the last days, of those that the integration sees, by outcome."""
    who = caller(request)
    _found, policy = _policy(request, version)
    scope = supervision.Scope(who.person, who.now)
    span = clauses.Span.of(of.days, scope)
    figures = clauses.fared(scope, tuple(clause.id for clause in policy.clauses), span)
    told = [{"clause": clause.id, **figures[clause.id]} for clause in policy.clauses if clause.id in figures]
    return {"first": span.first, "last": span.last, "items": told}


@router.get("/policies/{int:version}/clauses/{path:clause}", auth=READ, response=schemas.Clause)
def read_clause(request: HttpRequest, version: schemas.Pk, clause: str) -> Plain:
    """One clause by its id, as `jinke/3.2.B.1`."""
    _found, policy = _policy(request, version)
    if clause not in policy.by_id:
        raise ProblemError("not-found")
    return _clause(policy, policy.by_id[clause])


def _policy(request: HttpRequest, version: int) -> tuple[PolicyVersion, Policy]:
    who = caller(request)
    found = one_of(PolicyVersion.objects.filter(pk=version))
    parts = [version] if found.composition is None else [pk for pk, _readings in found.composition["parts"]]
    held = _reached(who).filter(policy_version__in=parts)
    found = one_of(PolicyVersion.objects.filter(pk=version if held.exists() else 0))
    if found.composition is not None:
        # Its readings are those of its parts.
        return found, policy_of(found)
    return found, _with_readings(found, held.order_by("until", "-since").first())


def _with_readings(version: PolicyVersion, held: InForce | None) -> Policy:
    """Under the readings with which it is in force."""
    policy = policy_of(version)
    return policy.with_readings(held.readings) if held is not None else policy


def _clause(policy: Policy, clause: Clause) -> Plain:
    return {
        "id": clause.id,
        "ref": clause.ref,
        "text": clause.text,
        "rules": [
            {
                "id": rule.id,
                "sort": _sort(type(rule).__name__),
                "sentence": sentence,
                "reading": rule.reading,
                "taken": rule.reading is None or rule.reading in policy.taken,
                "rule": rule_told(rule),
            }
            for rule, sentence in clause_sentences(policy, clause)
        ],
    }


def _sort(name: str) -> str:
    """``limit_list`` for LimitList."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@router.get("/calendars/{int:unit}/{int:year}", auth=READ, response=schemas.CalendarYear, tags=["calendars"])
def read_calendar(request: HttpRequest, unit: schemas.Pk, year: Year) -> Plain:
    """The unit's calendar of one year, every day of it: statutory holidays, make-up workdays, own days and hours."""
    who = caller(request)
    place = one_of(visible(who.person, Unit.objects.filter(pk=unit), who.now))
    found = calendar_year(place, year)
    return {
        "unit": place.pk,
        "year": year,
        "zone": place.zone,
        "version": found.calendar.version,
        "provisional": found.provisional,
        "workdays": found.workdays,
        "days": [
            {
                "date": one.day.date,
                "kind": one.day.kind.value,
                "workday": one.day.is_workday,
                "name": one.day.name,
                "hours": [str(hours) for hours in one.hours],
            }
            for one in found.days
        ],
    }
