"""The policy as a whole (规章): its clauses, its declarations, the readings taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar

from shouwen.calendars import DayRules, Limit
from shouwen.policy.model.declarations import Axis, Fact, Kind, Known, Paper, Reading, Role, Word
from shouwen.policy.model.events import EventType, Link, Place
from shouwen.policy.model.parts import WordLimit
from shouwen.policy.model.rules import Duty, Proposal, Rule

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True)
class Clause:
    """条款：编号、出处、原文和执行它的规则。"""

    id: str
    ref: str
    text: str
    place: Place
    rules: tuple[Rule, ...] = ()
    links: tuple[Link, ...] = ()

    def linked(self, way: str) -> tuple[str, ...]:
        """Clauses, or demands of them, that say the same (``also``) or that it takes the place of (``replaces``)."""
        return tuple(link.cited for link in self.links if link.way == way)


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
    optional: Mapping[str, str] = field(default_factory=dict)
    """Events that start clocks and that nobody has to bring about (自行决定), and why."""
    known: tuple[Known, ...] = ()
    """What a proof finds wrong and the house lives with."""
    displaced: Mapping[str, str] = field(default_factory=dict)
    """Clauses that a clause of another policy in force replaces there, with its id."""

    @cached_property
    def taken(self) -> frozenset[str]:
        """The labels of the readings taken."""
        return frozenset(reading.take for reading in self.readings.values())

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that holds, in the order of the text: under the readings taken, of no clause that is replaced,
        and what two clauses ask alike once.
        """
        return tuple(
            rule
            for clause in self.clauses
            for rule in self._read_so(clause)
            if rule.id not in self.asked_once and self.replacing(rule) is None
        )

    def _read_so(self, clause: Clause) -> Iterator[Rule]:
        return (rule for rule in clause.rules if rule.reading is None or rule.reading in self.taken)

    @cached_property
    def replaced(self) -> Mapping[str, str]:
        """Clauses and demands whose rules do not run (被取代), each with the clause that replaces it."""
        own = {to: clause.id for clause in self.clauses for to in clause.linked("replaces") if self._has(to)}
        return {**own, **self.displaced}

    def replacing(self, rule: Rule) -> str | None:
        """The clause by which this rule does not run: its own clause is replaced, or all the demands that it serves."""
        if rule.clause in self.replaced:
            return self.replaced[rule.clause]
        by = [self.replaced.get(str(demand)) for demand in rule.meets]
        return by[0] if by and None not in by else None

    def _has(self, cited: str) -> bool:
        return cited.partition("#")[0] in self.by_id

    @cached_property
    def asked_once(self) -> Mapping[str, Rule]:
        """Duties and proposals by id that another clause says too (``also``), each with the one that holds for both."""
        found: dict[str, Rule] = {}
        for clause in self.clauses:
            holding = [rule for rule in self._read_so(clause) if self.replacing(rule) is None]
            for link in clause.links if holding else ():
                if link.way != "also" or link.to not in self.by_id:
                    continue
                for rule in self._read_so(self.by_id[link.to]):
                    if link.number and {str(demand) for demand in rule.meets} != {link.cited}:
                        continue
                    twin = next((one for one in holding if _alike(one, rule)), None)
                    if twin is not None:
                        found[rule.id] = twin
        return found

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


def _alike(one: Rule, other: Rule) -> bool:
    """Whether the one asks what the other asks, of every subject of which the other does."""
    if not set(other.kinds) <= set(one.kinds):
        return False
    if isinstance(one, Duty) and isinstance(other, Duty):
        return one.act.event == other.act.event
    return isinstance(one, Proposal) and isinstance(other, Proposal) and one.propose == other.propose
