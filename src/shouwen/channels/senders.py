"""What hands a short message over (发送接口): to a gateway, to WeCom, or back to ourselves (回环)."""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from shouwen.channels import digests
from shouwen.channels.models import Sample
from shouwen.journal import clock
from shouwen.journal.models import Outbox
from shouwen.journal.notices import DIGEST
from shouwen.journal.outbox import Final

TIMEOUT = 10.0
"""Seconds for the connection, and for each piece of the answer."""
READ = 64 * 1024
LOOPBACK = "loopback"
JSON = {"content-type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Message:
    """``key`` names it for ever; ``text`` holds nothing personal; ``link`` is empty where the site has no address."""

    key: str
    address: str
    title: str
    text: str
    link: str = ""


class NotSent(Exception):  # noqa: N818  said as what it is
    """What the other side said; ``final``: a second try would be answered alike."""

    def __init__(self, said: str, *, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


class Sender(Protocol):
    def send(self, message: Message) -> str:
        """Hand the message over; gives the other side's receipt. Raises NotSent."""


@dataclass(frozen=True)
class Loopback:
    """Keeps what would be sent, for tests and demonstrations; administrators look at it on a page."""

    channel: str

    def send(self, message: Message) -> str:
        given = {"channel": self.channel, "address": message.address, "title": message.title, "at": clock.now()}
        text = f"{message.text}\n{message.link}".rstrip()
        row, _created = Sample.objects.get_or_create(key=message.key, defaults={**given, "text": text})
        return str(row.pk)


@dataclass(frozen=True)
class Door:
    """An HTTP service of the site's choice, as its administrator gives it: ``https://user:password@host/?name=value``."""

    parts: SplitResult
    options: Mapping[str, str]

    @classmethod
    def at(cls, url: str) -> "Door":
        """Raises ValueError for what is no such address."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http(s) address: {parts.scheme}://{parts.hostname or ''}")
        pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
        return cls(parts, {name: unquote(value) for name, _is, value in pairs})

    @property
    def user(self) -> str:
        return unquote(self.parts.username or "")

    @property
    def password(self) -> str:
        return unquote(self.parts.password or "")

    def call(self, method: str, path: str, query: Mapping[str, str], body: Any = None, **headers: str) -> Any:
        """The answer's JSON. Raises NotSent, final for what is wrong with our request (4xx but 408, 425, 429)."""
        made = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
        connection = made(self.parts.hostname or "", self.parts.port, timeout=TIMEOUT)
        target = self.parts.path.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            connection.request(method, target or "/", content, {**JSON, **headers})
            answer = connection.getresponse()
            text = answer.read(READ)
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            passing = answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in (408, 425, 429)
            raise NotSent(f"HTTP {answer.status}", final=not passing)
        try:
            return json.loads(text)
        except ValueError as error:
            raise NotSent("the answer is no JSON") from error


def deliverer(
    sender: Callable[[], Sender], worded: Callable[[Outbox], Message | None]
) -> Callable[[Sequence[Outbox]], Iterator[tuple[Outbox, str]]]:
    """What the outbox calls for a channel; a row with nothing left to say counts as delivered."""

    def deliver(rows: Sequence[Outbox]) -> Iterator[tuple[Outbox, str]]:
        by = sender()
        for row in rows:
            message = worded(row)
            try:
                if message is not None:
                    by.send(message)
            except NotSent as reason:
                yield row, Final(str(reason)) if reason.final else str(reason)
            else:
                if row.kind == DIGEST:
                    digests.done(row, clock.now())
                yield row, ""

    return deliver
