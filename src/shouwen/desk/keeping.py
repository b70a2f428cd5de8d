"""Several duties kept at once (一并完成): reports and rounds of periods, units and people, one attachment for all.

Only what the rule says outright is written, and whatever file comes with it: a duty whose act asks for more has its
own form. What is owed to a customer is done one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouwen.desk.prefill import of_duty, single
from shouwen.desk.words import worded
from shouwen.engine import STANDING
from shouwen.journal import attachments
from shouwen.journal.acting import Acting, open_journal
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Invalid, NotRecorded
from shouwen.journal.fields import form_fields
from shouwen.journal.models import Attachment, Duty, DutyState
from shouwen.journal.record import record_batch
from shouwen.organisation.models import Person
from shouwen.policy.model import Field

MOST = 50
"""Duties that are kept at once."""


@dataclass(frozen=True)
class Keepable:
    """A duty with what would be written to keep it; ``hinders`` says why it cannot be kept so."""

    duty: Duty
    title: str
    data: dict[str, Any] = field(default_factory=dict)
    role: str = ""
    actor: Actor | None = None
    file: Field | None = None
    hinders: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of one: ``state`` of the duty after it, or why nothing was written."""

    duty: Duty
    title: str
    state: str = ""
    refused: str = ""


def keepable(duties: Iterable[Duty], person: Person, now: datetime) -> list[Keepable]:
    """What each would take, in the order given; a subject's journal is read once."""
    found: dict[int, Keepable] = {}
    by_subject: dict[Any, list[Duty]] = defaultdict(list)
    duties = list(duties)
    for duty in duties:
        by_subject[duty.subject_id].append(duty)
    for several in by_subject.values():
        acting = Acting(open_journal(several[0].subject), person, now)
        found |= {duty.pk: _keepable(duty, acting, now) for duty in several}
    return [found[duty.pk] for duty in duties]


def _keepable(duty: Duty, acting: Acting, now: datetime) -> Keepable:
    journal = acting.journal
    at = max(now, journal.steps[-1].recorded_at)
    owed = next((one for one, _standing in journal.owed(at) if one.key == duty.key), None)
    if owed is None or owed.state not in STANDING or journal.program is None:
        return Keepable(duty, duty.title, hinders=_("It is not owed any more."))
    event = worded(journal.events[duty.event])
    fields = form_fields(journal.program, event, duty.subject.kind)
    data = single(fields, of_duty(owed.rule, owed))
    title = owed.rule.title or event.title
    lacking = [one.title for name, one in fields.items() if one.required and name not in data]
    if duty.subject.matter or event.implied:
        return Keepable(duty, title, hinders=_("It has a form of its own."))
    if lacking:
        return Keepable(duty, title, hinders=_("It asks for more: %(fields)s.") % {"fields": "、".join(lacking)})
    if not acting.may(duty.event):
        return Keepable(duty, title, hinders=_("You hold no post that may do this."))
    role = next(iter(acting.posts(duty.event, owed)), "")
    file = next((one for one in fields.values() if one.type == "file"), None)
    return Keepable(duty, title, data, role, acting.actor(role), file)


def keep_all(ready: Sequence[Keepable], files: Sequence[Attachment], key: str) -> list[Kept]:
    """Record what keeps each, with the files for each; what one is refused hinders no other.

    The same ``key`` a second time writes nothing more.
    """
    drafts: dict[int, tuple[Keepable, Draft]] = {}
    for number, one in enumerate(one for one in ready if not one.hinders):
        given = files if number == 0 else [attachments.again(file) for file in files]
        data = dict(one.data)
        if given and one.file is not None:
            data[one.file.name] = [str(file.pk) for file in given] if one.file.many else str(given[0].pk)
        subject, own_key = one.duty.subject, f"keep:{key}:{one.duty.pk}"
        drafts[one.duty.pk] = one, Draft(subject, one.duty.event, data, post=one.role, key=own_key)
    refused: dict[int, str] = {}
    by_actor: dict[tuple[str, int | None], list[tuple[Keepable, Draft]]] = defaultdict(list)
    for one, draft in drafts.values():
        assert one.actor is not None
        by_actor[one.actor.post, one.actor.unit.pk if one.actor.unit else None].append((one, draft))
    for several in by_actor.values():
        actor = several[0][0].actor
        assert actor is not None
        results = record_batch([[draft] for _one, draft in several], actor=actor)
        for (one, _draft), result in zip(several, results, strict=True):
            if isinstance(result, NotRecorded):
                refused[one.duty.pk] = _said(result)
    states = dict(Duty.objects.filter(pk__in=list(drafts)).values_list("pk", "state"))
    return [
        Kept(one.duty, one.title, states.get(one.duty.pk, ""), one.hinders or refused.get(one.duty.pk, ""))
        for one in ready
    ]


def _said(reason: NotRecorded) -> str:
    return "；".join(map(str, reason.errors.values())) if isinstance(reason, Invalid) else str(reason)


DONE = (DutyState.KEPT, DutyState.LATE)
"""States in which what was written has kept the duty."""
