"""`shouwen organisation`: units, posts, people and authorities from a workbook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot

if TYPE_CHECKING:
    from shouwen.imports.organisation import Outcome

WORDS = {"created": "新建", "changed": "变更", "ended": "终止", "same": "不变"}


@click.group()
def organisation() -> None:
    """Units, posts, people and authorities: import a workbook, write an empty one."""


@organisation.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be created, changed and ended; nothing is kept.")
def import_(file: Path, dry: bool) -> None:
    """Import FILE (XLSX): sheets 单位, 岗位, 人员, 任职, 权限. All or nothing; the same file again changes nothing.

    People come without a usable password. Exit 0: done, or nothing to do. 1: the file is at fault, nothing was done.
    """
    boot()
    refuse_newer()
    from shouwen.imports.organisation import import_organisation
    from shouwen.imports.problems import FileRefused
    from shouwen.journal import clock

    try:
        outcome = import_organisation(file, clock.now(), dry_run=dry)
    except FileRefused as refused:
        raise click.ClickException(str(refused)) from None
    for fault in outcome.faults:
        click.echo(str(fault), err=True)
    if outcome.faults:
        click.echo(f"{len(outcome.faults)} 处有误，什么也没有改", err=True)
        sys.exit(1)
    _tell(outcome)
    if not dry:
        from shouwen.cli.serve import tell_beginning

        tell_beginning()


def _tell(outcome: Outcome) -> None:
    for change in outcome.changes:
        if change.what != "same":
            details = f"（{'；'.join(change.details)}）" if change.details else ""
            click.echo(f"{change.sheet} {change.line}: {WORDS[change.what]} {change.name}{details}")
    sums = "，".join(f"{word} {outcome.count(what)}" for what, word in WORDS.items())
    click.echo(f"{'试运行，什么也没有改：' if outcome.dry else ''}{sums}")


@organisation.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty workbook for `shouwen organisation import` to FILE."""
    boot()
    from shouwen.imports.organisation import write_template

    write_template(file)
    click.echo(str(file))
