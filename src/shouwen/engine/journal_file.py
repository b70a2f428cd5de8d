"""A journal on disk: JSON Lines, one entry a line (``docs/engine.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from shouwen.engine.entry import Entry


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


def read_journal(lines: Iterable[bytes], events: Mapping[str, Any], default_kind: str) -> list[Entry]:
    """Entries of a journal file; blank lines are passed over.

    `events` are the policy's events, by name. Raises JournalError with every bad line: no JSON, a missing
    key, an unknown event, a time without zone, an id that stands twice in one subject's journal.
    """
    entries: list[Entry] = []
    errors: list[LineError] = []
    known: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = _entry(orjson.loads(line), number, events, default_kind)
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


def _entry(row: Any, number: int, events: Mapping[str, Any], default_kind: str) -> Entry:
    if not isinstance(row, dict):
        raise ValueError("应为一个 JSON 对象")
    subject = row.get("matter") or row.get("subject")
    if not subject:
        raise ValueError("缺少 matter（或 subject）")
    event = str(row.get("type") or "")
    if event not in events:
        raise ValueError(f"不认识的事件 {event!r}" if event else "缺少 type")
    at = _instant(row.get("at"), "at")
    recorded = row.get("recorded_at")
    data = row.get("data") or {}
    if not isinstance(data, dict):
        raise ValueError("data 应为对象")
    return Entry(
        str(row.get("id") or f"line-{number}"),
        str(subject),
        row.get("kind") or default_kind,
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
    return instant
