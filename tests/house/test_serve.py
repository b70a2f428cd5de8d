"""`shouwen serve` as a process: address, a clean stop, a child that dies, a newer database."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouwen.cli.serve import free_port

ADDRESS = re.compile(r"http://(127\.0\.0\.1):(\d+)/")


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SHOUWEN_HOME": str(home), "DATABASE_URL": f"sqlite:///{home / 'shouwen.sqlite3'}"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "shouwen", "serve"]
    process = subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    yield process
    process.terminate()
    process.wait()


def told_address(process: subprocess.Popen[str]) -> tuple[str, int]:
    assert process.stdout
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return found[1], int(found[2])
    raise AssertionError("serve ended without an address")


def child(parent: int, word: bytes) -> int:
    """The child process whose command line has the word."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for number in children:
        if word in Path(f"/proc/{number}/cmdline").read_bytes():
            return int(number)
    raise AssertionError(f"no child with {word!r}")


def commands_with(home: Path) -> list[str]:
    """Command lines of living processes whose house is `home`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"SHOUWEN_HOME={home}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it ended while we looked
    return found


def test_serves_the_sign_in_page_and_leaves_nobody_behind_when_asked_to_stop_twice(
    served: subprocess.Popen[str], tmp_path: Path
) -> None:
    """make hands a signal on that the process group has had already: the second must not cut the stopping short."""
    host, port = told_address(served)
    line = http.client.HTTPConnection(host, port)
    line.request("GET", "/accounts/login/")
    assert line.getresponse().status == 200
    line.close()
    words = " ".join(commands_with(tmp_path))
    assert ("granian" in words, "shouwen worker" in words) == (True, True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        served.send_signal(number)
    assert served.wait() == 0
    assert commands_with(tmp_path) == []


@pytest.mark.parametrize(("name", "word"), [("web", b"granian"), ("worker", b"shouwen\0worker")])
def test_says_so_when_a_child_dies_and_starts_none_anew(served: subprocess.Popen[str], name: str, word: bytes) -> None:
    told_address(served)
    os.kill(child(served.pid, word), signal.SIGKILL)
    assert served.stdout
    assert f"Error: {name} ended by itself with code -9; stopping the rest" in served.stdout.read()
    assert served.wait() == 1


def test_touches_no_database_of_a_newer_version(tmp_path: Path) -> None:
    env = environment(tmp_path)
    subprocess.run([sys.executable, "-m", "shouwen", "manage", "migrate", "-v0"], env=env, check=True)
    with sqlite3.connect(tmp_path / "shouwen.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0999_later', '2030-01-01')"
        )
    done = subprocess.run(
        [sys.executable, "-m", "shouwen", "serve"], env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Unknown here: auth.0999_later" in done.stderr


def test_takes_the_first_free_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
