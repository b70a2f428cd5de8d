"""One duty seen three ways: its row in the database, its clock on the page, its line of a replay."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from click.testing import CliRunner
from tests.browser.officer import Desk

from shouwen.cli.calendar import calendar
from shouwen.cli.export import export
from shouwen.journal.models import Duty, Subject

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCKS = """items => items.map(item => ({
    title: item.querySelector(".title").textContent.trim(),
    chip: item.querySelector(".line .chip").textContent.trim(),
    facts: [...item.querySelectorAll(":scope > .meta:not(:has(.clause)) span")].map(one => one.textContent.trim()),
    clauses: [...item.querySelectorAll("a.clause")].map(one => one.textContent.trim()),
}))"""


def at(text: str) -> datetime:
    """An instant in Shanghai, as ``2026-03-02 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def when(text: str) -> datetime | None:
    return at(text) if text else None


class Line(NamedTuple):
    """A duty as rows and replay tell it; a breach has the act for its event."""

    opened_at: datetime
    clause: str
    event: str
    instance: str
    also: tuple[str, ...]
    who: str
    due_at: datetime | None
    state: str
    kept_at: datetime | None


class Shown(NamedTuple):
    """A duty as the page tells it, in the unit's zone to the minute."""

    title: str
    who: str
    due: str
    kept: str
    state: str
    clauses: tuple[str, ...]


CHIPS = {"剩": "open", "逾期": "overdue", "按时履行": "kept", "逾期履行": "late"}


def as_shown(line: Line, title: str) -> Shown:
    """What the page must tell of a duty."""
    return Shown(
        f"{title} · {line.instance}" if line.instance else title,
        line.who,
        _minute(line.due_at),
        _minute(line.kept_at),
        line.state,
        (line.clause, *line.also),
    )


def _minute(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


def rows(subject: Subject) -> list[Line]:
    found = Duty.objects.filter(subject=subject)
    return sorted(
        Line(d.opened_at, d.clause, d.event, d.instance, tuple(d.also), d.role, d.due_at, d.state, d.kept_at)
        for d in found
    )


def written(*subjects: Subject, folder: Path, sealed_by: str = "") -> Path:
    """The subjects' journals as a file, by the command."""
    file = folder / "journal.jsonl"
    sealed = ["--sealed", "--by", sealed_by] if sealed_by else []
    done = CliRunner().invoke(export, [*(str(subject.pk) for subject in subjects), *sealed])
    assert done.exit_code == 0, done.output
    file.write_bytes(done.stdout_bytes)
    return file


def written_calendar(unit: str, folder: Path) -> Path:
    """The unit's calendar as a file, by the command."""
    file = folder / "calendar.json"
    done = CliRunner().invoke(calendar, ["export", "--unit", unit])
    assert done.exit_code == 0, done.output
    file.write_bytes(done.stdout_bytes)
    return file


def replayed(journal: Path, policy: Path, now: datetime, *options: str) -> dict[str, list[Line]]:
    """Subject → its lines, by the command in a process of its own."""
    command = [sys.executable, "-m", "shouwen", "replay", "--policy", str(policy), "--now", now.isoformat()]
    done = subprocess.run([*command, *options, str(journal)], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, list[Line]] = {}
    for line in map(json.loads, done.stdout.splitlines()):
        found.setdefault(line.get("matter") or line["subject"], []).append(_line(line))
    return {subject: sorted(lines) for subject, lines in found.items()}


def _line(line: dict[str, Any]) -> Line:
    instants = [None if line[key] is None else datetime.fromisoformat(line[key]) for key in ("due_at", "kept_at")]
    return Line(
        datetime.fromisoformat(line["opened_at"]),
        line["clause"],
        line.get("duty") or line["breach"],
        line["instance"] or "",
        tuple(line["also"]),
        line["who"],
        instants[0],
        line["state"],
        instants[1],
    )


def shown(desk: Desk, path: str) -> list[Shown]:
    """The clocks on the matter's page, those done with too."""
    desk.page.goto(path)
    clocks = desk.page.locator("section[aria-labelledby=clocks-title] ul.duties > li").evaluate_all(CLOCKS)
    return sorted(_shown(one) for one in clocks)


def _shown(clock: dict[str, Any]) -> Shown:
    facts = clock["facts"]
    return Shown(
        clock["title"],
        facts[0].partition("（")[0],
        _after("到期", facts),
        _after("履行", facts),
        CHIPS[clock["chip"].split()[0]],
        tuple(clock["clauses"]),
    )


def _after(word: str, facts: Iterable[str]) -> str:
    return next((fact.removeprefix(word).strip() for fact in facts if fact.startswith(word)), "")
