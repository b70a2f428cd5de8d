"""Evidence from a process of its own, and the three levels as people and programs read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from rich.table import Table

from shouwen.policy.sentences import ROOM_TITLES
from shouwen.trial.evidence import Evidence
from shouwen.trial.levels import Reached


class TrialError(RuntimeError):
    """The cases could not be acted out; what the process said."""


def evidence_of(file: Path, readings: Mapping[str, str]) -> Evidence:
    """What comes about when the cases beside the policy are acted out, in another process. Raises TrialError."""
    command = [
        sys.executable,
        "-m",
        "shouwen.cli.acting_out",
        str(file),
        *(f"{name}={take}" for name, take in readings.items()),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ}, check=False)
    if done.returncode != 0:
        raise TrialError(done.stderr.strip())
    said: Mapping[str, list[Any]] = json.loads(done.stdout)
    found = Evidence()
    for own in fields(Evidence):
        values = [tuple(one) if isinstance(one, list) else one for one in said[own.name]]
        setattr(found, own.name, values if own.name == "problems" else set(values))
    return found


def level_table(reached: Iterable[Reached], titles: Mapping[str, str]) -> Table:
    """Kinds of demand by level, and how many of those that must be proven are."""
    groups: defaultdict[str, list[Reached]] = defaultdict(list)
    for one in reached:
        groups[one.line.asked.kind].append(one)
    table = Table()
    for title in ("种类", "诉求", "已落实", "已执行", "已证明", "应证明", "其中已证明"):
        table.add_column(title, justify="left" if title == "种类" else "right")
    for kind in sorted(groups, key=list(titles).index):
        table.add_row(titles[kind], *map(str, _counts(groups[kind])))
    table.add_section()
    table.add_row("合计", *map(str, _counts([one for group in groups.values() for one in group])))
    return table


def _counts(group: list[Reached]) -> tuple[int, ...]:
    return (
        len(group),
        sum(one.line.placed for one in group),
        sum(one.carried for one in group),
        sum(one.proven for one in group),
        sum(one.required for one in group),
        sum(one.required and one.proven for one in group),
    )


def room_table(reached: Iterable[Reached]) -> Table:
    """What waits for which room, by kind of demand most first."""
    rooms = Counter(room for one in reached if not one.carried for room in one.rooms or ("—",))
    table = Table()
    table.add_column("未执行的待哪个模块")
    table.add_column("诉求", justify="right")
    for room, count in rooms.most_common():
        table.add_row("案例没有走到" if room == "—" else f"{ROOM_TITLES[room]}（{room}）", str(count))
    return table


def lacking(reached: Iterable[Reached]) -> Iterator[str]:
    """Each demand that must be proven and is not, with the rules that nothing shows."""
    for one in reached:
        if one.required and not one.proven:
            why = "、".join(one.lacking) or "没有可执行的规则"
            yield f"应证明而未证明：{one.line.asked.demand} {one.line.asked.what}：{why}"


def as_json(reached: Iterable[Reached]) -> list[dict[str, Any]]:
    """One object a demand."""
    return [
        {
            "demand": str(one.line.asked.demand),
            "kind": one.line.asked.kind,
            "holds": one.line.asked.holds,
            "what": one.line.asked.what,
            "rules": [rule.id for rule in one.line.rules],
            "placed": one.line.placed,
            "carried": one.carried,
            "proven": one.proven,
            "required": one.required,
            "lacking": list(one.lacking),
            "rooms": list(one.rooms),
        }
        for one in reached
    ]
