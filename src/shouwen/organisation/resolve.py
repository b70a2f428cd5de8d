"""From a role of the regulation to whoever fills it (角色 → 岗位、人员).

A role names a post at a place, an outside party, or who did an earlier event. Inside the house
somebody is always found: the role itself, its fallback, the duty post of the unit, its superior's.
Whatever was not the role itself is marked ``fell_back``, so that a notice can be sent.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from shouwen.organisation.deputies import StandIns, stand_ins
from shouwen.organisation.models import Appointment, Authority, Person, Post, Unit, UnitKind
from shouwen.organisation.seats import seats
from shouwen.organisation.snapshot import Snapshot, holding, snapshot
from shouwen.policy.model import Role

NO_ROLES: Mapping[str, Role] = {}
NO_LIMIT = Decimal("Infinity")


class Doer(NamedTuple):
    """Who did an earlier event (行为人): the post by its name, in its unit."""

    person: Person | None
    post: str
    unit: Unit


NO_ACTORS: Mapping[str, Doer] = {}


@dataclass(frozen=True)
class Holder:
    """Who fills a role (承担者): a post of a unit, the person where only one holds it, or an outside ``party``.

    ``post`` is None for a party, and for a unit in whose whole line nobody has any post. Where the one person is
    away, ``person`` is the deputy and ``acting_for`` whose place it is; ``personal``: that one owes it by name even so,
    for what he did himself.
    """

    role: str
    unit: Unit
    post: Post | None = None
    person: Person | None = None
    party: str = ""
    fell_back: bool = False
    acting_for: Person | None = None
    personal: bool = False

    @property
    def by_name(self) -> Person | None:
        """Who owes by name what is opened now. What a deputy does for a post stays the post's, so that it is its
        holder's again when he is back."""
        if self.acting_for is None:
            return self.person
        return self.acting_for if self.personal else None


class Incumbent(NamedTuple):
    """Who does what a post has to do: its holder, or his deputy while he is away."""

    person: Person | None
    acting_for: Person | None


NOBODY = Incumbent(None, None)


