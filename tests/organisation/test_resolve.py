"""Meaning 7: a role of the regulation is a resolver; nobody found: the fallback, with a notice."""

import pytest
from tests.organisation.house import FOUNDED, NOW, House, at, person

from shouwen.organisation import actions
from shouwen.organisation.models import Appointment
from shouwen.organisation.resolve import Directory, Doer, Holder, holder, owner_at_first
from shouwen.organisation.seats import seats
from shouwen.policy.model import Role

pytestmark = pytest.mark.django_db


def role(name: str, at: str = "own", **more: object) -> Role:
    return Role(name, "post", name, at, **more)  # type: ignore[arg-type]


def test_own_is_the_nearest_unit_upward_within_the_branch() -> None:
    house = House()
    wang, li = person("wang"), person("li")
    post = house.post(house.branch, "客户服务分部", wang)
    house.post(house.group, "客户服务分部", li)
    assert holder(role("客户服务分部"), house.project, NOW) == Holder("客户服务分部", house.branch, post, wang)


def test_own_does_not_look_beyond_the_branch() -> None:
    house = House()
    wang, chen = person("wang"), person("chen")
    house.post(house.group, "集团督办岗", wang)
    duty = house.post(house.branch, "前台", chen, duty=True)
    found = holder(role("集团督办岗"), house.project, NOW)
    assert found == Holder("集团督办岗", house.branch, duty, chen, fell_back=True)
    assert holder(role("集团督办岗", "up"), house.project, NOW).person == wang


def test_the_nearest_unit_upward_that_has_the_post() -> None:
    house = House()
    boss, manager = person("boss"), person("manager")
    house.post(house.group, "公司分管领导", boss)
    assert holder(role("公司分管领导", "up"), house.project, NOW).person == boss
    post = house.post(house.branch, "公司分管领导", manager)
    assert holder(role("公司分管领导", "up"), house.project, NOW) == Holder("公司分管领导", house.branch, post, manager)
    assert holder(role("公司分管领导", "group"), house.project, NOW).person == boss


def test_departments_of_the_units_upward() -> None:
    house = House()
    engineer = person("engineer")
    post = house.post(house.works, "工程部", engineer)
    for place in ("department", "own", "up"):
        assert holder(role("工程部", place), house.project, NOW) == Holder("工程部", house.works, post, engineer)
    house.post(house.branch, "总工办", engineer)
    assert holder(role("总工办", "department"), house.project, NOW).fell_back is True


def test_the_other_spelling_of_a_role_names_the_post_too() -> None:
    house = House()
    wang = person("wang")
    house.post(house.branch, "客服分部", wang)
    assert holder(role("客户服务分部", also=("客服分部",)), house.project, NOW).person == wang


def test_several_in_a_post_are_none_of_them_alone() -> None:
    house = House()
    post = house.post(house.project, "前台", person("a"), person("b"))
    assert holder(role("前台"), house.project, NOW) == Holder("前台", house.project, post, None)


def test_a_vacant_post_is_passed_over_and_that_is_said() -> None:
    house = House()
    wang = person("wang")
    house.post(house.project, "客户服务分部")
    post = house.post(house.branch, "客户服务分部", wang)
    assert holder(role("客户服务分部"), house.project, NOW) == Holder(
        "客户服务分部", house.branch, post, wang, fell_back=True
    )


def test_who_may_not_sign_in_any_more_holds_nothing() -> None:
    house = House()
    gone, wang = person("gone"), person("wang")
    post = house.post(house.branch, "客户服务分部", gone, wang)
    gone.is_active = False
    gone.save()
    assert holder(role("客户服务分部"), house.project, NOW) == Holder("客户服务分部", house.branch, post, wang)


def test_appointments_count_from_their_first_instant_and_not_at_their_last() -> None:
    house = House()
    post = actions.create_post(house.branch, "客户服务分部")
    before, after = person("before"), person("after")
    actions.appoint(before, post, FOUNDED, at("2026-03-01 00:00"))
    actions.appoint(after, post, at("2026-03-01 00:00"))
    assert holder(role("客户服务分部"), house.project, at("2026-02-28 23:59:59")).person == before
    assert holder(role("客户服务分部"), house.project, at("2026-03-01 00:00")).person == after


