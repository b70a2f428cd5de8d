"""`shouwen worker`: sweeps, delivers, anchors, and does what is enqueued."""

import threading
from datetime import timedelta

import click

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot


@click.command()
@click.option("--every", type=float, default=2.0, show_default=True, help="Seconds between two rounds.")
@click.option("--lease", type=float, default=60.0, show_default=True, help="Seconds that a row taken is ours alone.")
def worker(every: float, lease: float) -> None:
    """Does what time brings about: overdue duties, timers, messages, the daily anchor. Any number may run.

    Ends with code 0 on SIGTERM or Ctrl-C, with code 1 where the database was written by a newer version.
    """
    boot()
    from shouwen.journal.worker import work

    refuse_newer()
    work(threading.Event(), every, timedelta(seconds=lease))
