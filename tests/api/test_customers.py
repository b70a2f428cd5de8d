"""Customers and homes: masked, revealed for a reason that is kept, and registered."""

from urllib.parse import quote

import pytest
from tests.api.caller import Api, join
from tests.journal.world import MONDAY, World

from shouwen.customers import actions, merging
from shouwen.customers.models import Customer
from shouwen.journal.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(world: World) -> Customer:
    customer = actions.register(world.project, "王小明", MONDAY, phones=["13800010001"])
    asset = actions.add_asset(world.project, "3", "1201", entrance="2")
    actions.hold(customer, asset, since=MONDAY.date())
    return customer


def test_customers_are_masked_and_each_look_is_kept(api: Api, wang: Customer) -> None:
    (told,) = api.get("/customers").json()["items"]
    assert (told["name"], told["masked"], [one["value"] for one in told["contacts"]]) == ("王**", True, ["138****0001"])
    assert api.get(f"/customers/{wang.pk}").json() == told
    (asset,) = api.get("/assets").json()["items"]
    assert (asset["building"], asset["entrance"], asset["room"], asset["masked"]) == ("3", "", "****", True)
    looks = AccessLog.objects.filter(customer=str(wang.pk)).values_list("kind", "reason")
    assert list(looks) == [("looked", ""), ("looked", "")]


def test_in_full_for_a_reason(api: Api, wang: Customer) -> None:
    told = api.get(f"/customers/{wang.pk}", access_reason=quote("上门核对")).json()
    assert (told["name"], told["masked"], told["contacts"][0]["value"]) == ("王小明", False, "13800010001")
    asset = api.get(f"/assets/{told['holdings'][0]['asset']}", access_reason=quote("上门核对")).json()
    assert (asset["entrance"], asset["room"]) == ("2", "1201")
    look = AccessLog.objects.get(customer=str(wang.pk))
    assert (look.kind, look.reason, look.person) == ("revealed", "上门核对", api.person)


@pytest.mark.parametrize("reason", ["%20", "%ff", "x" * 201, "a%00b"])
def test_a_reason_is_a_reason(api: Api, wang: Customer, reason: str) -> None:
    answer = api.get(f"/customers/{wang.pk}", access_reason=reason)
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (422, "Access-Reason")


def test_who_has_not_the_scope_sees_nothing_in_full(world: World, wang: Customer) -> None:
    plain = join("看板", [world.desk], ["customers:read"])
    assert plain.get("/customers", access_reason="x").json()["scope"] == "reveal"


def test_list_and_count_are_one_set_and_search_is_the_desks(api: Api, world: World, wang: Customer) -> None:
    for number in range(4):
        actions.register(world.project, f"李{number}", MONDAY)
    actions.register(world.other, "外人", MONDAY)
    for query, names in (({}, 5), ({"q": "0001"}, 1), ({"q": "李"}, 4), ({"q": "wang"}, 1), ({"q": "无"}, 0)):
        assert api.get("/customers/count", query).json() == {"count": names}
        first = api.get("/customers", {**query, "limit": 3}).json()
        rest = api.get("/customers", {**query, "cursor": first["next"]}).json()["items"] if first["next"] else []
        assert len({one["id"] for one in first["items"] + rest}) == names


def test_a_customer_is_registered_renamed_and_reached(api: Api, world: World) -> None:
    made = api.post("/customers", {"unit": world.project.pk, "name": "赵一", "phones": ["010-12345678"]})
    assert (made.status_code, made.json()["name"]) == (201, "赵*")
    pk = made.json()["id"]
    assert api.patch(f"/customers/{pk}", {"name": "钱二"}).json()["name"] == "钱*"
    contact = api.post(f"/customers/{pk}/contacts", {"kind": "email", "value": "qian@example.org"})
    assert (contact.status_code, contact.json()["value"]) == (201, "q***@example.org")
    asset = api.post("/assets", {"unit": world.project.pk, "building": "3栋", "room": "1201室"}).json()
    assert (asset["building"], asset["room"]) == ("3", "****")
    held = api.post(f"/customers/{pk}/holdings", {"asset": asset["id"], "since": "2026-01-01"})
    assert (held.status_code, held.json()["role"]) == (201, "owner")
    customer = Customer.objects.get(pk=pk)
    assert (customer.name, {change.by for change in customer.changes.all()}) == ("钱二", {api.person})


def test_what_the_registry_refuses_is_pointed_at(api: Api, world: World) -> None:
    told = api.post("/customers", {"unit": world.project.pk, "name": "赵一", "phones": ["12"]})
    assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "#/value")
    assert Customer.objects.count() == 0


def test_files_of_others_are_not_changed(world: World, wang: Customer) -> None:
    elsewhere = join("外部", [world.other.posts.get()])
    assert elsewhere.patch(f"/customers/{wang.pk}", {"name": "谁"}).status_code == 404


def test_an_id_that_was_merged_leads_on(api: Api, world: World, wang: Customer) -> None:
    twin = actions.register(world.project, "王晓明", MONDAY)
    merging.merge(twin, wang)
    assert api.get(f"/customers/{twin.pk}").json()["id"] == wang.pk
    assert api.get("/customers/count").json() == {"count": 1}
