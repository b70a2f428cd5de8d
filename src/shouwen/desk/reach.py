"""Where a person works: the units under which to look for customers and matters."""

from datetime import datetime

from shouwen.organisation.models import Person, Unit
from shouwen.organisation.seats import seats


def top_units(person: Person, now: datetime) -> list[Unit]:
    """The topmost units that the person's posts reach, none of them below another."""
    paths = {seat.reach for seat in seats(person, now)}
    top = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return list(Unit.objects.filter(path__in=top).order_by("path"))


def own_units(person: Person, now: datetime) -> list[Unit]:
    """Units that stand and lie within what the person's posts reach, each superior before those below it."""
    found = {
        unit.pk: unit
        for top in top_units(person, now)
        for unit in Unit.objects.holding(now).filter(path__prefix=top.path)
    }
    return sorted(found.values(), key=lambda unit: unit.line)
