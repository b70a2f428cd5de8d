"""The ladder of a matter (逐级上报): what has been escalated to whom, and what comes next and when.

First the regulation's own steps, from its timers and from its rules upon ``overdue``; then the house's, without clause.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shouwen.desk import around
from shouwen.desk.matter import MatterPage
from shouwen.engine import STANDING
from shouwen.governance.ladder import Ladders
from shouwen.journal.ladder import steps
from shouwen.journal.models import DutyState
from shouwen.organisation.snapshot import snapshot
from shouwen.policy import model


@dataclass(frozen=True)
class Step:
    """One step. ``clause`` empty: the house's own. ``state``: how a duty that has opened stands, or who was told."""

    title: str
    instance: str
    whom: str
    at: datetime
    passed: bool
    clause: str = ""
    state: str = ""


def ladder_of(page: MatterPage) -> list[Step]:
    """All steps, in the order in which they came or come."""
    found = [*_by_regulation(page), *_by_house(page)]
    return sorted(found, key=lambda step: (step.at, step.clause == "", step.title))


def escalates(trigger: model.Trigger) -> bool:
    """Whether a rule comes about because something was not done in time."""
    if isinstance(trigger, model.Happening):
        return trigger.event == "overdue"
    if isinstance(trigger, (model.AnyOf, model.AllOf)):
        return any(escalates(part) for part in trigger.parts)
    return isinstance(trigger, model.Passed)


def _by_regulation(page: MatterPage) -> Iterator[Step]:
    for clock in page.clocks:
        owed = clock.owed
        if not escalates(owed.rule.trigger) or owed.state == "void":
            continue
        whom = f"{owed.who}（{clock.holder}）" if clock.holder else owed.who
        state = "" if owed.state in STANDING else str(DutyState(owed.state).label)
        yield Step(page.title_of(owed), owed.instance or "", whom, owed.opened_at, True, owed.clause, state)
    standing = page.journal.standing
    for coming in standing.coming(page.moment) if standing else ():
        rule = coming.rule
        if isinstance(rule, model.Duty) and escalates(rule.trigger):
            title = rule.title or page.event(rule.act.event).title
            yield Step(title, coming.instance or "", rule.who, coming.at, False, coming.clause)


def _by_house(page: MatterPage) -> Iterator[Step]:
    rows = page.journal.duties
    told: dict[tuple[str, str], list[str]] = {}
    people = snapshot().people
    for notice in around.told(page.subject):
        names = told.setdefault((notice.duty, notice.level), [])
        if notice.person is not None and (name := people[notice.person].name) not in names:
            names.append(name)
    for duty, rung, at in steps(page.journal, list(rows.values()), Ladders(page.now)):
        names = told.get((duty.key, str(rung.level)), [])
        title = _("%(title)s: %(hours)d h overdue") % {"title": duty.title, "hours": rung.hours}
        whom = f"{rung.post}（{'、'.join(names)}）" if names else rung.post
        yield Step(title, duty.instance, whom, at, at <= page.now)
