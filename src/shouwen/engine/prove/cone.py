"""All that a question about a policy depends on (影响范围), and nothing else (cone of influence).

An event depends on the gates that shut it; a gate on the events that open it and what its conditions read; a category
or fact on the events and tables that set it. Whatever lies outside can neither help nor hinder, so it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shouwen.engine.program import Program
from shouwen.engine.prove.parts import openings, untils
from shouwen.policy import model
from shouwen.policy.conditions import Condition

CONTROLS = frozenset({"closed", "ended", "withdrawn", "merged", "suspended", "waived", "excused", "extended"})
"""What changes every duty of a subject: done in a story only where it is asked for."""


@dataclass
class Cone:
    """What a question depends on: `own` are the happenings that it asks for itself."""

    program: Program
    kind: str
    own: tuple[model.Happening, ...] = ()
    conditions: tuple[Condition, ...] = ()
    rules: tuple[model.Rule, ...] = ()
    lasting: frozenset[str] = frozenset()
    """Events of which it must be told whether they have happened."""
    barring: frozenset[str] = frozenset()
    """Those of them that had better not happen, or not at any time."""
    given: Mapping[str, str | bool] = field(default_factory=dict)
    """Categories that are settled from the beginning and stay."""
    events: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    gates: dict[str, model.Gate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for happening in self.own:
            self._event(happening)
        for condition in self.conditions:
            self._condition(condition)
        for rule in self.rules:
            if isinstance(rule, model.Gate):
                self._gate(rule)

    # --- growing ------------------------------------------------------------------------

    def _event(self, happening: model.Happening) -> None:
        self._outer(happening)
        if happening.event in self.events:
            return
        self.events[happening.event] = None
        for one in self.program.gates.get(happening.event, ()):
            gate = one.gate
            if gate.follow is None and self.kind in (gate.kinds or self.program.matter_kinds):
                self._gate(gate)

    def _outer(self, happening: model.Happening) -> None:
        for condition in happening.conditions:
            self._condition(condition)

    def _condition(self, condition: Condition) -> None:
        for name in condition.names:
            if name in self.program.initial:
                self._name(name)

    def _gate(self, gate: model.Gate) -> None:
        if gate.id in self.gates or (gate.when is not None and gate.when.evaluate(self.given) is False):
            return
        self.gates[gate.id] = gate
        if gate.when:
            self._condition(gate.when)
        for shut in gate.shuts:
            self._outer(shut)
        for opening in openings(gate.until):
            if isinstance(opening, model.UntilFact):
                self._condition(opening.condition)
            elif isinstance(opening, model.Until):
                self._event(opening.happening)
                if opening.for_each:
                    self._event(model.Happening(opening.for_each.event))
                if opening.among:
                    self._outer(opening.among)

    def _name(self, name: str) -> None:
        if name in self.names or name in self.given:
            return
        self.names[name] = None
        policy = self.program.policy
        source = policy.axes.get(name) or policy.facts[name]
        for place in source.sources:
            self._event(model.Happening(place.event))
        if isinstance(source, model.Fact) and source.count:
            self._event(source.count)
        tables = [table for table in self.program.tables if table.axis == name]
        for table in tables:
            for condition in (*(row.when for row in table.rows), *([table.when] if table.when else [])):
                self._condition(condition)
        if not source.sources and not tables and not (isinstance(source, model.Fact) and source.count):
            self.events["opened"] = None

    # --- asking -------------------------------------------------------------------------

    def happenings(self) -> Iterator[model.Happening]:
        """Every happening that something in the cone asks about."""
        yield from self.own
        for gate in self.gates.values():
            yield from gate.shuts
            for until in untils(gate.until):
                yield until.happening
                if until.among:
                    yield until.among
        for name in self.names:
            fact = self.program.policy.facts.get(name)
            if fact and fact.count:
                yield fact.count

    def all_conditions(self) -> Iterator[Condition]:
        yield from self.other_conditions()
        for table in self.tables():
            yield from (row.when for row in table.rows)

    def other_conditions(self) -> Iterator[Condition]:
        """All but those of the rows of tables."""
        yield from self.asked_conditions()
        for gate in self.gates.values():
            yield from self.gate_conditions(gate)
        yield from (table.when for table in self.tables() if table.when)

    def asked_conditions(self) -> Iterator[Condition]:
        """Those of the question itself, and of what is counted."""
        yield from self.conditions
        for happening in self.own:
            yield from happening.conditions
        for name in self.names:
            fact = self.program.policy.facts.get(name)
            if fact and fact.count:
                yield from fact.count.conditions

    @staticmethod
    def gate_conditions(gate: model.Gate) -> Iterator[Condition]:
        if gate.when:
            yield gate.when
        for shut in gate.shuts:
            yield from shut.conditions
        for opening in openings(gate.until):
            if isinstance(opening, model.UntilFact):
                yield opening.condition
            elif isinstance(opening, model.Until):
                yield from opening.happening.conditions
                yield from opening.among.conditions if opening.among else ()

    def tables(self) -> list[model.Table]:
        return [table for table in self.program.tables if table.axis in self.names]

    def sources(self) -> Iterator[tuple[str, model.FieldDue]]:
        """The fields that the names in the cone are read from."""
        policy = self.program.policy
        for name in self.names:
            yield from ((name, place) for place in (policy.axes.get(name) or policy.facts[name]).sources)

    def swaying(self) -> frozenset[str]:
        """Events whose coming may also shut something, or change a category or fact: the order in which they come
        matters. All others only open, and may be taken as early as they can be done.
        """
        found = {*CONTROLS, *self.barring, "opened", *(place.event for _, place in self.sources())}
        facts = (self.program.policy.facts.get(name) for name in self.names)
        found.update(fact.count.event for fact in facts if fact and fact.count)
        for gate in self.gates.values():
            found.update(_swaying(gate))
        return frozenset(found)


def _swaying(gate: model.Gate) -> Iterable[str]:
    for opening in openings(gate.until):
        if isinstance(opening, model.UntilNot):
            yield from (until.happening.event for until in untils(opening.part))
        elif isinstance(opening, model.Until):
            if opening.last:
                yield opening.happening.event
            if opening.for_each:
                yield opening.for_each.event
