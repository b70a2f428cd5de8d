"""Replay (重放): a journal under a policy, as lines of duties and breaches (design: files and commands)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.standing import Standing, fold

Line = dict[str, Any]


def replay(program: Program, entries: Iterable[Entry], now: datetime) -> Iterator[Line]:
    """Lines by subject, instant of opening and clause. What had not happened by `now` is left out."""
    standings = fold(program, entries, now)
    for subject in sorted(standings):
        yield from subject_lines(standings[subject], now)


def subject_lines(standing: Standing, now: datetime) -> list[Line]:
    """One subject's duties and breaches."""
    of = "matter" if standing.kind in standing.program.matter_kinds else "subject"
    lines = [
        {
            of: standing.subject,
            "duty": owed.rule.act.event,
            "instance": owed.instance,
            "clause": owed.clause,
            "also": list(owed.also),
            "who": owed.who,
            "opened_at": _text(owed.opened_at),
            "due_at": None if owed.state == "paused" else _text(owed.due_at),
            "state": owed.state,
            "kept_at": _text(owed.kept_at),
        }
        for owed in standing.duties(now)
    ]
    lines += [
        {
            of: standing.subject,
            "breach": breach.event,
            "instance": breach.instance,
            "clause": breach.clause,
            "also": list(breach.gate.also),
            "who": breach.post,
            "opened_at": _text(standing.program.local(breach.at)),
            "due_at": None,
            "state": "breached",
            "kept_at": None,
        }
        for breach in standing.breaches
    ]
    if standing.breaches:
        lines.sort(key=lambda line: (line["opened_at"], line["clause"]))
    return lines


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
