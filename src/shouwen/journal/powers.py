"""Whether the actor may write this entry, in which role, and on whose behalf (职权、代理)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from shouwen.engine import Entry as Step
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Subject
from shouwen.journal.owners import FIRST_ASKED, ownership
from shouwen.journal.pen import OpenJournal
from shouwen.journal.sums import at_stake
from shouwen.journal.urging import SIGNING, URGING, covers, owes, pressed, standing_above, units_of
from shouwen.organisation.access import Capacity, capacity, visible
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.resolve import Doer
from shouwen.organisation.seats import Seats, selves
from shouwen.organisation.snapshot import snapshot
from shouwen.policy.model import EventType


class Doers(Mapping[str, Doer]):
    """Who did which event of a journal, the last one counting; looked up only when a role asks."""

    def __init__(self, journal: OpenJournal, actor: Actor) -> None:
        self._journal = journal
        self._actor = actor
        self._found: dict[str, Doer | None] = {}

    def __getitem__(self, event: str) -> Doer:
        if event not in self._found:
            self._found[event] = self._look_up(event)
        doer = self._found[event]
        if doer is None:
            raise KeyError(event)
        return doer

    def __iter__(self) -> Iterator[str]:
        return iter({step.type for step in self._journal.steps})

    def __len__(self) -> int:
        return len({step.type for step in self._journal.steps})

    def _look_up(self, event: str) -> Doer | None:
        step = next((step for step in reversed(self._journal.steps) if step.type == event), None)
        if step is None:
            return None
        # Who was first asked is the doer of the intake, whoever wrote it down for him.
        person = self._person(str(step.data.get(FIRST_ASKED) or step.by))
        return Doer(person, step.post, self._unit(step))

    def _person(self, pk: str) -> Person | None:
        if not pk:
            return None
        own = self._actor.person
        return own if own is not None and str(own.pk) == pk else snapshot().people.get(int(pk))

    def _unit(self, step: Step) -> Unit:
        for known in (self._journal.subject.unit, self._actor.unit):
            if known is not None and str(known.pk) == step.unit:
                return known
        found = snapshot().units.get(int(step.unit)) if step.unit else None
        return found or self._journal.subject.unit


class Warrant(NamedTuple):
    """The role under which an entry is written, and the id of the person on whose behalf, if of another."""

    role: str
    of: int | None = None


def role_of(
    draft: Draft,
    data: Mapping[str, Any],
    event: EventType,
    journal: OpenJournal,
    actor: Actor,
    now: datetime,
    held: Callable[[], Seats],
) -> Warrant:
    """The role under which the entry is written; `data` as checked, `held` gives the actor's posts.

    Raises NotAllowed for an act beyond the actor's power, or upon a confidential subject that he does not see.

    A fact is written whoever tells it, by anybody who sees the subject; a new one by anybody of the house: whoever
    is asked first takes it in.
    """
    person = actor.person
    if person is None:
        raise NotAllowed(_("Nobody is signed in."))
    names = journal.standing.may(draft.type) if journal.standing else None
    asked: Sequence[str] | None = [draft.post] if names is not None and draft.post in names else names
    roles = journal.program.policy.roles if journal.program else {}
    if journal.subject.confidential and not _sees(journal, person, now):
        raise NotAllowed(_("You do not see this subject."))
    limited = any(roles[name].form == "authority" for name in asked or ())
    amount = at_stake(journal, event.fields, data) if limited else None
    found = capacity(person, asked, journal.subject.unit, now, roles, Doers(journal, actor), amount)
    if draft.type in URGING:
        units = units_of(journal, data)
        found = (
            (found if names else None) or standing_above(held(), units) or _leading(journal, person, units, actor, now)
        )
        names = (found.role,) if found else None
    owner = None
    if event.act:
        if draft.type in HANDOVER or (found is None and names is None):
            owner = _owner_acted_for(draft, journal, person, selves(person, held()))
        if found is None and (owner is None or names is not None):
            raise _refusal(draft, names, own=owes(person, held(), pressed(journal, data)))
    elif found is None and not (held() if journal.fresh else _sees(journal, person, now)):
        raise NotAllowed(_("You do not see this subject."))
    if owner is None and found is not None and found.acting_for is not None:
        owner = found.acting_for.pk
    of = None if owner == person.pk else owner
    if found is not None and names is not None:
        return Warrant(found.role, of)
    return Warrant(draft.post or actor.post or (found.role if found else ""), of)


def _leading(
    journal: OpenJournal, person: Person, units: Sequence[Unit], actor: Actor, now: datetime
) -> Capacity | None:
    """As whom he decides on the approvals of all these units; None where the policy leaves that to everybody."""
    names = journal.standing.may(SIGNING) if journal.standing else None
    if not names or journal.program is None:
        return None
    roles = journal.program.policy.roles
    found = capacity(person, names, journal.subject.unit, now, roles, Doers(journal, actor))
    return found if found is not None and covers(found.post.unit, units) else None


def _refusal(draft: Draft, names: Sequence[str] | None, *, own: bool) -> NotAllowed:
    if draft.type in URGING and own:
        return NotAllowed(_("You owe this yourself."))
    if draft.type in URGING:
        return NotAllowed(
            _("Only who stands above the unit that owes it, whose the matter is, or whom a clause names may urge it.")
        )
    if names:
        return NotAllowed(_("This act belongs to: %(roles)s.") % {"roles": "、".join(names)}, names)
    return NotAllowed(_("You hold no post that acts for this unit."))


HANDOVER = ("handover_offered", "handover_accepted")


def _owner_acted_for(draft: Draft, journal: OpenJournal, person: Person, who: Sequence[int]) -> int | None:
    """Whose own act it is, of `who` (the person, and those for whom he stands in): the owner's or the asked one's,
    wherever their posts are. Raises NotAllowed for a hand-over that is neither's."""
    owner = ownership(journal.steps)
    ids = {str(one): one for one in who}
    if draft.type == "handover_accepted":
        if owner is None or owner.offered_to not in ids:
            raise NotAllowed(_("This matter was not offered to you."))
        return ids[owner.offered_to]
    if owner is None or owner.person is None:
        return person.pk if draft.type in HANDOVER else None
    if owner.person in ids:
        return ids[owner.person]
    if draft.type in HANDOVER:
        raise NotAllowed(_("Only its owner hands a matter over."))
    return None


def _sees(journal: OpenJournal, person: Person, now: datetime) -> bool:
    return visible(person, Subject.objects.filter(pk=journal.subject.pk), now).exists()
