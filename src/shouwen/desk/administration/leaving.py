"""What somebody who leaves still owes, and how it comes into another's hands (离岗交接)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shouwen.desk.administration.tables import Cell, Column, Section, Table
from shouwen.desk.templatetags.desk import local
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import NotRecorded
from shouwen.journal.models import Duty, Subject, SubjectState
from shouwen.journal.pen import COUNTED
from shouwen.journal.record import record_batch
from shouwen.organisation.administration import AUTHORITY
from shouwen.organisation.models import Person

SHOWN = 50
MOST = 500
"""Matters that one act hands over; who owns more is left by several."""


def owned_by(person: Person) -> QuerySet[Subject]:
    """Open matters that are the person's."""
    return Subject.objects.filter(owner_person=person, state=SubjectState.OPEN).order_by("opened_at", "pk")


def named(subject: Subject) -> str:
    """Its number; of a confidential matter an administrator learns only that there is one."""
    return _("confidential") if subject.confidential else str(subject)


def owed_sections(person: Person, successor: Person | None, now: datetime) -> list[Section]:
    """The open matters that he owns, and the duties that are his by name; each with who takes it."""
    owned = owned_by(person)
    taker = successor.name if successor else _("say who: a successor is needed")
    mine = [
        [Cell(named(one)), Cell(one.unit.name), Cell(local(one.opened_at, one.unit.zone), number=True), Cell(taker)]
        for one in owned.select_related("unit")[:SHOWN]
    ]
    duties = Duty.objects.filter(person=person, state__in=COUNTED).select_related("subject__unit", "post__unit")
    count = duties.count()
    owing = [
        [
            Cell(named(one.subject)),
            Cell(_("confidential") if one.subject.confidential else one.title),
            Cell(local(one.due_at, one.subject.unit.zone) or "—", number=True),
            Cell(f"{one.post.unit.name} {one.post.name}" if one.post else "—"),
        ]
        for one in duties.order_by("due_at", "pk")[:SHOWN]
    ]
    columns = [Column(t) for t in (_("Number"), _("Unit"), _("Opened"), _("Taken by"))]
    also = [Column(t) for t in (_("Number"), _("Duty"), _("Due"), _("Stays with the post"))]
    total = owned.count()
    first = _("%(count)d in all; the first %(shown)d are shown.")
    return [
        Section(
            _("Open matters owned"),
            Table(columns, mine),
            _("Owns no open matter."),
            note=first % {"count": total, "shown": min(total, SHOWN)} if total else "",
        ),
        Section(
            _("Duties owed by name"),
            Table(also, owing),
            _("Owes nothing by name."),
            note=first % {"count": count, "shown": min(count, SHOWN)} if count else "",
        ),
    ]


def hand_over(person: Person, successor: Person | None, by: Person, now: datetime) -> int:
    """Reassigns the open matters to the successor, an entry in each; gives how many. Needs a transaction.

    Raises ValidationError: no successor though there are matters, one who cannot take them, too many at once.
    """
    owned = list(owned_by(person)[: MOST + 1])
    if not owned:
        return 0
    if successor is None:
        raise ValidationError({"successor": _("Open matters are left: say who takes them.")})
    if successor == person or not successor.is_active:
        raise ValidationError({"successor": _("This person cannot take them.")})
    if len(owned) > MOST:
        raise ValidationError(_("More than %(most)d open matters: hand some over first.") % {"most": MOST})
    actor = Actor(by, AUTHORITY, None, system=True)
    data = {"to": str(successor.pk), "reason": "离岗交接"}
    for subject, result in zip(
        owned, record_batch([[Draft(one, "reassigned", data)] for one in owned], actor=actor, now=now), strict=True
    ):
        if isinstance(result, NotRecorded):
            raise ValidationError(f"{subject}: {result}")
    return len(owned)
