"""`shouwen verify`: whether the journals are what was recorded."""

import sys
from pathlib import Path

import click

from shouwen.house.boot import boot

FAULTS = 1
UNREADABLE = 2
UNPROVEN = """\
Without an anchor kept outside the house this cannot be proven:
- that no journal was removed as a whole,
- that no journal was rewritten with all its hashes, or cut at its end together with its subject's head,
- that no journal was added under an earlier date.
Give --anchor FILE (from `shouwen verify --write-anchor FILE`, from the daily mail or its attachment folder)."""

NOT_COVERED = """\
No chain covers, so nothing here proves: which unit, number, kind and parent a subject has and which regulation it is
counted under; to whom a duty was given; the names of attached files; the access log; what was mailed."""


@click.command()
@click.option("--anchor", type=click.Path(path_type=Path), help="An anchor that was kept outside, to compare with.")
@click.option("--write-anchor", "out", type=click.Path(path_type=Path), help="Write an anchor over all journals.")
def verify(anchor: Path | None, out: Path | None) -> None:
    """Looks for every entry that was changed, removed, inserted or moved, for files that are not what was
    attached, and for subjects and duties that do not follow from their journals.

    Prints a line for each finding. Ends with code 0 where everything is as recorded, 1 with findings, 2 where the
    anchor cannot be read. With --write-anchor alone nothing is verified.
    """
    boot()
    from shouwen.journal import anchors

    if anchor is None and out is not None:
        _write(out)
        return
    try:
        kept = anchors.read_anchor(anchor) if anchor else None
    except (anchors.UnreadableAnchor, OSError) as error:
        click.echo(f"not an anchor: {error}", err=True)
        sys.exit(UNREADABLE)
    found = _verify(kept)
    click.echo(NOT_COVERED, err=True)
    if kept is None:
        click.echo(UNPROVEN, err=True)
    elif not kept.heads:
        click.echo("The anchor has no heads of single journals: it tells that something differs, not where.", err=True)
    if out is not None and not found:
        _write(out)
    sys.exit(FAULTS if found else 0)


def _verify(kept: object) -> int:
    from shouwen.journal.anchors import KeptAnchor
    from shouwen.journal.models import Subject
    from shouwen.journal.verify import verify as findings

    assert kept is None or isinstance(kept, KeptAnchor)
    found = 0
    with click.progressbar(length=Subject.objects.count(), label="journals", file=sys.stderr) as bar:
        for finding in findings(kept, bar.update):
            found += 1
            click.echo(str(finding))
    click.echo(f"{found} findings" if found else "everything is as it was recorded")
    return found


def _write(path: Path) -> None:
    from shouwen.journal.anchors import write_anchor

    made = write_anchor(path)
    click.echo(f"anchor of {made.subjects} journals, {made.entries} entries, at {made.at}\n{made.root}")
