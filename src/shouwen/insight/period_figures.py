"""The figures of a period (期间数字): what came in and what was owed in its time, as support for its reports.

Each figure is the length of a list: its address' parameters say which.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.calendars.periods import Period
from shouwen.insight.duties import OUTCOMES, opened_between
from shouwen.insight.models import Line
from shouwen.insight.supervision import ZONE, Scope
from shouwen.journal.models import Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person

SHOWN = ("opened", "kept", "late", "overdue", "running", "let_off")


@dataclass(frozen=True)
class Figure:
    """One number; ``of``: the list that it counts, "duties" or "matters", with its address' parameters."""

    title: str | Promise
    n: int
    of: str
    query: Mapping[str, Any]
    bad: bool = False


def figures_of(
    person: Person, subject: Subject, period: Period, now: datetime, holder: int | None = None
) -> list[Figure]:
    """Of the unit and all below it, so far as the person sees it; of a person's own period what ``holder`` owed."""
    days = {"opened_from": period.first.isoformat(), "opened_to": period.last.isoformat()}
    scope = Scope(person, now, subject.unit)
    rows = scope.duties.filter(opened_between(period.first, period.last))
    if holder:
        rows = rows.filter(person=holder)
        days["holder"] = str(holder)
    counted = rows.aggregate(**{name: Count("pk", filter=OUTCOMES[name].keeps(now)) for name in SHOWN})
    found = [] if holder else _matters(person, subject, period, now)
    for name in SHOWN:
        query = {"unit": subject.unit_id, "outcome": name, **days}
        found.append(Figure(OUTCOMES[name].title, counted[name], "duties", query, bad=name in ("late", "overdue")))
    return found


def _matters(person: Person, subject: Subject, period: Period, now: datetime) -> list[Figure]:
    zone = ZoneInfo(ZONE)
    first = datetime(period.first.year, period.first.month, period.first.day, tzinfo=zone)
    after = datetime(period.last.year, period.last.month, period.last.day, tzinfo=zone) + timedelta(days=1)
    rows = visible(person, Line.objects.filter(matter=True, path__prefix=subject.unit.path), now)
    came = Q(opened_at__gte=first, opened_at__lt=after)
    ended = Q(ended_at__gte=first, ended_at__lt=after)
    n = rows.filter(came | ended).aggregate(
        received=Count("pk", filter=came), closed=Count("pk", filter=ended & Q(state="ended"))
    )
    place = {"unit": subject.unit_id}
    days = period.first.isoformat(), period.last.isoformat()
    received = {**place, "state": "all", "received_from": days[0], "received_to": days[1]}
    closed = {**place, "state": "ended", "closed_from": days[0], "closed_to": days[1]}
    return [
        Figure(_("Matters received"), n["received"], "matters", received),
        Figure(_("Matters closed"), n["closed"], "matters", closed),
    ]
