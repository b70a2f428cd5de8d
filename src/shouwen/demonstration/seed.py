"""Lays the demonstration's house into an empty database; a house that stands is left as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from shouwen.customers import actions as registry
from shouwen.customers.models import Asset, Customer
from shouwen.demonstration.people import CUSTOMERS, SEATS, UNITS
from shouwen.demonstration.scenes import SCENES, Scene
from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation import actions as organisation
from shouwen.organisation.models import Appointment, Person, Post, Unit
from shouwen.policy import policies_folder

PASSWORD = "yunlu-2026"  # noqa: S105  printed for everybody who tries the demonstration
POLICY = "jinke"
KIND = "complaint"
SINCE = timedelta(days=400)


@dataclass
class House:
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    seats: dict[str, tuple[str, str]] = field(default_factory=dict)
    customers: list[tuple[Customer, Asset]] = field(default_factory=list)


def stands() -> bool:
    return Unit.objects.filter(name=UNITS[0].name, parent=None).exists()


def lay(now: datetime, tell: Callable[[str], None] = lambda _line: None, scenes: Sequence[Scene] = SCENES) -> bool:
    """Lays the house as of `now` (aware), all or nothing; False where it stands already."""
    if stands():
        return False
    with transaction.atomic():
        since = now - SINCE
        house = House()
        tell("units and people")
        _units(house, since)
        _people(house, since)
        tell("the regulation")
        text = (policies_folder() / f"{POLICY}.md").read_text(encoding="utf-8")
        version = publish(text, name=POLICY, by=None, at=since)
        put_in_force(house.units[UNITS[0].key], KIND, version, since)
        tell("customers and matters")
        _customers(house, since)
        for scene in sorted(scenes, key=lambda scene: -scene.hours_ago):
            _play(house, scene, now)
    return True


def _units(house: House, since: datetime) -> None:
    for place in UNITS:
        above = house.units[place.above] if place.above else None
        house.units[place.key] = organisation.create_unit(place.name, place.kind, above, since)


def _people(house: House, since: datetime) -> None:
    for number, seat in enumerate(SEATS, 1):
        if seat.username not in house.people:
            phone = f"139000200{number:02}"
            house.people[seat.username] = organisation.create_person(seat.username, seat.name, phone=phone)
            house.seats[seat.username] = (seat.unit, seat.post)
        unit = house.units[seat.unit]
        post = Post.objects.filter(unit=unit, name=seat.post).first()
        post = post or organisation.create_post(unit, seat.post, is_duty_post=seat.duty)
        organisation.appoint(house.people[seat.username], post, since)
    # One password for all, hashed once: a hash takes a quarter of a second, on purpose.
    Person.objects.filter(pk__in=[person.pk for person in house.people.values()]).update(
        password=make_password(PASSWORD)
    )


def _customers(house: House, since: datetime) -> None:
    for name, phone, project, building, entrance, room in CUSTOMERS:
        unit = house.units[project]
        customer = registry.register(unit, name, since, phones=[phone])
        asset = registry.add_asset(unit, building, room, entrance=entrance, handed_over_on=since.date())
        registry.hold(customer, asset, since=date(since.year, since.month, 1))
        house.customers.append((customer, asset))


def _actor(house: House, username: str) -> Actor:
    unit, post = house.seats[username]
    return Actor(house.people[username], post, house.units[unit])


def _play(house: House, scene: Scene, now: datetime) -> Subject:
    """Takes the matter in and records what followed, each at its own time."""
    started = now - timedelta(hours=scene.hours_ago)
    customer, asset = house.customers[scene.customer - 1]
    data = {**scene.received, "customer": str(customer.pk), "asset": str(asset.pk)}
    subject = take_in(asset.unit, data, actor=_actor(house, scene.taken_by), kind=KIND, now=started)
    for hours, event, writer, role, content in scene.steps:
        at = started + timedelta(hours=hours)
        if at < now:
            record(Draft(subject, event, content, post=role), actor=_actor(house, writer), now=at)
    return subject


def sign_ins() -> list[tuple[str, str, str, str]]:
    """(sign-in name, name, unit, posts) of everybody in the house, in the order of the list."""
    found = []
    for username in dict.fromkeys(seat.username for seat in SEATS):
        held = Appointment.objects.filter(person__username=username, until=None).select_related("person", "post__unit")
        rows = list(held.order_by("pk"))
        if rows:
            posts = "、".join(row.post.name for row in rows)
            found.append((username, rows[0].person.name, rows[0].post.unit.name, posts))
    return found
