"""A PostgreSQL server of one's own for as long as a command runs.

    with_postgres.py COMMAND [ARGUMENT …]    runs the command with DATABASE_URL set; ends with its exit code
    with_postgres.py --where                 prints the folder of PostgreSQL's programs; exit code 3 if there is none

The server listens on a free loopback port, lives in a temporary folder, belongs to an unprivileged user (PostgreSQL
refuses root) and is stopped and removed whatever happens to the command.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

NOT_INSTALLED = 3


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest of Debian's, else the one on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def owner() -> pwd.struct_passwd | None:
    """Whom the server belongs to when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    sys.exit("with_postgres: root needs a user 'postgres' or 'nobody' for the server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


TEMPORARY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
"""Nothing in a temporary server outlives the tests: no waiting for the disk."""


@contextlib.contextmanager
def server(kept: Path | None = None, options: str = TEMPORARY) -> Iterator[str]:
    """Starts a server and yields its database URL; raises FileNotFoundError where PostgreSQL is not installed.

    `kept`: a folder of an earlier server, or one that is not there yet; it stays. `options`: for the server.
    """
    where = programs()
    if where is None:
        raise FileNotFoundError("PostgreSQL's programs initdb and pg_ctl")
    user = owner()
    folder = kept or Path(tempfile.mkdtemp(prefix="shouwen-postgres-"))
    folder.mkdir(parents=True, exist_ok=True)
    identity: dict[str, object] = {}
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def call(*command: str) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)  # type: ignore[call-overload]
        if done.returncode:
            log = folder / "log"
            sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}{log.read_text() if log.exists() else ''}")

    data = str(folder / "data")
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {options}"
    control = str(where / "pg_ctl")
    try:
        if not (folder / "data" / "PG_VERSION").exists():
            initialise = (str(where / "initdb"), "-D", data, "-U", "shouwen", "-A", "trust", "-N")
            call(*initialise, "-E", "UTF8", "--locale=C.UTF-8")
        call(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgres://shouwen@127.0.0.1:{port}/postgres"
    finally:
        stop = [control, "-D", data, "-w", "-m", "fast" if kept else "immediate", "stop"]
        subprocess.run(stop, cwd=folder, capture_output=True, check=False, **identity)  # type: ignore[call-overload]
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def on_stop(signum: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + signum)


def main(arguments: list[str]) -> int:
    if arguments == ["--where"]:
        where = programs()
        print(where or "PostgreSQL is not installed")
        return 0 if where else NOT_INSTALLED
    if not arguments:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, on_stop)
    try:
        with server() as url:
            return subprocess.run(arguments, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    except FileNotFoundError as missing:
        print(f"with_postgres: not installed: {missing}", file=sys.stderr)
        return NOT_INSTALLED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
