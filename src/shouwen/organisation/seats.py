"""Who sits where at an instant (在任): the facts that resolving a role and deciding on access both stand on.

Who stands in for another sits in the other's posts too (代理): so he sees, may do and is asked what the other is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from shouwen.organisation.models import Absence, Appointment, Delegation, Person, Post, Unit, UnitKind


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


def superior_path(path: str) -> str:
    """``/1/4/`` of ``/1/4/9/``; empty for a root."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def seats(person: Person, at: datetime) -> list[Seat]:
    """The posts that the person holds at ``at``, nearest to the ground first, then those in which he stands in.

    None for who may not sign in; nothing is passed on by who may not. A chain is followed once: what is delegated to
    somebody who has wholly delegated in his turn comes to his deputy, and no further. One query.
    """
    if not person.is_active:
        return []
    given = Delegation.objects.holding(at).filter(person__is_active=True)
    passing = given.filter(deputy=person, post=None).values("person")
    reaching = given.filter(Q(deputy=person) | Q(deputy__in=passing))
    his = reaching.filter(person=OuterRef("person"))
    held = (
        Appointment.objects.holding(at)
        .filter(Q(person=person) | Q(person__in=reaching.values("person")))
        .annotate(
            whole=Exists(his.filter(post=None)),
            partly=Exists(his.filter(post=OuterRef("post"))),
            gone=Exists(Absence.objects.holding(at).filter(person=OuterRef("person"))),
        )
        .select_related("post__unit", "person")
        .order_by("pk")
    )
    found = []
    for one in held:
        if one.person_id == person.pk:
            found.append(Seat(one.post, one.post.unit, away=one.gone))
        elif one.whole or one.partly:
            found.append(Seat(one.post, one.post.unit, one.person, one.whole, one.gone))
    return sorted(found, key=lambda seat: (seat.acting_for is not None, -len(seat.unit.line)))


def selves(person: Person, held: Iterable[Seat]) -> list[int]:
    """Ids of the person and of those for whom, by the posts ``held``, he stands in wholly: what is theirs is his."""
    others = {seat.acting_for.pk for seat in held if seat.acting_for is not None and seat.wholly}
    return [person.pk, *sorted(others - {person.pk})]
