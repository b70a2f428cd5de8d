"""Lists of duties narrowed from the address: by clause, gate, whose they are, state, and when they opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.insight.supervision import STANDING, ZONE
from shouwen.journal.models import DutyState

NONE = "none"
"""In the address: nobody, where a duty has no person or post of its own."""


@dataclass(frozen=True)
class Now:
    """How a clause's duties stand: the title, and the condition at an instant."""

    title: str | Promise
    keeps: Any


OUTCOMES: Mapping[str, Now] = {
    "opened": Now(_("Opened"), lambda now: Q()),
    "kept": Now(_("Kept in time"), lambda now: Q(state=DutyState.KEPT)),
    "late": Now(_("Kept late"), lambda now: Q(state=DutyState.LATE)),
    "running": Now(_("Still open"), lambda now: Q(state__in=STANDING) & (Q(due_at__isnull=True) | Q(due_at__gt=now))),
    "overdue": Now(_("Overdue now"), lambda now: Q(state__in=STANDING, due_at__lte=now)),
    "let_off": Now(_("Excused or waived"), lambda now: Q(state__in=(DutyState.WAIVED, DutyState.EXCUSED))),
    "void": Now(_("No longer applies"), lambda now: Q(state=DutyState.VOID)),
}
"""Each duty that opened is under exactly one of those after the first."""


@dataclass(frozen=True)
class Narrowed:
    """What the address asks of duties besides a figure; each part empty: not asked."""

    clause: str = ""
    gate: str = ""
    owing: str = ""
    post: str = ""
    holder: str = ""
    outcome: str = ""
    opened_from: date | None = None
    opened_to: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> "Narrowed":
        """What cannot be read is not asked."""
        outcome = query.get("outcome", "")
        return cls(
            clause=query.get("clause", "")[:100],
            gate=query.get("gate", "")[:150],
            owing=_id(query.get("owing", "")),
            post=_id(query.get("post", "")),
            holder=_id(query.get("holder", "")),
            outcome=outcome if outcome in OUTCOMES else "",
            opened_from=_date(query.get("opened_from", "")),
            opened_to=_date(query.get("opened_to", "")),
        )

    def keeps(self, now: datetime) -> Q:
        """The condition over duties."""
        found = Q()
        if self.clause:
            found &= Q(clause=self.clause)
        if self.gate:
            found &= Q(gate=self.gate)
        for lookup, value in (("unit", self.owing), ("post", self.post), ("person", self.holder)):
            if value:
                found &= Q((f"{lookup}__isnull", True)) if value == NONE else Q((lookup, int(value)))
        if self.outcome:
            found &= OUTCOMES[self.outcome].keeps(now)
        return found & opened_between(self.opened_from, self.opened_to)

    @property
    def asked(self) -> bool:
        return self != Narrowed()


def opened_between(first: date | None, last: date | None) -> Q:
    """Duties opened from the beginning of the first day to the end of the last, in the house's zone."""
    found = Q()
    if first is not None:
        found &= Q(opened_at__gte=_begin(first))
    if last is not None:
        found &= Q(opened_at__lt=_begin(last + timedelta(days=1)))
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(ZONE))


def _id(text: str) -> str:
    return text if text == NONE or (text.isdecimal() and text.isascii() and len(text) < 16) else ""


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(1949, 1, 1) <= found <= date(2199, 12, 31) else None
