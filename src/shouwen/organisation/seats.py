"""Who sits where at an instant (在任): the facts that resolving a role and deciding on access both stand on.

Who stands in for another sits in the other's posts too (代理): so he sees, may do and is asked what the other is.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from shouwen.organisation.models import Person, Post, Unit, UnitKind
from shouwen.organisation.snapshot import holding, snapshot


@dataclass(frozen=True)
class Seat:
    """A post that a person holds, or in which he stands in for ``acting_for``.

    ``wholly``: the deputy of everything that is the other's, not of this post alone. ``away``: whose post it is is
    not there now.
    """

    post: Post
    unit: Unit
    acting_for: Person | None = None
    wholly: bool = False
    away: bool = field(default=False, compare=False)

    @property
    def reach(self) -> str:
        """Path of the units that the post works for: its own and below; a department serves its superior's units."""
        if self.unit.kind != UnitKind.DEPARTMENT:
            return self.unit.path
        return superior_path(self.unit.path) or self.unit.path

    def works_for(self, unit: Unit) -> bool:
        """Whether ``unit`` lies within what the post works for."""
        return unit.path.startswith(self.reach)


class Seats(list[Seat]):
    """The posts in which somebody sits. ``wholly``: ids of those for whom he stands in wholly, in a post or in none."""

    wholly: frozenset[int] = frozenset()


def superior_path(path: str) -> str:
    """``/1/4/`` of ``/1/4/9/``; empty for a root."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def seats(person: Person, at: datetime) -> Seats:
    """The posts that the person holds at ``at``, nearest to the ground first, then those in which he stands in.

    None for who may not sign in; nothing is passed on by who may not. A chain is followed once: what is delegated to
    somebody who has wholly delegated in his turn comes to his deputy, and no further.
    """
    found = Seats()
    if not person.is_active:
        return found
    house = snapshot()
    given = [row for row in holding(house.deputed.get(person.pk, ()), at) if row.person.is_active]
    passing = [row.person_id for row in given if row.post_id is None]
    onward = [row for one in passing for row in holding(house.deputed.get(one, ()), at) if row.person.is_active]
    his: dict[int, set[int | None]] = defaultdict(set)
    for row in (*given, *onward):
        his[row.person_id].add(row.post_id)
    held = [row for one in {person.pk, *his} for row in holding(house.held_by.get(one, ()), at)]
    for one in sorted(held, key=lambda row: row.pk):
        away = house.away(one.person_id, at)
        if one.person_id == person.pk:
            found.append(Seat(one.post, one.post.unit, away=away))
        elif not his[one.person_id].isdisjoint((None, one.post_id)):
            found.append(Seat(one.post, one.post.unit, one.person, None in his[one.person_id], away))
    found.sort(key=lambda seat: (seat.acting_for is not None, -len(seat.unit.line)))
    found.wholly = frozenset(one for one, posts in his.items() if None in posts and one != person.pk)
    return found


def selves(person: Person, held: Seats) -> list[int]:
    """Ids of the person and of those for whom he stands in wholly: what is theirs by name is his."""
    return [person.pk, *sorted(held.wholly)]
