"""A caller of the API: Django's test client with a bearer token."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from shouwen.api.actions import Issued, create_integration, issue_token
from shouwen.api.models import Integration, Scope
from shouwen.journal import clock
from shouwen.organisation.models import Person, Post

ROOT = "/api/v1"


@dataclass
class Api:
    integration: Integration
    issued: Issued
    client: Client = field(default_factory=lambda: Client(headers={"accept-language": "zh-hans"}))

    @property
    def person(self) -> Person:
        return self.integration.person

    def headers(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {self.issued.text}", **(more or {})}

    def get(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(ROOT + path, query or {}, headers=self.headers(_named(headers)))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("PATCH", path, body, headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(ROOT + path, headers=self.headers())

    def upload(self, file: Any, **headers: str) -> Any:
        return self.client.post(ROOT + "/attachments", {"file": file}, headers=self.headers(_named(headers)))

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        return self.client.generic(
            method,
            ROOT + path,
            b"" if body is None else body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers=self.headers(_named(headers)),
        )


def _json(body: Any) -> bytes:
    import orjson

    return orjson.dumps(body)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def join(name: str, posts: Sequence[Post], scopes: Collection[str] = tuple(Scope.values), rate: int = 100_000) -> Api:
    """An integration in these posts with one token."""
    now = clock.now()
    integration = create_integration(name, posts, now)
    return Api(integration, issue_token(integration, scopes, now, rate=rate))
