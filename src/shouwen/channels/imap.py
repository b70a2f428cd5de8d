"""Reading the mailboxes (RFC 3501): nothing in them is changed, each mail is taken by its UID in turn.

The worker claims a mailbox and lets the queue read it, so that a slow server holds up no due time.
"""

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import mktime
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Q

from shouwen.channels.incoming import Arrival, take
from shouwen.channels.mailboxes import Box, boxes
from shouwen.channels.models import Incoming, Mailbox, Outcome
from shouwen.channels.reading import read
from shouwen.journal import clock, queue
from shouwen.journal.errors import NoRoom
from shouwen.journal.leases import pushed
from shouwen.organisation.models import Unit
from shouwen.organisation.queries import unit_named

EVERY = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
TIMEOUT = 30.0
"""Seconds for each answer of the server."""
LARGEST = 30 * 1024 * 1024
"""Bytes of a mail that is read; of a larger one, its head."""
AT_ONCE = 200
"""Mails of one mailbox in one round."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_log = structlog.get_logger(__name__)


class Unread(Exception):  # noqa: N818  said as what it is
    """The server answered something else than was asked for."""


def poll_due() -> int:
    """A step of the worker: enqueue every mailbox whose time has come; how many."""
    now = clock.now()
    due = 0
    for box in boxes():
        row, _created = Mailbox.objects.get_or_create(name=box.name)
        free = Mailbox.objects.filter(Q(next_at__isnull=True) | Q(next_at__lte=now), pk=row.pk)
        if free.update(next_at=now + LEASE):
            queue.enqueue("mail_in", box.name)
            due += 1
    return due


@queue.job("mail_in")
def poll(name: str) -> int:
    """Read what is new in the mailbox of this name; how many mails were taken."""
    box = next(one for one in boxes() if one.name == name)
    row, _created = Mailbox.objects.get_or_create(name=name)
    taken = 0
    try:
        for _uid in _new(box, row, _unit_of(box)):
            taken += 1
    except (OSError, imaplib.IMAP4.error, Unread, NoRoom, DatabaseError, InterfaceError, UnicodeError) as error:
        # What the server said may hold the password's echo: only its kind and text, never the command.
        row.failures, row.error = row.failures + 1, f"{type(error).__name__}: {error}"[:500]
        row.next_at = pushed(clock.now(), row.failures)
        _log.warning("mailbox not read", mailbox=name, error=row.error)
    else:
        row.failures, row.error, row.read_at, row.next_at = 0, "", clock.now(), clock.now() + EVERY
    row.save()
    return taken


def _unit_of(box: Box) -> Unit:
    unit = unit_named(box.unit, clock.now())
    if unit is None:
        raise Unread(f"no unit {box.unit}")
    return unit


@contextmanager
def _connected(box: Box) -> Iterator[imaplib.IMAP4]:
    if box.secure:
        # Without a context of its own imaplib takes any certificate, whoever shows it.
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    try:
        server.login(box.user, box.password)
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _new(box: Box, row: Mailbox, unit: Unit) -> Iterator[int]:
    """Take each mail that was not there before; gives its UID as soon as it is done with."""
    with _connected(box) as server:
        _asked(server.select(f'"{folder_name(box.folder)}"', readonly=True))
        validity = int(_first(server.response("UIDVALIDITY")[1]) or 0)
        if validity != row.uid_validity:
            # The server counts anew: everything is looked at once more, and found to be known.
            row.uid_validity, row.uid = validity, 0
        found = _asked(server.uid("SEARCH", f"UID {row.uid + 1}:*"))
        uids = sorted(int(uid) for uid in (_first(found) or b"").split())
        for uid in [uid for uid in uids if uid > row.uid][:AT_ONCE]:
            _take(server, uid, box, unit)
            row.uid = uid
            row.save(update_fields=["uid", "uid_validity"])
            yield uid


def folder_name(name: str) -> str:
    """A folder's name as servers want it: other than ASCII in their own UTF-7 (RFC 3501, 5.1.3), within quotes."""

    def shifted(found: re.Match[str]) -> str:
        text = found[0]
        inside = "" if text == "&" else b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{inside}-"

    return re.sub(r"&|[^ -~]+", shifted, name).replace("\\", r"\\").replace('"', r"\"")


def _take(server: imaplib.IMAP4, uid: int, box: Box, unit: Unit) -> None:
    about = _asked(server.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"))
    head = _first(about) or b""
    size = int(found[1]) if (found := _SIZE.search(head)) else 0
    arrived = min(_arrived(head), clock.now())
    raw = _literal(server, uid, "BODY.PEEK[HEADER]" if size > LARGEST else "BODY.PEEK[]")
    if size > LARGEST:
        _put_aside(box, unit, raw, arrived, "large")
        return
    try:
        mail = read(raw)
        take(Arrival(mail, box, unit, arrived, clock.now()))
    except (NoRoom, OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001  one mail that cannot be read stops no other
        _log.exception("mail not read", mailbox=box.name, uid=uid)
        _put_aside(box, unit, raw, arrived, "broken")


def _put_aside(box: Box, unit: Unit, raw: bytes, arrived: datetime, reason: str) -> None:
    """A mail that the house cannot read is somebody's to look at, in its mailbox."""
    sender = title = ""
    with suppress(Exception):
        head = read(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        sender, title = head.sender, head.title[:500]
    about = {"mailbox": box.name, "kind": box.kind, "unit": unit, "sender": sender, "title": title}
    times = {"arrived_at": arrived, "read_at": clock.now()}
    outcome = {"outcome": Outcome.LOOK, "reason": reason}
    Incoming.objects.get_or_create(key=sha256(raw).hexdigest(), defaults={**about, **times, **outcome})


def _literal(server: imaplib.IMAP4, uid: int, what: str) -> bytes:
    for item in _asked(server.uid("FETCH", str(uid), f"({what})")):
        if isinstance(item, tuple):
            return bytes(item[1])
    raise Unread(f"no {what} for {uid}")


def _asked(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    status, data = answer
    if status != "OK":
        raise Unread(f"{status} {data!r}"[:300])
    return data


def _first(data: Sequence[Any]) -> bytes | None:
    one = data[0] if data else None
    return bytes(one[0]) if isinstance(one, tuple) else one if isinstance(one, bytes) else None


def _arrived(head: bytes) -> datetime:
    moment = imaplib.Internaldate2tuple(head)
    if moment is None:
        return clock.now()
    return datetime.fromtimestamp(mktime(moment), UTC)
