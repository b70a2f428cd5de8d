"""Instances of rules (实例) and pauses: what a standing keeps while it folds a journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.calendars import Occurrence
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
    lapsed: bool = False
    """A later event took the place of what made it (a new order for an old one), or ended its recurrence."""
    occurrence: Occurrence | None = None
    """The time that it is the duty of, where its rule recurs."""

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
    """A suspension of the duties it names, or of all; `freed` are the resumptions of single duties."""

    names: tuple[str, ...]
    start: datetime
    end: datetime | None = None
    freed: list[tuple[tuple[str, ...], datetime]] = field(default_factory=list)

    def end_for(self, instance: Instance, policy: str) -> datetime | None:
        """When this duty's clock ran again; None while it stands."""
        ends = [at for names, at in self.freed if instance.named(names, policy)]
        if self.end is not None:
            ends.append(self.end)
        return min(ends, default=None)
