"""In which role a person acts upon a subject: asked by pages to offer it; ``record()`` decides."""

from collections.abc import Iterable
from datetime import datetime

from shouwen.engine import Entry as Step
from shouwen.engine import Owed
from shouwen.governance.programs import program_of
from shouwen.journal.drafts import Actor
from shouwen.journal.models import Duty, Subject
from shouwen.journal.pen import OpenJournal
from shouwen.journal.powers import Doers
from shouwen.journal.rows import steps_of
from shouwen.journal.urging import SIGNING, STANDING, URGING, covers, standing_above
from shouwen.organisation.access import capacity
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.seats import Seat, seats, selves


def open_journal(subject: Subject, steps: list[Step] | None = None) -> OpenJournal:
    """The subject's journal as it stands, to be read; ``program`` None where no policy holds.

    ``steps``: its entries in the order of recording, where they are at hand.
    """
    policy = subject.policy_version_id
    program = program_of(policy, subject.unit, subject.calendar_version_id) if policy else None
    rows = {row.key: row for row in subject.duties.select_related("person", "post", "unit")}
    return OpenJournal(subject, program, steps_of([subject])[subject.pk] if steps is None else steps, duties=rows)


class Acting:
    """What one person may do upon one subject at an instant."""

    def __init__(self, journal: OpenJournal, person: Person, now: datetime) -> None:
        self.journal = journal
        self.person = person
        self.now = now
        self.seats = seats(person, now)
        self._roles = journal.program.policy.roles if journal.program else {}
        self._known: dict[str, bool] = {}
        seat = next(iter(self.near), next(iter(self.seats), None))
        self._doers = Doers(journal, Actor(person, seat.post.name if seat else "", seat.unit if seat else None))

    @property
    def near(self) -> list[Seat]:
        """The posts that work for the subject's unit, nearest first."""
        return [seat for seat in self.seats if seat.works_for(self.journal.subject.unit)]

    def fills(self, role: str) -> bool:
        """Whether the person may act in this role of the regulation."""
        if role not in self._known:
            known = role in self._roles
            found = known and capacity(
                self.person, [role], self.journal.subject.unit, self.now, self._roles, self._doers
            )
            self._known[role] = bool(found)
        return self._known[role]

    def may(self, event: str) -> bool:
        """Whether the person may write this event: an act by power, a fact by seeing the subject."""
        if not self.journal.events[event].act:
            return True
        names = self.journal.standing.may(event) if self.journal.standing else None
        if event in URGING:
            return any(self.may_urge(row) for row in self.journal.duties.values() if row.state in STANDING)
        if names is None:
            return bool(self.near) or self.journal.subject.owner_person_id in selves(self.person, self.seats)
        return any(self.fills(name) for name in names)

    def may_urge(self, duty: Duty) -> bool:
        """Whether the person may press for this duty."""
        own = selves(self.person, self.seats)
        if duty.person_id in own or duty.outside:
            return False
        standing, unit = self.journal.standing, duty.unit or self.journal.subject.unit
        if standing_above(self.seats, [unit]) or self.journal.subject.owner_person_id in own:
            return True
        named, leaders = (standing.may(event) or () for event in ("urged", SIGNING)) if standing else ((), ())
        leading = any(map(self.fills, leaders)) and any(covers(seat.unit, [unit]) for seat in self.near)
        return leading or any(map(self.fills, named))

    def posts(self, event: str, owed: Owed | None) -> list[str]:
        """Roles in which the event may be written, the fitting one first."""
        kind = self.journal.events[event]
        names = self.journal.standing.may(event) if self.journal.standing else None
        own = [seat.post.name for seat in (self.near or self.seats)]
        if kind.act:
            fitting = self._by_fit(name for name in names or () if self.fills(name))
            return list(dict.fromkeys(fitting)) if names is not None and fitting else list(dict.fromkeys(own))
        whose = list((owed.rule.by or (owed.who,)) if owed else names or ())
        outside = [role.name for role in self._roles.values() if role.outside]
        mine = self._by_fit(name for name in whose if name not in outside and self.fills(name))
        return list(dict.fromkeys([*mine, *whose, *own, *outside]))

    def _by_fit(self, names: Iterable[str]) -> list[str]:
        """Roles of posts that one holds before those that one fills in for somebody."""
        held = {seat.post.name for seat in self.seats}
        return sorted(names, key=lambda name: not held & {self._roles[name].of, *self._roles[name].also})

    def actor(self, role: str) -> Actor:
        """Who writes, from the post that fits the role."""
        wanted = self._roles.get(role)
        names = (wanted.of, *wanted.also) if wanted else (role,)
        near = self.near or self.seats
        seat = next((seat for seat in near if seat.post.name in names), next(iter(near), None))
        return Actor(self.person, seat.post.name if seat else "", seat.unit if seat else None)


def acting_from(person: Person, unit: Unit, now: datetime) -> Actor:
    """Who writes, from the post nearest to the ground that works for the unit."""
    held = seats(person, now)
    seat = next((seat for seat in held if seat.works_for(unit)), next(iter(held), None))
    return Actor(person, seat.post.name if seat else "", seat.unit if seat else None)
