"""What counting anew does, and what a unit's matters rest on, said in sections of a preview."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from shouwen.desk.administration.tables import Cell, Column, Section, Table
from shouwen.desk.templatetags.desk import local
from shouwen.governance.models import InForce
from shouwen.governance.programs import policy_of
from shouwen.governance.queries import policies_for
from shouwen.journal import rebase
from shouwen.journal.models import Duty, Subject, SubjectState
from shouwen.journal.pen import COUNTED
from shouwen.organisation.models import Appointment, Unit

LOOKED = 100
"""Subjects that a page's preview looks at; the act itself does all."""
SHOWN = 50


def recount_section(unit: Unit | None, *, policies: bool = False) -> Section:
    """Which open duties would move, as the calendars (or the policies in force) stand at this moment."""
    total = rebase.waiting(unit, policies=policies)
    if not total and policies:
        return Section(_("Open duties counted anew"), empty=_("No open matter is under another version than in force."))
    if not total:
        return Section(_("Open duties counted anew"), empty=_("No open duty is counted under an older calendar."))
    return moves_section(rebase.preview(unit, most=LOOKED, policies=policies), total)


def moves_section(found: rebase.Preview, total: int) -> Section:
    """What counting anew does, or has done; ``total`` subjects are counted under an older calendar."""
    # Of a confidential matter an administrator learns only that there is one.
    shown = {move.subject for move in found.moves[:SHOWN]}
    secret = set(Subject.objects.filter(pk__in=shown, confidential=True).values_list("pk", flat=True))
    rows = [
        [
            Cell(_("confidential") if move.subject in secret else move.number or str(move.subject)),
            Cell("—" if move.subject in secret else move.title),
            Cell("—" if move.subject in secret else move.clause),
            Cell(local(move.before) or "—", number=True),
            Cell(local(move.after) or "—", number=True),
            Cell("；".join(f"{one.date:%m-%d} {one.before}→{one.after}" for one in move.days[:2])),
        ]
        for move in found.moves[:SHOWN]
    ]
    columns = [
        Column(title)
        for title in (_("Number"), _("Duty"), _("Clause"), _("Due before"), _("Due after"), _("Because of"))
    ]
    note = _(
        "Looked at %(subjects)d of %(total)d subjects with %(duties)d open duties: %(moves)d get another due time, "
        "%(confirmed)d become final without moving, %(provisional)d stay provisional."
    ) % {
        "subjects": found.subjects,
        "total": total,
        "duties": found.duties,
        "moves": len(found.moves),
        "confirmed": found.confirmed,
        "provisional": found.provisional,
    }
    if found.unfit:
        note += "\n" + _("%(count)d matters speak of events that the other version does not know.") % {
            "count": found.unfit
        }
    if len(found.moves) > SHOWN:
        note += "\n" + _("The first %(shown)d are shown.") % {"shown": SHOWN}
    return Section(_("Open duties counted anew"), Table(columns, rows), note=note)


def policies_section(title: str, before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> Section:
    """What holds for each kind of subject before and after."""
    old, new = dict(before), dict(after)
    kinds = [kind for kind in dict.fromkeys([*old, *new]) if old.get(kind) != new.get(kind)]
    rows = [[Cell(kind), Cell(old.get(kind, "—")), Cell(new.get(kind, "—"))] for kind in kinds]
    columns = [Column(_("Kind")), Column(_("Before")), Column(_("After"))]
    return Section(title, Table(columns, rows), empty=_("Nothing changes: the same policies hold."))


def holding(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """(kind, version) of what holds in the unit."""
    return [(kind_title(row), str(row.policy_version)) for row in policies_for(unit, now)]


def kind_title(row: InForce) -> str:
    """What the policy calls the kind of subject for which it is in force."""
    kind = policy_of(row.policy_version).kinds.get(row.kind)
    return kind.title if kind and kind.title else row.kind


def standing_facts(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """What still stands in a unit and below it."""
    subjects = Subject.objects.filter(unit__path__startswith=unit.path)
    owing = subjects.filter(Exists(Duty.objects.filter(subject=OuterRef("pk"), state__in=COUNTED)))
    below = Unit.objects.holding(now).filter(path__startswith=unit.path).exclude(pk=unit.pk)
    held = Appointment.objects.holding(now).filter(post__unit__path__startswith=unit.path)
    return [
        (_("Units below"), str(below.count())),
        (_("People in office"), str(held.values("person").distinct().count())),
        (_("Open matters"), str(subjects.filter(state=SubjectState.OPEN, matter=True).count())),
        (_("Matters in which something is owed"), str(owing.count())),
    ]
