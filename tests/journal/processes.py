"""Real processes on the test's database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The test's own database, for other processes."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    who = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    return f"postgres://{who}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


class Crew:
    """Processes by name; all share one home and one database."""

    def __init__(self, home: Path, mail: str = "") -> None:
        self.env = {**os.environ, "SHOUWEN_HOME": str(home), "DATABASE_URL": database_url()}
        if mail:
            self.env["EMAIL_URL"] = mail
        self.commands: dict[str, list[str]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        self.commands[name] = [sys.executable, *command]
        self._start(name)

    def _start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(self.commands[name], cwd=ROOT, env=self.env)

    def kill(self, name: str) -> None:
        """SIGKILL, then a new one in its place."""
        process = self.running[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._start(name)

    def check(self) -> None:
        """None of them has ended by itself."""
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} ended with code {process.returncode}"

    def wait(self, name: str) -> int:
        return self.running[name].wait()

    def stop(self, name: str) -> int:
        self.running[name].terminate()
        return self.running[name].wait()


@contextmanager
def crew(home: Path, mail: str = "") -> Iterator[Crew]:
    """Whatever happens, none of them outlives the test."""
    made = Crew(home, mail)
    try:
        yield made
    finally:
        for process in made.running.values():
            if process.poll() is None:
                process.kill()
                process.wait()
