"""What people look at in the organisation."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from shouwen.organisation.models import Appointment, Person, Post, Unit

LIMIT = 20


class Twig(NamedTuple):
    """One line of the tree as it is printed: the unit and how deep it lies, 0 at the top."""

    unit: Unit
    depth: int


def people_of(post: Post, at: datetime) -> list[Person]:
    """Who holds the post at ``at``, the longest in office first."""
    held = Appointment.objects.holding(at).filter(post=post, person__is_active=True)
    return [appointment.person for appointment in held.select_related("person").order_by("since", "pk")]


def unit_tree(at: datetime, top: Unit | None = None) -> list[Twig]:
    """The units that stand at ``at``, each followed by those below it; one query."""
    units = Unit.objects.holding(at)
    if top is not None:
        units = units.filter(path__prefix=top.path)
    below: dict[int | None, list[Unit]] = defaultdict(list)
    known = {unit.pk: unit for unit in units.order_by("pk")}
    for unit in known.values():
        below[unit.parent_id if unit.parent_id in known else None].append(unit)
    twigs: list[Twig] = []
    waiting = [Twig(unit, 0) for unit in reversed(below[None])]
    while waiting:
        twig = waiting.pop()
        twigs.append(twig)
        waiting.extend(Twig(unit, twig.depth + 1) for unit in reversed(below[twig.unit.pk]))
    return twigs


def superiors(unit: Unit) -> list[Unit]:
    """The units from the root down to this one; one query."""
    by_id = Unit.objects.in_bulk(unit.line)
    return [by_id[pk] for pk in unit.line]


def unit_named(path: str, at: datetime) -> Unit | None:
    """The unit that names from the root lead to, as ``集团/重庆/江北``; None where there is none; one query."""
    names = [part.strip() for part in path.split("/") if part.strip()]
    here: Unit | None = None
    candidates = Unit.objects.holding(at).filter(name__in=names)
    by_place = {(unit.parent_id, unit.name): unit for unit in candidates}
    for name in names:
        here = by_place.get((here.pk if here else None, name))
        if here is None:
            return None
    return here


def find_people(text: str, at: datetime, unit: Unit | None = None) -> list[Person]:
    """People in office by how name, pinyin or initials begin, within ``unit`` where given; at most 20."""
    typed = "".join(text.split())
    if not typed:
        return []
    spelt = typed.lower()
    in_office = Appointment.objects.holding(at)
    if unit is not None:
        in_office = in_office.filter(post__unit__path__prefix=unit.path)
    named = Q(name__prefix=typed) | Q(pinyin__prefix=spelt) | Q(initials__prefix=spelt)
    return list(Person.objects.filter(named, pk__in=in_office.values("person"), is_active=True)[:LIMIT])
