"""Instances of rules (实例), pauses and timers: what a standing keeps while it folds a journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shouwen.engine.answers import State
from shouwen.engine.entry import Entry
from shouwen.engine.program import Timed
from shouwen.policy import model


@dataclass(slots=True)
class Instance:
    """One duty or proposal of a rule: opened by an entry, kept by another."""

    timed: Timed
    base: Any
    label: str | None
    entry: Entry
    opened_at: datetime
    live: bool = False
    seen: bool = False
    kept: Entry | None = None
    have: tuple[Any, ...] = ()
    lifted: State | None = None
    extended: str | None = None

    @property
    def key(self) -> str:
        rule = self.timed.rule.id
        return rule if self.label is None else f"{rule}@{self.label}"

    def named(self, names: Iterable[str], policy: str) -> bool:
        """Whether an act names this duty: by key, rule, clause, event or instance."""
        rule = self.timed.rule
        own = {self.key, rule.id, rule.clause, self.label}
        if isinstance(rule, model.Duty):
            own.update(happening.event for happening in rule.act.happenings)
        return any(name in own or f"{policy}/{name}" in own for name in names)


@dataclass(slots=True)
class Pause:
    names: tuple[str, ...]
    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Timer:
    timed: Timed
    base: Any
    since: Entry
