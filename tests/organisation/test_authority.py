"""Design, Meaning 7: a role may be an authority over an amount (权限额度)."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from tests.organisation.house import FOUNDED, NOW, House, at, person

from shouwen.organisation import actions
from shouwen.organisation.access import Capacity, capacity
from shouwen.organisation.authority import authority_of
from shouwen.organisation.models import Authority
from shouwen.organisation.resolve import Holder, holder
from shouwen.policy.model import Role

pytestmark = pytest.mark.django_db

APPROVER = Role("审批人", "authority", "费用审批")
ROLES = {"审批人": APPROVER}


class Limits(House):
    """分部负责人五千，分管领导一万，总经理两万，集团不限。"""

    def __init__(self) -> None:
        super().__init__()
        self.head, self.lead, self.manager, self.chair = (person(name) for name in ("负责", "分管", "经理", "董事"))
        self.posts = [
            self.post(self.branch, "分部负责人", self.head),
            self.post(self.branch, "总经理", self.manager),
            self.post(self.branch, "分管领导", self.lead),
            self.post(self.group, "董事长", self.chair),
        ]
        for post, limit in zip(self.posts, ("5000", "20000", "10000", None), strict=True):
            actions.grant(post, "费用审批", None if limit is None else Decimal(limit), FOUNDED)

    def resolved(self, amount: str | None) -> Holder:
        return holder(APPROVER, self.project, NOW, roles=ROLES, amount=None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "post"),
    [
        (None, "分部负责人"),
        ("0", "分部负责人"),
        ("5000", "分部负责人"),
        ("5000.01", "分管领导"),
        ("10000", "分管领导"),
        ("10000.01", "总经理"),
        ("20000.01", "董事长"),
        ("999999999", "董事长"),
    ],
)
def test_the_least_post_upward_whose_limit_suffices(amount: str | None, post: str) -> None:
    house = Limits()
    found = house.resolved(amount)
    assert found.post is not None
    assert (found.post.name, found.fell_back) == (post, False)


def test_nearest_goes_before_least() -> None:
    house = Limits()
    near = house.post(house.project, "项目经理", person("项目"))
    actions.grant(near, "费用审批", Decimal(15000), FOUNDED)
    assert (house.resolved("3000").post, house.resolved("16000").post) == (near, house.posts[1])


def test_away_or_vacant_passes_to_the_deputy_or_the_next() -> None:
    house, deputy = Limits(), person("代")
    actions.enter_absence(house.head, FOUNDED)
    assert house.resolved("100") == Holder("审批人", house.branch, house.posts[2], house.lead, fell_back=True)
    actions.delegate(house.head, deputy, FOUNDED)
    assert house.resolved("100") == Holder("审批人", house.branch, house.posts[0], deputy, acting_for=house.head)


def test_the_last_resort_is_a_post_of_that_name() -> None:
    house = House()
    wang, boss = person("王"), person("总")
    named = house.post(house.branch, "费用审批", wang)
    assert holder(APPROVER, house.project, NOW, roles=ROLES) == Holder("审批人", house.branch, named, wang)
    assert capacity(wang, ["审批人"], house.project, NOW, ROLES) == Capacity("审批人", named)
    lead = house.post(house.group, "总裁", boss)
    actions.grant(lead, "费用审批", Decimal(1000), FOUNDED)
    assert holder(APPROVER, house.project, NOW, roles=ROLES).person == boss
    assert capacity(wang, ["审批人"], house.project, NOW, ROLES) is None
    # Nobody's limit suffices: the last resort again.
    assert holder(APPROVER, house.project, NOW, roles=ROLES, amount=Decimal(2000)).person == wang


def test_who_has_it_for_the_sum_may() -> None:
    house, deputy = Limits(), person("代")

    def may(who: object, amount: str) -> Capacity | None:
        return capacity(who, ["审批人"], house.project, NOW, ROLES, amount=Decimal(amount))  # type: ignore[arg-type]

    assert may(house.head, "5000") == Capacity("审批人", house.posts[0])
    assert may(house.head, "5000.01") is None
    assert may(house.chair, "5000.01") == Capacity("审批人", house.posts[3])
    assert may(deputy, "1") is None
    actions.delegate(house.lead, deputy, FOUNDED)
    assert may(deputy, "10000") == Capacity("审批人", house.posts[2], house.lead)
    assert may(deputy, "10001") is None


def test_one_question() -> None:
    house = Limits()
    found = authority_of(house.lead, "费用审批", NOW, Decimal(10000))
    assert found is not None
    assert (found.post, found.limit) == (house.posts[2], Decimal(10000))
    assert authority_of(house.lead, "费用审批", NOW, Decimal("10000.01")) is None
    assert authority_of(house.lead, "用印", NOW) is None
    # The widest, where several of his posts have it.
    actions.appoint(house.lead, house.posts[3], FOUNDED)
    widest = authority_of(house.lead, "费用审批", NOW)
    assert widest is not None
    assert widest.limit is None


def test_a_category_is_that_one_alone() -> None:
    house, wang = House(), person("王")
    post = house.post(house.branch, "维修主管", wang)
    actions.grant(post, "费用审批", Decimal(800), FOUNDED, category="维修费用")
    assert authority_of(wang, "费用审批", NOW) is None
    assert authority_of(wang, "费用审批", NOW, category="赔偿") is None
    assert authority_of(wang, "费用审批", NOW, Decimal(800), category="维修费用") is not None


def test_it_is_dated_and_stands_once_at_a_time() -> None:
    house, wang = House(), person("王")
    post = house.post(house.branch, "主管", wang)
    first = actions.grant(post, "费用审批", Decimal(100), FOUNDED)
    with pytest.raises(ValidationError):
        actions.grant(post, "费用审批", Decimal(200), NOW)
    with pytest.raises(ValidationError):
        actions.grant(post, "用印", Decimal(-1), NOW)
    actions.end_authority(first, NOW)
    actions.grant(post, "费用审批", Decimal(200), NOW)
    then, now = (authority_of(wang, "费用审批", when) for when in (at("2026-03-01 00:00"), NOW))
    assert then is not None
    assert now is not None
    assert (then.limit, now.limit, Authority.objects.count()) == (Decimal(100), Decimal(200), 2)
