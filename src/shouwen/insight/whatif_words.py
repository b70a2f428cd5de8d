"""What the figures of a what-if are called, and a duty of it as one row of a list (若改为的列)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.engine import Owed, Pair, hours_late
from shouwen.policy.model import Policy

OUTCOMES: Mapping[str, str | Promise] = {
    "duties": _("Duties"),
    "kept": _("Kept in time"),
    "late": _("Kept late"),
    "overdue": _("Overdue now"),
    "unsaid": _("No such record"),
    "open": _("Still open"),
    "lifted": _("Excused or waived"),
    "breaches": _("Gates passed while shut"),
}
"""Figures that there are before and after."""
CHANGES: Mapping[str, str | Promise] = {
    "turned_late": _("Turn late"),
    "turned_timely": _("Turn timely"),
    "moved": _("Fall due otherwise"),
    "new": _("Come about"),
    "vanished": _("Fall away"),
}
TABLES: Mapping[str, str | Promise] = {
    "kind": _("By kind of subject"),
    "category": _("By category"),
    "unit": _("By unit"),
    "clause": _("By clause"),
    "role": _("By role"),
}
CARRIED: Mapping[str, str | Promise] = {
    "events": _("Entries of an event that the other regulation does not know: they count for nothing there"),
    "values": _("Values that the other regulation's categories do not know: they stay unknown there"),
    "posts": _("Entries in a role that the other regulation does not have"),
    "taken_as": _("Matters of a kind that the other regulation does not have, taken as its own"),
    "left_out": _("Subjects of a kind that the other regulation does not have: not compared"),
    "open_axes": _("Matters in which nothing decides this category of the other regulation"),
}
STATES: Mapping[str, str | Promise] = {
    "kept": _("Kept in time"),
    "late": _("Kept late"),
    "overdue": _("Overdue now"),
    "open": _("Still open"),
    "paused": _("Paused"),
    "waived": _("Waived"),
    "excused": _("Excused"),
}


class Row(NamedTuple):
    """A duty under both; texts empty and instants None where it is owed on one side alone."""

    clause: str
    duty: str
    instance: str
    role: str
    change: str
    before: str
    after: str
    opened_before: datetime | None
    opened_after: datetime | None
    due_before: datetime | None
    due_after: datetime | None
    kept_before: datetime | None
    kept_after: datetime | None
    late_before: float | None
    late_after: float | None


ROW: Mapping[str, str | Promise] = {
    "clause": _("Clause"),
    "duty": _("Duty"),
    "instance": _("Instance"),
    "role": _("Role owing"),
    "change": _("Otherwise"),
    "before": _("State now"),
    "after": _("State then"),
    "opened_before": _("Opened now"),
    "opened_after": _("Opened then"),
    "due_before": _("Due now"),
    "due_after": _("Due then"),
    "kept_before": _("Kept now"),
    "kept_after": _("Kept then"),
    "late_before": _("Hours late now"),
    "late_after": _("Hours late then"),
}


def row_of(pair: Pair, before: Policy, after: Policy) -> Row:
    """`before` and `after`: the policies under which either was counted."""
    owed, policy = (pair.after, after) if pair.after is not None else (pair.before, before)
    assert owed is not None
    old, new = pair.before, pair.after
    return Row(
        clause=owed.clause,
        duty=owed.rule.title or policy.events[owed.rule.act.event].title,
        instance=owed.instance or "",
        role=owed.who,
        change=str(CHANGES[pair.change]) if pair.change else "",
        before=str(STATES[old.state]) if old else "",
        after=str(STATES[new.state]) if new else "",
        opened_before=old.opened_at if old else None,
        opened_after=new.opened_at if new else None,
        due_before=old.due_at if old else None,
        due_after=new.due_at if new else None,
        kept_before=old.kept_at if old else None,
        kept_after=new.kept_at if new else None,
        late_before=_rounded(old),
        late_after=_rounded(new),
    )


def _rounded(owed: Owed | None) -> float | None:
    hours = hours_late(owed)
    return None if hours is None else round(hours, 2)
