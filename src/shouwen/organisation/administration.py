"""Who administers the house (系统管理) and who approves its policies (规章批准): superusers all of it, posts with that
authority their unit and below."""

from datetime import datetime

from shouwen.organisation.authority import sufficing, sufficing_of
from shouwen.organisation.models import Authority, Person, Unit
from shouwen.organisation.seats import seats

AUTHORITY = "系统管理"
"""The kind of authority by which a post administers."""
APPROVAL = "规章批准"
"""The kind of authority by which a post approves what is proposed for publication."""
EVERYTHING = "/"
"""Every unit's path begins with it."""


def realms(person: Person, at: datetime, authority: str = AUTHORITY, *, not_for: int | None = None) -> tuple[str, ...]:
    """Paths of the units over which the person has this authority, with everything below them; empty: none.

    ``not_for``: without what he has only in the place of the person with this id.

    A department's post administers what its department serves.
    """
    if not person.is_active:
        return ()
    if person.is_superuser:
        return (EVERYTHING,)
    held = [seat for seat in seats(person, at) if seat.acting_for is None or seat.acting_for.pk != not_for]
    if not held:
        return ()
    paths = {seat.reach for seat in held if sufficing_of(seat.post.pk, [authority], at)}
    return tuple(sorted(p for p in paths if not any(p != other and p.startswith(other) for other in paths)))


def administers(person: Person, unit: Unit | None, at: datetime, authority: str = AUTHORITY) -> bool:
    """Whether the person has the authority over the unit; None: over what holds for the whole house."""
    return _within(realms(person, at, authority), unit)


def may_decide(person: Person, unit: Unit, proposed_by: Person, at: datetime) -> bool:
    """Whether the person approves or refuses for the unit what the other has proposed: never his own, nor as the
    proposer's deputy."""
    held = realms(person, at, APPROVAL, not_for=proposed_by.pk)
    return person.pk != proposed_by.pk and _within(held, unit)


def _within(held: tuple[str, ...], unit: Unit | None) -> bool:
    if unit is None:
        return EVERYTHING in held
    return any(unit.path.startswith(path) for path in held)


def administrators(unit: Unit | None, at: datetime, authority: str = AUTHORITY) -> list[Authority]:
    """The posts with the authority over the unit beside the superusers, the nearest first, with their units."""
    if unit is None:
        return []
    found = sufficing([authority], at).select_related("post__unit__parent")
    return sorted(
        (row for row in found if unit.path.startswith(_reach(row.post.unit))), key=lambda row: -len(row.post.unit.line)
    )


def _reach(unit: Unit) -> str:
    return unit.parent.path if unit.kind == "department" and unit.parent else unit.path
