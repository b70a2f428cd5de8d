"""What people do with matters: one function an act, whole in one transaction.

All raise what ``journal.record`` raises, and then nothing was written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.organisation.access import may
from shouwen.organisation.models import Person, Unit


def take_in(
    unit: Unit,
    data: Mapping[str, Any],
    *,
    actor: Actor,
    kind: str = "complaint",
    at: datetime | None = None,
    key: str | None = None,
    repeat_of: Subject | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Subject:
    """Take a customer's matter in (首问受理): it has a number, an owner and its duties when this returns.

    ``data`` is that of ``received``; without ``first_asked`` the actor owns it, and where he holds no post the duty
    post of the unit, else its superior's. ``repeat_of``: the earlier matter that it repeats, linked at once.
    """
    matter = NewSubject(kind, unit)
    drafts = [Draft(matter, "received", data, at=at, key=key, reason=reason)]
    if repeat_of is not None:
        link = {"other": str(repeat_of.pk), "role": "repeat_of"}
        drafts.append(Draft(matter, "linked", link, as_fact=True))
    return record(*drafts, actor=actor, now=now).subject


def hand_over(
    matter: Subject, to: Person, *, actor: Actor, reason: str = "", key: str | None = None, seen: int | None = None
) -> Recorded:
    """Offer the matter to somebody (移交). Its owner stays its owner until that one accepts."""
    data = {"to": str(to.pk), "reason": reason}
    return record(Draft(matter, "handover_offered", data, key=key, seen=seen), actor=actor)


def accept_hand_over(matter: Subject, *, actor: Actor, key: str | None = None, seen: int | None = None) -> Recorded:
    """Accept what was offered (接手): from now on the matter is the actor's."""
    assert actor.person is not None
    data = {"to": str(actor.person.pk)}
    return record(Draft(matter, "handover_accepted", data, key=key, seen=seen), actor=actor)


def open_cause(unit: Unit, *, actor: Actor, kind: str = "cause", key: str | None = None) -> Subject:
    """Open a cause (群诉事因) that matters of many customers are joined to."""
    if actor.person is None or not may(actor.person, None, unit, clock.now()):
        raise NotAllowed(_("You hold no post that acts for this unit."))
    # ``opened`` is written by the house, in the name of who asked for it.
    house = Actor(actor.person, actor.post, actor.unit, system=True)
    return record(Draft(NewSubject(kind, unit), "opened", {"kind": kind}, key=key), actor=house).subject


def join_cause(
    cause: Subject, matters: Iterable[Subject], *, actor: Actor, households: int | None = None, key: str | None = None
) -> Recorded:
    """Join matters to their common cause (并案), all or none; each journal says so, the cause's too.

    ``households`` is how many are affected in all, where it is known.
    """
    drafts: list[Draft] = []
    for matter in matters:
        counted = {} if households is None else {"households": households}
        own = None if key is None else f"{key}:{matter.pk}"
        drafts.append(Draft(matter, "joined", {"other": str(cause.pk), "role": "part_of", **counted}, key=own))
        drafts.append(Draft(cause, "joined", {"other": str(matter.pk), "role": "about", **counted}))
    return record(*drafts, actor=actor)


def leave_cause(cause: Subject, matter: Subject, *, actor: Actor) -> Recorded:
    """Take a matter out of its cause again (退出并案)."""
    return record(
        Draft(matter, "left", {"other": str(cause.pk), "role": "part_of"}),
        Draft(cause, "left", {"other": str(matter.pk), "role": "about"}),
        actor=actor,
    )


def merge(matter: Subject, into: Subject, *, actor: Actor, key: str | None = None) -> Recorded:
    """Merge a matter into another that is the same (合并): what it owes is owed there from now on."""
    return record(
        Draft(matter, "merged", {"other": str(into.pk)}, key=key),
        Draft(into, "linked", {"other": str(matter.pk), "role": "about"}),
        actor=actor,
    )


def unmerge(matter: Subject, from_: Subject, *, actor: Actor, key: str | None = None) -> Recorded:
    """Undo a merge (取消合并): the matter's own duties stand again as if nothing had happened."""
    return record(
        Draft(matter, "unmerged", {"other": str(from_.pk)}, key=key),
        Draft(from_, "unlinked", {"other": str(matter.pk), "role": "about"}),
        actor=actor,
    )
