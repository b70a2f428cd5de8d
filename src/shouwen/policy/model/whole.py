"""The policy as a whole (规章): its clauses, its declarations, the readings taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar

from shouwen.calendars import DayRules, Limit
from shouwen.policy.model.declarations import Axis, Fact, Kind, Paper, Parameter, Reading, Role, Word
from shouwen.policy.model.events import EventType, Place
from shouwen.policy.model.parts import WordLimit
from shouwen.policy.model.rules import Rule

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True)
class Clause:
    """条款：编号、出处、原文和执行它的规则。"""

    id: str
    ref: str
    text: str
    place: Place
    rules: tuple[Rule, ...] = ()
    origin: str = ""
    """The policy that it is taken over from (沿用); "" for the policy's own."""
    replaced: tuple[str, ...] = ()
    """Own clauses that take the place of rules of this one, which is taken over."""
    parameters: tuple[str, ...] = ()
    """Parameters that its text or its rules name."""


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    before: int
    """Index of the clause that follows."""


@dataclass(frozen=True)
class Policy:
    """规章：正文、角色、类别、读法和各条规则。"""

    name: str
    title: str
    issuer: str
    trade: str
    version: str
    effective: str
    zone: str
    days: Literal["natural", "working"]
    day_rules: DayRules
    late_entry: Limit
    roles: Mapping[str, Role]
    kinds: Mapping[str, Kind]
    axes: Mapping[str, Axis]
    facts: Mapping[str, Fact]
    events: Mapping[str, EventType]
    """The shared vocabulary with this policy's additions."""
    papers: Mapping[str, Paper]
    words: Mapping[str, Word]
    readings: Mapping[str, Reading]
    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...] = ()
    extends: tuple[str, ...] = ()
    """Policies that it extends (沿用), the nearest first."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    """Events that start clocks and that nobody has to bring about (自行决定), and why."""

    @cached_property
    def taken(self) -> frozenset[str]:
        """The labels of the readings taken."""
        return frozenset(reading.take for reading in self.readings.values())

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule under the readings taken, in the order of the text."""
        return tuple(
            rule
            for clause in self.clauses
            for rule in clause.rules
            if rule.reading is None or rule.reading in self.taken
        )

    def all_of(self, sort: type[R]) -> tuple[R, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, sort))

    @cached_property
    def limits(self) -> frozenset[Limit]:
        """Every limit that some rule counts, under any reading."""
        found = {self.late_entry}
        for rule in (rule for clause in self.clauses for rule in clause.rules):
            trigger = getattr(rule, "trigger", getattr(rule, "on", None))
            within = getattr(rule, "within", None)
            own = (
                within.limit if isinstance(within, WordLimit) else within,
                getattr(rule, "not_before", None),
                getattr(rule, "follow", None),
                getattr(trigger, "limit", None),
                *getattr(rule, "warn", ()),
            )
            found.update(limit for limit in own if isinstance(limit, Limit))
        return frozenset(found)

    def with_readings(self, chosen: Mapping[str, str]) -> Policy:
        """The same policy under other readings.

        Raises KeyError for a reading or a label that the policy does not have.
        """
        readings = dict(self.readings)
        for name, label in chosen.items():
            reading = readings[name]
            if label not in reading.choices:
                raise KeyError(label)
            readings[name] = replace(reading, take=label)
        return replace(self, readings=readings)
