"""Issue: delegation and absence. A deputy sits where the one sits for whom he stands in; all else follows from it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.organisation.house import FOUNDED, NOW, House, at, person

from shouwen.organisation import actions
from shouwen.organisation.access import Capacity, capacity, visible
from shouwen.organisation.models import Absence, Delegation, Person, Unit
from shouwen.organisation.resolve import Directory, Doer, Holder, holder
from shouwen.organisation.seats import seats, selves
from shouwen.policy.model import Role

pytestmark = pytest.mark.django_db

DESK = Role("客户服务分部", "post", "客户服务分部", "own", fallback="公司领导")
LEAD = Role("公司领导", "post", "公司领导", "up")
FIRST = Role("首问人", "actor", "received")
ROLES = {role.name: role for role in (DESK, LEAD, FIRST)}
SINCE, UNTIL = at("2026-03-01 00:00"), at("2026-03-10 00:00")
Queries = Callable[[int], object]


def sits(who: Person, when: datetime = NOW) -> list[tuple[str, str, str, bool]]:
    """(unit, post, for whom, in all that is his) of each seat."""
    return [
        (seat.unit.name, seat.post.name, seat.acting_for.name if seat.acting_for else "", seat.wholly)
        for seat in seats(who, when)
    ]


class TestSeats:
    def test_all_that_is_his_while_it_lasts(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        house.post(house.branch, "客户服务分部", wang)
        house.post(house.works, "工程部", wang)
        house.post(house.other, "前台", li)
        actions.delegate(wang, li, SINCE, UNTIL)
        own = ("云栖二期", "前台", "", False)
        deputy = [("工程部", "工程部", "王", True), ("江州公司", "客户服务分部", "王", True)]
        assert sits(li) == [own, *deputy]
        assert sits(li, at("2026-02-28 23:59")) == [own]
        assert sits(li, UNTIL) == [own]
        assert len(sits(wang)) == 2

    def test_one_post_alone(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        desk = house.post(house.branch, "客户服务分部", wang)
        house.post(house.works, "工程部", wang)
        actions.delegate(wang, li, SINCE, post=desk)
        assert sits(li) == [("江州公司", "客户服务分部", "王", False)]

    def test_a_chain_is_followed_once(self) -> None:
        """王 → 李 → 陈 → 赵：王的岗位到陈为止，赵只代陈和李的。"""
        house = House()
        wang, li, chen, zhao = (person(name) for name in ("王", "李", "陈", "赵"))
        for unit, who in zip(
            (house.group, house.branch, house.project, house.other), (wang, li, chen, zhao), strict=True
        ):
            house.post(unit, "经理", who)
        for one, deputy in ((wang, li), (li, chen), (chen, zhao)):
            actions.delegate(one, deputy, SINCE)
        assert {name for _unit, _post, name, _all in sits(li)} == {"", "王"}
        assert {name for _unit, _post, name, _all in sits(chen)} == {"", "李", "王"}
        assert {name for _unit, _post, name, _all in sits(zhao)} == {"", "陈", "李"}

    def test_only_a_whole_delegation_passes_on_what_was_delegated(self) -> None:
        house, wang, li, chen = House(), person("王"), person("李"), person("陈")
        house.post(house.group, "经理", wang)
        front = house.post(house.project, "前台", li)
        actions.delegate(wang, li, SINCE)
        actions.delegate(li, chen, SINCE, post=front)
        assert sits(chen) == [("云栖一期", "前台", "李", False)]

    def test_who_may_not_sign_in_neither_stands_in_nor_passes_on(self) -> None:
        house, wang, li, chen = House(), person("王"), person("李"), person("陈")
        house.post(house.group, "经理", wang)
        actions.delegate(wang, li, SINCE)
        actions.delegate(li, chen, SINCE)
        Person.objects.filter(pk=li.pk).update(is_active=False)
        assert sits(chen) == []
        assert sits(Person.objects.get(pk=li.pk)) == []
        Person.objects.filter(pk=li.pk).update(is_active=True)
        Person.objects.filter(pk=wang.pk).update(is_active=False)
        assert sits(chen) == []

    def test_what_is_his_by_name_though_he_holds_no_post(self) -> None:
        wang, li, chen = person("王"), person("李"), person("陈")
        house = House()
        desk = house.post(house.branch, "客户服务分部", chen)
        actions.delegate(wang, li, SINCE, UNTIL)
        actions.delegate(chen, li, SINCE, post=desk)
        assert selves(li, seats(li, NOW)) == [li.pk, wang.pk]
        assert selves(li, seats(li, UNTIL)) == [li.pk]

    def test_one_query(self, django_assert_num_queries: Queries) -> None:
        house, wang, li = House(), person("王"), person("李")
        house.post(house.group, "经理", wang)
        actions.delegate(wang, li, SINCE)
        seats(li, NOW)
        with django_assert_num_queries(1):  # type: ignore[attr-defined]
            assert len(seats(li, NOW)) == 1


class TestEntering:
    def refused(self, field: str, *arguments: object, **more: object) -> None:
        before = Delegation.objects.count()
        with pytest.raises(ValidationError) as error:
            actions.delegate(*arguments, **more)  # type: ignore[arg-type]
        assert (list(error.value.error_dict), Delegation.objects.count()) == ([field], before)

    def test_never_to_oneself(self) -> None:
        wang = person("王")
        self.refused("deputy", wang, wang, SINCE)
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(person=wang, deputy=wang, since=SINCE)

    def test_never_twice_at_once_for_the_same(self) -> None:
        house, wang, li, chen = House(), person("王"), person("李"), person("陈")
        desk = house.post(house.branch, "客户服务分部", wang)
        actions.delegate(wang, li, SINCE, UNTIL)
        self.refused("since", wang, chen, at("2026-03-09 23:59"))
        self.refused("since", wang, chen, at("2026-02-01 00:00"))
        # The next one begins where the first ends; one post has a deputy of its own.
        actions.delegate(wang, chen, UNTIL)
        actions.delegate(wang, chen, SINCE, UNTIL, post=desk)
        self.refused("since", wang, li, SINCE, post=desk)

    def test_a_post_that_is_his(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        self.refused("post", wang, li, SINCE, post=house.post(house.branch, "客户服务分部", li))

    def test_to_nobody_who_cannot_sign_in(self) -> None:
        wang, li = person("王"), person("李")
        li.is_active = False
        self.refused("deputy", wang, li, SINCE)

    def test_rings_are_refused(self) -> None:
        wang, li, chen = person("王"), person("李"), person("陈")
        actions.delegate(wang, li, SINCE, UNTIL)
        self.refused("deputy", li, wang, SINCE)
        actions.delegate(li, chen, at("2026-03-05 00:00"), UNTIL)
        self.refused("deputy", chen, wang, at("2026-03-09 00:00"))
        # Before 3月5日 nothing leads from 王 to 陈.
        actions.delegate(chen, wang, SINCE, at("2026-03-05 00:00"))

    def test_absences_do_not_overlap(self) -> None:
        wang = person("王")
        absence = actions.enter_absence(wang, SINCE, UNTIL, "年假")
        with pytest.raises(ValidationError, match=r"已登记不在岗|already away"):
            actions.enter_absence(wang, at("2026-03-09 00:00"))
        actions.end_absence(absence, at("2026-03-05 00:00"))
        actions.enter_absence(wang, at("2026-03-05 00:00"))
        assert Absence.objects.count() == 2


class TestResolving:
    def test_the_only_holder_away_is_his_deputy(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        desk = house.post(house.branch, "客户服务分部", wang)
        actions.delegate(wang, li, SINCE)
        assert holder(DESK, house.project, NOW, roles=ROLES) == Holder("客户服务分部", house.branch, desk, wang)
        actions.enter_absence(wang, SINCE, UNTIL)
        found = holder(DESK, house.project, NOW, roles=ROLES)
        assert found == Holder("客户服务分部", house.branch, desk, li, acting_for=wang)
        # What is opened meanwhile stays the post's: it is his again when he is back.
        assert found.by_name is None

    def test_without_a_deputy_the_others_in_the_post(self) -> None:
        house, wang, li, zhao = House(), person("王"), person("李"), person("赵")
        desk = house.post(house.branch, "客户服务分部", wang, li)
        house.post(house.branch, "公司领导", zhao)
        actions.enter_absence(wang, SINCE)
        assert holder(DESK, house.project, NOW, roles=ROLES) == Holder("客户服务分部", house.branch, desk, li)

    def test_then_the_fallback_and_that_is_said(self) -> None:
        house, wang, zhao = House(), person("王"), person("赵")
        house.post(house.branch, "客户服务分部", wang)
        lead = house.post(house.branch, "公司领导", zhao)
        actions.enter_absence(wang, SINCE)
        found = holder(DESK, house.project, NOW, roles=ROLES)
        assert found == Holder("客户服务分部", house.branch, lead, zhao, fell_back=True)

    def test_a_deputy_away_himself_passes_it_on_once(self) -> None:
        house = House()
        wang, li, chen, zhao = (person(name) for name in ("王", "李", "陈", "赵"))
        house.post(house.branch, "客户服务分部", wang)
        lead = house.post(house.branch, "公司领导", zhao)
        actions.delegate(wang, li, SINCE)
        actions.delegate(li, chen, SINCE)
        for who in (wang, li):
            actions.enter_absence(who, SINCE)
        assert holder(DESK, house.project, NOW, roles=ROLES).person == chen
        actions.enter_absence(chen, SINCE)
        actions.delegate(chen, zhao, SINCE)
        found = holder(DESK, house.project, NOW, roles=ROLES)
        assert (found.post, found.person, found.fell_back) == (lead, zhao, True)

    def test_where_everybody_is_away_it_still_is_somebodys(self) -> None:
        house, wang = House(), person("王")
        duty = house.post(house.branch, "前台", wang, duty=True)
        actions.enter_absence(wang, SINCE)
        assert holder(DESK, house.project, NOW) == Holder("客户服务分部", house.branch, duty, wang, fell_back=True)

    def test_who_did_it_himself_owes_it_by_name(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        front = house.post(house.project, "前台", wang)
        actions.enter_absence(wang, SINCE)
        actions.delegate(wang, li, SINCE)
        doers = {"received": Doer(wang, "前台", house.project)}
        found = holder(FIRST, house.project, NOW, doers, ROLES)
        assert found == Holder("首问人", house.project, front, li, acting_for=wang, personal=True)
        assert found.by_name == wang

    def test_two_queries(self, django_assert_num_queries: Queries) -> None:
        house, wang, li = House(), person("王"), person("李")
        house.post(house.branch, "客户服务分部", wang)
        actions.enter_absence(wang, SINCE)
        actions.delegate(wang, li, SINCE)
        holder(DESK, house.project, NOW)
        with django_assert_num_queries(2):  # type: ignore[attr-defined]
            assert Directory(house.project, NOW, ROLES).holder(DESK).person == li


class TestSeeingAndDoing:
    def test_a_deputy_sees_what_he_stands_in_for(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        house.post(house.branch, "客户服务分部", wang)
        house.post(house.other, "前台", li)
        assert {unit.name for unit in visible(li, Unit.objects.all(), NOW)} == {"云栖二期"}
        actions.delegate(wang, li, SINCE)
        names = {"江州公司", "工程部", "云栖一期", "云栖二期"}
        assert {unit.name for unit in visible(li, Unit.objects.all(), NOW)} == names

    def test_a_deputy_acts_for_him_and_from_his_own_post_where_that_suffices(self) -> None:
        house, wang, li = House(), person("王"), person("李")
        desk = house.post(house.branch, "客户服务分部", wang)
        lead = house.post(house.branch, "公司领导", li)
        actions.delegate(wang, li, SINCE)
        assert capacity(li, ["客户服务分部"], house.project, NOW, ROLES) == Capacity("客户服务分部", desk, wang)
        assert capacity(li, ["客户服务分部", "公司领导"], house.project, NOW, ROLES) == Capacity("公司领导", lead)
        assert capacity(li, None, house.project, NOW) == Capacity("公司领导", lead)
        assert capacity(wang, ["客户服务分部"], house.project, NOW, ROLES) == Capacity("客户服务分部", desk)

    def test_whose_own_doing_it_was(self) -> None:
        house, wang, li, chen = House(), person("王"), person("李"), person("陈")
        front = house.post(house.project, "前台", wang)
        doers = {"received": Doer(wang, "前台", house.project)}
        actions.delegate(wang, li, SINCE)
        assert capacity(li, ["首问人"], house.project, NOW, ROLES, doers) == Capacity("首问人", front, wang)
        # For one post alone is not for what he did himself.
        house.post(house.project, "保洁", chen)
        actions.delegate(wang, chen, SINCE, post=front)
        assert capacity(chen, ["首问人"], house.project, NOW, ROLES, doers) is None

    def test_the_deputy_of_an_auditor_does_not_see_everything(self) -> None:
        house, auditor, li = House(), person("审"), person("李")
        auditor.auditor = True
        auditor.save()
        house.post(house.project, "前台", auditor)
        actions.delegate(auditor, li, SINCE)
        assert [unit.name for unit in visible(li, Unit.objects.all(), NOW)] == ["云栖一期"]


def test_it_is_dated_from_the_founding_on() -> None:
    """Who asks about an earlier instant is answered as of then."""
    house, wang, li = House(), person("王"), person("李")
    house.post(house.project, "前台", wang)
    actions.end_delegation(actions.delegate(wang, li, FOUNDED), SINCE)
    assert (len(sits(li, at("2021-01-01 00:00"))), sits(li)) == (1, [])
