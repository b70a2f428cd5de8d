"""A journal on disk: JSON Lines, one entry a line (``docs/engine.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from shouwen.engine.entry import Entry
from shouwen.policy.model import Policy


@dataclass(frozen=True)
class LineError:
    """A line that is not an entry, and why (in Chinese)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.message}"


class JournalError(ValueError):
    """All bad lines of a journal at once."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def read_journal(lines: Iterable[bytes], policy: Policy) -> list[Entry]:
    """Entries of a journal file; blank lines are passed over.

    Raises JournalError with every bad line: no JSON, a missing key, an event or kind that the policy does not know, a
    time without zone, an id that stands twice in one subject's journal. Data of another type than its event declares
    is not an error: for rules it is unknown.
    """
    matters = [kind.name for kind in policy.kinds.values() if kind.matter]
    default_kind = next(iter(matters or policy.kinds), "")
    entries: list[Entry] = []
    errors: list[LineError] = []
    known: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = _entry(orjson.loads(line), number, policy, default_kind)
            if entry.type in _READ_BY_THE_ENGINE:
                _READ_BY_THE_ENGINE[entry.type](entry.data)
        except orjson.JSONDecodeError as error:
            errors.append(LineError(number, f"不是 JSON：{error}"))
        except ValueError as error:
            errors.append(LineError(number, str(error)))
        else:
            if (entry.subject, entry.id) in known:
                errors.append(LineError(number, f"{entry.subject} 的 id {entry.id} 重复"))
            known.add((entry.subject, entry.id))
            entries.append(entry)
    if errors:
        raise JournalError(errors)
    return entries


def _entry(row: Any, number: int, policy: Policy, default_kind: str) -> Entry:
    if not isinstance(row, dict):
        raise ValueError("应为一个 JSON 对象")
    subject = row.get("matter") or row.get("subject")
    if not subject:
        raise ValueError("缺少 matter（或 subject）")
    event = str(row.get("type") or "")
    if event not in policy.events:
        raise ValueError(f"不认识的事件 {event!r}" if event else "缺少 type")
    kind = row.get("kind") or default_kind
    if not isinstance(kind, str) or kind not in policy.kinds:
        raise ValueError(f"不认识的对象种类 {kind!r}，规章有：{'、'.join(policy.kinds)}")
    at = _instant(row.get("at"), "at")
    recorded = row.get("recorded_at")
    data = row.get("data") or {}
    if not isinstance(data, dict):
        raise ValueError("data 应为对象")
    return Entry(
        str(row.get("id") or f"line-{number}"),
        str(subject),
        kind,
        event,
        at,
        _instant(recorded, "recorded_at") if recorded else at,
        number,
        str(row.get("by") or ""),
        str(row.get("post") or ""),
        str(row.get("unit") or ""),
        data,
    )


def _instant(text: Any, key: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{key} 应为带时区的时间，如 2026-03-02T09:00:00+08:00，而不是 {text!r}") from None
    if instant.tzinfo is None:
        raise ValueError(f"{key} 没有时区：{text}")
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError(f"{key} 不在 {_FIRST_YEAR} 至 {_LAST_YEAR} 年之间：{text}")
    return instant


def _extended(data: Mapping[str, Any]) -> None:
    until = data.get("until")
    try:
        date.fromisoformat(until)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        _instant(until, "until")


def _corrected(data: Mapping[str, Any]) -> None:
    if data.get("at") is not None:
        _instant(data["at"], "data 的 at")
    if not isinstance(data.get("data", {}), dict):
        raise ValueError("更正的 data 应为对象")


def _opened(data: Mapping[str, Any]) -> None:
    if not isinstance(data.get("facts") or {}, dict):
        raise ValueError("facts 应为对象")


_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_READ_BY_THE_ENGINE = {"extended": _extended, "corrected": _corrected, "opened": _opened}
