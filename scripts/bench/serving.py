"""The real server with a house for measuring: web as `shouwen serve` starts it, and a worker where one is wanted."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from measuring import ROOT


@dataclass(frozen=True)
class Served:
    port: int
    web: int
    """Process ids."""
    worker: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def shouwen(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "shouwen", *arguments]
    done = subprocess.run(command, env={**os.environ, **env}, check=True, capture_output=True, text=True)
    return done.stdout


@contextmanager
def served(env: Mapping[str, str], *, worker: bool = False) -> Iterator[Served]:
    """Starts it on a free port and waits until the sign-in page answers."""
    sys.path.insert(0, str(ROOT / "src"))
    from shouwen.cli.serve import web_command

    port = free_port()
    with subprocess.Popen(web_command("127.0.0.1", port, 1), env={**os.environ, **env}) as web:
        beside = None
        try:
            while not answers(port):
                if web.poll() is not None:
                    sys.exit(f"the server ended with {web.returncode}")
                time.sleep(0.2)
            if worker:
                command = [sys.executable, "-m", "shouwen", "worker"]
                beside = subprocess.Popen(command, env={**os.environ, **env})
            yield Served(port, web.pid, beside.pid if beside else 0)
        finally:
            for process in filter(None, (beside, web)):
                process.terminate()
                process.wait()


def answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/accounts/login/")
        status = line.getresponse().status
    except OSError:
        return False
    finally:
        line.close()
    if status != http.HTTPStatus.OK:
        sys.exit(f"the sign-in page answers {status}")
    return True


def signed_in(port: int, username: str, password: str) -> str:
    """The cookies of somebody who has signed in by the sign-in page."""
    from http.cookies import SimpleCookie
    from urllib.parse import urlencode

    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    cookies = SimpleCookie()

    def send(method: str, body: str = "") -> None:
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
        line.request(method, "/accounts/login/", body, headers)
        answer = line.getresponse()
        answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookies.load(value)

    send("GET")
    token = cookies["csrftoken"].value
    send("POST", urlencode({"login": username, "password": password, "csrfmiddlewaretoken": token}))
    if "sessionid" not in cookies:
        sys.exit(f"{username} could not sign in")
    line.close()
    return "; ".join(f"{name}={one.value}" for name, one in cookies.items())
