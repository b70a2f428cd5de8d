"""Causes (群诉事由): opened from the list or from one matter, joined, left; who sees what."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from shouwen.journal.drafts import HOUSE, Actor, Draft
from shouwen.journal.models import Entry, Link, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import open_cause, take_in
from shouwen.organisation.models import Person, Unit

SignedIn = Callable[[str], Client]
SAID = {"channel": "电话", "text": "供暖不热。", "category": "一般工程质量投诉", "anonymous": True}


def actor(username: str) -> Actor:
    person = Person.objects.get(username=username)
    post = person.appointments.get().post
    return Actor(person, post.name, post.unit)


@pytest.fixture
def second(matter: Subject) -> Subject:
    return take_in(matter.unit, SAID, actor=actor("jingban"))


def opened(client: Client, *matters: Subject, **more: str) -> Subject:
    body = {"key": uuid4().hex, "matter": [str(matter.pk) for matter in matters], **more}
    answer = client.post("/matters/causes/new/", body)
    assert answer.status_code == 302
    return Subject.objects.get(kind="cause")


def joined(cause: Subject) -> set[object]:
    return set(Link.objects.filter(other=cause, role="part_of").values_list("subject", flat=True))


def test_the_empty_page_explains(signed_in: SignedIn) -> None:
    assert "多位客户反映同一问题时" in signed_in("jingban").get("/matters/causes/").content.decode()


def test_opened_from_several_chosen_matters(signed_in: SignedIn, matter: Subject, second: Subject) -> None:
    client = signed_in("jingban")
    assert f'name="matter" value="{second.pk}"' in client.get("/ledger/").content.decode()
    form = client.get("/matters/causes/new/", {"matter": [str(matter.pk), str(second.pk)]}).content.decode()
    assert (matter.number in form, second.number in form) == (True, True)
    cause = opened(client, matter, second, households="12")
    assert (cause.unit, joined(cause)) == (matter.unit, {matter.pk, second.pk})
    assert [entry.data["households"] for entry in Entry.objects.filter(type="joined")] == [12] * 4
    page = client.get(f"/matters/causes/{cause.pk}/").content.decode()
    assert (matter.number in page, second.number in page, "剩 1天" in page) == (True, True, True)
    assert "共2件" in client.get("/matters/causes/").content.decode()
    assert cause.number in client.get(f"/matters/{matter.pk}/").content.decode()
    assert client.get(f"/matters/{cause.pk}/").status_code == 200


def test_joining_and_taking_out(signed_in: SignedIn, matter: Subject, second: Subject) -> None:
    client = signed_in("jingban")
    cause = opened(client, matter)
    page = f"/matters/causes/{cause.pk}/"
    sent = {"key": uuid4().hex, "matter": str(second.pk)}
    assert [client.post(page + "join/", sent).status_code for _ in "12"] == [302, 302]
    assert joined(cause) == {matter.pk, second.pk}
    assert client.post(page + "leave/", {"key": "a", "matter": str(matter.pk)}).status_code == 302
    assert joined(cause) == {second.pk}
    again = client.post(page + "leave/", {"key": "b", "matter": str(matter.pk)})
    assert (again.status_code, "两者之间没有这一关系" in again.content.decode()) == (409, True)


@pytest.mark.parametrize("given", ["x", "", "6d3a3f0e-7c0c-4d3a-9b1e-0d1c6f4d2a55"])
def test_what_is_no_matter_is_not_joined(signed_in: SignedIn, matter: Subject, given: str) -> None:
    client = signed_in("jingban")
    cause = opened(client, matter)
    assert client.post(f"/matters/causes/{cause.pk}/join/", {"key": "k", "matter": given}).status_code == 409
    assert client.post(f"/matters/causes/{cause.pk}/leave/", {"key": "k", "matter": given}).status_code == 404
    assert joined(cause) == {matter.pk}


def test_nothing_chosen_leads_back_to_the_list(signed_in: SignedIn) -> None:
    answer = signed_in("jingban").get("/matters/causes/new/", {"matter": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/matters/")


@pytest.mark.parametrize("households", ["0", "-1", "很多", "1.5"])
def test_a_number_of_homes_that_is_none(signed_in: SignedIn, matter: Subject, households: str) -> None:
    body = {"key": "k", "matter": str(matter.pk), "households": households}
    answer = signed_in("jingban").post("/matters/causes/new/", body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["households"])
    assert Subject.objects.filter(kind="cause").count() == 0


def test_who_may_not_join_opens_nothing(signed_in: SignedIn, matter: Subject) -> None:
    """金科 gives 并案处理 to 客户服务分部: without its power over the matters there is no cause either."""
    answer = signed_in("zhongxin").post("/matters/causes/new/", {"key": "k", "matter": str(matter.pk)})
    assert (answer.status_code, "这件事应由 客户服务分部 办理" in answer.content.decode()) == (409, True)
    assert (Subject.objects.filter(kind="cause").count(), Link.objects.count()) == (0, 0)


def test_each_sees_the_matters_of_his_units_and_how_many_more_there_are(signed_in: SignedIn, matter: Subject) -> None:
    """A cause of the group holds what lies in two projects: a project alone does not see it."""
    elsewhere = take_in(Person.objects.get(username="nanhu").appointments.get().post.unit, SAID, actor=actor("nanhu"))
    above = open_cause(Unit.objects.get(parent=None), actor=actor("zhongxin"))
    below = open_cause(matter.unit, actor=actor("jingban"))
    for cause in (above, below):
        for one in (matter, elsewhere):
            record(Draft(one, "joined", {"other": str(cause.pk), "role": "part_of"}, as_fact=True), actor=HOUSE)
    page = f"/matters/causes/{above.pk}/"
    seen = {name: signed_in(name).get(page).status_code for name in ("zhongxin", "nanhu")}
    assert seen == {"zhongxin": 200, "nanhu": 404}
    assert above.number not in signed_in("nanhu").get("/matters/causes/").content.decode()
    page = signed_in("jingban").get(f"/matters/causes/{below.pk}/").content.decode()
    assert (matter.number in page, elsewhere.number in page, "另有1件属于您看不到的单位" in page) == (True, False, True)
