"""Who may see or do what is one function; a post reaches its unit and everything below."""

import pytest
from tests.organisation.house import NOW, House, at, person

from shouwen.organisation import actions
from shouwen.organisation.access import Capacity, capacity, may, oversees, visible
from shouwen.organisation.models import Appointment, Person, Post, Unit
from shouwen.organisation.resolve import Doer
from shouwen.policy.model import Role

pytestmark = pytest.mark.django_db

ROLES = {
    "客户服务分部": Role("客户服务分部", "post", "客户服务分部", "own"),
    "集团公司客户服务中心": Role("集团公司客户服务中心", "post", "客户服务中心", "group"),
    "工程部": Role("工程部", "post", "工程部", "department"),
    "首问人": Role("首问人", "actor", "received"),
    "客户": Role("客户", "party", "customer"),
}


def seen(who: Person) -> list[str]:
    return [unit.name for unit in visible(who, Unit.objects.all(), NOW)]


class TestSeeing:
    def test_a_post_sees_its_unit_and_everything_below(self) -> None:
        house = House()
        wang, boss, clerk, guest = person("wang"), person("boss"), person("clerk"), person("guest")
        house.post(house.branch, "客户服务分部", wang)
        house.post(house.group, "督办", boss)
        house.post(house.project, "前台", clerk)
        assert seen(boss) == ["明澄集团", "江州公司", "工程部", "云栖一期", "云栖二期"]
        assert seen(wang) == ["江州公司", "工程部", "云栖一期", "云栖二期"]
        assert seen(clerk) == ["云栖一期"]
        assert seen(guest) == []

    def test_several_posts_add_up_and_a_nested_one_adds_no_row(self) -> None:
        house = House()
        wang = person("wang")
        for unit in (house.project, house.works, house.branch):
            house.post(unit, "兼岗", wang)
        assert seen(wang) == ["江州公司", "工程部", "云栖一期", "云栖二期"]

    def test_unit_9_does_not_see_unit_90(self) -> None:
        house = House()
        wang = person("wang")
        nine = Unit.objects.create(pk=900, name="九号", kind="project", parent=house.branch, since=NOW)
        Unit.objects.create(pk=9001, name="九十号", kind="project", parent=house.branch, since=NOW)
        house.post(nine, "前台", wang)
        assert seen(wang) == ["九号"]

    def test_a_post_is_seen_from_until_its_appointment_ends(self) -> None:
        house = House()
        wang = person("wang")
        house.post(house.project, "前台", wang)
        actions.end_appointment(Appointment.objects.get(person=wang), NOW)
        assert seen(wang) == []
        assert [u.name for u in visible(wang, Unit.objects.all(), at("2026-03-02 08:59"))] == ["云栖一期"]

    def test_superusers_and_auditors_see_everything_and_who_may_not_sign_in_nothing(self) -> None:
        house = House()
        house.post(house.branch, "客户服务分部")
        for mark in ("is_superuser", "auditor"):
            who = person(mark)
            setattr(who, mark, True)
            who.save()
            assert len(seen(who)) == 5
            who.is_active = False
            assert seen(who) == []

    def test_one_query_for_the_stamp_and_one_for_the_rows(self, django_assert_num_queries: object) -> None:
        house = House()
        wang = person("wang")
        house.post(house.branch, "客户服务分部", wang)
        for number in range(30):
            actions.create_unit(f"项目{number}", "project", house.branch, NOW)
        assert len(seen(wang)) == 34
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(seen(wang)) == 34

    def test_a_model_that_says_nothing_of_its_rows_is_refused(self) -> None:
        with pytest.raises(TypeError, match="Post has no reach"):
            visible(person("wang"), Post.objects.all(), NOW)

    def test_oversees(self) -> None:
        house = House()
        wang = person("wang")
        house.post(house.branch, "客户服务分部", wang)
        assert (oversees(wang, house.project, NOW), oversees(wang, house.group, NOW)) == (True, False)


class TestDoing:
    def test_the_post_that_the_role_names_at_a_unit_above(self) -> None:
        house = House()
        wang, chen = person("wang"), person("chen")
        post = house.post(house.branch, "客户服务分部", wang)
        house.post(house.project, "前台", chen, duty=True)
        assert capacity(wang, ["客户服务分部"], house.project, NOW, ROLES) == Capacity("客户服务分部", post)
        assert may(chen, ["客户服务分部"], house.project, NOW, ROLES) is False

    def test_not_from_another_unit_beside_or_below(self) -> None:
        house = House()
        wang, li = person("wang"), person("li")
        house.post(house.other, "客户服务分部", wang)
        house.post(house.project, "客户服务分部", li)
        assert may(wang, ["客户服务分部"], house.project, NOW, ROLES) is False
        assert may(li, ["客户服务分部"], house.branch, NOW, ROLES) is False

    def test_a_department_serves_the_projects_of_its_branch(self) -> None:
        house = House()
        engineer = person("engineer")
        post = house.post(house.works, "工程部", engineer)
        assert capacity(engineer, ["工程部"], house.project, NOW, ROLES) == Capacity("工程部", post)
        assert may(engineer, ["工程部"], house.group, NOW, ROLES) is False

    def test_the_group_s_post_is_the_root_s(self) -> None:
        house = House()
        fake, centre = person("fake"), person("centre")
        house.post(house.branch, "客户服务中心", fake)
        post = house.post(house.group, "客户服务中心", centre)
        names = ["集团公司客户服务中心"]
        assert may(fake, names, house.project, NOW, ROLES) is False
        assert capacity(centre, names, house.project, NOW, ROLES) == Capacity(names[0], post)

    def test_no_role_named_is_any_post_that_reaches_the_unit(self) -> None:
        house = House()
        chen, stranger, guest = person("chen"), person("stranger"), person("guest")
        post = house.post(house.project, "前台", chen)
        house.post(house.other, "前台", stranger)
        assert capacity(chen, None, house.project, NOW) == Capacity("前台", post)
        assert may(stranger, None, house.project, NOW) is False
        assert may(guest, None, house.project, NOW) is False

    def test_an_outside_party_s_act_is_written_down_by_any_post_of_the_unit(self) -> None:
        house = House()
        chen = person("chen")
        post = house.post(house.project, "前台", chen)
        assert capacity(chen, ["客户"], house.project, NOW, ROLES) == Capacity("客户", post)

    def test_who_did_the_earlier_event(self) -> None:
        house = House()
        wang, li = person("wang"), person("li")
        house.post(house.project, "前台", wang, li)
        actors = {"received": Doer(wang, "前台", house.project)}
        assert may(wang, ["首问人"], house.project, NOW, ROLES, actors) is True
        assert may(li, ["首问人"], house.project, NOW, ROLES, actors) is False

    def test_where_the_role_is_vacant_who_it_falls_back_to_may(self) -> None:
        house = House()
        chen, li = person("chen"), person("li")
        duty = house.post(house.project, "前台", chen, duty=True)
        house.post(house.project, "保洁", li)
        assert capacity(chen, ["工程部"], house.project, NOW, ROLES) == Capacity("工程部", duty)
        assert may(li, ["工程部"], house.project, NOW, ROLES) is False

    def test_seeing_everything_gives_no_right_to_act(self) -> None:
        house = House()
        house.post(house.project, "前台", person("chen"), duty=True)
        auditor = person("auditor")
        auditor.auditor = auditor.is_superuser = True
        auditor.save()
        assert may(auditor, None, house.project, NOW) is False
