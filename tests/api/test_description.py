"""OpenAPI 3.1: served, told in docs/api.json, complete, and shown without asking any other host."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from tests.journal.world import MONDAY, World

from shouwen.api.description import COUNTED
from shouwen.api.models import Scope
from shouwen.channels import hooks
from shouwen.channels.webhooks import body_of, signed
from shouwen.journal.models import Outbox

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[2] / "docs" / "api.json"


@pytest.fixture
def told() -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    found: dict[str, Any] = orjson.loads(answer.content)
    return found


def operations(told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_description_is_the_committed_one(told: dict[str, Any]) -> None:
    """`make description` writes it; a change of the API is a change of the file."""
    assert orjson.loads(FILE.read_bytes()) == told


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    assert told["openapi"] == "3.1.0"
    assert told["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_every_operation_says_its_scope_what_it_does_and_its_problems(told: dict[str, Any]) -> None:
    scopes = set(Scope.values)
    for name, operation in operations(told):
        ((scheme, asked),) = [pair for one in operation["security"] for pair in one.items()]
        assert (name, scheme, set(asked) <= scopes, len(asked) == (operation["operationId"] != "read_me")) == (
            name,
            "Bearer",
            True,
            True,
        )
        assert operation["description"].endswith("."), name
        problems = {status for status in operation["responses"] if status >= "400"}
        expected = {"400", "401", "403", "404", "422", "429", "500", "507"}
        if "requestBody" in operation:
            expected |= {"409", "413", "415"}
        assert (name, problems) == (name, expected)


def test_every_scope_opens_something(told: dict[str, Any]) -> None:
    asked = {scope for _name, one in operations(told) for held in one["security"] for scope in held["Bearer"]}
    assert asked == set(Scope.values) - {Scope.REVEAL}


def test_every_parameter_field_and_tag_is_described(told: dict[str, Any]) -> None:
    silent = [
        f"{name} {one['name']}"
        for name, operation in operations(told)
        for one in operation.get("parameters", [])
        if not (one.get("description") or one["schema"].get("description"))
    ]
    for model, schema in told["components"]["schemas"].items():
        for field, one in schema.get("properties", {}).items():
            if not (one.get("description") or any(part.get("description") for part in one.get("anyOf", []))):
                silent.append(f"{model}.{field}")
    assert silent == []
    assert {tag for _name, one in operations(told) for tag in one["tags"]} == {one["name"] for one in told["tags"]}


def test_headers_of_answers_are_told(told: dict[str, Any]) -> None:
    named = {
        one["operationId"]: {status: sorted(set(found["headers"]) - set(COUNTED)) for status, found in answers.items()}
        for _name, one in operations(told)
        for answers in [{status: found for status, found in one["responses"].items() if status < "300"}]
    }
    assert named["take_in"] == {"200": ["ETag"], "201": ["ETag", "Idempotent-Replayed", "Location"]}
    assert (named["read_matter"], named["list_matters"]) == ({"200": ["ETag"]}, {"200": []})


def test_what_webhooks_are_sent_is_told(told: dict[str, Any], world: World) -> None:
    hook = hooks.subscribe(world.clerk, "https://example.org/hook", MONDAY)
    world.intake()
    row = Outbox.objects.get(channel="webhook")
    sent = orjson.loads(body_of(hook, row, MONDAY) or b"")
    schemas = told["components"]["schemas"]
    assert set(sent) == set(schemas["Message"]["properties"])
    assert set(sent["data"]) == set(schemas["Told"]["properties"])
    (header,) = {frozenset(one["name"] for one in told["webhooks"]["told"]["post"]["parameters"])}
    assert header == {name for name in signed(hook, row, b"", MONDAY) if name.startswith("webhook-")}


def test_instants_say_their_zone(told: dict[str, Any]) -> None:
    due = told["components"]["schemas"]["Duty"]["properties"]["due_at"]
    assert "zone" in due["anyOf"][0]["description"]


def test_the_page_asks_no_other_host() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert re.findall(r"https?://", page) == []
    assert "ninja/swagger-ui-bundle.js" in page
