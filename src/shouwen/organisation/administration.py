"""Who administers the house (系统管理): superusers all of it, posts with that authority their unit and below."""

from datetime import datetime

from shouwen.organisation.authority import sufficing, sufficing_of
from shouwen.organisation.models import Authority, Person, Unit
from shouwen.organisation.seats import seats

AUTHORITY = "系统管理"
"""The kind of authority by which a post administers."""
EVERYTHING = "/"
"""Every unit's path begins with it."""


def realms(person: Person, at: datetime) -> tuple[str, ...]:
    """Paths of the units that the person administers with everything below them; empty: none.

    A department's post administers what its department serves.
    """
    if not person.is_active:
        return ()
    if person.is_superuser:
        return (EVERYTHING,)
    held = seats(person, at)
    if not held:
        return ()
    paths = {seat.reach for seat in held if sufficing_of(seat.post.pk, [AUTHORITY], at)}
    return tuple(sorted(p for p in paths if not any(p != other and p.startswith(other) for other in paths)))


def administers(person: Person, unit: Unit | None, at: datetime) -> bool:
    """Whether the person administers the unit; None: what holds for the whole house."""
    held = realms(person, at)
    if unit is None:
        return EVERYTHING in held
    return any(unit.path.startswith(path) for path in held)


def administrators(unit: Unit | None, at: datetime) -> list[Authority]:
    """The posts that administer the unit beside the superusers, the nearest first, with their units."""
    if unit is None:
        return []
    found = sufficing([AUTHORITY], at).select_related("post__unit__parent")
    return sorted(
        (row for row in found if unit.path.startswith(_reach(row.post.unit))), key=lambda row: -len(row.post.unit.line)
    )


def _reach(unit: Unit) -> str:
    return unit.parent.path if unit.kind == "department" and unit.parent else unit.path
