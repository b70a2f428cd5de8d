"""One HTTP request out of the house (外呼): to no address inside it, never longer than its time, never followed on.

Names are looked up once and the connection goes to the very address that was checked, so that a name that answers
differently the second time leads nowhere.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

CONNECT = 5.0
"""Seconds for the connection, and for each piece of the answer."""
WHOLE = 10.0
"""Seconds for the whole exchange, however slowly it drips."""
READ = 8_000
"""Bytes of an answer that are read."""
PORTS = {"http": 80, "https": 443}
UNICAST = ipaddress.IPv6Network("2000::/3")
"""Where public IPv6 addresses lie (RFC 4291, 2.4)."""
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):  # noqa: N818  said as what it is
    """There is no answer: refused by us, not to be connected, too slow, or not HTTP."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


def check_url(url: str) -> str:
    """What is wrong with an address to be called, in the user's language; "" if nothing is.

    Names are not looked up here: what they lead to is checked each time that something is sent.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _("This is no address.")
    if parts.scheme not in PORTS or not host or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        return _("An address begins with http:// or https:// and names a host.")
    if parts.username or parts.password or parts.fragment:
        return _("An address has no sign-in and no fragment.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return "" if is_allowed(str(literal)) else _("Addresses inside the house are not called.")


def is_allowed(address: str) -> bool:
    """Whether an IP address may be called: a public one, or one of ``SHOUWEN_WEBHOOK_NETWORKS``."""
    found = _reached(ipaddress.ip_address(address))
    inside = any(found.version == net.version and found in net for net in _networks(tuple(settings.WEBHOOK_NETWORKS)))
    return inside or (found.is_global and not found.is_multicast and (found.version == 4 or found in UNICAST))


def _reached(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one leads to: mapped, 6to4 (RFC 3056), translated (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


@cache
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST the body; the answer's status and beginning. Redirects are answers, not followed. Raises Unreachable."""
    wrong = check_url(url)
    if wrong:
        raise Unreachable(wrong)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        sock = _connected(host, port, secure=parts.scheme == "https")
    except (OSError, UnicodeError) as error:
        raise Unreachable(_said(error)) from error
    # Whatever the other side does, the exchange ends in time.
    alarm = Timer(WHOLE, _cut, [sock])
    alarm.start()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return _exchanged(sock, host, parts.netloc, target, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_said(error)) from error
    finally:
        alarm.cancel()
        sock.close()


def _connected(host: str, port: int, *, secure: bool) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(where[0]) for *_kind, where in found))
    if not addresses or not all(is_allowed(address) for address in addresses):
        raise OSError(_("Addresses inside the house are not called."))
    sock = socket.create_connection((addresses[0], port), timeout=CONNECT)
    if not secure:
        return sock
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except OSError:
        sock.close()
        raise


def _exchanged(
    sock: socket.socket, host: str, netloc: str, target: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = sock
    connection.putrequest("POST", target, skip_host=True, skip_accept_encoding=True)
    for name, value in {"host": netloc, "content-length": str(len(body)), "connection": "close", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    text = response.read(READ).decode("utf-8", "replace").replace("\0", "\ufffd")
    return Answer(response.status, text)


def _said(error: Exception) -> str:
    """What went wrong, without what cannot be stored: the other side may have sent anything."""
    return f"{type(error).__name__}: {error}".replace("\0", "\ufffd")


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()
