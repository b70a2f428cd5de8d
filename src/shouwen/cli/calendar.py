"""`shouwen calendar`: the house's calendars: shown, filled by the year, and open duties counted anew."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson
from rich.console import Console
from rich.table import Table

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot

if TYPE_CHECKING:
    from datetime import datetime

    from shouwen.governance.models import CalendarTable
    from shouwen.governance.queries import CalendarYearView
    from shouwen.journal.rebase import Move, Preview
    from shouwen.organisation.models import Person, Unit

DAYS_NAMED = 4
"""Days that a line of the preview names; the others are counted."""


@click.group()
def calendar() -> None:
    """The house's calendars: show a year, import the official one, print one for replay, count open duties anew."""


def _ready() -> None:
    boot()
    refuse_newer()


@calendar.command()
@click.option("--year", type=click.IntRange(1949, 2199), required=True)
@click.option("--unit", "path", help="Whose calendar, as GROUP/BRANCH; without it the first group's.")
def show(year: int, path: str | None) -> None:
    """Show the days of a year that differ from the week, and whether the year is provisional.

    Exit 1: there is no such unit.
    """
    _ready()
    from shouwen.governance.queries import calendar_year

    unit = unit_at(path) if path else _first_unit()
    found = calendar_year(unit, year)
    table = Table("日期", "类别", "名称", "时段", "依据")
    for one in found.special:
        day = one.day
        table.add_row(_day(day.date), day.kind.sentence(), day.name, "、".join(map(str, one.hours)), day.source)
    console = Console(highlight=False)
    console.print(table)
    console.print(_summary(unit, found), soft_wrap=True)


@calendar.command()
@click.option("--unit", "path", help="Whose calendar, as GROUP/BRANCH; without it the first group's.")
@click.option("--version", "version", help="A version that was counted under, by its name, instead of today's.")
def export(path: str | None, version: str | None) -> None:
    """Print a calendar as JSON, for `shouwen replay --calendar`.

    Exit 1: there is no such unit or version.
    """
    _ready()
    from shouwen.calendars import content_of
    from shouwen.governance.calendar_versions import kept
    from shouwen.governance.calendars import calendar_for
    from shouwen.governance.models import CalendarVersion

    try:
        found = kept(version) if version else calendar_for(unit_at(path) if path else _first_unit())
    except CalendarVersion.DoesNotExist:
        raise click.ClickException(f"没有日历版本 {version}") from None
    click.echo(orjson.dumps(content_of(found)))


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--table", "path", help="A unit's own table instead of the statutory one, as GROUP/BRANCH.")
@click.option("--note", default="", help="The notice that it comes from; without it the file's name.")
@click.option("--by", "username", help="Sign-in of who administers the calendars; needed unless --dry-run.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would change; nothing is kept.")
def import_(file: Path, path: str | None, note: str, username: str | None, dry: bool) -> None:
    """Make the year in FILE (CSV or XLSX with date, kind, name) official. Nothing open moves: see `recount`.

    Exit 0: done, or nothing to do. 1: the file, the unit or the person is at fault, and nothing was changed.
    """
    _ready()
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from shouwen.governance.year_import import import_year
    from shouwen.journal import clock

    by = None if dry else _administrator(username)
    try:
        with transaction.atomic():
            table = _table(path, dry)
            change = import_year(
                file.read_bytes(), by=by, at=clock.now(), note=note or file.name, table=table, dry_run=dry
            )
    except ValidationError as error:
        for message in error.messages:
            click.echo(message, err=True)
        sys.exit(1)
    for title, dates in (("新增", change.added), ("改动", change.changed), ("删去", change.removed)):
        click.echo(f"{title} {len(dates)} 日{'：' if dates else ''}{'、'.join(map(_day, dates))}")
    click.echo(
        f"试运行：{change.year} 年历没有改动。"
        if dry
        else f"{change.year} 年历已入表。未结义务仍按原日历计时；用 shouwen calendar recount 重新计时。"
    )


