"""Reading a mail as it comes (RFC 5322, 2045–2047, 2231, 3464, 3834): whatever is broken in it, something is read.

Pure: nothing is stored, nothing is unpacked. Chinese mail says GB2312 and means GB18030, or says nothing at all.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256
from html import unescape

GUESSES = ("utf-8", "gb18030", "big5hkscs")
SAME = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs",
        "unknown-8bit": "", "us-ascii": ""}  # fmt: skip
PARTS_LIMIT = 500
HEADER_LIMIT = 20_000
"""Characters of a header that are read."""
HOPS_LIMIT = 50
"""Servers that a mail may have passed through (RFC 5321, 6.3: a loop is cut at about a hundred)."""
ID = re.compile(r"<[^<>\s]{1,480}>")
TOKEN = re.compile(r"\[?SW-([A-Z2-7]{10})\]?", re.IGNORECASE)
ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply.*|do-?not-?reply|bounces?([+=-].*)?)@", re.IGNORECASE)
SAID = ("text/plain", "text/html")
BREAKING = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "pre"})


@dataclass(frozen=True)
class Failure:
    """Whom a mail did not reach for good, as a delivery status notification says (RFC 3464)."""

    recipient: str
    status: str
    said: str


@dataclass(frozen=True)
class Read:
    """A mail. ``machine``: by what one sees that a machine made it; empty for a person's. ``key`` is the same for the
    same mail in two mailboxes."""

    message_id: str
    references: tuple[str, ...]
    tokens: tuple[str, ...]
    sender: str
    sender_name: str
    title: str
    text: str
    files: tuple[tuple[str, bytes], ...]
    machine: str
    failures: tuple[Failure, ...]
    original: str
    key: str


def read(raw: bytes) -> Read:
    """Everything that the house needs to know of a mail. Raises ValueError, RecursionError for what is none."""
    mail = message_from_bytes(raw)
    parts = list(_parts(mail))
    name, sender = next(iter(_addresses(mail, "From")), ("", ""))
    text, files = _content(parts)
    title = " ".join(header(mail, "Subject").split())
    message_id = next(iter(ID.findall(header(mail, "Message-ID"))), "")
    references = tuple(dict.fromkeys(ID.findall(header(mail, "References") + header(mail, "In-Reply-To"))))
    to = " ".join(address for field in ("To", "Cc", "Delivered-To") for _name, address in _addresses(mail, field))
    failures, original = _status(parts)
    digest = sha256()
    for piece in (message_id, sender, title, text, *(sha256(content).hexdigest() for _name, content in files)):
        digest.update(piece.encode(errors="surrogateescape") + b"\0")
    return Read(
        message_id=message_id,
        references=references,
        tokens=tuple(token.upper() for token in TOKEN.findall(f"{title} {to}")),
        sender=sender.lower()[:254],
        sender_name=name,
        title=title,
        text=text,
        files=tuple(files),
        machine=machine_made(mail),
        failures=failures,
        original=original,
        key=digest.hexdigest(),
    )


def machine_made(mail: Message) -> str:
    """The header by which one sees that a machine made this mail (RFC 3834 and custom); empty where none does."""
    answers = {name.lower(): str(value).strip().lower() for name, value in mail.raw_items()}
    if answers.get("auto-submitted", "no") != "no":
        return "Auto-Submitted"
    if answers.get("precedence", "") in ("bulk", "junk", "list", "auto_reply"):
        return "Precedence"
    if answers.get("x-auto-response-suppress", "none") != "none":
        return "X-Auto-Response-Suppress"
    if answers.get("return-path") == "<>":
        return "Return-Path"
    for name in answers:
        if name.startswith("list-") or name in ("x-autoreply", "x-autorespond", "x-loop", "x-shouwen-key"):
            return name.title()
    if mail.get_content_type() == "multipart/report":
        return "Content-Type"
    if ROBOTS.match(next(iter(_addresses(mail, "From")), ("", ""))[1]):
        return "From"
    return "Received" if len(mail.get_all("Received", [])) > HOPS_LIMIT else ""


# --- headers ----------------------------------------------------------------------------


def header(mail: Message, name: str) -> str:
    """A header in words, whatever it is encoded in; empty where there is none."""
    for known, value in mail.raw_items():
        if known.lower() == name.lower():
            return words(value, _charset(mail))
    return ""


def _charset(mail: Message) -> str:
    """What the mail says of its text: raw bytes of a header are in the same."""
    inside = mail.get_payload()
    parts = inside if isinstance(inside, list) else []
    said = [mail, *(one for one in parts if isinstance(one, Message))]
    return next((charset for one in said if (charset := one.get_content_charset())), "")


def words(value: str, charset: str = "") -> str:
    """Encoded words (RFC 2047) and raw bytes, which are in `charset`, as text."""
    plain = decoded(str(value)[:HEADER_LIMIT].encode("ascii", "surrogateescape"), charset)
    with suppress(ValueError, LookupError):
        pieces = decode_header(plain)
        return "".join(decoded(one, said or "") if isinstance(one, bytes) else one for one, said in pieces)
    return plain


def decoded(content: bytes, charset: str) -> str:
    """Text in the charset said; where that does not fit, in the first that does. NULs and halves go."""
    said = SAME.get(charset.lower(), charset)
    for codec in (said, *GUESSES) if said else GUESSES:
        with suppress(UnicodeDecodeError, LookupError):
            return storable(content.decode(codec))
    return storable(content.decode("utf-8", "replace"))


def storable(text: str) -> str:
    """Without NULs and halves of characters, which no database takes."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def _addresses(mail: Message, name: str) -> Iterator[tuple[str, str]]:
    values = [str(value) for known, value in mail.raw_items() if known.lower() == name.lower()]
    pairs = getaddresses([value.encode("ascii", "surrogateescape").decode("latin-1") for value in values])
    for shown, address in pairs:
        if "@" in address and address.isascii() and address.isprintable():
            yield words(shown.encode("latin-1", "replace").decode("ascii", "surrogateescape")), address


