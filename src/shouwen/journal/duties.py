"""Rows of duties: what the engine computes, who owes it, and under which calendar it was counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shouwen.calendars import Limit
from shouwen.calendars import Unit as Measure
from shouwen.engine import STANDING, Owed, Program, Standing, stuck
from shouwen.journal.models import Duty, DutyState, Subject
from shouwen.organisation.resolve import Holder
from shouwen.policy.model import Duty as Rule
from shouwen.policy.model import WordLimit

RUNNING_HOURS = frozenset({Measure.HOURS, Measure.MINUTES})
"""Measures that no calendar changes."""

COMPUTED = (
    "clause",
    "also",
    "opened_at",
    "due_at",
    "warn_at",
    "state",
    "kept_at",
    "missing",
    "stuck",
    "stuck_since",
    "gate",
    "triggered_by",
    "kept_by",
    "calendar_version",
    "provisional",
    "confidential",
)
"""Columns that a refold gives again; the others are fixed when the duty opens."""
NOT_STUCK: Mapping[str, Any] = {"stuck": [], "stuck_since": None, "gate": ""}


def computed(owed: Owed, standing: Standing, now: datetime) -> dict[str, Any]:
    """The columns of `COMPUTED` for one duty, under the standing's calendar.

    ``open`` covers ``overdue``: that is said of a row once the house has written so.
    """
    state: str = DutyState.OPEN if owed.state == "overdue" else owed.state
    return {
        "clause": owed.clause,
        "also": list(owed.also),
        "opened_at": owed.opened_at,
        "due_at": None if state == DutyState.PAUSED else owed.due_at,
        "warn_at": _warn_at(owed, standing.program) if state == DutyState.OPEN else None,
        "state": state,
        "kept_at": owed.kept_at,
        "missing": list(owed.missing),
        **_stuck(owed, standing),
        "triggered_by": int(owed.triggered_by),
        "kept_by": None if owed.kept_by is None else int(owed.kept_by),
        "calendar_version": standing.program.calendar.version,
        "provisional": _provisional(owed, standing, now),
    }


def _stuck(owed: Owed, standing: Standing) -> dict[str, Any]:
    """The gates in the way of a standing duty, each once, and since when."""
    found = stuck(standing, owed) if owed.state in STANDING else None
    if found is None:
        return dict(NOT_STUCK)
    gates = {one.gate.id: one for one in reversed(found.shut)}
    shut = [
        {"gate": name, "clause": one.clause, "reason": one.reason, "opens": list(one.opens)}
        for name, one in reversed(gates.items())
    ]
    return {"stuck": shut, "stuck_since": found.since, "gate": shut[0]["gate"]}


def _warn_at(owed: Owed, program: Program) -> datetime | None:
    """The earliest of the rule's warnings (预警) before the due time."""
    if owed.due_at is None or not owed.rule.warn:
        return None
    due_at = owed.due_at
    return min(
        due_at - limit.elapsed if limit.elapsed is not None else program.ahead(limit, due_at)
        for limit in owed.rule.warn
    )


def _provisional(owed: Owed, standing: Standing, now: datetime) -> bool:
    """Whether the due time rests on a year without an official calendar."""
    calendar = standing.program.calendar
    if owed.due_at is None or _measure(owed.rule) in RUNNING_HOURS:
        return False
    if not calendar.provisional_between(owed.opened_at, owed.due_at):
        return False
    return standing.explain(owed.key, now).provisional


def _measure(rule: Rule) -> Measure | None:
    within = rule.within
    if isinstance(within, WordLimit):
        within = within.limit
    return within.unit if isinstance(within, Limit) else None


def new_duty(subject: Subject, owed: Owed, program: Program, holder: Holder, columns: Mapping[str, Any]) -> Duty:
    rule = owed.rule
    event = rule.act.event
    return Duty(
        subject=subject,
        key=owed.key,
        rule=rule.id,
        event=event,
        title=rule.title or program.policy.events[event].title,
        instance=owed.instance or "",
        role=owed.who,
        outside=bool(holder.party),
        place=subject.unit,
        unit=holder.unit,
        post=holder.post,
        person=holder.by_name,
        policy_version_id=subject.policy_version_id,
        **columns,
    )


def changed(duty: Duty, columns: Mapping[str, Any]) -> bool:
    """Brings a stored duty up to date; whether anything moved."""
    moved = False
    for name, value in columns.items():
        if getattr(duty, name) != value:
            setattr(duty, name, value)
            moved = True
    return moved
