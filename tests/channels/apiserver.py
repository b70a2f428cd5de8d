"""A loopback HTTP server that answers as WeCom's and an SMS gateway do, errors too."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Api:
    """``answers`` are given in turn to what is sent, then success; ``tokens`` counts those that were fetched."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    tokens: int = 0
    secret: str = "s/e:c"
    url: str = ""

    def token(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        if query != {"corpid": ["corp"], "corpsecret": [self.secret]}:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": f"token{self.tokens}", "expires_in": 7200}

    def send(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/cgi-bin/message/send" and query.get("access_token") != [f"token{self.tokens}"]:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        self.sent.append(body)
        if self.answers:
            return self.answers.pop(0)
        return 200, {"errcode": 0, "code": 0, "errmsg": "ok", "msgid": "m1", "receipt": "r1"}


@contextmanager
def api_server() -> Iterator[Api]:
    made = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(*made.token(parse_qs(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            where = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.headers.append(dict(self.headers))
            self.reply(*made.send(where.path, parse_qs(where.query), body))

        def reply(self, status: int, answer: Any) -> None:
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