def test_the_fallback_of_the_role_comes_before_the_duty_post() -> None:
    house = House()
    wang, chen = person("wang"), person("chen")
    roles = {
        "专家组": Role("专家组", "post", "专家组", "group", fallback="工程部"),
        "工程部": Role("工程部", "post", "工程部", "department", fallback="专家组"),
    }
    duty = house.post(house.project, "前台", chen, duty=True)
    assert holder(roles["专家组"], house.project, NOW, roles=roles) == Holder(
        "专家组", house.project, duty, chen, fell_back=True
    )
    post = house.post(house.works, "工程部", wang)
    assert holder(roles["专家组"], house.project, NOW, roles=roles) == Holder(
        "专家组", house.works, post, wang, fell_back=True
    )


def test_without_duty_post_the_superior_unit_s_then_whoever_is_nearest_then_the_unit() -> None:
    house = House()
    assert holder(role("监理"), house.project, NOW) == Holder("监理", house.project, fell_back=True)
    engineer, boss = person("engineer"), person("boss")
    post = house.post(house.works, "工程部", engineer)
    assert holder(role("监理"), house.project, NOW) == Holder("监理", house.works, post, engineer, fell_back=True)
    duty = house.post(house.group, "值班", boss, duty=True)
    assert holder(role("监理"), house.project, NOW) == Holder("监理", house.group, duty, boss, fell_back=True)


def test_an_outside_party_is_named_and_holds_no_post() -> None:
    house = House()
    customer = Role("客户", "party", "customer")
    assert holder(customer, house.project, NOW) == Holder("客户", house.project, party="customer")


def test_who_did_an_earlier_event() -> None:
    house = House()
    wang = person("wang")
    post = house.post(house.project, "前台", wang)
    first = Role("首问人", "actor", "received")
    actors = {"received": Doer(wang, "前台", house.project)}
    assert holder(first, house.project, NOW, actors) == Holder("首问人", house.project, post, wang)


def test_a_doer_who_left_is_followed_by_the_post() -> None:
    house = House()
    wang, li = person("wang"), person("li")
    post = house.post(house.project, "前台", wang, li)
    actions.end_appointment(Appointment.objects.get(person=wang), at("2026-02-01 00:00"))
    first = Role("首问人", "actor", "received")
    actors = {"received": Doer(wang, "前台", house.project)}
    assert holder(first, house.project, NOW, actors) == Holder("首问人", house.project, post, li, fell_back=True)


def test_nobody_did_the_event_yet() -> None:
    house = House()
    chen = person("chen")
    duty = house.post(house.project, "前台", chen, duty=True)
    assert holder(Role("首问人", "actor", "received"), house.project, NOW) == Holder(
        "首问人", house.project, duty, chen, fell_back=True
    )


def test_a_directory_answers_any_number_of_roles_with_one_query(django_assert_num_queries: object) -> None:
    house = House()
    for number in range(20):
        house.post(house.branch, f"岗位{number}", person(f"p{number}"))
    seats(person("somebody"), NOW)  # reads the organisation, which does not change from here on
    directory = Directory(house.project, NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = [directory.holder(role(f"岗位{number}")).person for number in range(20)]
    assert [p and p.username for p in found] == [f"p{number}" for number in range(20)]


class TestFirstAsked:
    """首问: exactly one owner from the first second, a person, or the duty post, or the superior's."""

    def test_the_person_who_was_asked(self) -> None:
        house = House()
        wang = person("wang")
        house.post(house.group, "督办", wang)
        near = house.post(house.branch, "客户服务分部", wang)
        house.post(house.project, "前台", person("chen"), duty=True)
        assert owner_at_first(house.project, wang, NOW) == Holder("首问人", house.branch, near, wang)

    def test_asked_about_another_project_it_is_still_the_person(self) -> None:
        house = House()
        wang = person("wang")
        post = house.post(house.other, "前台", wang)
        assert owner_at_first(house.project, wang, NOW) == Holder("首问人", house.other, post, wang)

    def test_who_holds_no_post_owns_nothing(self) -> None:
        house = House()
        duty = house.post(house.project, "前台", person("chen"), person("wu"), duty=True)
        for asked in (None, person("guest")):
            assert owner_at_first(house.project, asked, NOW) == Holder("首问人", house.project, duty, None)

    def test_the_superior_unit_s_duty_post_where_the_unit_s_is_vacant(self) -> None:
        house = House()
        chen = person("chen")
        house.post(house.project, "前台", duty=True)
        duty = house.post(house.branch, "值班", chen, duty=True)
        assert owner_at_first(house.project, None, NOW) == Holder("首问人", house.branch, duty, chen, fell_back=True)
