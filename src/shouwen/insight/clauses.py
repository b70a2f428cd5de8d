"""How each clause fares (条款执行情况): figures from the rows of duties, each with the list it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from shouwen.insight.duties import OUTCOMES, opened_between
from shouwen.insight.supervision import FIGURES, ZONE, Scope

PERIODS = (7, 30, 90, 365)
"""Days to look back that the reader offers."""


@dataclass(frozen=True)
class Span:
    """The days, both included, on which the duties opened."""

    first: date
    last: date

    @classmethod
    def of(cls, days: int, scope: Scope) -> "Span":
        """The last so many days, today included."""
        today = scope.now.astimezone(ZoneInfo(ZONE)).date()
        return cls(today - timedelta(days=days - 1), today)


def fared(scope: Scope, clauses: tuple[str, ...], span: Span) -> dict[str, dict[str, int]]:
    """By clause: how many duties opened in the span and how they stand now; one query, only what the person sees.

    A duty is under the clause that fixes its time.
    """
    rows = scope.duties.filter(opened_between(span.first, span.last), clause__in=clauses)
    counted = {name: Count("pk", filter=outcome.keeps(scope.now)) for name, outcome in OUTCOMES.items()}
    found: QuerySet[Any] = rows.order_by().values("clause").annotate(**counted)
    return {row["clause"]: {name: row[name] for name in OUTCOMES} for row in found}


def shutting(scope: Scope) -> Mapping[str, int]:
    """By gate: how many duties are stuck at it now; one query."""
    rows = scope.duties.filter(FIGURES["stuck"].keeps(scope)).order_by().values("gate").annotate(n=Count("pk"))
    return {row["gate"]: row["n"] for row in rows}
