"""Tokens per integration, with scopes and rates (issue: API and channels)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from tests.api.caller import Api, join
from tests.journal.world import MONDAY, World, at

from shouwen.api.actions import create_integration, end_integration, issue_token, revoke_token
from shouwen.api.models import Scope, Token
from shouwen.api.tokens import digest_of
from shouwen.journal import clock

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_as_its_digest(api: Api) -> None:
    token, text = api.issued.token, api.issued.text
    assert text.startswith(token.prefix + "_")
    assert token.digest == digest_of(text)
    assert text not in str(Token.objects.values_list())


def test_who_calls_is_told(api: Api) -> None:
    told = api.get("/me").json()
    assert told == {
        "integration": "热线",
        "person": api.person.pk,
        "prefix": api.issued.token.prefix,
        "scopes": list(Scope.values),
        "rate": 100_000,
        "left": 99_999,
        "until": None,
    }
    assert Token.objects.get().used_at == MONDAY


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer swn_nothing"}, {"authorization": "Basic eDp5"}])
def test_nobody_is_let_in_without_a_token(world: World, header: dict[str, str]) -> None:
    answer = Client(headers=header).get("/api/v1/me")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "/problems/token-needed"


def test_a_signed_in_browser_is_nobody_here(world: World) -> None:
    browser = Client()
    browser.force_login(world.clerk)
    assert browser.get("/api/v1/me").status_code == 401


def test_a_token_opens_nothing_once_it_is_over_revoked_or_its_integration_ended(api: Api) -> None:
    brief = issue_token(api.integration, [Scope.MATTERS_READ], MONDAY, until=MONDAY + timedelta(hours=1))
    second = Api(api.integration, brief)
    with clock.at(at("2026-03-02 09:59")):
        assert second.get("/me").status_code == 200
    with clock.at(at("2026-03-02 10:00")):
        assert second.get("/me").status_code == 401
    revoke_token(api.issued.token, MONDAY)
    assert api.get("/me").status_code == 401
    third = Api(api.integration, issue_token(api.integration, [Scope.MATTERS_READ], MONDAY))
    assert third.get("/me").status_code == 200
    end_integration(api.integration, MONDAY)
    assert third.get("/me").status_code == 401


def test_a_person_who_may_not_sign_in_calls_nothing(api: Api) -> None:
    api.person.is_active = False
    api.person.save()
    assert api.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/matters", "matters:read"),
        ("/duties", "matters:read"),
        ("/customers", "customers:read"),
        ("/units", "organisation:read"),
        ("/policies", "policies:read"),
        ("/webhooks", "webhooks:manage"),
    ],
)
def test_each_operation_asks_its_scope(world: World, path: str, scope: str) -> None:
    others = join("另一系统", [world.desk], [one for one in Scope.values if one != scope])
    answer = others.get(path)
    assert (answer.status_code, answer.json()["type"], answer.json()["scope"]) == (
        403,
        "/problems/scope-missing",
        scope,
    )
    assert answer["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert join("本系统", [world.desk], [scope]).get(path).status_code == 200


def test_who_calls_too_often_is_told_how_long_to_wait(world: World) -> None:
    slow = join("慢系统", [world.desk], [Scope.MATTERS_READ], rate=2)
    with clock.at(at("2026-03-02 09:00") + timedelta(seconds=10)):
        answers = [slow.get("/me") for _n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert (answers[2]["Retry-After"], answers[2].json()["type"]) == ("50", "/problems/too-many-requests")
    with clock.at(at("2026-03-02 09:01")):
        assert slow.get("/me").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_calls_of_several_processes_are_counted_together(world: World) -> None:
    """Threads with connections of their own stand for processes: the count lives in the database alone."""
    slow = join("并发系统", [world.desk], [Scope.MATTERS_READ], rate=10)

    def call(_n: int) -> int:
        try:
            with clock.at(MONDAY):
                status: int = Api(slow.integration, slow.issued).get("/me").status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(call, range(16)))
    assert sorted(statuses) == [200] * 10 + [429] * 6


def test_scopes_are_those_there_are(api: Api) -> None:
    for scopes in ([], ["everything"]):
        with pytest.raises(ValidationError) as raised:
            issue_token(api.integration, scopes, MONDAY)
        assert list(raised.value.message_dict) == ["scopes"]


def test_two_integrations_have_two_names(api: Api, world: World) -> None:
    with pytest.raises(ValidationError) as raised:
        create_integration("热线", [world.desk], MONDAY)
    assert list(raised.value.message_dict) == ["name"]


def test_tokens_from_the_command_line(world: World) -> None:
    from shouwen.cli.api import api as command

    def run(*words: str) -> Any:
        return CliRunner().invoke(command, words)

    made = run("integration", "短信平台", "--post", "明澄集团/江州公司/云栖一期:前台", "--contact", "boss")
    assert (made.exit_code, made.output.startswith("短信平台: person ")) == (0, True)
    issued = run("token", "短信平台", "--scope", "matters:read", "--rate", "60", "--days", "30")
    text = issued.output.strip()
    token = Token.objects.get(digest=digest_of(text))
    assert (token.scopes, token.rate, token.until) == (["matters:read"], 60, MONDAY + timedelta(days=30))
    assert token.prefix in run("list").output
    assert run("revoke", token.prefix).exit_code == 0
    assert "revoked" in run("list").output
    for wrong in (
        ("integration", "x", "--post", "无此单位:前台"),
        ("token", "无此系统", "--scope", "all"),
        ("token", "短信平台", "--scope", "everything"),
        ("revoke", "swn_none"),
    ):
        assert run(*wrong).exit_code != 0
