"""The task library behind one function (队列): ``enqueue``.

huey, in a file of its own beside the embedded database, or in PostgreSQL where that is the house's. A queue only
makes things sooner: what must not be lost is a row with a due time, and the worker's sweep finds it without us.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import huey
import psycopg
from django.conf import settings
from django.db import close_old_connections, connection

Job = Callable[..., object]
_jobs: dict[str, Job] = {}
_CONNECTION = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def job(name: str) -> Callable[[Job], Job]:
    """Give a function a name that it is enqueued by."""

    def named(function: Job) -> Job:
        _jobs[name] = function
        return function

    return named


def enqueue(name: str, *args: Any) -> None:
    """Let a worker do this job soon. Lost with the worker that took it: only for what a sweep finds again."""
    _task()(name, *args)


def tick() -> None:
    """Let a worker look at once at what is due; for ``on_commit``, which wants a function with a name."""
    enqueue("tick")


@contextmanager
def _first() -> Iterator[None]:
    """One at a time: the library makes its tables where they are missing, and PostgreSQL refuses it to two at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('shouwen.queue'))")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('shouwen.queue'))")


@cache
def backend() -> huey.Huey:
    """The library's own object, for the worker."""
    if connection.vendor == "postgresql":
        given = {name: connection.settings_dict.get(key) for name, key in _CONNECTION.items()}
        # What a crash takes from the queue the sweep finds again: nobody waits for the disk.
        given["options"] = "-c synchronous_commit=off"
        connect = partial(psycopg.connect, **{name: value for name, value in given.items() if value})
        with _first():
            return huey.PostgresHuey("shouwen", connection=connect, results=False)
    file = Path(settings.MEDIA_ROOT).parent / "queue.sqlite3"
    return huey.SqliteHuey("shouwen", filename=str(file), fsync=False, results=False)


@cache
def _task() -> Callable[..., object]:
    def run(name: str, *args: Any) -> None:
        close_old_connections()
        try:
            _jobs[name](*args)
        finally:
            close_old_connections()

    decorated: Callable[..., object] = backend().task(name="shouwen")(run)
    return decorated


def prepare() -> None:
    """Make the task known to this process, so that it can do what others enqueue."""
    _task()
