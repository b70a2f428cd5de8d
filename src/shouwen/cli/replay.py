"""`shouwen replay`: a journal under a policy, as duties and breaches."""

from __future__ import annotations

import gc
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
import orjson
from rich.console import Console

from shouwen.calendars import Calendar, CalendarError, NoWorkingTimeError, from_content, statutory_calendar
from shouwen.engine import JournalError, compile_policy, read_journal
from shouwen.engine import replay as replay_entries
from shouwen.policy import PolicyErrors, load, load_named


@click.command()
@click.option("--policy", "name", required=True, help="Name of a policy in policies/, or a policy file.")
@click.option("--now", required=True, help="Instant with zone, as 2026-03-02T09:00:00+08:00.")
@click.option(
    "--reading", "readings", multiple=True, metavar="NAME=LABEL", help="Take another reading; may be repeated."
)
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A calendar from `shouwen calendar export`; without it the statutory one, which has no working hours.",
)
@click.argument("journal", type=click.File("rb"))
def replay(name: str, now: str, readings: tuple[str, ...], calendar_file: Path | None, journal: BinaryIO) -> None:
    """Print the duties of JOURNAL (JSON Lines) as JSON Lines, ordered by subject, opened_at, clause.

    Exit 0: replayed. 1: the journal, the policy or the calendar has errors (all on stderr). 2: bad arguments.
    """
    # Entries and standings hold no rings: looking for some among a million took a third of the time.
    gc.disable()
    problems = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        instant = datetime.fromisoformat(now)
    except ValueError:
        raise click.BadParameter(f"不是时间：{now}", param_hint="--now") from None
    if instant.tzinfo is None:
        raise click.BadParameter(f"没有时区：{now}", param_hint="--now")
    try:
        policy = load(Path(name)) if name.endswith(".md") else load_named(name)
        chosen = dict(reading.split("=", 1) for reading in readings)
        calendar = _calendar(calendar_file) if calendar_file else statutory_calendar(policy.zone)
        program = compile_policy(policy.with_readings(chosen), calendar)
        entries = read_journal(journal, policy)
    except (PolicyErrors, JournalError, CalendarError) as errors:
        problems.print(str(errors), markup=False)
        sys.exit(1)
    except FileNotFoundError as error:
        raise click.BadParameter(str(error), param_hint="--policy") from None
    except (KeyError, ValueError) as error:
        raise click.BadParameter(f"没有这个读法或选项：{error}", param_hint="--reading") from None
    write = sys.stdout.buffer.write
    try:
        for line in replay_entries(program, entries, instant):
            write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    except NoWorkingTimeError as error:
        problems.print(f"{error}；请以 --calendar 给出单位的日历", markup=False)
        sys.exit(1)


def _calendar(file: Path) -> Calendar:
    try:
        return from_content(orjson.loads(file.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise CalendarError(f"{file} 不是 JSON：{error}") from error
