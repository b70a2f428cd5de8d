"""Scenarios (案例): a journal and what must stand at given instants, in a file that a manager reads.

The format is in ``docs/policy-language.md``. Expected instants are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shouwen.calendars import Calendar
from shouwen.engine.answers import Owed, Shut
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, compile_policy
from shouwen.engine.standing import Standing
from shouwen.policy import model
from shouwen.policy.yamltext import read_yaml

_ENTRY_KEYS = frozenset(("id", "at", "recorded_at", "post", "by", "unit"))


class ScenarioError(ValueError):
    """A scenario file that cannot be read: file, line, what was expected."""


@dataclass(frozen=True)
class Case:
    """One scenario: what happened, and what must stand."""

    name: str
    place: model.Place
    clauses: tuple[str, ...]
    kind: str
    subject: str
    readings: Mapping[str, str]
    journal: tuple[Entry, ...]
    expect: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Failure:
    case: Case
    now: str
    message: str

    def __str__(self) -> str:
        place = self.case.place
        return f"{place.file}:{place.line} {self.case.name} @ {self.now}：{self.message}"


@dataclass
class Programs:
    """Programs of one policy under its readings, each compiled once."""

    policy: model.Policy
    calendar: Calendar
    _made: dict[tuple[tuple[str, str], ...], Program] = field(default_factory=dict)

    def under(self, readings: Mapping[str, str]) -> Program:
        key = tuple(sorted(readings.items()))
        if key not in self._made:
            self._made[key] = compile_policy(self.policy.with_readings(readings), self.calendar)
        return self._made[key]


def load_cases(policy: model.Policy, folder: Path, calendar: Calendar) -> list[Case]:
    """The cases of every file in `folder`, in the order of names. Raises ScenarioError."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        rows, problems = read_yaml(path.read_text(encoding="utf-8"))
        if problems:
            raise ScenarioError(f"{path.name}:{problems[0].line}：{problems[0].message}；{problems[0].expected}")
        for row in rows or ():
            try:
                cases.append(_case(policy, path.name, row, calendar))
            except (KeyError, TypeError, ValueError) as error:
                raise ScenarioError(f"{path.name}:{row.line} {row.get('case', '')}：{error}") from error
    return cases


def _case(policy: model.Policy, file: str, row: Any, calendar: Calendar) -> Case:
    unknown = set(row) - {"case", "clauses", "kind", "subject", "readings", "journal", "expect"}
    if unknown:
        raise ValueError(f"不认识的键 {'、'.join(sorted(unknown))}")
    matters = [kind.name for kind in policy.kinds.values() if kind.matter]
    kind, subject = row.get("kind") or matters[0], row.get("subject", "M1")
    clauses = tuple(_full(policy, str(clause)) for clause in row["clauses"])
    for clause in clauses:
        if clause not in policy.by_id:
            raise ValueError(f"没有条款 {clause}")
    journal = tuple(
        _entry(policy, calendar, entry, number, kind, subject) for number, entry in enumerate(row["journal"], 1)
    )
    place = model.Place(file, row.line)
    return Case(row["case"], place, clauses, kind, subject, row.get("readings") or {}, journal, tuple(row["expect"]))


def _full(policy: model.Policy, clause: str) -> str:
    return clause if "/" in clause else f"{policy.name}/{clause}"


def instant_of(text: Any, zone: ZoneInfo) -> datetime:
    """An instant as cases write it; without its own zone it is in `zone`."""
    instant = datetime.fromisoformat(str(text))
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _entry(policy: model.Policy, calendar: Calendar, row: Any, number: int, kind: str, subject: str) -> Entry:
    events = [key for key in row if key not in _ENTRY_KEYS]
    if len(events) != 1 or events[0] not in policy.events:
        raise ValueError(f"第 {number} 条记录应有一个已知事件，而不是 {'、'.join(events) or '没有'}")
    at = instant_of(row["at"], calendar.tz)
    recorded = instant_of(row["recorded_at"], calendar.tz) if "recorded_at" in row else at
    data = row[events[0]] or {}
    return Entry(
        str(row.get("id", f"e{number}")), subject, kind, events[0], at, recorded, number,
        str(row.get("by", "")), str(row.get("post", "")), str(row.get("unit", "")), data,
    )  # fmt: skip


