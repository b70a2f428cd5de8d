"""`shouwen import`: a file of another system, as history."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from shouwen.house.boot import boot

if TYPE_CHECKING:
    from shouwen.imports.outcome import Outcome
    from shouwen.imports.problems import BadRow
    from shouwen.organisation.models import Person

NOTHING_DONE, SOME_REFUSED, INTERRUPTED = 1, 3, 130
NAMED = Path("mappings")
PAPER = 160
"""Columns of a table that goes into a file."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help="Mapping file, or a name in mappings/.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would happen; nothing is kept.")
@click.option("--live", is_flag=True, help="Not history: gates hold and people are notified.")
@click.option("--unit", "unit_path", help="Unit instead of the mapping's path or under, as GROUP/BRANCH.")
@click.option("--by", "username", help="Sign-in of whoever imports.")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows there, as CSV with reasons."
)
def import_(
    file: Path,
    mapping_name: str,
    dry: bool,
    live: bool,
    unit_path: str | None,
    username: str | None,
    rejects: Path | None,
) -> None:
    """Import FILE (CSV, gzipped CSV, XLSX) by a mapping.

    Exit 0: everything is in. 1: nothing was done, the mapping or the file is at fault. 3: some rows were refused.
    The same file again adds nothing; after an interruption the same command goes on.
    """
    boot()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        outcome, columns = _run(file, _mapping_path(mapping_name), dry, live, unit_path, username, errors)
    except _Stop as stop:
        errors.print(str(stop), markup=False)
        sys.exit(stop.code)
    if rejects is not None and outcome.refused:
        _write_rejects(rejects, columns, outcome.refused)
    sys.exit(SOME_REFUSED if outcome.refused else 0)


class _Stop(Exception):  # noqa: N818  the end, with what is said and the exit code
    def __init__(self, said: object, code: int = NOTHING_DONE) -> None:
        super().__init__(str(said))
        self.code = code


def _mapping_path(name: str) -> Path:
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        path = NAMED / f"{name}.yaml"
    if not path.is_file():
        raise click.BadParameter(f"没有映射文件 {path}", param_hint="--mapping")
    return path


def _run(
    file: Path,
    mapping_path: Path,
    dry: bool,
    live: bool,
    unit_path: str | None,
    username: str | None,
    errors: Console,
) -> tuple[Outcome, tuple[str, ...]]:
    from django.db import OperationalError, ProgrammingError

    from shouwen.imports.problems import FileRefused, MappingErrors
    from shouwen.imports.reader import read_mapping
    from shouwen.imports.report import print_outcome
    from shouwen.imports.run import Import
    from shouwen.imports.tables import open_table
    from shouwen.journal.errors import NoRoom

    done: Outcome | None = None
    try:
        _check_database()
        mapping = read_mapping(mapping_path).at_unit(unit_path)
        with open_table(file, mapping.layout) as table, _progress(errors) as progress:
            task = progress.add_task(file.name, total=table.total, counted="")
            work = Import(mapping, table, by=_person(username), dry=dry, live=live)
            done = work.outcome

            def told(outcome: Outcome) -> None:
                counted = f"{outcome.rows} 行，新增 {outcome.total.added}，不收 {len(outcome.refused)}"
                progress.update(task, completed=table.done, counted=counted)

            began = time.process_time()
            outcome = work.run(told)
            used = time.process_time() - began
            progress.update(task, completed=table.total)
    except (MappingErrors, FileRefused, NoRoom) as error:
        raise _Stop(f"{error}{_so_far(done, dry)}") from None
    except KeyboardInterrupt:
        raise _Stop(f"已中断{_so_far(done, dry)}", INTERRUPTED) from None
    except (OperationalError, ProgrammingError) as error:
        raise _Stop(f"数据库用不了：{error}{_so_far(done, dry)}") from None
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PAPER)
    print_outcome(console, outcome, work, table.encoding)
    if outcome.total.added:
        console.print(f"处理器用时 {used:.1f} 秒，每分钟 {outcome.total.added / used * 60:.0f} 件")
    return outcome, table.columns


def _so_far(done: Outcome | None, dry: bool) -> str:
    if done is None or dry or not done.rows:
        return ""
    return f"。已读 {done.rows} 行、新增 {done.total.added} 件，都已保存；再执行同一命令即接着做"


def _check_database() -> None:
    from shouwen.house.database import steps_unknown_to_code

    if unknown := steps_unknown_to_code():
        raise _Stop(f"数据库由更新的版本写过（{unknown[0]}），请先升级程序")


def _person(username: str | None) -> Person | None:
    from shouwen.organisation.models import Person

    if username is None:
        return None
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise _Stop(f"没有人员“{username}”")
    return person


def _progress(console: Console) -> Progress:
    parts = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counted]}"),
    )
    return Progress(*parts, console=console, transient=True, disable=not console.is_terminal)


def _write_rejects(path: Path, columns: tuple[str, ...], refused: list[BadRow]) -> None:
    """With a BOM, so that spreadsheet programs see that it is UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["行号", "原因", *columns])
        for bad in refused:
            writer.writerow([bad.line, bad.reason, *bad.cells])
