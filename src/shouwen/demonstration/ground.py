"""Lays what the demonstration's stories happen in: units, people, regulations in force, customers and their homes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from shouwen.customers.models import Asset, Contact, ContactKind, Customer, Holding
from shouwen.demonstration import people
from shouwen.demonstration.stories import Place
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.programs import policy_of
from shouwen.organisation import actions as organisation
from shouwen.organisation.models import Person, Post, Unit
from shouwen.policy import policies_folder

PASSWORD = "yunlu-2026"  # noqa: S105  printed for everybody who tries the demonstration
SINCE = timedelta(days=400)
"""How long before its first day the house has stood."""
GROUP_POLICY, REGION_POLICY = "jinke", "greentown"
SLOW, STEADY = 2.4, 1.0


@transaction.atomic
def lay_ground(now: datetime, *, whole: bool) -> None:
    """The house as of `now` (aware), without a single matter: the two branches of the ground, or the whole group."""
    since = now - SINCE
    units = _units(people.units(whole=whole), since)
    _people(people.seats(whole=whole), units, since)
    _in_force(units, since, whole=whole)
    _customers(list(people.homes(whole=whole)), units, since)


def _units(places: Iterable[people.Place], since: datetime) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for place in places:
        above = units[place.above] if place.above else None
        units[place.key] = organisation.create_unit(place.name, place.kind, above, since)
    return units


def _people(seats: Iterable[people.Seat], units: Mapping[str, Unit], since: datetime) -> None:
    known: dict[str, Person] = {}
    posts: dict[tuple[str, str], Post] = {}
    for seat in seats:
        if seat.username not in known:
            phone = f"1690000{len(known) + 1:04}"
            known[seat.username] = organisation.create_person(seat.username, seat.name, phone=phone)
        if (seat.unit, seat.post) not in posts:
            posts[seat.unit, seat.post] = organisation.create_post(units[seat.unit], seat.post, is_duty_post=seat.duty)
        organisation.appoint(known[seat.username], posts[seat.unit, seat.post], since)
    # One password for all, hashed once: a hash takes a quarter of a second, on purpose.
    Person.objects.filter(pk__in=[person.pk for person in known.values()]).update(password=make_password(PASSWORD))


def _in_force(units: Mapping[str, Unit], since: datetime, *, whole: bool) -> None:
    """Everything that the group's regulation governs; in one region another one governs complaints."""
    held = {GROUP_POLICY: "group", **({REGION_POLICY: people.GREENTOWN_REGION} if whole else {})}
    for name, unit in held.items():
        text = (policies_folder() / f"{name}.md").read_text(encoding="utf-8")
        version = publish(text, name=name, by=None, at=since)
        for kind in policy_of(version).kinds:
            put_in_force(units[unit], kind, version, since)


def _customers(homes: Sequence[people.Home], units: Mapping[str, Unit], since: datetime) -> None:
    """Customers in bulk: five thousand one by one would take half a minute. What they are is what `register` makes."""
    day = since.date()
    customers = Customer.objects.bulk_create(
        Customer(unit=units[home.project], name=home.name, registered_at=since) for home in homes
    )
    assets = Asset.objects.bulk_create(
        Asset(
            unit=units[home.project],
            building=home.building,
            entrance=home.entrance,
            room=home.room,
            handed_over_on=day,
        )
        for home in homes
    )
    Contact.objects.bulk_create(
        Contact(customer=customer, kind=ContactKind.PHONE, value=home.phone)
        for customer, home in zip(customers, homes, strict=True)
    )
    Holding.objects.bulk_create(
        Holding(customer=customer, asset=asset, since=date(day.year, day.month, 1))
        for customer, asset in zip(customers, assets, strict=True)
    )


def stands() -> bool:
    return _root() is not None


def laid_at() -> datetime:
    """The first day of the house that stands."""
    root = _root()
    assert root is not None
    return root.since + SINCE


def _root() -> Unit | None:
    return Unit.objects.filter(name=people.GROUND_UNITS[0].name, parent=None).first()


def unit_keys() -> dict[str, Unit]:
    """The units of the house that stands, by their keys."""
    found: dict[tuple[int | None, str], Unit] = {(unit.parent_id, unit.name): unit for unit in Unit.objects.all()}
    keys: dict[str, Unit] = {}
    for place in people.units(whole=True):
        above = keys[place.above].pk if place.above in keys else None
        unit = found.get((above, place.name)) if place.above in keys or not place.above else None
        if unit is not None:
            keys[place.key] = unit
    return keys


def places(units: Mapping[str, Unit]) -> list[Place]:
    """The projects of the house, each with the policy that holds there and how many customers it has."""
    plan = {place.key: place for place in people.units(whole=True)}
    living: dict[str, int] = {}
    for home in people.homes(whole=True):
        living[home.project] = living.get(home.project, 0) + 1
    found = []
    for place in plan.values():
        if place.kind != "project" or place.key not in units:
            continue
        policy = REGION_POLICY if plan[place.above].above == people.GREENTOWN_REGION else GROUP_POLICY
        pace = SLOW if place.above == people.SLOW_BRANCH else STEADY
        found.append(Place(place.key, policy, place.above, pace, living[place.key]))
    return found
