"""`shouwen search`: the lines of the ledger and the index behind search, made anew or compared with the journals."""

import sys
from pathlib import Path
from uuid import UUID

import click

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot

DIFFERENT = 1


@click.group()
def search() -> None:
    """Lines of the ledger and the index behind search: made anew, compared with the journals."""


@search.command()
@click.option("--from-start", is_flag=True, help="Begin again even where an earlier run was broken off.")
def reindex(from_start: bool) -> None:
    """Make all lines and the index anew from the journals and the customers' files.

    May run while people work: what is not made yet is not found meanwhile. Broken off, the next run goes on where this
    one was.
    """
    boot()
    refuse_newer()
    from shouwen.insight import rebuild
    from shouwen.journal.models import Subject

    mark = _mark()
    after = UUID(mark.read_text()) if mark.exists() and not from_start else None
    if after is not None and not Subject.objects.filter(pk=after).exists():
        after = None
    left = rebuild.left_after(after)

    with click.progressbar(length=left, label="lines", file=sys.stderr) as bar:

        def progress(done: int, last: UUID) -> None:
            mark.write_text(str(last))
            bar.update(done)

        made = rebuild.reindex(after, progress)
    mark.unlink(missing_ok=True)
    click.echo(f"{made} lines made anew")


@search.command()
def check() -> None:
    """Compare every line and text with its journal and its customer's file; nothing is changed.

    Prints a line for each difference. Ends with code 0 where all is in step, 1 with differences.
    """
    boot()
    from shouwen.insight import rebuild
    from shouwen.journal.models import Subject

    found = 0
    with click.progressbar(length=Subject.objects.count(), label="lines", file=sys.stderr) as bar:
        for difference in rebuild.differences(bar.update):
            found += 1
            click.echo(f"{difference.number or difference.subject}: {', '.join(difference.columns)}")
    click.echo(f"{found} lines differ: run `shouwen search reindex`" if found else "all lines are in step")
    sys.exit(DIFFERENT if found else 0)


def _mark() -> Path:
    """Where a run that was broken off says how far it came."""
    from django.conf import settings

    return Path(settings.HOME) / "reindexing"
