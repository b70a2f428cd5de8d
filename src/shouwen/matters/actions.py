"""What people do with matters: one function an act, whole in one transaction.

All raise what ``journal.record`` raises, and then nothing was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shouwen.governance.programs import in_force
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Entry, Link, Subject, SubjectState
from shouwen.journal.numbering import give_numbers
from shouwen.journal.record import record
from shouwen.organisation.access import may
from shouwen.organisation.models import Person, Unit

CAUSE = "cause"
"""Kind of the subjects that matters are joined to (群诉事因)."""
CAUSE_NUMBERING = "群诉-{unit}-{year}-{n:03}"
COUNTERPARTS: Mapping[str, str] = {"joined": "joined", "left": "left", "merged": "linked", "unmerged": "unlinked"}
"""What the other subject's journal says of an act that concerns two."""
UNDOES: Mapping[str, str] = {"left": "part_of", "unmerged": "merged"}
"""The relation that an act takes back."""


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
    """Accept what was offered (接手): from now on it is whose it was offered to, also where a deputy accepts."""
    assert actor.person is not None
    data = {"to": str(matter.offered_to_id or actor.person.pk)}
    return record(Draft(matter, "handover_accepted", data, key=key, seen=seen), actor=actor)


def open_cause(
    unit: Unit,
    matters: Sequence[Subject] = (),
    *,
    actor: Actor,
    kind: str = CAUSE,
    households: int | None = None,
    key: str | None = None,
) -> Subject:
    """Open a cause (群诉事因) that matters of many customers are joined to, with the first of them.

    Where no policy numbers causes, they are numbered 群诉-UNIT-YEAR-NNN.
    """
    earlier = Entry.objects.filter(key=key).select_related("subject__unit").first() if key else None
    if earlier is not None:
        return earlier.subject
    now = clock.now()
    if actor.person is None or not may(actor.person, None, unit, now):
        raise NotAllowed(_("You hold no post that acts for this unit."))
    # ``opened`` is written by the house, in the name of who asked for it.
    house = Actor(actor.person, actor.post, actor.unit, system=True)
    with transaction.atomic():
        numbered = Subject(kind=kind, unit=unit, opened_at=now)
        if in_force(unit, kind, now) is None:
            give_numbers([(numbered, CAUSE_NUMBERING)])
        new = NewSubject(kind, unit, number=numbered.number)
        cause = record(Draft(new, "opened", {"kind": kind}, key=key), actor=house).subject
        if matters:
            join_cause(cause, matters, actor=actor, households=households)
    return cause


def join_cause(
    cause: Subject, matters: Iterable[Subject], *, actor: Actor, households: int | None = None, key: str | None = None
) -> Recorded:
    """Join matters to their common cause (并案), all or none; each journal says so, the cause's too.

    ``households`` is how many are affected in all, where it is known; it counts as a fact of each matter.
    """
    drafts: list[Draft] = []
    for matter in matters:
        data: dict[str, Any] = {"other": str(cause.pk)}
        if households is not None:
            data["households"] = households
        drafts += _in_both(Draft(matter, "joined", data, key=None if key is None else f"{key}:{matter.pk}"), cause)
    return record(*drafts, actor=actor)


def leave_cause(cause: Subject, matter: Subject, *, actor: Actor, key: str | None = None) -> Recorded:
    """Take a matter out of its cause again (退出并案)."""
    return relate(Draft(matter, "left", {"other": str(cause.pk)}, key=key), cause, actor=actor)


def merge(matter: Subject, into: Subject, *, actor: Actor, key: str | None = None) -> Recorded:
    """Merge a matter into another that is the same (合并): what it owes is owed there from now on."""
    return relate(Draft(matter, "merged", {"other": str(into.pk)}, key=key), into, actor=actor)


def unmerge(matter: Subject, from_: Subject, *, actor: Actor, key: str | None = None) -> Recorded:
    """Undo a merge (取消合并): the matter's own duties stand again as if nothing had happened."""
    return relate(Draft(matter, "unmerged", {"other": str(from_.pk)}, key=key), from_, actor=actor)


def relate(draft: Draft, other: Subject, *, actor: Actor) -> Recorded:
    """Join, leave, merge or unmerge as ``draft`` says, in both journals, all or nothing.

    Raises Invalid also for taking back what does not stand, and for merging into what is not open: what the merged
    one owed would then be owed nowhere.
    """
    return record(*drafts_in_both(draft, other), actor=actor)


def drafts_in_both(draft: Draft, other: Subject) -> tuple[Draft, Draft]:
    """What ``relate`` records, for who records several calls at once. Raises Invalid as it does."""
    assert isinstance(draft.subject, Subject)
    repeated = draft.key is not None and Entry.objects.filter(key=draft.key).exists()
    if not repeated:
        _check_relation(draft, draft.subject, other)
    return _in_both(draft, other)


def _check_relation(draft: Draft, subject: Subject, other: Subject) -> None:
    if draft.type == "merged" and other.state != SubjectState.OPEN:
        raise Invalid({"other": _("That matter is not open any more: nothing can be merged into it.")})
    relation = UNDOES.get(draft.type)
    ends = Q(subject=subject, other=other) | Q(subject=other, other=subject, role="part_of")
    if relation is not None and not Link.objects.filter(ends, role=relation).exists():
        raise Invalid({"other": _("These two are not joined.")})


def _in_both(draft: Draft, other: Subject) -> tuple[Draft, Draft]:
    """The draft as its own journal says it, and as the other's does."""
    assert isinstance(draft.subject, Subject)
    data = {name: value for name, value in draft.data.items() if name != "role"}
    role, back = {}, {"role": "about"}
    if draft.type in ("joined", "left"):
        role = {"role": "about" if draft.subject.kind == CAUSE else "part_of"}
        back = {"role": "part_of" if draft.subject.kind == CAUSE else "about"}
    mirrored = {**data, **back, "other": str(draft.subject.pk)}
    own = replace(draft, data={**data, **role})
    return own, Draft(other, COUNTERPARTS[draft.type], mirrored, at=draft.at, reason=draft.reason)
