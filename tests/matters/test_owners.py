"""First asked (首问负责): exactly one owner from the first second; a hand-over is offered and accepted, both timed."""

import pytest
from django.db import IntegrityError, transaction
from tests.journal.world import INTAKE, MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE, Draft
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Outbox, Subject
from shouwen.journal.record import record
from shouwen.matters import actions
from shouwen.organisation import actions as organisation
from shouwen.organisation.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return lay()


def owner(subject: Subject) -> tuple[object, object]:
    now = Subject.objects.get(pk=subject.pk)
    return now.owner_person, now.owner_post


def test_whoever_takes_it_in_owns_it(world: World) -> None:
    matter = actions.take_in(world.project, INTAKE, actor=world.actor(), now=MONDAY)
    assert owner(matter) == (world.clerk, None)


def test_whoever_is_named_as_first_asked_owns_it(world: World) -> None:
    data = {**INTAKE, "first_asked": world.second.pk}
    assert owner(actions.take_in(world.project, data, actor=world.actor(), now=MONDAY)) == (world.second, None)


def test_what_nobody_was_asked_is_the_duty_posts(world: World) -> None:
    matter = record(Draft(world.new(), "received", INTAKE), actor=HOUSE, now=MONDAY).subject
    assert owner(matter) == (None, world.desk)


def test_without_anybody_in_the_unit_it_is_its_superiors(world: World) -> None:
    for appointment in Appointment.objects.filter(post=world.desk):
        organisation.end_appointment(appointment, at("2026-03-01 00:00"))
    matter = record(Draft(world.new(), "received", INTAKE), actor=HOUSE, now=MONDAY).subject
    lead = Appointment.objects.get(person=world.boss).post
    assert owner(matter) == (None, lead)


def test_where_nobody_is_in_office_at_all_it_is_refused(world: World) -> None:
    for appointment in Appointment.objects.all():
        organisation.end_appointment(appointment, at("2026-03-01 00:00"))
    with pytest.raises(Invalid) as invalid:
        record(Draft(world.new(), "received", INTAKE), actor=HOUSE, now=MONDAY)
    assert list(invalid.value.errors) == ["unit"]


def test_the_owner_stays_until_the_other_one_accepts(world: World) -> None:
    matter = world.intake()
    with clock.at(at("2026-03-02 10:00")):
        actions.hand_over(matter, world.second, actor=world.actor(), reason="休假")
    offered = Subject.objects.get(pk=matter.pk)
    assert (offered.owner_person, offered.offered_to, offered.offered_at) == (
        world.clerk,
        world.second,
        at("2026-03-02 10:00"),
    )
    assert [(o.person, o.kind) for o in Outbox.objects.filter(kind="offered")] == [(world.second, "offered")]
    with clock.at(at("2026-03-02 11:30")):
        actions.accept_hand_over(matter, actor=world.actor(world.second))
    accepted = Subject.objects.get(pk=matter.pk)
    assert (accepted.owner_person, accepted.owned_since, accepted.offered_to) == (
        world.second,
        at("2026-03-02 11:30"),
        None,
    )


def test_only_the_owner_offers_and_only_the_one_asked_accepts(world: World) -> None:
    matter = world.intake()
    with clock.at(at("2026-03-02 10:00")):
        with pytest.raises(NotAllowed):
            actions.hand_over(matter, world.boss, actor=world.actor(world.second))
        actions.hand_over(matter, world.second, actor=world.actor())
        with pytest.raises(NotAllowed):
            actions.accept_hand_over(matter, actor=world.actor(world.boss))
    assert owner(matter) == (world.clerk, None)


def test_the_owner_may_hand_over_to_another_project(world: World) -> None:
    matter = world.intake()
    with clock.at(at("2026-03-02 10:00")):
        actions.hand_over(matter, world.outsider, actor=world.actor())
        actions.accept_hand_over(matter, actor=world.actor(world.outsider))
    assert owner(matter) == (world.outsider, None)


def test_an_assignment_takes_hold_at_once(world: World) -> None:
    matter = world.intake()
    world.take(Draft(matter, "assigned", {"to": world.second.pk}), by=world.boss, now=at("2026-03-02 10:00"))
    assert owner(matter) == (world.second, None)


def test_the_database_refuses_no_owner_and_two(world: World) -> None:
    matter = world.intake()
    for columns in ({"owner_person": None}, {"owner_post": world.desk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Subject.objects.filter(pk=matter.pk).update(**columns)
