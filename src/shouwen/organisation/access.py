"""Who may see and who may do what: asked here by lists, counts, searches, exports, pages and acts alike."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from shouwen.organisation.authority import sufficing_of
from shouwen.organisation.models import Person, Post, Unit, UnitKind
from shouwen.organisation.reach import Reach
from shouwen.organisation.resolve import NO_ACTORS, NO_ROLES, Directory, Doer
from shouwen.organisation.seats import Seat, seats, selves, superior_path
from shouwen.policy.model import Role

__all__ = ["Capacity", "Reach", "capacity", "may", "oversees", "visible"]

M = TypeVar("M", bound=Model)


class Capacity(NamedTuple):
    """In which role, from which post, a person acts (以何身份); on behalf of whom, where he stands in (代理)."""

    role: str
    post: Post
    acting_for: Person | None = None


def visible(person: Person, queryset: QuerySet[M], at: datetime) -> QuerySet[M]:
    """The rows that the person may see at ``at``; one query for the posts held, none for a row.

    A post sees its unit and everything below; people see what they or their posts own or handle; a deputy sees what
    the one for whom he stands in sees by the posts delegated, and where all is delegated by name too;
    superusers and auditors see everything, who may not sign in sees nothing. A confidential row is seen by none of
    them for that alone, but only by the people and posts that own or handle it or were named.
    Raises TypeError for a model that does not say whose its rows are.
    """
    reach = getattr(queryset.model, "reach", None)
    if not isinstance(reach, Reach):
        raise TypeError(f"{queryset.model.__name__} has no reach")
    if not person.is_active:
        return queryset.none()
    everything = person.is_superuser or person.auditor
    if everything and not reach.confidential:
        return queryset
    held = seats(person, at)
    seen = reach.open if everything else Q(pk__in=[])
    for path in () if everything else _topmost(held):
        seen |= reach.within(path) & reach.open
    people, posts = selves(person, held), [seat.post.pk for seat in held]
    for lookup in reach.people:
        seen |= Q((f"{lookup}__in", people))
    for lookup in reach.posts:
        seen |= Q((f"{lookup}__in", posts))
    if reach.also is not None:
        seen |= reach.also(people, posts)
    return queryset.filter(seen)


def _topmost(held: Collection[Seat]) -> list[str]:
    """Paths of the units that the posts see, without those that lie below another of them."""
    paths = {seat.unit.path for seat in held}
    return sorted(p for p in paths if not any(p != other and p.startswith(other) for other in paths))


def oversees(person: Person, unit: Unit, at: datetime) -> bool:
    """Whether the person sees the unit with everything below it."""
    return visible(person, Unit.objects.filter(pk=unit.pk), at).exists()


def may(
    person: Person,
    names: Collection[str] | None,
    unit: Unit,
    at: datetime,
    roles: Mapping[str, Role] = NO_ROLES,
    actors: Mapping[str, Doer] = NO_ACTORS,
    amount: Decimal | None = None,
) -> bool:
    """Whether the person may do an act that ``names`` (roles of the policy; None: any post) may do for the unit."""
    return capacity(person, names, unit, at, roles, actors, amount) is not None


def capacity(
    person: Person,
    names: Collection[str] | None,
    unit: Unit,
    at: datetime,
    roles: Mapping[str, Role] = NO_ROLES,
    actors: Mapping[str, Doer] = NO_ACTORS,
    amount: Decimal | None = None,
) -> Capacity | None:
    """The role and post in which the person may act for the unit; None: not at all.

    ``names`` are the roles that may do the act, as the engine's ``Standing.may`` gives them, ``roles`` the policy's.
    A post reaches its unit and everything below, a department what its superior unit reaches. Where a role is vacant,
    who it falls back to may act. An outside party's act is written down by any post that reaches the unit. A role
    that is an authority is every post's that has it, as far as ``amount`` (yuan) goes. What a person may do from his
    own posts he does from them; else in those in which he stands in.
    Seeing everything gives no right to act: superusers and auditors act from their posts alone.
    Raises KeyError for a role that the policy does not have.
    """
    near = [seat for seat in seats(person, at) if seat.works_for(unit)]
    if names is None:
        return _from(near[0].post.name, near[0]) if near else None
    asked = [roles[name] for name in names]
    granted = _granted(near, asked, at, amount)
    for place in ([s for s in near if s.acting_for is None], [s for s in near if s.acting_for is not None]):
        for role in asked:
            seat = next((seat for seat in place if _fills(seat, role, actors, person, granted)), None)
            if seat is not None:
                return _from(role.name, seat)
    return _instead(person, near, asked, Directory(unit, at, roles, actors), amount)


def _from(role: str, seat: Seat) -> Capacity:
    return Capacity(role, seat.post, seat.acting_for)


def _instead(
    person: Person, near: Sequence[Seat], asked: Sequence[Role], directory: Directory, amount: Decimal | None
) -> Capacity | None:
    """Where nobody fills a role: whoever it falls back to."""
    for role in asked:
        found = directory.holder(role, amount)
        if found.post is None:
            continue
        seat = next((seat for seat in near if seat.post == found.post), None)
        if found.person is None and seat is not None:
            return _from(role.name, seat)
        if found.person == person:
            return Capacity(role.name, found.post, found.acting_for)
    return None


Granted = Collection[tuple[str, int]]
"""(name of the authority, post) where the post has it."""


def _granted(near: Sequence[Seat], asked: Sequence[Role], at: datetime, amount: Decimal | None) -> Granted:
    """Nothing where no role is an authority."""
    kinds = [name for role in asked if role.form == "authority" for name in (role.of, *role.also)]
    if not kinds or not near:
        return ()
    posts = {seat.post.pk for seat in near}
    return {(row.kind, post) for post in posts for row in sufficing_of(post, kinds, at, amount)}


def _self(seat: Seat, person: Person) -> Person | None:
    """Whose own doing counts from this seat: one's own, or that of whom one stands in for wholly."""
    if seat.acting_for is None:
        return person
    return seat.acting_for if seat.wholly else None


def _fills(seat: Seat, role: Role, actors: Mapping[str, Doer], person: Person, granted: Granted) -> bool:
    if role.form == "party":
        return True
    if role.form == "actor":
        doer = actors.get(role.of)
        return doer is not None and doer.person is not None and doer.person == _self(seat, person)
    if role.form == "authority":
        return any((name, seat.post.pk) in granted for name in (role.of, *role.also))
    if seat.post.name not in (role.of, *role.also):
        return False
    if role.at == "department":
        return seat.unit.kind == UnitKind.DEPARTMENT
    return role.at != "group" or superior_path(seat.reach) == ""
