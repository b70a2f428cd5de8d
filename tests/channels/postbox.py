"""A loopback SMTP server that keeps what it is handed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller


class Postbox:
    """What arrived, in order; addresses in `refusing` are answered with 550."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusing: set[str] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusing & set(envelope.rcpt_tos):
            return "550 no such mailbox"
        self.messages.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]


def subject_of(message: EmailMessage) -> str:
    """The subject unfolded (RFC 5322, 2.2.3): a long one begins on a line of its own."""
    return " ".join(str(message["Subject"]).split())


@contextmanager
def postbox() -> Iterator[tuple[Postbox, str]]:
    """The postbox and its address as EMAIL_URL."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
