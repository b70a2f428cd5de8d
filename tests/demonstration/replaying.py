"""Every journal of a house, written by `shouwen export` and read by `shouwen replay`, against the duties it stores.

``python -m tests.demonstration.replaying`` does it for the house that stands (SHOUWEN_HOME); exit code 1 where any
duty is not the same.
"""

import gc
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.testing import CliRunner


class Found(NamedTuple):
    """A duty as it is stored, or as a replay prints it."""

    event: str
    instance: str
    clause: str
    also: tuple[str, ...]
    who: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    kept_at: datetime | None


Duties = dict[str, Counter[Found]]
"""By subject."""


def differences(now: datetime) -> Iterator[str]:
    """What differs at `now`, at which the house was last swept."""
    from shouwen.governance.models import PolicyVersion

    for name in PolicyVersion.objects.values_list("name", flat=True).distinct():
        stored, replayed = _stored(name), _replayed(name, now)
        for pk in sorted(stored.keys() | replayed.keys()):
            mine, theirs = stored.get(pk, Counter()), replayed.get(pk, Counter())
            # What a mended entry had opened stays visible as void; a replay of the mended journal never opens it.
            missing = [one for one in (mine - theirs).elements() if one.state != "void"]
            yield from (f"{name} {pk}: stored, not replayed: {one}" for one in missing)
            yield from (f"{name} {pk}: replayed, not stored: {one}" for one in (theirs - mine).elements())


def _stored(policy: str) -> Duties:
    from shouwen.journal.models import Duty, Subject

    of = Subject.objects.filter(policy_version__name=policy).values_list("pk", flat=True)
    found: Duties = {str(pk): Counter() for pk in of}
    for one in Duty.objects.filter(subject__in=of).iterator():
        times = (one.opened_at, one.due_at, one.kept_at)
        row = Found(one.event, one.instance, one.clause, tuple(one.also), one.role, one.state, *times)
        found[str(one.subject_id)][row] += 1
    return found


def _replayed(policy: str, now: datetime) -> Duties:
    from shouwen.cli.calendar import calendar
    from shouwen.cli.export import export
    from shouwen.cli.replay import replay
    from shouwen.governance.models import InForce
    from shouwen.journal.models import Subject

    # One calendar and one set of readings for each regulation: so it is in the demonstration's house.
    counted = Subject.objects.filter(policy_version__name=policy, calendar_version__isnull=False)
    [version] = set(counted.values_list("calendar_version", flat=True))
    [readings] = {tuple(sorted(one.readings.items())) for one in InForce.objects.filter(policy_version__name=policy)}
    chosen = [f"--reading={name}={label}" for name, label in readings]
    with tempfile.TemporaryDirectory() as name:
        journals, hours = Path(name) / "journals.jsonl", Path(name) / "calendar.json"
        _run(export, ["--all", "--policy", policy, "--output", str(journals)])
        hours.write_bytes(_run(calendar, ["export", "--version", version]))
        said = ["--policy", policy, "--calendar", str(hours), "--now", now.isoformat(), *chosen]
        lines = [json.loads(line) for line in _run(replay, [*said, str(journals)]).splitlines()]
        exported = {_whose(json.loads(line)) for line in journals.read_bytes().splitlines()}
    found: Duties = {pk: Counter() for pk in exported}
    for line in lines:
        if "duty" in line:
            found[_whose(line)][_found(line)] += 1
    return found


def _run(command: click.Command, arguments: Sequence[str]) -> bytes:
    try:
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    finally:
        gc.enable()
    if done.exit_code:
        raise AssertionError(done.output)
    return done.stdout_bytes


def _whose(line: dict[str, Any]) -> str:
    return str(line.get("matter") or line["subject"])


def _found(line: dict[str, Any]) -> Found:
    opened_at, due_at, kept_at = (
        datetime.fromisoformat(line[name]) if line[name] else None for name in ("opened_at", "due_at", "kept_at")
    )
    assert opened_at is not None
    shown = (line["instance"] or "", line["clause"], tuple(line["also"]), line["who"], line["state"])
    return Found(line["duty"], *shown, opened_at, due_at, kept_at)


def main() -> int:
    from shouwen.house.boot import boot

    boot()
    from shouwen.journal import clock
    from shouwen.journal.models import Duty, Subject
    from shouwen.journal.sweep import sweep

    sweep()
    found = list(differences(clock.now()))
    print(*found[:20], sep="\n")
    print(f"{Subject.objects.count()} journals, {Duty.objects.count()} duties: {len(found)} not as they replay")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
