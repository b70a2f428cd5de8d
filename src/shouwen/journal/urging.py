"""Urging (催办、查办): who may press for a duty, of whom, and what has come of it.

Whoever stands above the unit that owes, who decides on its approvals (its leader, 分管领导), whose the matter is, or to
whom a clause gives the power. The holder is told; he answers by a note that names the urging.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from shouwen.engine import effective
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Duty, DutyState, Entry
from shouwen.journal.pen import OpenJournal
from shouwen.journal.rows import step
from shouwen.organisation.access import Capacity
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.seats import Seat, Seats, selves

URGING = frozenset({"urged", "inquired"})
SIGNING = "approval_decided"
"""The act of a unit's leaders: whom the policy lets decide on approvals."""
ANSWER = "noted"
"""The event that answers an urging: its ``entry`` names it."""
STANDING = (DutyState.OPEN, DutyState.PAUSED, DutyState.OVERDUE)


def pressed(journal: OpenJournal, data: Mapping[str, Any]) -> list[Duty]:
    """The standing duties that an urging names."""
    name = str(data.get("duty", ""))
    return [
        row
        for row in journal.duties.values()
        if row.state in STANDING and name in (row.key, row.rule, row.clause, row.instance, row.event)
    ]


def standing_above(held: Iterable[Seat], units: Sequence[Unit]) -> Capacity | None:
    """From which post somebody presses all of these units: one of a unit above each."""
    for seat in held:
        if all(unit.path.startswith(seat.unit.path) and unit.pk != seat.unit.pk for unit in units):
            return Capacity(seat.post.name, seat.post, seat.acting_for)
    return None


def covers(seat_unit: Unit, units: Iterable[Unit]) -> bool:
    """Whether all of these units are that one or lie below it."""
    return all(unit.path.startswith(seat_unit.path) for unit in units)


def units_of(journal: OpenJournal, data: Mapping[str, Any]) -> list[Unit]:
    """Whose posts owe what is urged; without a duty, the subject's own unit."""
    units = {row.unit.pk: row.unit for row in pressed(journal, data) if row.unit is not None}
    return list(units.values()) or [journal.subject.unit]


def check_urging(draft: Draft, data: Mapping[str, Any], journal: OpenJournal, person: Person, held: Seats) -> None:
    """Raise Invalid for a duty that stands no more, NotAllowed for one that the person owes himself."""
    if draft.type not in URGING or "duty" not in data:
        return
    rows = pressed(journal, data)
    if not rows:
        raise Invalid({"duty": _("This duty does not stand any more.")})
    if owes(person, held, rows):
        raise NotAllowed(_("You owe this yourself."))


def owes(person: Person, held: Seats, rows: Sequence[Duty]) -> bool:
    """Whether all of these duties lie with the person, or with posts of his."""
    own, posts = selves(person, held), {seat.post.pk for seat in held}
    his = [row for row in rows if row.person_id in own or (row.person_id is None and row.post_id in posts)]
    return bool(rows) and len(his) == len(rows)


# --- what has come of it ------------------------------------------------------------------


@dataclass(frozen=True)
class Urged:
    """How often a duty was urged; the last time: when, by whom, in which entry, and whether it was answered since."""

    n: int
    at: datetime
    by: str
    seq: int
    answered_at: datetime | None


def urgings(duties: Iterable[Duty]) -> dict[int, Urged]:
    """What was urged of these duties, by the duty's id; one query."""
    rows = list(duties)
    # By the subjects and not by the type, of which the whole house has many.
    entries = Entry.objects.alias(what=Coalesce("type", Value(""))).select_related("by")
    asked = Q(what__in=[*URGING, "retracted", "corrected"]) | Q(what=ANSWER, data__has_key="entry")
    found: dict[UUID, list[Entry]] = {}
    for entry in entries.filter(asked, subject__in={row.subject_id for row in rows}):
        found.setdefault(entry.subject_id, []).append(entry)
    return {row.pk: urged for row in rows if (urged := urged_of(row, found.get(row.subject_id, ()))) is not None}


def urged_of(duty: Duty, entries: Sequence[Entry]) -> Urged | None:
    """What was urged of a duty, by the entries of its subject."""
    by_seq = {str(entry.seq): entry for entry in entries}
    counted = effective(step(duty.subject, entry) for entry in entries)
    names = (duty.key, duty.rule, duty.clause, duty.event)
    own = [one for one in counted if one.type in URGING and one.data.get("duty") in names and one.at >= duty.opened_at]
    if not own:
        return None
    last = by_seq[own[-1].id]
    answers = [one.at for one in counted if one.type == ANSWER and str(one.data.get("entry")) == own[-1].id]
    return Urged(len(own), last.at, last.by.name if last.by else "", last.seq, max(answers, default=None))