@calendar.command()
@click.option("--unit", "path", help="Only this unit and what is below it, as GROUP/BRANCH.")
@click.option("--by", "username", help="Sign-in of who administers the calendars; needed unless --dry-run.")
@click.option("--reason", help="Why, for the journals; needed unless --dry-run.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would move; nothing is written.")
def recount(path: str | None, username: str | None, reason: str | None, dry: bool) -> None:
    """Count open duties anew under the calendars as they are now; one entry in each journal.

    Exit 0: done, or nothing to do; after an interruption the same command goes on. 1: no such unit or person, no
    reason, or no power.
    """
    _ready()
    from shouwen.journal import rebase
    from shouwen.journal.errors import NotRecorded

    unit = unit_at(path) if path else None
    if dry:
        print_counted(rebase.preview(unit))
        click.echo("试运行：没有写入。")
        return
    by = _administrator(username)
    if not reason:
        raise click.UsageError("--reason is needed: the journals say why")
    try:
        done = rebase.apply(by=by, reason=reason, unit=unit)
    except NotRecorded as error:
        raise click.ClickException(str(error)) from error
    print_counted(done)


# --- who and where ------------------------------------------------------------------------


def _administrator(username: str | None) -> Person:
    from shouwen.journal.rebase import POWER
    from shouwen.organisation.models import Person

    if username is None:
        raise click.UsageError("--by is needed: who does it is written down")
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise click.ClickException(f"没有此人：{username}")
    if not person.has_perm(POWER):
        raise click.ClickException(f"{username} 无权管理日历（{POWER}）")
    return person


def unit_at(path: str) -> Unit:
    """The unit at GROUP/BRANCH. Raises ClickException where there is none."""
    from shouwen.organisation.models import Unit

    found: Unit | None = None
    for name in path.split("/"):
        found = Unit.objects.filter(name=name.strip(), parent=found, until__isnull=True).first()
        if found is None:
            raise click.ClickException(f"没有单位 {path}：找不到“{name}”")
    assert found is not None
    return found


def _first_unit() -> Unit:
    from shouwen.organisation.models import Unit

    found = Unit.objects.filter(parent=None, until__isnull=True).order_by("pk").first()
    if found is None:
        raise click.ClickException("还没有任何单位")
    return found


def _table(path: str | None, dry: bool) -> CalendarTable | None:
    from shouwen.governance.calendar_actions import own_table
    from shouwen.governance.models import CalendarTable

    if path is None:
        return None
    unit = unit_at(path)
    found = CalendarTable.objects.filter(unit=unit).first()
    if found is None and dry:
        raise click.ClickException(f"{unit} 还没有自己的日历表；正式导入时会新建")
    return found or own_table(unit)


# --- printing -----------------------------------------------------------------------------


def _summary(unit: Unit, found: CalendarYearView) -> str:
    provisional = "；没有官方年历，只按法定节日推算，暂定" if found.provisional else ""
    return f"{unit} {found.year} 年：工作日 {found.workdays} 天{provisional}。日历版本 {found.calendar.version}"


def print_counted(found: Preview) -> None:
    console = Console(highlight=False)
    if found.moves:
        table = Table("编号", "义务", "条款", "原到期", "新到期", "因为")
        for move in found.moves:
            ends = (_moment(move.before), _moment(move.after))
            table.add_row(move.number or str(move.subject), move.title, move.clause, *ends, _because(move))
        console.print(table)
    console.print(
        f"对象 {found.subjects} 个，未结义务 {found.duties} 项：到期变动 {len(found.moves)} 项，"
        f"不变而转为正式 {found.confirmed} 项，仍为暂定 {found.provisional} 项。",
        soft_wrap=True,
    )


def _because(move: Move) -> str:
    named = [f"{_day(one.date)} {one.before}→{one.after}" for one in move.days[:DAYS_NAMED]]
    more = len(move.days) - len(named)
    return "；".join(named) + (f"；另 {more} 日" if more else "")


def _moment(moment: datetime | None) -> str:
    return "—" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}（{'一二三四五六日'[day.weekday()]}）"