# --- parts ------------------------------------------------------------------------------


def _parts(mail: Message) -> Iterator[Message]:
    """The leaves in their order; a mail within the mail is one of them."""
    waiting, given = [mail], 0
    while waiting and given < PARTS_LIMIT:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting.extend(one for one in reversed(inside) if isinstance(one, Message))
        else:
            given += 1
            yield part


def _content(parts: list[Message]) -> tuple[str, list[tuple[str, bytes]]]:
    plain: list[str] = []
    rich: list[str] = []
    files: list[tuple[str, bytes]] = []
    for part in parts:
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment" or _name_of(part)
        if kind in SAID and not attached:
            said = decoded(_bytes(part), part.get_content_charset() or "")
            (plain if kind == "text/plain" else rich).append(said if kind == "text/plain" else stripped(said))
        elif kind not in ("message/delivery-status", "text/rfc822-headers"):
            files.append((_name_of(part) or storable(kind.replace("/", ".")), _bytes(part)))
    text = "\n\n".join(one.strip() for one in plain if one.strip()) or "\n\n".join(filter(None, rich))
    return text.replace("\r\n", "\n"), files


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"\n".join(one.as_bytes() for one in part.get_payload() if isinstance(one, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name_of(part: Message) -> str:
    with suppress(ValueError, LookupError, TypeError):
        name = part.get_filename()
        if name:
            return words(name.encode("utf-8", "surrogateescape").decode("ascii", "surrogateescape"))
    return ""


# Each character is gone through once, whatever is left open: the standard library's parser takes minutes for a
# hundred thousand characters of unclosed tags.
_MARKUP = re.compile(
    r"""<!--(?:.*?--!?>|.*)
      | <(?:script|style|title)\b(?:.*?</(?:script|style|title)\s*>|.*)
      | <(?:[/!?]|(?=[a-z]))(?P<name>[a-z][a-z0-9]*)?(?:=\s*(?:"[^"]*"|'[^']*')|[^>])*+>?
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def _broken(tag: re.Match[str]) -> str:
    return "\n" if (tag["name"] or "").lower() in BREAKING else ""


def stripped(html: str) -> str:
    """The text of an HTML part, without scripts, styles and tags: what a reader of the mail sees, roughly."""
    shown = _MARKUP.sub(_broken, re.sub(r"\s+", " ", html))
    lines = [" ".join(line.split()) for line in unescape(shown).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- mail that came back ----------------------------------------------------------------


def _status(parts: list[Message]) -> tuple[tuple[Failure, ...], str]:
    """Whom it did not reach, and the Message-ID of the mail that it is about."""
    failures: list[Failure] = []
    original = ""
    for part in parts:
        kind, inside = part.get_content_type(), part.get_payload()
        if kind == "message/delivery-status" and isinstance(inside, list):
            failures += [_failure(block) for block in inside if isinstance(block, Message) and _failed(block)]
        elif kind in ("message/rfc822", "message/global") and isinstance(inside, list) and inside:
            original = original or next((header(one, "Message-ID") for one in inside if isinstance(one, Message)), "")
        elif kind == "text/rfc822-headers":
            original = original or header(message_from_bytes(_bytes(part)), "Message-ID")
    return tuple(failures), next(iter(ID.findall(original)), "")


def _failed(block: Message) -> bool:
    return header(block, "Action").strip().lower() == "failed"


def _failure(block: Message) -> Failure:
    recipient = header(block, "Final-Recipient") or header(block, "Original-Recipient")
    address = recipient.rpartition(";")[2].strip().strip("<>").lower()
    return Failure(address[:254], header(block, "Status").strip()[:20], header(block, "Diagnostic-Code").strip()[:400])
