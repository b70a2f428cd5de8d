"""Problem details (RFC 9457) for whatever goes wrong, whoever notices it."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation
from tests.api.caller import Api
from tests.journal.world import World

from shouwen.api.problems import BY_STATUS, CATALOGUE
from shouwen.journal.models import Subject

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"
JSON = "application/json"
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "slug"),
    [
        ("GET", "/nothing-here", b"", "", "not-found"),
        ("GET", "/matters/not-a-uuid", b"", "", "not-found"),
        ("DELETE", "/matters", b"", "", "method-not-allowed"),
        ("PUT", "/webhooks/1", b"{}", "application/json", "method-not-allowed"),
        ("POST", "/matters", b"{", "application/json", "malformed"),
        ("POST", "/matters", b"\xff\xfe", "application/json", "malformed"),
        ("POST", "/matters", b"unit=1", "application/x-www-form-urlencoded", "unsupported-media-type"),
        ("POST", "/attachments", b"{}", "application/json", "unsupported-media-type"),
        ("POST", "/attachments", b"x", "multipart/form-data", "malformed"),
        ("POST", "/matters", b"x" * (8 * 1024 * 1024 + 1), "application/json", "too-large"),
        ("POST", "/matters", b"x" * (25 * 1024 * 1024), "application/json", "too-large"),
        ("POST", "/matters", b"[]", "application/json", "invalid"),
        ("GET", "/matters?limit=0", b"", "", "invalid"),
        ("GET", "/matters?cursor=@@", b"", "", "invalid"),
        ("GET", "/matters?updated_sinse=2026", b"", "", "invalid"),
        ("GET", "/matters?axis=nature", b"", "", "invalid"),
        ("GET", "/matters?limit=1&limit=2", b"", "", "invalid"),
        ("GET", "/me?colour=red", b"", "", "invalid"),
        (
            "POST",
            "/batch?dry=true",
            b'{"items": [{"matter": "%s", "type": "noted"}]}' % bytes(NOBODY, "ascii"),
            JSON,
            "invalid",
        ),
        ("GET", "/duties/99999999999999999999", b"", "", "invalid"),
    ],
)
def test_every_error_is_a_problem(api: Api, method: str, path: str, body: bytes, kind: str, slug: str) -> None:
    answer = api.client.generic(method, "/api/v1" + path, body, content_type=kind, headers=api.headers())
    told = answer.json()
    assert (answer["Content-Type"], told["type"]) == ("application/problem+json", f"/problems/{slug}")
    assert (answer.status_code, told["status"]) == (CATALOGUE[slug].status,) * 2
    assert told["instance"] == "/api/v1" + path.partition("?")[0]
    assert re.search("[a-z]{3} ", told["title"] + told["detail"]) is None, "Chinese was asked for"


def test_what_breaks_is_a_problem_too_and_logged(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    subject = world.intake()
    Subject.objects.filter(pk=subject.pk).update(axes={})
    world.project.zone = "Nowhere/Atall"
    type(world.project).objects.filter(pk=world.project.pk).update(zone="Nowhere/Atall")
    api.client.raise_request_exception = False
    answer = api.get(f"/matters/{subject.pk}", accept_language="en")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["title"] == "Something broke on our side"
    assert "Nowhere/Atall" in caplog.text
    assert "Nowhere" not in answer.content.decode()


def test_allow_is_kept(api: Api) -> None:
    assert set(api.delete("/matters")["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("asked", "title"),
    [("zh-CN,zh;q=0.9", "没有这样的内容"), ("en-GB", "There is no such thing"), ("fr", "没有这样的内容")],
)
def test_problems_speak_the_callers_language(api: Api, asked: str, title: str) -> None:
    for path in ("/matters/00000000-0000-0000-0000-000000000000", "/nothing-here"):
        assert api.get(path, accept_language=asked).json()["title"] == title


def test_what_is_no_json_is_said_with_its_place(api: Api) -> None:
    assert api.post("/matters", b'{"unit": 1,\n,}').json()["detail"] == "正文不是 JSON：第 2 行第 1 列。"


def test_values_are_listed_without_a_word_of_english(api: Api) -> None:
    (error,) = api.get("/matters?order=x").json()["errors"]
    assert error["detail"] == "应为其中之一：'opened', 'updated'。"


def test_a_parameter_is_named(api: Api) -> None:
    for query, name in (
        ("limit=x", "limit"),
        ("opened_from=2026-03-02T09:00:00", "opened_from"),
        ("colour=red", "colour"),
    ):
        (error,) = api.get(f"/matters?{query}").json()["errors"]
        assert error["parameter"] == name


def test_types_lead_to_pages_that_explain_them(db: None) -> None:
    browser = Client(headers={"accept-language": "en"})
    whole = browser.get("/problems/").content.decode()
    for kind in CATALOGUE.values():
        with translation.override("en"):
            title = str(kind.title)
        page = browser.get(f"/problems/{kind.slug}")
        assert (page.status_code, title in page.content.decode(), f"/problems/{kind.slug}" in whole) == (
            200,
            True,
            True,
        )
    assert browser.get("/problems/no-such").status_code == 404


def test_every_status_has_its_type() -> None:
    assert {CATALOGUE[slug].status for slug in BY_STATUS.values()} == set(BY_STATUS)
    assert {kind.status for kind in CATALOGUE.values()} == set(BY_STATUS)


def test_the_catalogue_stands_in_the_guide() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `/problems/")}
    assert set(rows) == {f"/problems/{slug}" for slug in CATALOGUE}
    with translation.override("en"):
        for slug, kind in CATALOGUE.items():
            assert f"| {kind.status} | {kind.title} |" in rows[f"/problems/{slug}"]


def test_everything_has_its_chinese() -> None:
    for kind in CATALOGUE.values():
        with translation.override("en"):
            english = (str(kind.title), str(kind.meaning))
        with translation.override(django_settings.LANGUAGE_CODE):
            chinese = (str(kind.title), str(kind.meaning))
        assert not set(english) & set(chinese)
