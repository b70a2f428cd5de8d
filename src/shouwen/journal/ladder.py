"""Climbing the house's ladder (逐级上报): who is told of what has been overdue for so long.

A notice, one under each key; no entry, no duty, no clause: it is the house's own. A duty for which the regulation
itself escalates, by a timer that its act would spare or by a rule upon ``overdue``, is left to the regulation; a
confidential matter is not told about to anybody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from shouwen.engine import Program
from shouwen.governance.ladder import Ladders
from shouwen.governance.models import Escalation
from shouwen.journal.involved import Resolve
from shouwen.journal.models import Duty, DutyState
from shouwen.journal.notices import Notices
from shouwen.journal.pen import OpenJournal
from shouwen.policy import model

ESCALATED = "escalated"


def climb(
    journal: OpenJournal,
    opened: Sequence[Duty],
    ladders: Ladders,
    now: datetime,
    resolve: Resolve,
    notices: Notices,
) -> datetime | None:
    """Tell whom the steps name that have come since the subject was last looked at; when the next one comes.

    `opened`: duties that are new now, of which nobody was told yet.
    """
    subject = journal.subject
    coming: list[datetime] = []
    for duty, rung, at in steps(journal, [*opened, *journal.duties.values()], ladders):
        if at > now:
            coming.append(at)
        elif at > subject.folded_at or duty in opened:
            holder = resolve(journal, model.Role(rung.post, "post", rung.post, "up"))
            data = {"level": str(rung.level), "hours": rung.hours, "post": rung.post}
            person, post = (one.pk if one is not None else None for one in (holder.person, holder.post))
            notices.about(ESCALATED, duty, person, post, data)
    return min(coming, default=None)


def steps(
    journal: OpenJournal, duties: Sequence[Duty], ladders: Ladders
) -> Iterator[tuple[Duty, Escalation, datetime]]:
    """Each step of each overdue duty that the house's ladder is for, and when it comes or came."""
    subject, program = journal.subject, journal.program
    if program is None or subject.confidential:
        return
    for duty in duties:
        if duty.state != DutyState.OVERDUE or duty.outside or duty.due_at is None:
            continue
        if (subject.quiet_until and duty.due_at <= subject.quiet_until) or has_own(program, duty.rule):
            continue
        for rung in ladders.of(subject.unit, subject.kind):
            yield duty, rung, duty.due_at + timedelta(hours=rung.hours)


@lru_cache(maxsize=4096)
def has_own(program: Program, rule: str) -> bool:
    """Whether the regulation escalates what this rule asks by itself."""
    duty = next((one for one in program.policy.all_of(model.Duty) if one.id == rule), None)
    keeping = {happening.event for happening in duty.act.happenings} if duty else set()
    return any(_escalates(one.trigger, keeping) for one in program.policy.all_of(model.Duty))


def _escalates(trigger: model.Trigger, keeping: set[str]) -> bool:
    if isinstance(trigger, model.Passed):
        return any(happening.event in keeping for happening in trigger.unless)
    if isinstance(trigger, model.Happening):
        return trigger.event == "overdue"
    return isinstance(trigger, (model.AnyOf, model.AllOf)) and any(_escalates(one, keeping) for one in trigger.parts)
