"""A loopback IMAP server with just what a reader of mailboxes asks for (RFC 3501), answering as real ones do."""

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("loopback.pem")
LITERAL = re.compile(rb"\{(\d+)\}$")


@dataclass
class MailServer:
    """One account; `mails` by UID with the instant they arrived. What a client does is in `said`, without passwords."""

    user: str = "care@example.org"
    password: str = "secret/with:signs"
    validity: int = 7
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    port: int = 0

    def put(self, raw: bytes, arrived: datetime) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = (raw, arrived)
        return uid

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, _space, rest = line.strip().partition(b" ")
                command = rest.split(b" ")[0].upper()
                if command == b"UID":
                    command = b" ".join(rest.split(b" ")[:2]).upper()
                self.said.append(command.decode())
                for answer in self.answer(command, rest):
                    writer.write(answer)
                writer.write(tag + b" " + self.end(command, rest) + b"\r\n")
                await writer.drain()
                if command == b"LOGOUT":
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    def end(self, command: bytes, rest: bytes) -> bytes:
        if command == b"LOGIN":
            _login, user, password = rest.decode().split(" ", 2)
            right = (user.strip('"'), password.strip('"')) == (self.user, self.password)
            return b"OK in" if right else b"NO [AUTHENTICATIONFAILED] wrong"
        if command == b"EXAMINE":
            return b"OK [READ-ONLY] open" if b"INBOX" in rest else b"NO there is no such folder"
        return b"OK done"

    def answer(self, command: bytes, rest: bytes) -> Iterator[bytes]:
        if command == b"CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif command == b"EXAMINE":
            yield f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
        elif command == b"UID SEARCH":
            first = int(re.search(rb"(\d+):\*", rest)[1])  # type: ignore[index]
            # As the standard has it: ``9:*`` gives the last mail, also where its UID is lower.
            uids = [uid for uid in sorted(self.mails) if uid >= first] or [max(self.mails, default=0)][
                : len(self.mails)
            ]
            yield b"* SEARCH " + b" ".join(str(uid).encode() for uid in uids) + b"\r\n"
        elif command == b"UID FETCH":
            yield self.fetched(int(rest.split(b" ")[2]), rest)
        elif command == b"LOGOUT":
            yield b"* BYE\r\n"

    def fetched(self, uid: int, rest: bytes) -> bytes:
        raw, arrived = self.mails[uid]
        if b"RFC822.SIZE" in rest:
            when = arrived.strftime("%d-%b-%Y %H:%M:%S %z")
            return f'* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE "{when}")\r\n'.encode()
        part = b"BODY[HEADER]" if b"HEADER" in rest else b"BODY[]"
        body = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if b"HEADER" in rest else raw
        return b"* 1 FETCH (UID %d %s {%d}\r\n" % (uid, part, len(body)) + body + b")\r\n"


@contextmanager
def mail_server(*, secure: bool = False) -> Iterator[MailServer]:
    """The server on a free port of the loopback, in a thread of its own; `secure`: in TLS from the first byte on."""
    made = MailServer()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if secure else None
    if context is not None:
        context.load_cert_chain(CERTIFICATE)
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
        made.port = server.sockets[0].getsockname()[1]
        ready.set()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(run(), loop).result()
    ready.wait()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