# --- running -------------------------------------------------------------------


def run_case(case: Case, programs: Programs) -> list[Failure]:
    """What does not stand as it must; empty if the case holds."""
    program = programs.under(case.readings)
    failures = []
    for expected in case.expect:
        now = instant_of(expected["now"], program.calendar.tz)
        standing = Standing(program, case.subject, case.kind)
        standing.take(entry for entry in case.journal if entry.at <= now)
        messages = Check(standing, now).all(expected)
        failures += [Failure(case, str(expected["now"]), message) for message in messages]
    return failures


class Check:
    """What must stand, asked of a standing at an instant."""

    def __init__(self, standing: Standing, now: datetime) -> None:
        self.standing = standing
        self.now = now
        self.policy = standing.program.policy
        self.calendar = standing.program.calendar
        self.owed = standing.duties(now)

    def all(self, expected: Mapping[str, Any]) -> Iterator[str]:
        """What does not stand as one of a case's expectations says."""
        for key, value in expected.items():
            if key != "now":
                test = _CHECKS.get(key)
                yield from test(self, value) if test else [f"不认识的键 {key}"]

    def _found(self, name: str) -> list[Owed]:
        """Duties by rule id, key, event or clause."""
        full = _full(self.policy, name)
        found = [owed for owed in self.owed if full in (owed.key, owed.rule.id) or name == owed.rule.act.event]
        return found or [owed for owed in self.owed if full in (owed.clause, owed.rule.clause)]

    def duties(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for row in rows:
            name = str(row["duty"])
            found = self._found(name)
            if "instance" in row:
                found = [owed for owed in found if owed.instance == _text(row["instance"])]
            if "clause" in row and len(found) > 1:
                found = [owed for owed in found if owed.clause == _full(self.policy, str(row["clause"]))] or found
            if len(found) != 1:
                standing = "、".join(f"{owed.key}({owed.state})" for owed in found or self.owed)
                yield f"{name} 应恰有一项，现有 {len(found)} 项：{standing}"
                continue
            for key, wanted in row.items():
                if key not in ("duty", "instance"):
                    yield from self._compare(found[0], name, key, wanted)

    def _compare(self, owed: Owed, name: str, key: str, wanted: Any) -> Iterator[str]:
        got: Any
        if key in ("due", "kept", "opened"):
            got = {"due": owed.due_at, "kept": owed.kept_at, "opened": owed.opened_at}[key]
            wanted = None if wanted is None else instant_of(wanted, self.calendar.tz)
        elif key == "clause":
            got, wanted = owed.clause, _full(self.policy, str(wanted))
        elif key == "also":
            got, wanted = list(owed.also), [_full(self.policy, str(clause)) for clause in wanted]
        elif key == "missing":
            got, wanted = list(owed.missing), list(wanted)
        elif key in ("to", "by"):
            got, wanted = list(getattr(owed.rule, key)), wanted if isinstance(wanted, list) else [wanted]
        elif key in ("state", "who", "late_recorded"):
            got = getattr(owed, key)
        else:
            yield f"{name}：不认识的键 {key}"
            return
        if got != wanted:
            yield f"{name} 的 {key} 应为 {wanted}，却是 {got}"

    def absent(self, names: Iterable[Any]) -> Iterator[str]:
        for name in names:
            for owed in self._found(str(name)):
                if owed.state != "void":
                    yield f"{name} 不应有，却是 {owed.state}（{owed.key}）"

    def _gates(self, act: str, data: Mapping[str, Any]) -> list[Shut]:
        event, _, instance = act.partition("@")
        if instance:
            for rule in self.standing.program.gates.get(event, ()):
                if rule.gate.per:
                    data = {rule.gate.per: instance, **data}
        return self.standing.shut(event, data, self.now)

    def shut(self, rows: Any) -> Iterator[str]:
        wanted = (
            [(act, {}, gates, None) for act, gates in rows.items()]
            if isinstance(rows, dict)
            else [(row["act"], row.get("data", {}), row["gates"], row.get("opens")) for row in rows]
        )
        for act, data, gates, opens in wanted:
            found = self._gates(act, data)
            ids = sorted({shut.gate.id for shut in found})
            if ids != sorted({_full(self.policy, str(gate)) for gate in gates}):
                yield f"{act} 应被 {gates} 关住，却是 {ids}"
            if opens is not None and sorted({role for shut in found for role in shut.opens}) != sorted(opens):
                yield f"{act} 应由 {opens} 打开，却是 {sorted({role for shut in found for role in shut.opens})}"

    def open(self, rows: Iterable[Any]) -> Iterator[str]:
        for row in rows:
            act, data = (row, {}) if isinstance(row, str) else (row["act"], row.get("data", {}))
            found = self._gates(act, data)
            if found:
                yield f"{act} 应开着，却被 {[shut.gate.id for shut in found]} 关住：{found[0].missing}"

    def breaches(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        wanted = sorted((row["act"], _full(self.policy, str(row["gate"]))) for row in rows)
        got = sorted((breach.event, breach.gate.id) for breach in self.standing.breaches)
        if got != wanted:
            yield f"违反应为 {wanted}，却是 {got}"

    def proposals(self, rows: Iterable[Any]) -> Iterator[str]:
        found = self.standing.proposals(self.now)
        rows = list(rows)
        wanted = sorted(_full(self.policy, row if isinstance(row, str) else str(row["rule"])) for row in rows)
        got = sorted(proposed.rule.id for proposed in found)
        if got != wanted:
            yield f"建议应为 {wanted}，却是 {got}"
            return
        for row in rows:
            if not isinstance(row, str):
                (one, *_) = [one for one in found if one.rule.id == _full(self.policy, str(row["rule"]))]
                for key, value in row.items():
                    if key == "rule":
                        continue
                    own: Any = getattr(one, key)
                    own = list(own) if isinstance(own, tuple) else own
                    if own != value:
                        yield f"{row['rule']} 的 {key} 应为 {value}，却是 {own}"

    def values(self, rows: Mapping[str, Any]) -> Iterator[str]:
        for name, wanted in rows.items():
            got = self.standing.values.get(name)
            if got != wanted and not (got is not None and wanted is not None and str(got) == str(wanted)):
                yield f"{name} 应为 {wanted}，却是 {got}"

    def may(self, rows: Mapping[str, Any]) -> Iterator[str]:
        for event, wanted in rows.items():
            got = self.standing.may(event)
            if sorted(got or ()) != sorted(wanted or ()):
                yield f"可为 {event} 的应为 {wanted}，却是 {got}"

    def requires(self, rows: Mapping[str, Any]) -> Iterator[str]:
        for event, wanted in rows.items():
            got = self.standing.program.require(event, self.standing.kind)
            if sorted(got) != sorted(wanted):
                yield f"{event} 必填应为 {wanted}，却是 {list(got)}"

    def late(self, ids: Iterable[Any]) -> Iterator[str]:
        if sorted(self.standing.late_entries) != sorted(map(str, ids)):
            yield f"补记应为 {list(ids)}，却是 {self.standing.late_entries}"


_CHECKS: dict[str, Callable[[Check, Any], Iterable[str]]] = {
    "duties": Check.duties,
    "absent": Check.absent,
    "shut": Check.shut,
    "open": Check.open,
    "breaches": Check.breaches,
    "proposals": Check.proposals,
    "axes": Check.values,
    "facts": Check.values,
    "may": Check.may,
    "requires": Check.requires,
    "late": Check.late,
}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
