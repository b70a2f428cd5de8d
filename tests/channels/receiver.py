"""An HTTP server on loopback that webhooks are sent to; it does as it is told: accept, fail, hang, drip, babble."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """``behaviour``: a status to answer, or ``hang``, ``drip``, ``garbage``, ``redirect``, ``long``."""

    behaviour: int | str = 200
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            _BEHAVIOURS.get(told.behaviour, _status)(self, told)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _status(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    assert isinstance(told.behaviour, int)
    handler.send_response(told.behaviour)
    handler.end_headers()
    handler.wfile.write(f"answered {told.behaviour}".encode())


def _hang(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    told.done.wait()


def _drip(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    """One byte of the head now and then: each read is in time, the whole never ends."""
    try:
        while not told.done.wait(0.05):
            handler.wfile.write(b"H")
            handler.wfile.flush()
    except OSError:
        return


def _garbage(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    handler.wfile.write(b"\x00\xff no HTTP \r\n\r\n")
    handler.connection.shutdown(socket.SHUT_RDWR)


def _redirect(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    handler.send_response(302)
    handler.send_header("location", told.url)
    handler.end_headers()


def _long(handler: BaseHTTPRequestHandler, told: Receiver) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write("好".encode() * 100_000)


_BEHAVIOURS: dict[int | str, Any] = {
    "hang": _hang,
    "drip": _drip,
    "garbage": _garbage,
    "redirect": _redirect,
    "long": _long,
}
