"""What an act may say (取值): of all data the few that a question tells apart.

Texts are the words that a condition compares with, and one other; numbers, sums and dates one for each interval that
the policy's own comparisons draw. Of data that everything in the cone answers alike one is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.domains import OTHER, Domains
from shouwen.engine.prove.parts import trigger_of, untils
from shouwen.engine.prove.sameness import Told, hashable, picked, read_as
from shouwen.policy import conditions as cel
from shouwen.policy import model
from shouwen.policy.asked import asked

MOST = 20_000
"""Of more combinations than these of one event, each field is varied by itself."""
FEW = "1"
_COMPARISONS = frozenset(
    ("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "startsWith", "endsWith", "contains", cel.SUBSET)
)
_NEVER = datetime.max.replace(tzinfo=UTC)
_FIRST, _LAST = "0001-01-01", "9999-12-31"


class Choices:
    """The data that the events of a cone may carry."""

    def __init__(self, cone: Cone, kept: dict[Any, list[dict[str, Any]]] | None = None) -> None:
        """`kept`: what was worked out for other cones of the same policy."""
        self.cone = cone
        self._kept = {} if kept is None else kept
        self.program = cone.program
        self.policy = cone.program.policy
        self.domains = Domains(cone.program, cone.all_conditions())
        self.cut = False
        """Whether not every combination of some event's data was taken."""
        self._fits: dict[str, list[model.Happening]] = defaultdict(list)
        self._fields: dict[str, dict[str, None]] = defaultdict(dict)
        self._raw: dict[str, dict[str, None]] = defaultdict(dict)
        """Fields whose values are told apart as such: instances, what is needed, rows, sources."""
        self._needs: dict[tuple[str, str], list[model.Need]] = defaultdict(list)
        self._instances: dict[str, dict[str, None]] = defaultdict(dict)
        """Of these fields those by which the past is looked at."""
        self._sourced: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """Names that an event sets, and from which field."""
        self._told: dict[str, Told] = {}
        self._several: set[tuple[str, str]] = set()
        """Keys of which every instance counts, so that two are walked."""
        self._learn()

    # --- what is looked at --------------------------------------------------------------

    def _learn(self) -> None:
        for happening in dict.fromkeys(self.cone.happenings()):
            own = self.policy.events[happening.event].fields
            read = {name for condition in happening.conditions for name in condition.names}
            self._fields[happening.event].update(dict.fromkeys(sorted(read & own.keys())))
            outer = bool(read & self.program.initial.keys() - own.keys())
            for key in sorted(read & own.keys()) if outer else ():
                self._key(happening.event, key)
            if not happening.unconditional:
                self._fits[happening.event].append(happening)
        for name, place in self.cone.sources():
            if place.key in self.policy.events[place.event].fields:
                self._fields[place.event][place.key] = None
                self._sourced[place.event].append((name, place.key))
        for gate in self.cone.gates.values():
            self._learn_gate(gate)
        for rule in self.cone.rules:
            if isinstance(rule, (model.Duty, model.Proposal)):
                self._learn_timed(rule)

    def _key(self, event: str, key: str | None) -> None:
        if key is not None and key in self.policy.events[event].fields:
            self._fields[event][key] = None
            self._raw[event][key] = None
            self._instances[event][key] = None

    def _learn_gate(self, gate: model.Gate) -> None:
        for shut in gate.shuts:
            self._key(shut.event, gate.per)
        for until in untils(gate.until):
            event = until.happening.event
            self._key(event, until.same or gate.per)
            if until.need:
                self._key(event, until.need.of)
                self._needs[event, until.need.of].append(until.need)
            if until.for_each:
                made = until.for_each
                self._key(made.event, made.key)
                self._key(event, until.same or made.key)
                self._several |= {(made.event, made.key), (event, until.same or made.key)}

    def _learn_timed(self, rule: model.Duty | model.Proposal) -> None:
        for happening in self.cone.own:
            self._key(happening.event, rule.per)
        trigger = trigger_of(rule)
        if isinstance(trigger, model.Every) and trigger.on:
            self._key(trigger.since.event, trigger.on)
        if not isinstance(rule, model.Duty):
            return
        for place in (rule.due, rule.agreed, *(rule.trigger.of if isinstance(rule.trigger, model.Ahead) else ())):
            if isinstance(place, model.FieldDue):
                self._key(place.event, place.key)
        if isinstance(rule.within, model.ListLimit):
            self._key(rule.within.event, rule.within.key)
        for happening in rule.act.happenings:
            self._key(happening.event, rule.act.same)
            if rule.need:
                self._key(happening.event, rule.need.of)
                self._needs[happening.event, rule.need.of].append(rule.need)

    # --- values -------------------------------------------------------------------------

    def _field(self, event: str, key: str, start: datetime) -> list[Any]:
        field = self.policy.events[event].fields[key]
        sources = [name for name, place in self.cone.sources() if (place.event, place.key) == (event, key)]
        among = list(field.values) or [value for name in sources for value in self._values_of(name)]
        found: dict[Any, None] = {}
        for need in self._needs.get((event, key), ()):
            found.update(dict.fromkeys([*need.all, *(str(number) for number in range(1, need.count + 1))]))
        for name in dict.fromkeys([key, *sources]):
            found.update(dict.fromkeys(map(hashable, self.domains.values(name, field.type, among))))
        found.update(dict.fromkeys(self._rows(event, key)))
        if (event, key) in self._several:
            found.update(dict.fromkeys((FEW, "2")))
        if field.type in ("instant", "date") and not found:
            at = start + timedelta(days=60)
            found[at.date().isoformat() if field.type == "date" else at.isoformat()] = None
        values = [list(value) if isinstance(value, tuple) else value for value in found] or [self._any(field)]
        if field.many and len(values) > 1:
            values = [[value] for value in values] + [list(values)]
        return values

    def _values_of(self, name: str) -> Sequence[str]:
        return (self.policy.axes.get(name) or self.policy.facts[name]).values

    def _rows(self, event: str, key: str) -> Iterator[str]:
        """Of a list of limits one row for each set of attributes that a rule picks, and what is in none."""
        for rule in self.cone.rules:
            limit = rule.within if isinstance(rule, model.Duty) else None
            if isinstance(limit, model.ListLimit) and (limit.event, limit.key) == (event, key):
                yield from list(fitting_rows(self.policy, limit))[:1]
                yield OTHER

    def _any(self, field: model.Field) -> Any:
        plain: Mapping[str, Any] = {"number": 1, "money": "1.00", "bool": True}
        value = plain.get(field.type, FEW)
        return [value] if field.many else value

    # --- data ---------------------------------------------------------------------------

    def data(self, event: str, start: datetime) -> list[dict[str, Any]]:
        """The data that such an event may carry, one for each way in which the cone may answer it."""
        if event == "opened":
            return self._facts()
        keys = list(self._fields.get(event, ()))
        options = [self._field(event, key, start) for key in keys]
        asks = (self._fits.get(event), self._raw.get(event), self._sourced.get(event))
        same = (event, str(keys), str(options), str(asks), str(sorted(self.cone.gates)), str(self.cone.conditions))
        if same not in self._kept:
            self._kept[same] = self._told_apart(event, keys, options)
        return self._kept[same]

    def _told_apart(self, event: str, keys: list[str], options: list[list[Any]]) -> list[dict[str, Any]]:
        found: dict[Any, dict[str, Any]] = {}
        for row in self._combined(event, keys, options):
            data = dict(zip(keys, row, strict=True))
            found.setdefault(self._signature(event, data), data)
        return list(found.values()) or [{}]

    def _facts(self) -> list[dict[str, Any]]:
        """What is copied when a subject opens: facts that no event of its own journal sets."""
        policy = self.policy
        facts = [policy.facts[name] for name in self.cone.names if name in policy.facts]
        copied = [fact for fact in facts if not fact.sources and not fact.count]
        options = [[None, *self.domains.values(one.name, one.type, one.values)] for one in copied]
        rows = product(*options)
        return [
            {"facts": {fact.name: value for fact, value in zip(copied, row, strict=True) if value is not None}}
            for row in rows
        ]

    def _combined(self, event: str, keys: list[str], options: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
        """All combinations; of many each field by itself, and what each rule asks outright."""
        many = 1
        for one in options:
            many *= max(1, len(one))
        if many <= MOST:
            yield from product(*options)
            return
        self.cut = True
        base = tuple(one[0] for one in options)
        bases = [base, *self._asked(event, keys, base)]
        yield from bases
        for start in bases:
            for place, one in enumerate(options):
                for value in one:
                    yield (*start[:place], value, *start[place + 1 :])

    def _asked(self, event: str, keys: list[str], base: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        for happening in self.cone.happenings():
            said = asked(happening) if happening.event == event else {}
            if said.keys() & set(keys):
                yield tuple(said.get(key, value) for key, value in zip(keys, base, strict=True))

    def _signature(self, event: str, data: dict[str, Any]) -> Any:
        return self._answers(event, data, ""), picked(data, self._raw.get(event, ())), self._sets(event, data)

    def _sets(self, event: str, data: Mapping[str, Any]) -> Any:
        """What an event makes of categories and facts: the values; of those that it alone sets, and all at once, only
        what gates and conditions make of them."""
        values = {name: read_as(self.policy, name, data.get(key)) for name, key in self._sourced.get(event, ())}
        if event not in self._told:
            self._told[event] = Told(self.cone, frozenset(name for name in values if self.alone(event, name)))
        return self._told[event].said(values)

    def alone(self, event: str, name: str) -> bool:
        """Whether it is this event alone that sets the name, whatever it was."""
        source = self.policy.axes.get(name) or self.policy.facts[name]
        last = not isinstance(source, model.Fact) or (source.fold == "last" and not source.count)
        return last and bool(source.sources) and all(place.event == event for place in source.sources)

    def look(self, event: str, data: Mapping[str, Any], post: str) -> Any:
        """All by which such an event may be told from another once it is past."""
        return event, self._answers(event, data, post), picked(data, self._instances.get(event, ()))

    def _answers(self, event: str, data: Mapping[str, Any], post: str) -> tuple[bool | None, ...]:
        entry = Entry("", "", self.cone.kind, event, _NEVER, _NEVER, 0, "", post, "", data)
        answers = []
        for happening in self._fits.get(event, ()):
            fits = self.program.fits_of(happening)
            answers.append(fits is None or fits(entry, self.program.initial))
        return tuple(answers)


def fitting_rows(policy: model.Policy, limit: model.ListLimit) -> Iterator[str]:
    """The items of a list that a rule's limit may be read from."""
    wanted = (limit.rows or {}).items()
    for row in policy.all_of(model.ListRow):
        if row.list == limit.list and not limit.missing and wanted <= row.attributes.items():
            yield row.item
