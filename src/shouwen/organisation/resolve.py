"""From a role of the regulation to whoever fills it (角色 → 岗位、人员).

A role names a post at a place, an outside party, or who did an earlier event. Inside the house
somebody is always found: the role itself, its fallback, the duty post of the unit, its superior's.
Whatever was not the role itself is marked ``fell_back``, so that a notice can be sent.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from shouwen.organisation.models import Appointment, Person, Post, Unit, UnitKind
from shouwen.organisation.seats import seats
from shouwen.policy.model import Role

NO_ROLES: Mapping[str, Role] = {}


class Doer(NamedTuple):
    """Who did an earlier event (行为人): the post by its name, in its unit."""

    person: Person | None
    post: str
    unit: Unit


NO_ACTORS: Mapping[str, Doer] = {}


@dataclass(frozen=True)
class Holder:
    """Who fills a role (承担者): a post of a unit, the person where only one holds it, or an outside ``party``.

    ``post`` is None for a party, and for a unit in whose whole line nobody has any post.
    """

    role: str
    unit: Unit
    post: Post | None = None
    person: Person | None = None
    party: str = ""
    fell_back: bool = False


class Directory:
    """Posts and people from one unit up to the root at one instant: three queries, however many roles are asked.

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

    def holder(self, role: Role) -> Holder:
        """Who fills ``role``; never nobody inside the house."""
        if role.outside:
            return Holder(role.name, self.unit, party=role.of)
        asked: set[str] = set()
        current: Role | None = role
        while current is not None and current.name not in asked:
            asked.add(current.name)
            found = self._holder_itself(current)
            if found is not None:
                return replace(found, role=role.name, fell_back=found.fell_back or current is not role)
            current = self.roles.get(current.fallback or "")
        return self.on_duty(role.name)

    def on_duty(self, role: str, *, fell_back: bool = True) -> Holder:
        """The duty post (值班岗位) of the unit, else the nearest superior's; else whoever is nearest at all."""
        held = [post for unit in self._upward for post in self._posts[unit.pk] if self._people[post.pk]]
        duty = next((post for post in held if post.is_duty_post and post.unit_id in self.unit.line), None)
        if duty is not None:
            return self._held(role, duty, fell_back=fell_back or duty.unit_id != self.unit.pk)
        if held:
            return self._held(role, held[0], fell_back=True)
        return Holder(role, self.unit, fell_back=True)

    def _holder_itself(self, role: Role) -> Holder | None:
        if role.outside:
            return Holder(role.name, self.unit, party=role.of)
        if role.form == "actor":
            return self._actor(role)
        names = (role.of, *role.also)
        place = "up" if role.form == "authority" else role.at
        posts = [post for unit in self._places(place) for post in self._posts[unit.pk] if post.name in names]
        held = next((post for post in posts if self._people[post.pk]), None)
        return None if held is None else self._held(role.name, held, fell_back=held is not posts[0])

    def _held(self, role: str, post: Post, *, fell_back: bool = False) -> Holder:
        people = self._people[post.pk]
        return Holder(role, post.unit, post, people[0] if len(people) == 1 else None, fell_back=fell_back)

    def _actor(self, role: Role) -> Holder | None:
        """The doer while still in office; then the post in which it was done, if others hold it."""
        doer = self.actors.get(role.of)
        if doer is None:
            return None
        post = Post.objects.filter(unit=doer.unit, name=doer.post).select_related("unit").first()
        if doer.person is not None:
            own = seats(doer.person, self.at)
            if own:
                kept = next((seat.post for seat in own if seat.post == post), own[0].post)
                return Holder(role.name, kept.unit, kept, doer.person)
        successors = Appointment.objects.holding(self.at).filter(post=post, person__is_active=True)
        people = [appointment.person for appointment in successors.select_related("person")] if post else []
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
    def _units(self) -> list[Unit]:
        line = self.unit.line
        departments = Unit.objects.holding(self.at).filter(parent__in=line, kind=UnitKind.DEPARTMENT)
        return list(Unit.objects.filter(Q(pk__in=line) | Q(pk__in=departments.values("pk"))).order_by("pk"))

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
        by_id = {unit.pk: unit for unit in self._units}
        found = defaultdict(list)
        for post in Post.objects.filter(unit__in=by_id).order_by("-is_duty_post", "pk"):
            post.unit = by_id[post.unit_id]
            found[post.unit_id].append(post)
        return found

    @cached_property
    def _people(self) -> Mapping[int, list[Person]]:
        found = defaultdict(list)
        in_office = Appointment.objects.holding(self.at).filter(
            post__unit__in=[unit.pk for unit in self._units], person__is_active=True
        )
        for appointment in in_office.select_related("person").order_by("since", "pk"):
            found[appointment.post_id].append(appointment.person)
        return found


def holder(
    role: Role,
    unit: Unit,
    at: datetime,
    actors: Mapping[str, Doer] = NO_ACTORS,
    roles: Mapping[str, Role] = NO_ROLES,
) -> Holder:
    """Who fills one role for a subject of ``unit`` at ``at``; for several roles keep a ``Directory``."""
    return Directory(unit, at, roles, actors).holder(role)


FIRST_ASKED = "首问人"


def owner_at_first(unit: Unit, person: Person | None, at: datetime) -> Holder:
    """Exactly one owner from the first second (首问负责).

    The person who was asked, in the post nearest to the unit; who holds no post owns nothing,
    then it is the duty post of the unit, else the superior's.
    """
    if person is not None and (own := seats(person, at)):
        nearest = min(own, key=lambda seat: (not seat.works_for(unit), -len(seat.unit.line)))
        return Holder(FIRST_ASKED, nearest.unit, nearest.post, person)
    return Directory(unit, at).on_duty(FIRST_ASKED, fell_back=False)
