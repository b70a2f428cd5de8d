"""What another version, reading or parameter would have done: matters of the last 30 days replayed under both.

Open matters keep the version of their opening, so nothing here moves anything: it tells what matters like these would
meet from now on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shouwen.calendars.calendar import Calendar
from shouwen.desk.administration.leaving import named
from shouwen.desk.administration.tables import Cell, Column, Section, Table
from shouwen.desk.templatetags.desk import local
from shouwen.engine import Program, Standing, compile_policy
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce
from shouwen.governance.programs import program_of
from shouwen.journal.duties import computed
from shouwen.journal.models import DutyState, Subject, SubjectState
from shouwen.journal.rows import steps_of
from shouwen.organisation.models import Unit
from shouwen.policy import Policy

DAYS = 30
LOOKED = 3000
"""Matters that a preview replays, the newest first."""
CHUNK = 50
SHOWN = 50


@dataclass(frozen=True)
class Shift:
    """One duty that falls due at another time, or is owed under one policy alone (the other side is None)."""

    number: str
    title: str
    clause: str
    before: datetime | None
    after: datetime | None
    zone: str
    only: str = ""
    """``before`` or ``after`` where one policy alone asks for it."""


@dataclass
class Trial:
    """``late_before`` and ``late_after``: duties late or overdue under either."""

    subjects: int = 0
    total: int = 0
    open: int = 0
    duties: int = 0
    late_before: int = 0
    late_after: int = 0
    unfit: int = 0
    shifts: list[Shift] = field(default_factory=list)


def like(unit: Unit, kinds: Sequence[str], now: datetime) -> QuerySet[Subject]:
    """The subjects of these kinds in the unit and below that are open or were opened in the last 30 days; without those
    of units below that have a policy of their own for the kind."""
    rows = Subject.objects.filter(unit__path__startswith=unit.path, kind__in=kinds, policy_version__isnull=False)
    apart = InForce.objects.holding(now).filter(kind__in=kinds, unit__path__startswith=unit.path).exclude(unit=unit)
    for row in apart.select_related("unit"):
        rows = rows.exclude(kind=row.kind, unit__path__startswith=row.unit.path)
    return rows.filter(Q(state=SubjectState.OPEN) | Q(opened_at__gte=now - timedelta(days=DAYS)))


def trial(
    unit: Unit, kind: str, policy: Policy, now: datetime, progress: Callable[[int], None] = lambda done: None
) -> Trial:
    """Subjects like these (``like``) under `policy` (with its readings taken) and under their own; ``progress`` is
    told how many more are done."""
    rows = like(unit, [kind], now)
    found = Trial(total=rows.count(), open=rows.filter(state=SubjectState.OPEN).count())
    programs: dict[str, Program] = {}
    subjects = list(rows.select_related("unit").order_by("-opened_at", "pk")[:LOOKED])
    for start in range(0, len(subjects), CHUNK):
        some = subjects[start : start + CHUNK]
        _try(found, some, policy, programs, now)
        progress(len(some))
    return found


def _try(
    found: Trial, subjects: Sequence[Subject], policy: Policy, programs: dict[str, Program], now: datetime
) -> None:
    steps = steps_of(subjects)
    for subject in subjects:
        calendar = calendar_for(subject.unit)
        other = programs.setdefault(calendar.version, _compiled(policy, calendar))
        assert subject.policy_version_id is not None
        own = program_of(subject.policy_version_id, subject.unit, subject.calendar_version_id)
        try:
            before, after = (_owed(program, subject, steps[subject.pk], now) for program in (own, other))
        except (KeyError, ValueError):
            found.unfit += 1
            continue
        _compare(found, subject, before, after, now)


def _compiled(policy: Policy, calendar: Calendar) -> Program:
    return compile_policy(policy, calendar)


def _owed(program: Program, subject: Subject, steps: list[Any], now: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
    standing = Standing(program, str(subject.pk), subject.kind)
    standing.take(steps)
    at = max(now, steps[-1].recorded_at)
    events = program.policy.events
    return {
        one.key: (one.rule.title or events[one.rule.act.event].title, computed(one, standing, now))
        for one in standing.duties(at)
    }


def _late(columns: Mapping[str, Any], now: datetime) -> bool:
    if columns["state"] == DutyState.LATE:
        return True
    return columns["state"] == DutyState.OPEN and columns["due_at"] is not None and columns["due_at"] < now


def _compare(
    found: Trial,
    subject: Subject,
    before: Mapping[str, tuple[str, dict[str, Any]]],
    after: Mapping[str, tuple[str, dict[str, Any]]],
    now: datetime,
) -> None:
    found.subjects += 1
    found.duties += len(before)
    found.late_before += sum(_late(columns, now) for _title, columns in before.values())
    found.late_after += sum(_late(columns, now) for _title, columns in after.values())
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        title, columns = new or old or ("", {})
        dues = [one[1]["due_at"] if one else None for one in (old, new)]
        if old is not None and new is not None and dues[0] == dues[1]:
            continue
        only = "" if old and new else "before" if old else "after"
        clause = columns["clause"]
        if subject.confidential:
            title, clause = "—", "—"
        found.shifts.append(Shift(named(subject), title, clause, dues[0], dues[1], subject.unit.zone, only))


def trial_section(found: Trial, kind: str = "") -> Section:
    """The trial, said on a page."""
    only = {"": "", "before": _("falls away"), "after": _("comes about")}
    rows = [
        [
            Cell(one.number),
            Cell(one.title),
            Cell(one.clause),
            Cell(local(one.before, one.zone) or "—", number=True),
            Cell(local(one.after, one.zone) or "—", number=True),
            Cell(only[one.only]),
        ]
        for one in found.shifts[:SHOWN]
    ]
    titles = (_("Number"), _("Duty"), _("Clause"), _("Due now"), _("Due then"), _("Otherwise"))
    note = _(
        "Replayed: %(subjects)d of %(total)d matters, the newest first (open or of the last %(days)d days), "
        "with %(duties)d duties. Late or overdue: %(before)d as it is, %(after)d as it would be. "
        "%(shifts)d duties would fall due otherwise, come about or fall away."
    ) % {
        "subjects": found.subjects,
        "total": found.total,
        "days": DAYS,
        "duties": found.duties,
        "before": found.late_before,
        "after": found.late_after,
        "shifts": len(found.shifts),
    }
    kept = _("The %(open)d open matters keep the version of their opening; only what opens from then on is under it.")
    note += "\n" + kept % {"open": found.open}
    if found.unfit:
        note += "\n" + _("%(count)d matters speak of events that the other version does not know.") % {
            "count": found.unfit
        }
    title = _("The effect on matters like those of late")
    return Section(f"{title} · {kind}" if kind else title, Table([Column(t) for t in titles], rows), note=note)
