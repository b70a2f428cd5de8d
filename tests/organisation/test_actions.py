"""Units, posts and appointments: dated, one transaction each, and the database itself refuses what cannot be."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.organisation.house import FOUNDED, NOW, House, at, person

from shouwen.organisation import actions, queries
from shouwen.organisation.models import Appointment, Authority, Delegation, Person, Unit
from shouwen.organisation.resolve import holder
from shouwen.organisation.seats import seats
from shouwen.policy.model import Role

pytestmark = pytest.mark.django_db


def test_paths_lead_from_the_root() -> None:
    house = House()
    g, b, p = house.group.pk, house.branch.pk, house.project.pk
    assert [house.group.path, house.branch.path, house.project.path] == [f"/{g}/", f"/{g}/{b}/", f"/{g}/{b}/{p}/"]
    assert house.project.line == (g, b, p)


def test_a_unit_takes_everything_below_it_along() -> None:
    house = House()
    second = actions.create_unit("宁川公司", "branch", house.group, FOUNDED)
    phase = actions.create_unit("三组团", "project", house.project, FOUNDED)
    actions.move_unit(house.project, second)
    phase.refresh_from_db()
    assert phase.path == f"/{house.group.pk}/{second.pk}/{house.project.pk}/{phase.pk}/"
    assert [unit.name for unit in queries.superiors(phase)] == ["明澄集团", "宁川公司", "云栖一期", "三组团"]
    assert Unit.objects.get(pk=house.other.pk).path == house.other.path


def test_a_unit_is_not_put_below_itself_nor_beside_its_namesake() -> None:
    house = House()
    second = actions.create_unit("宁川公司", "branch", house.group, FOUNDED)
    actions.create_unit("云栖一期", "project", second, FOUNDED)
    with pytest.raises(ValidationError) as refused:
        actions.move_unit(house.branch, house.project)
    assert list(refused.value.message_dict) == ["parent"]
    with pytest.raises(ValidationError):
        actions.move_unit(house.project, second)
    assert Unit.objects.get(pk=house.project.pk).path == house.project.path


def test_siblings_have_different_names_while_they_stand() -> None:
    house = House()
    with pytest.raises(ValidationError):
        actions.create_unit("云栖一期", "project", house.branch, NOW)
    actions.close_unit(house.project, NOW)
    again = actions.create_unit("云栖一期", "project", house.branch, NOW)
    assert queries.unit_named("明澄集团/江州公司/云栖一期", NOW) == again
    assert queries.unit_named("明澄集团/江州公司/云栖一期", at("2026-03-01 00:00")) == house.project
    assert queries.unit_named("明澄集团/云栖一期", NOW) is None


def test_a_closed_unit_ends_its_appointments_and_has_nothing_below() -> None:
    house = House()
    wang = person("wang")
    house.post(house.project, "前台", wang)
    with pytest.raises(ValidationError):
        actions.close_unit(house.branch, NOW)
    actions.close_unit(house.project, NOW)
    assert Appointment.objects.get(person=wang).until == NOW


def test_the_database_refuses_an_unknown_kind_and_a_period_that_ends_before_it_begins() -> None:
    house = House()
    for wrong in ({"kind": "galaxy"}, {"until": at("2019-12-31 00:00")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.filter(pk=house.project.pk).update(**wrong)


def test_one_duty_post_a_unit_and_a_post_name_once_a_unit() -> None:
    house = House()
    house.post(house.project, "前台", duty=True)
    for name, duty in (("值班", True), ("前台", False)):
        with pytest.raises(ValidationError):
            actions.create_post(house.project, name, is_duty_post=duty)


def test_a_post_stands_for_a_period_and_what_hangs_on_it_ends_with_it() -> None:
    """岗位有起止：撤销后任职、代理、权限同止；同名的新岗另立。"""
    house, wang, li = House(), person("王"), person("李")
    desk = house.post(house.branch, "客户服务分部", wang, duty=True)
    assert (desk.since, desk.until) == (FOUNDED, None)
    actions.delegate(wang, li, FOUNDED, post=desk)
    actions.grant(desk, "费用审批", None, FOUNDED)
    later = actions.grant(desk, "费用减免", None, at("2026-05-01 00:00"))
    end = at("2026-04-01 00:00")
    assert actions.close_post(desk, end).until == end
    for model in (Appointment, Delegation, Authority):
        assert set(model.objects.values_list("until", flat=True)) == {end}
    assert not Authority.objects.filter(pk=later.pk).exists()
    assert [bool(seats(wang, when)) for when in (at("2026-03-31 23:59"), end)] == [True, False]
    with pytest.raises(ValidationError):
        actions.create_post(house.branch, "客户服务分部", since=at("2026-03-31 00:00"))
    with pytest.raises(ValidationError):
        actions.appoint(li, desk, at("2026-03-31 00:00"))
    again = actions.create_post(house.branch, "客户服务分部", is_duty_post=True, since=end)
    actions.appoint(li, again, end)
    role = Role("客户服务分部", "post", "客户服务分部", "own")
    assert [holder(role, house.project, when).post for when in (at("2026-03-31 23:59"), end)] == [desk, again]
    actions.close_unit(house.works, end)


def test_nobody_holds_a_post_twice_at_once() -> None:
    house = House()
    wang = person("wang")
    post = actions.create_post(house.project, "前台")
    actions.appoint(wang, post, at("2026-01-01 00:00"), at("2026-02-01 00:00"))
    for since, until in (("2025-12-01", "2026-01-01 00:01"), ("2026-01-31", None), ("2025-01-01", None)):
        with pytest.raises(ValidationError):
            actions.appoint(wang, post, at(since), until and at(until))
    again = actions.appoint(wang, post, at("2026-02-01 00:00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=wang, post=post, since=at("2026-05-01"))
    assert queries.people_of(post, NOW) == [wang]
    assert actions.end_appointment(again, NOW).until == NOW
    assert actions.end_appointment(again, at("2026-04-01")).until == NOW
    assert queries.people_of(post, NOW) == []


def test_the_tree_is_printed_with_each_unit_before_those_below_it() -> None:
    house = House()
    actions.create_unit("三组团", "project", house.project, FOUNDED)
    assert [(twig.unit.name, twig.depth) for twig in queries.unit_tree(NOW)] == [
        ("明澄集团", 0),
        ("江州公司", 1),
        ("工程部", 2),
        ("云栖一期", 2),
        ("三组团", 3),
        ("云栖二期", 2),
    ]
    assert [(t.unit.name, t.depth) for t in queries.unit_tree(NOW, house.project)] == [("云栖一期", 0), ("三组团", 1)]


def test_people_are_found_by_name_pinyin_and_initials() -> None:
    house = House()
    shan, ou = person("s1", "单晓雨"), person("o1", "区 大海")
    away = person("s2", "单晓峰")
    house.post(house.project, "前台", shan, ou)
    assert Person.objects.get(username="s1").pinyin == "shanxiaoyu"
    for typed, expected in {
        "单": [shan],
        "shanxiao": [shan],
        "Shan Xiao": [shan],
        "sxy": [shan],
        "oudahai": [ou],
        "dan": [],
        "%": [],
        "": [],
    }.items():
        assert queries.find_people(typed, NOW) == expected, typed
    assert away not in queries.find_people("shan", NOW, house.project)
    assert queries.find_people("shan", NOW, house.other) == []
