"""The organisation kept in memory is never other than the stored one."""

from typing import Any

import pytest
from django.db import connection, transaction
from tests.organisation.house import FOUNDED, NOW, House, person

from shouwen.organisation import actions
from shouwen.organisation.models import Absence, Appointment, Person, Post, Unit
from shouwen.organisation.seats import seats
from shouwen.organisation.snapshot import snapshot, stamp_now, steady

pytestmark = pytest.mark.django_db


def posts(who: Person) -> list[str]:
    return [seat.post.name for seat in seats(who, NOW)]


def test_it_is_kept_while_nothing_changes_and_a_sign_in_changes_nothing(django_assert_num_queries: Any) -> None:
    house, chen = House(), person("chen")
    house.post(house.project, "前台", chen)
    first = snapshot()
    Person.objects.filter(pk=chen.pk).update(last_login=NOW)
    with django_assert_num_queries(1):
        assert snapshot() is first


def test_every_way_of_writing_is_noticed() -> None:
    house, chen = House(), person("chen")
    front = house.post(house.project, "前台", chen)
    assert posts(chen) == ["前台"]
    Post.objects.filter(pk=front.pk).update(name="接待")
    assert posts(chen) == ["接待"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_post SET name = %s WHERE id = %s", ["总台", front.pk])
    assert posts(chen) == ["总台"]
    back = actions.create_post(house.branch, "后台")
    Appointment.objects.bulk_create([Appointment(person=chen, post=back, since=FOUNDED)])
    assert posts(chen) == ["总台", "后台"]
    Appointment.objects.filter(post=front).delete()
    assert posts(chen) == ["后台"]
    Absence.objects.bulk_create([Absence(person=chen, since=FOUNDED)])
    assert [seat.away for seat in seats(chen, NOW)] == [True]


def test_what_is_rolled_back_is_forgotten() -> None:
    house, chen = House(), person("chen")
    front = house.post(house.project, "前台", chen)
    assert posts(chen) == ["前台"]
    before = stamp_now()
    with transaction.atomic():
        Post.objects.filter(pk=front.pk).update(name="接待")
        assert posts(chen) == ["接待"]
        transaction.set_rollback(True)
    assert stamp_now() == before
    assert posts(chen) == ["前台"]


def test_a_unit_moved_is_found_at_its_new_place() -> None:
    house = House()
    assert snapshot().units[house.project.pk].path == house.project.path
    actions.move_unit(house.project, house.group)
    assert snapshot().units[house.project.pk].path == Unit.objects.get(pk=house.project.pk).path


def test_within_steady_the_stamp_is_read_once(django_assert_num_queries: Any) -> None:
    house, chen = House(), person("chen")
    house.post(house.project, "前台", chen)
    snapshot()
    with steady(), django_assert_num_queries(1):
        assert posts(chen) == posts(chen) == ["前台"]
