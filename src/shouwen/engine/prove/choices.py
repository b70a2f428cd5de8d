"""What an act may say (取值): of all data the few that a question tells apart.

Texts are the words that a condition compares with, and one other; numbers, sums and dates one for each interval that the
policy's own comparisons draw. Of data that everything in the cone answers alike one is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, reader
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.parts import live_rows, openings, untils
from shouwen.policy import conditions as cel
from shouwen.policy import model
from shouwen.policy.asked import asked

OTHER = "（别的）"
MOST = 20_000
"""Of more combinations than these of one event, each field is varied by itself."""
FEW = "1"
_COMPARISONS = frozenset(
    ("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "startsWith", "endsWith", "contains", cel.SUBSET)
)
_NEVER = datetime.max
_FIRST, _LAST = "0001-01-01", "9999-12-31"


class Domains:
    """The values of categories and facts that some conditions tell apart."""

    def __init__(self, program: Program, conditions: Iterable[cel.Condition]) -> None:
        self.program = program
        self.policy = program.policy
        self._said: dict[str, dict[Any, None]] = defaultdict(dict)
        for condition in conditions:
            for name, value in _compared(condition.tree):
                self._said[name][value] = None

    def values(self, name: str, type_: str, among: Iterable[str] = ()) -> list[Any]:
        """Values of a name that comparisons tell apart, as an entry says them."""
        said = list(self._said.get(name, ()))
        if type_ == "bool":
            return [True, False]
        if type_ in ("number", "money"):
            return [_number(value, type_) for value in _intervals(said)]
        texts = [value for value in said if isinstance(value, str)]
        if type_ in ("date", "instant"):
            return [_FIRST, *texts, _LAST] if texts else []
        if among:
            return list(among)
        return [*texts, OTHER] if texts else []

    def possible(self, name: str) -> list[Any]:
        """What a category or fact may be once it is known."""
        axis = self.policy.axes.get(name)
        if axis is not None:
            return [True, False] if axis.type == "bool" else list(axis.values)
        fact = self.policy.facts[name]
        if fact.type == "list":
            single = [(value,) for value in self.values(name, "text", fact.values)]
            return [*single, tuple(value for (value,) in single)] if len(single) > 1 else single
        type_ = "number" if fact.count else fact.type
        read = reader(type_)
        values = [read(value) for value in self.values(name, type_, fact.values)]
        first = self.program.initial[name]
        return list(dict.fromkeys([*values, *([first] if first is not None else [])]))

    def interval(self, name: str, value: Any) -> Any:
        """Numbers between which no comparison of this name draws a line, as one."""
        if not isinstance(value, Decimal):
            return value
        marks = sorted({Decimal(one) for one in self._said.get(name, ()) if isinstance(one, (int, Decimal))})
        return bisect_left(marks, value) + bisect_right(marks, value)

    def most(self, name: str) -> Decimal:
        """One more than the largest number that the name is compared with: from there on all is alike."""
        marks = [value for value in self._said.get(name, ()) if isinstance(value, (int, Decimal))]
        return max(map(Decimal, marks), default=Decimal(0)) + 1


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
            found.update(dict.fromkeys(map(_hashable, self.domains.values(name, field.type, among))))
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
        return self._answers(event, data, ""), _picked(data, self._raw.get(event, ())), self._sets(event, data)

    def _sets(self, event: str, data: Mapping[str, Any]) -> Any:
        """What an event makes of categories and facts: the values; of those that it alone sets, and all at once, only
        what gates and conditions make of them."""
        values = {name: _read(self.policy, name, data.get(key)) for name, key in self._sourced.get(event, ())}
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
        return event, self._answers(event, data, post), _picked(data, self._instances.get(event, ()))

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


def _compared(tree: cel.Tree) -> Iterator[tuple[str, Any]]:
    """(name, value that it is compared with); of sums every name with every number."""
    if not isinstance(tree, cel.Call):
        return
    if tree.op in _COMPARISONS:
        names = [name for arg in tree.args for name in _names(arg)]
        said = list(_literals(tree)) or ([1, 2] if len(set(names)) > 1 else [])
        yield from ((name, value) for value in said for name in names)
    for arg in tree.args:
        yield from _compared(arg)


def _names(tree: cel.Tree) -> Iterator[str]:
    if isinstance(tree, cel.Name):
        yield tree.name
    elif isinstance(tree, cel.Call):
        for arg in tree.args:
            yield from _names(arg)
    elif isinstance(tree, cel.ListOf):
        for item in tree.items:
            yield from _names(item)


def _literals(tree: cel.Tree) -> Iterator[Any]:
    if isinstance(tree, cel.Literal):
        yield tree.value
    elif isinstance(tree, cel.ListOf):
        for item in tree.items:
            yield from _literals(item)
    elif isinstance(tree, cel.Call):
        for arg in tree.args:
            yield from _literals(arg)


def _intervals(said: Iterable[Any]) -> list[Decimal]:
    """Each number that is compared with, and one below, between and above."""
    marks = sorted({Decimal(value) for value in said if isinstance(value, (int, Decimal)) and value is not True})
    if not marks:
        return [Decimal(1)]
    between = [(low + high) / 2 for low, high in zip(marks, marks[1:], strict=False)]
    return sorted({marks[0] - 1, *marks, *between, marks[-1] + 1} - ({marks[0] - 1} if marks[0] == 0 else set()))


def _number(value: Decimal, type_: str) -> Any:
    return f"{value:.2f}" if type_ == "money" else int(value) if value == int(value) else float(value)


def _read(policy: model.Policy, name: str, value: Any) -> Any:
    source = policy.axes.get(name) or policy.facts[name]
    return reader(source.type)(value)


class Told:
    """All that a cone can make of the values of some names, which are always set together."""

    def __init__(self, cone: Cone, names: frozenset[str]) -> None:
        self._tables = _tables_of(cone, names)
        self._rows = {table.axis: live_rows(cone.program, table) for table in self._tables}
        self._names = names | {table.axis for table in self._tables}
        self._gates = [gate for gate in cone.gates.values() if self._alone(gate)]
        others = [condition for condition in _conditions(cone, self._gates, self._tables)]
        self._parts, mixed = parts_over(others, self._names)
        seen = {name for table in self._tables if table.axis in mixed for row in table.rows for name in row.when.names}
        self._raw = names & (mixed | seen)

    def _alone(self, gate: model.Gate) -> bool:
        parts = list(openings(gate.until))
        facts = [one.condition for one in parts if isinstance(one, model.UntilFact)]
        whole = not any(isinstance(one, model.Until) for one in parts) and not any(one.conditions for one in gate.shuts)
        conditions = [*facts, *([gate.when] if gate.when else [])]
        return whole and all(condition.names <= self._names for condition in conditions)

    def said(self, values: Mapping[str, Any]) -> Any:
        """What tells these values from others."""
        whole = dict(values)
        for table in self._tables:
            answers = [(row.when.evaluate(whole), row.value) for row in self._rows[table.axis]]
            whole[table.axis] = next((value for answer, value in answers if answer is not False), table.otherwise)
        gates = tuple(self._open(gate, whole) for gate in self._gates)
        parts = tuple(part.evaluate(whole) for part in self._parts)
        left = tuple(_hashable(value) for name, value in values.items() if name in self._raw or name not in self._names)
        return gates, parts, left

    @staticmethod
    def _open(gate: model.Gate, values: Mapping[str, Any]) -> bool:
        return (gate.when is not None and gate.when.evaluate(values) is False) or _true(gate.until, values)


def _true(opening: model.Opening, values: Mapping[str, Any]) -> bool:
    if isinstance(opening, model.UntilFact):
        return opening.condition.evaluate(values) is True
    if isinstance(opening, model.UntilNot):
        part = opening.part
        fact = isinstance(part, model.UntilFact)
        return part.condition.evaluate(values) is False if fact else not _true(part, values)  # type: ignore[union-attr]
    assert isinstance(opening, (model.UntilAll, model.UntilAny))
    answers = [_true(part, values) for part in opening.parts]
    return all(answers) if isinstance(opening, model.UntilAll) else any(answers)


def _tables_of(cone: Cone, names: frozenset[str]) -> list[model.Table]:
    """Tables that these names decide alone, each after those that it reads."""
    found: list[model.Table] = []
    known = set(names)
    left = [table for table in cone.tables() if not table.latch and table.when is None]
    while True:
        more = [one for one in left if one not in found and all(row.when.names <= known for row in one.rows)]
        if not more:
            return found
        found += more
        known |= {table.axis for table in more}


def _conditions(cone: Cone, gates: Iterable[model.Gate], tables: Iterable[model.Table]) -> Iterator[cel.Condition]:
    """Conditions of the cone that stand anywhere else than in these gates and tables."""
    yield from cone.asked_conditions()
    for gate in cone.gates.values():
        if not any(gate is one for one in gates):
            yield from cone.gate_conditions(gate)
    for table in cone.tables():
        if not any(table is one for one in tables):
            yield from (row.when for row in table.rows)
            yield from [table.when] if table.when else []


def parts_over(
    conditions: Iterable[cel.Condition], names: frozenset[str]
) -> tuple[list[cel.Condition], frozenset[str]]:
    """The largest parts of conditions that these names alone decide, and the names that a part mixes with others."""
    parts: dict[cel.Tree, None] = {}
    mixed: set[str] = set()

    def walk(tree: cel.Tree) -> None:
        own = set(_names(tree))
        if own and own <= names:
            parts[tree] = None
        elif isinstance(tree, cel.Call) and tree.op in ("_&&_", "_||_", "!_"):
            for arg in tree.args:
                walk(arg)
        else:
            mixed.update(own & names)

    for condition in conditions:
        walk(condition.tree)
    return [cel.Condition("", tree) for tree in parts], frozenset(mixed)


def _picked(data: Mapping[str, Any], keys: Iterable[str]) -> tuple[Any, ...]:
    return tuple(_hashable(data.get(key)) for key in keys)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
