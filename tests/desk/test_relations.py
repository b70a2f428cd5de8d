"""Acts that concern two matters, from the desk: both journals in one record, or neither."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shouwen.journal.drafts import Actor
from shouwen.journal.models import Duty, Entry, Link, Subject
from shouwen.matters.actions import open_cause, take_in
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]


def actor(username: str) -> Actor:
    person = Person.objects.get(username=username)
    post = person.appointments.get().post
    return Actor(person, post.name, post.unit)


@pytest.fixture
def second(matter: Subject) -> Subject:
    data = {"channel": "电话", "text": "主卧飘窗渗水。", "category": "一般工程质量投诉", "anonymous": True}
    return take_in(matter.unit, data, actor=actor("jingban"))


def send(client: Client, subject: Subject, event: str, **data: str) -> Any:
    subject.refresh_from_db()
    body = {"key": uuid4().hex, "seen": str(subject.head_seq)} | {f"d-{name}": value for name, value in data.items()}
    return client.post(f"/matters/{subject.pk}/do/{event}/", body)


def links() -> set[tuple[object, object, str]]:
    return set(Link.objects.values_list("subject", "other", "role"))


def told(subject: Subject) -> list[str]:
    return list(Entry.objects.filter(subject=subject).order_by("seq").values_list("type", flat=True))


def states(subject: Subject) -> set[str]:
    return set(Duty.objects.filter(subject=subject).values_list("state", flat=True))


def test_a_merge_and_its_undoing_are_in_both_journals(signed_in: SignedIn, matter: Subject, second: Subject) -> None:
    client = signed_in("jingban")
    before = states(second)
    assert send(client, second, "merged", other=str(matter.pk)).status_code == 302
    assert (told(second)[-1], told(matter)[-1]) == ("merged", "linked")
    assert links() == {(second.pk, matter.pk, "merged"), (matter.pk, second.pk, "about")}
    assert states(second) == {"void"}
    form = client.get(f"/matters/{second.pk}/do/unmerged/").content.decode()
    assert f'<option value="{matter.pk}" selected>{matter.number}</option>' in form
    assert send(client, second, "unmerged", other=str(matter.pk)).status_code == 302
    assert (told(second)[-1], told(matter)[-1], links()) == ("unmerged", "unlinked", set())
    assert states(second) == before


def test_joining_and_leaving_a_cause(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    cause = open_cause(matter.unit, actor=actor("jingban"))
    assert send(client, matter, "joined", other=str(cause.pk), households="6").status_code == 302
    assert links() == {(matter.pk, cause.pk, "part_of"), (cause.pk, matter.pk, "about")}
    assert Entry.objects.get(subject=matter, type="joined").data["households"] == 6
    assert send(client, matter, "left", other=str(cause.pk)).status_code == 302
    assert (told(cause), links()) == (["opened", "joined", "left"], set())


@pytest.mark.parametrize("which", ["itself", "settled", "elsewhere", "nonsense", "not there"])
def test_what_cannot_be_merged_into_is_said_at_its_field(
    signed_in: SignedIn, matter: Subject, second: Subject, which: str
) -> None:
    elsewhere = Person.objects.get(username="nanhu").appointments.get().post.unit
    foreign = take_in(
        elsewhere,
        {"channel": "电话", "text": "停电", "category": "一般性投诉", "anonymous": True},
        actor=actor("nanhu"),
    )
    Subject.objects.filter(pk=second.pk).update(state="ended" if which == "settled" else "open")
    other = {"itself": matter.pk, "settled": second.pk, "elsewhere": foreign.pk, "nonsense": "x", "not there": uuid4()}
    answer = send(signed_in("jingban"), matter, "merged", other=str(other[which]))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["other"]
    assert (told(matter)[-1], links()) == ("received", set())


def test_what_does_not_stand_is_not_offered_to_be_taken_back(signed_in: SignedIn, matter: Subject) -> None:
    page = signed_in("jingban").get(f"/matters/{matter.pk}/").content.decode()
    assert ("do/joined/" in page, "do/merged/" in page) == (True, True)
    assert ("do/left/" in page, "do/unmerged/" in page) == (False, False)


def test_the_same_merge_twice_writes_once(signed_in: SignedIn, matter: Subject, second: Subject) -> None:
    client = signed_in("jingban")
    body = {"key": uuid4().hex, "seen": "1", "d-other": str(matter.pk)}
    for _ in range(2):
        assert client.post(f"/matters/{second.pk}/do/merged/", body).status_code == 302
    assert (told(matter).count("linked"), told(second).count("merged")) == (1, 1)
