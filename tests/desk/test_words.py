"""Names in the page's language: the shared vocabulary has English ones, a regulation's own words stay its own."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import override

from shouwen.desk.words import duty_words, value_words, worded
from shouwen.journal.models import Subject
from shouwen.policy.model import EventType, Field
from shouwen.policy.vocabulary import shared_events

SignedIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("language", "event", "field"), [("zh-hans", "承诺", "承诺时间"), ("en", "Promised", "By when")]
)
def test_the_shared_vocabulary_in_both_languages(language: str, event: str, field: str) -> None:
    with override(language):
        found = worded(shared_events()["promised"])
    assert (found.title, found.fields["by_when"].title, found.name) == (event, field, "promised")


def test_what_a_regulation_names_itself_stays() -> None:
    own = EventType("watered", "浇水", True, {"how": Field("how", "怎样浇")})
    shared = shared_events()["promised"]
    renamed = replace(shared, title="书面承诺", fields={**shared.fields, "who": Field("who", "承诺人")})
    with override("en"):
        assert worded(own) == own
        found = worded(renamed)
        titles = (duty_words("promised", "书面承诺"), duty_words("promised", "承诺"), duty_words("watered", "浇水"))
    assert (found.title, found.fields["who"].title, found.fields["what"].title) == ("书面承诺", "承诺人", "What")
    assert titles == ("书面承诺", "Promised", "浇水")


def test_values_of_the_vocabulary_are_said_in_words() -> None:
    with override("zh-hans"):
        assert value_words("linked", "role") == {
            "part_of": "属于",
            "repeat_of": "重复于",
            "continued_as": "转为",
            "about": "关于",
        }
        assert value_words("negotiated", "result") == {}
    with override("en"):
        assert value_words("negotiated", "result") == {"一致": "agreed", "未一致": "not agreed"}
        assert value_words("watered", "how") == {}


def test_a_matter_in_english(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    client.cookies["django_language"] = "en"
    assert "核实和分析投诉情况" in client.get("/").content.decode()
    page = client.get(f"/matters/{matter.pk}/").content.decode()
    assert ("Verified" in page, "Received" in page, "telephone" in page, ">核实<" in page) == (True, True, True, False)
    form = client.get(f"/matters/{matter.pk}/do/verified/").content.decode()
    assert ("Findings" in form, "核实情况" in form) == (True, False)
    intake = client.get("/matters/new/").content.decode()
    assert ("Channel" in intake, 'value="电话"' in intake, "telephone" in intake) == (True, True, True)


def test_relations_are_chosen_by_their_words(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    form = client.get(f"/matters/{matter.pk}/do/linked/")
    assert [str(label) for _value, label in form.context["form"]["role"].field.widget.choices] == [
        "属于",
        "重复于",
        "转为",
        "关于",
    ]
    sent = {"key": uuid4().hex, "seen": str(matter.head_seq), "d-role": "属于", "d-other": str(uuid4())}
    answer = client.post(f"/matters/{matter.pk}/do/linked/", sent)
    assert "role" in answer.context["form"].errors
