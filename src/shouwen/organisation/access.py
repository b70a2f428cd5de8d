"""Who may see and who may do what: asked here by lists, counts, searches, exports, pages and acts alike."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from shouwen.organisation.models import Person, Post, Unit, UnitKind
from shouwen.organisation.reach import Reach
from shouwen.organisation.resolve import NO_ACTORS, NO_ROLES, Directory, Doer
from shouwen.organisation.seats import Seat, seats, superior_path
from shouwen.policy.model import Role

__all__ = ["Capacity", "Reach", "capacity", "may", "oversees", "visible"]

M = TypeVar("M", bound=Model)


class Capacity(NamedTuple):
    """In which role, from which post, a person acts (以何身份)."""

    role: str
    post: Post


def visible(person: Person, queryset: QuerySet[M], at: datetime) -> QuerySet[M]:
    """The rows that the person may see at ``at``; one query for the posts held, none for a row.

    A post sees its unit and everything below; people see what they or their posts own or handle;
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
    for lookup in reach.people:
        seen |= Q((lookup, person))
    posts = [seat.post.pk for seat in held]
    for lookup in reach.posts:
        seen |= Q((f"{lookup}__in", posts))
    if reach.also is not None:
        seen |= reach.also(person, posts)
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
) -> bool:
    """Whether the person may do an act that ``names`` (roles of the policy; None: any post) may do for the unit."""
    return capacity(person, names, unit, at, roles, actors) is not None


def capacity(
    person: Person,
    names: Collection[str] | None,
    unit: Unit,
    at: datetime,
    roles: Mapping[str, Role] = NO_ROLES,
    actors: Mapping[str, Doer] = NO_ACTORS,
) -> Capacity | None:
    """The role and post in which the person may act for the unit; None: not at all.

    ``names`` are the roles that may do the act, as the engine's ``Standing.may`` gives them, ``roles`` the policy's.
    A post reaches its unit and everything below, a department what its superior unit reaches. Where a role is vacant,
    who it falls back to may act. An outside party's act is written down by any post that reaches the unit.
    Seeing everything gives no right to act: superusers and auditors act from their posts alone.
    Raises KeyError for a role that the policy does not have.
    """
    near = [seat for seat in seats(person, at) if seat.works_for(unit)]
    if names is None:
        return Capacity(near[0].post.name, near[0].post) if near else None
    asked = [roles[name] for name in names]
    for role in asked:
        seat = next((seat for seat in near if _fills(seat, role, actors, person)), None)
        if seat is not None:
            return Capacity(role.name, seat.post)
    directory = Directory(unit, at, roles, actors)
    for role in asked:
        found = directory.holder(role)
        several = found.person is None and any(seat.post == found.post for seat in near)
        if found.post is not None and (found.person == person or several):
            return Capacity(role.name, found.post)
    return None


def _fills(seat: Seat, role: Role, actors: Mapping[str, Doer], person: Person) -> bool:
    if role.form == "party":
        return True
    if role.form == "actor":
        doer = actors.get(role.of)
        return doer is not None and doer.person == person
    if seat.post.name not in (role.of, *role.also):
        return False
    if role.at == "department":
        return seat.unit.kind == UnitKind.DEPARTMENT
    return role.at != "group" or superior_path(seat.reach) == ""