class Directory:
    """Posts and people from one unit up to the root at one instant.

    ``roles`` are those of the policy (for fallbacks), ``actors`` who did which event before.
    """

    def __init__(
        self,
        unit: Unit,
        at: datetime,
        roles: Mapping[str, Role] = NO_ROLES,
        actors: Mapping[str, Doer] = NO_ACTORS,
    ) -> None:
        self.unit = unit
        self.at = at
        self.roles = roles
        self.actors = actors

    def holder(self, role: Role, amount: Decimal | None = None) -> Holder:
        """Who fills ``role``; never nobody inside the house. An authority is asked to cover ``amount`` (yuan)."""
        if role.outside:
            return Holder(role.name, self.unit, party=role.of)
        asked: set[str] = set()
        current: Role | None = role
        while current is not None and current.name not in asked:
            asked.add(current.name)
            found = self._holder_itself(current, amount)
            if found is not None:
                return replace(found, role=role.name, fell_back=found.fell_back or current is not role)
            current = self.roles.get(current.fallback or "")
        return self.on_duty(role.name)

    def on_duty(self, role: str, *, fell_back: bool = True) -> Holder:
        """The duty post (值班岗位) of the unit, else the nearest superior's; else whoever is nearest at all."""
        posts = [post for unit in self._upward for post in self._posts[unit.pk]]
        # Where everybody is away, it still is somebody's.
        held = [p for p in posts if self._people[p.pk]] or [p for p in posts if self._in_office[p.pk]]
        duty = next((post for post in held if post.is_duty_post and post.unit_id in self.unit.line), None)
        if duty is not None:
            return self._held(role, duty, fell_back=fell_back or duty.unit_id != self.unit.pk)
        if held:
            return self._held(role, held[0], fell_back=True)
        return Holder(role, self.unit, fell_back=True)

    def _holder_itself(self, role: Role, amount: Decimal | None) -> Holder | None:
        if role.outside:
            return Holder(role.name, self.unit, party=role.of)
        if role.form == "actor":
            return self._actor(role)
        if role.form == "authority":
            # The last resort is a post that bears the authority's name.
            return self._first(role, self._authorised(role, amount)) or self._first(role, self._named(role, "up"))
        return self._first(role, self._named(role, role.at))

    def _first(self, role: Role, posts: list[Post]) -> Holder | None:
        held = next((post for post in posts if self._people[post.pk]), None)
        return None if held is None else self._held(role.name, held, fell_back=held is not posts[0])

    def _named(self, role: Role, place: str) -> list[Post]:
        names = (role.of, *role.also)
        return [post for unit in self._places(place) for post in self._posts[unit.pk] if post.name in names]

    def _authorised(self, role: Role, amount: Decimal | None) -> list[Post]:
        """The posts upward with the authority for the sum, nearest first, of one unit the one with the least limit."""
        kinds, found = (role.of, *role.also), []
        for unit in self._upward:
            limits: list[tuple[Decimal, Post]] = []
            for post in self._posts[unit.pk]:
                rows = [row for row in self._authorities[post.pk] if row.kind in kinds and row.suffices(amount)]
                limits += [(NO_LIMIT if row.limit is None else row.limit, post) for row in rows[:1]]
            found += [post for _limit, post in sorted(limits, key=lambda one: one[0])]
        return found

    def _held(self, role: str, post: Post, *, fell_back: bool = False) -> Holder:
        people = self._people[post.pk] or [Incumbent(person, None) for person in self._in_office[post.pk]]
        only = people[0] if len(people) == 1 else NOBODY
        return Holder(role, post.unit, post, only.person, fell_back=fell_back, acting_for=only.acting_for)

    def _actor(self, role: Role) -> Holder | None:
        """The doer while still in office, or his deputy; then the post in which it was done, if others hold it."""
        doer = self.actors.get(role.of)
        if doer is None:
            return None
        post = Post.objects.holding(self.at).filter(unit=doer.unit, name=doer.post).select_related("unit").first()
        if doer.person is not None:
            own = [seat for seat in seats(doer.person, self.at) if seat.acting_for is None]
            kept = next((seat for seat in own if seat.post == post), next(iter(own), None))
            if kept is not None and not kept.away:
                return Holder(role.name, kept.unit, kept.post, doer.person)
            deputy = StandIns([doer.person.pk], self.at).of(doer.person.pk, None) if kept is not None else None
            if kept is not None and deputy is not None:
                return Holder(role.name, kept.unit, kept.post, deputy, acting_for=doer.person, personal=True)
        return self._successor(role, post)

    def _successor(self, role: Role, post: Post | None) -> Holder | None:
        held = Appointment.objects.holding(self.at).filter(post=post, person__is_active=True)
        people = [appointment.person for appointment in held.select_related("person")] if post else []
        away = stand_ins([person.pk for person in people], self.at)
        people = [person for person in people if person.pk not in away.people]
        if post is None or not people:
            return None
        return Holder(role.name, post.unit, post, people[0] if len(people) == 1 else None, fell_back=True)

    def _places(self, at: str) -> Iterator[Unit]:
        """Units to look in, nearest first: on every step the unit, then its departments."""
        for unit in self._line_for(at):
            if at != "department" or unit.kind == UnitKind.DEPARTMENT:
                yield unit
            yield from self._departments[unit.pk]

    def _line_for(self, at: str) -> list[Unit]:
        line = self._line
        if at == "group":
            return line[-1:]
        if at == "own":
            branch = next((i for i, unit in enumerate(line) if unit.kind == UnitKind.BRANCH), len(line))
            return line[: branch + 1]
        return line

    @cached_property
    def _house(self) -> Snapshot:
        return snapshot()

    @cached_property
    def _units(self) -> list[Unit]:
        line = self.unit.line
        found = {pk: self._house.units[pk] for pk in line}
        for pk in line:
            found |= {unit.pk: unit for unit in holding(self._house.departments.get(pk, ()), self.at)}
        return [found[pk] for pk in sorted(found)]

    @cached_property
    def _line(self) -> list[Unit]:
        """The unit and its superiors, nearest first."""
        by_id = {unit.pk: unit for unit in self._units}
        return [by_id[pk] for pk in reversed(self.unit.line)]

    @cached_property
    def _upward(self) -> list[Unit]:
        return list(self._places("up"))

    @cached_property
    def _departments(self) -> Mapping[int, list[Unit]]:
        line = set(self.unit.line)
        found = defaultdict(list)
        for unit in self._units:
            if unit.parent_id is not None and unit.pk not in line:
                found[unit.parent_id].append(unit)
        return found

    @cached_property
    def _posts(self) -> Mapping[int, list[Post]]:
        """The posts of these units, the duty post first."""
        return {unit.pk: holding(self._house.posts.get(unit.pk, ()), self.at) for unit in self._units}

    @cached_property
    def _appointed(self) -> list[tuple[Appointment, bool]]:
        """Who is in office in these units, the longest first, and whether he is away."""
        posts = [post for posts in self._posts.values() for post in posts]
        rows = [row for post in posts for row in holding(self._house.holders.get(post.pk, ()), self.at)]
        in_office = sorted((row for row in rows if row.person.is_active), key=lambda row: (row.since, row.pk))
        return [(row, self._house.away(row.person_id, self.at)) for row in in_office]

    @cached_property
    def _in_office(self) -> Mapping[int, list[Person]]:
        found = defaultdict(list)
        for appointment, _away in self._appointed:
            found[appointment.post_id].append(appointment.person)
        return found

    @cached_property
    def _people(self) -> Mapping[int, list[Incumbent]]:
        """Who does what each post has to do: those who are there, and the deputies of those who are not."""
        deputies = StandIns({one.person_id for one, away in self._appointed if away}, self.at)
        found: Mapping[int, dict[int, Incumbent]] = defaultdict(dict)
        for one, away in sorted(self._appointed, key=lambda row: row[1]):
            does = deputies.of(one.person_id, one.post_id) if away else one.person
            if does is not None:
                found[one.post_id].setdefault(does.pk, Incumbent(does, one.person if away else None))
        return defaultdict(list, {post: list(people.values()) for post, people in found.items()})

    @cached_property
    def _authorities(self) -> Mapping[int, list[Authority]]:
        """What each post of these units has authority for; the least limit first."""
        found = defaultdict(list)
        posts = [post for posts in self._posts.values() for post in posts]
        rows = [row for post in posts for row in holding(self._house.authorities.get(post.pk, ()), self.at)]
        rows = [row for row in rows if row.category == ""]
        for row in sorted(rows, key=lambda row: (NO_LIMIT if row.limit is None else row.limit, row.pk)):
            found[row.post_id].append(row)
        return found


def holder(
    role: Role,
    unit: Unit,
    at: datetime,
    actors: Mapping[str, Doer] = NO_ACTORS,
    roles: Mapping[str, Role] = NO_ROLES,
    amount: Decimal | None = None,
) -> Holder:
    """Who fills one role for a subject of ``unit`` at ``at``; for several roles keep a ``Directory``."""
    return Directory(unit, at, roles, actors).holder(role, amount)


FIRST_ASKED = "首问人"


def owner_at_first(unit: Unit, person: Person | None, at: datetime) -> Holder:
    """Exactly one owner from the first second (首问负责).

    The person who was asked, in the post nearest to the unit; who holds no post owns nothing,
    then it is the duty post of the unit, else the superior's.
    """
    if person is not None and (own := seats(person, at)):
        nearest = min(
            own, key=lambda seat: (seat.acting_for is not None, not seat.works_for(unit), -len(seat.unit.line))
        )
        return Holder(FIRST_ASKED, nearest.unit, nearest.post, person)
    return Directory(unit, at).on_duty(FIRST_ASKED, fell_back=False)
