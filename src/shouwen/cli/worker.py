"""`shouwen worker`: sweeps, delivers, anchors, and does what is enqueued."""

import threading
from datetime import timedelta

import click

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot


@click.command()
@click.option("--every", type=float, default=2.0, show_default=True, help="Seconds between two rounds.")
@click.option("--lease", type=float, default=60.0, show_default=True, help="Seconds that a row taken is ours alone.")
@click.option("--demo", is_flag=True, help="Let the demonstration's people go on with their work too.")
def worker(every: float, lease: float, demo: bool) -> None:
    """Does what time brings about: overdue duties, timers, messages, the daily anchor. Any number may run.

    Ends with code 0 on SIGTERM or Ctrl-C, with code 1 where the database was written by a newer version.
    """
    boot()
    from shouwen.journal.worker import each_round, work

    refuse_newer()
    if demo:
        from shouwen.demonstration.seed import GoingOn

        each_round(GoingOn().step)
    work(threading.Event(), every, timedelta(seconds=lease))
