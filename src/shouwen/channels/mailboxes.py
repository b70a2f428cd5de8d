"""The mailboxes that the house reads (收信), as the site names them.

``SHOUWEN_IMAP=imaps://user:password@host:993/INBOX?unit=集团/公司&kind=complaint&receipt=on``, several with spaces.
``unit``: path of the unit whose mailbox it is; ``kind`` (default complaint): what a new mail opens; ``receipt`` on: its
sender is told the number. ``imap://`` is without TLS: for a server on the same machine.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings

from shouwen.channels.ids import own_address

PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True)
class Box:
    secure: bool
    host: str
    port: int
    user: str
    password: str
    folder: str
    unit: str
    kind: str
    receipt: bool

    @property
    def name(self) -> str:
        """What it is known by: nothing secret."""
        return f"{self.user}@{self.host}/{self.folder}"[:200]


def boxes() -> tuple[Box, ...]:
    return _read(settings.SHOUWEN_IMAP)


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[Box, ...]:
    return tuple(_box(url) for url in text.split())


def _box(url: str) -> Box:
    """Raises ValueError for what names no mailbox; the password is never said."""
    parts = urlsplit(url)
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    options = {name: unquote(value) for name, _is, value in pairs}
    if parts.scheme not in PORTS or not parts.hostname or not parts.username or not options.get("unit"):
        raise ValueError("SHOUWEN_IMAP: imaps://user:password@host/INBOX?unit=…")
    return Box(
        secure=parts.scheme == "imaps",
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        unit=options["unit"],
        kind=options.get("kind", "complaint"),
        receipt=options.get("receipt") == "on",
    )


def own_addresses() -> frozenset[str]:
    """Addresses that the house itself writes from: mail from them is never a customer's."""
    return frozenset({own_address(), *(box.user.lower() for box in boxes() if "@" in box.user)})
