"""`shouwen serve`: one machine's web server and worker as two child processes."""

import contextlib
import http
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

from shouwen.cli.database import refuse_newer
from shouwen.cli.demo import demo as lay_demonstration
from shouwen.house.boot import boot

SIGN_IN = "/accounts/login/"
STOP_SECONDS = 15


class StopRequest:
    """SIGINT and SIGTERM as a question asked between two looks at the children.

    A handler that raised would cut short the stopping itself when the signal comes twice, as it does through make.
    """

    def __init__(self) -> None:
        self.made = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self.made = True


def free_port(host: str, first: int = 8000) -> int:
    """The first port from `first` upwards that nobody listens on at `host`."""
    for port in range(first, 65536):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"no free port on {host} from {first}")


def prepare() -> None:
    """Brings the database to this version and gathers the static files."""
    from shouwen.house.database import bring_up
    from shouwen.house.statics import gather

    refuse_newer()
    bring_up()
    gather()


def tell_beginning() -> None:
    """Puts the policy of new houses in force where there is none yet, and says so."""
    from shouwen.governance.beginning import begin
    from shouwen.journal import clock

    begun = begin(clock.now())
    if begun is not None:
        click.echo(str(begun))


def shouwen(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "shouwen", *arguments]


def start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop both in order.
    return subprocess.Popen(command, start_new_session=True)


def web_command(host: str, port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning", "--no-ws"),
        # Asked to stop while it still starts, its worker process would never hear it.
        *("--workers-kill-timeout", "5"),
        "shouwen.house.wsgi:application",
    ]


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Asks every child to end; one that does not within STOP_SECONDS is ended."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for name, child in children.items():
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            click.echo(f"{name} did not stop in {STOP_SECONDS} s and was ended", err=True)
            child.kill()
            child.wait()
        # What a killed server leaves behind would hold its port.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def ended(children: dict[str, subprocess.Popen[bytes]]) -> str | None:
    """Name and exit code of a child that is no longer there."""
    for name, child in children.items():
        code = child.poll()
        if code is not None:
            return f"{name} ended by itself with code {code}; stopping the rest"
    return None


def answers(host: str, port: int) -> bool:
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", SIGN_IN)
        status = line.getresponse().status
    except OSError:
        return False
    finally:
        line.close()
    # Behind a proxy with HTTPS and names of its own we are sent away (301) or not known (400), and yet it serves.
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise click.ClickException(f"the sign-in page answers {status}")
    return True


def watch(children: dict[str, subprocess.Popen[bytes]], host: str, port: int, request: StopRequest) -> None:
    """Says the address once the sign-in page answers, then waits for a request to stop.

    Raises ClickException when a child ends by itself.
    """
    told = False
    while not request.made:
        if end := ended(children):
            raise click.ClickException(end)
        if not told and answers(host, port):
            told = True
            click.echo(f"\n首问 Shouwen  http://{host}:{port}/\n(Ctrl-C)")
        time.sleep(0.2)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port; without it the first free one from 8000.")
@click.option("--workers", type=int, default=1, show_default=True, help="Web processes.")
@click.option("--demo", is_flag=True, help="Lay the demonstration's house first, if there is none, and let it live on.")
def serve(host: str, port: int | None, workers: int, demo: bool) -> None:
    """Serves web and worker from this machine until Ctrl-C or SIGTERM.

    The database is brought to this version first. A child that dies is not started anew: the command says which one,
    stops the other and ends with code 1.
    """
    boot()
    prepare()
    if demo:
        click.get_current_context().invoke(lay_demonstration)
    else:
        tell_beginning()
    port = port or free_port(host)
    request = StopRequest()
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["web"] = start(web_command(host, port, workers))
        children["worker"] = start(shouwen("worker", *(["--demo"] if demo else [])))
        watch(children, host, port, request)
    finally:
        stop(children)
