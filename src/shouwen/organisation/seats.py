"""Who sits where at an instant (在任): the facts that resolving a role and deciding on access both stand on."""

from dataclasses import dataclass
from datetime import datetime

from shouwen.organisation.models import Appointment, Person, Post, Unit, UnitKind


@dataclass(frozen=True)
class Seat:
    """A post that a person holds."""

    post: Post
    unit: Unit

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
    """The posts that the person holds at ``at``, nearest to the ground first; none for who may not sign in."""
    if not person.is_active:
        return []
    held = Appointment.objects.holding(at).filter(person=person).select_related("post__unit").order_by("pk")
    found = [Seat(appointment.post, appointment.post.unit) for appointment in held]
    return sorted(found, key=lambda seat: -len(seat.unit.line))
