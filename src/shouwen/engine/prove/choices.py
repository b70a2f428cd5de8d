"""What an act may say (取值): of all data the few that some rule tells apart.

Texts are the words that a condition compares with, and one other; numbers, sums and dates one for each interval that the
policy's own comparisons draw. Of data that every rule answers alike one is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, reader
from shouwen.policy import conditions as cel
from shouwen.policy import model
from shouwen.policy.asked import asked

OTHER = "（别的）"
MOST = 24
"""Of more combinations than these of one event, each field is varied by itself."""
_COMPARISONS = frozenset(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "startsWith", "endsWith", "contains"))


class Choices:
    """The data that the events of one kind of subject may carry."""

    def __init__(self, program: Program, kind: str) -> None:
        self.program = program
        self.kind = kind
        self.policy = program.policy
        self.rules = tuple(rule for rule in self.policy.rules if kind in (rule.kinds or program.matter_kinds))
        self._said: dict[str, dict[str, None]] = defaultdict(dict)
        """Literals that conditions compare a name with."""
        self._fits: dict[str, list[Any]] = defaultdict(list)
        self._fields: dict[str, dict[str, None]] = defaultdict(dict)
        self._conditions: list[cel.Condition] = []
        self._learn()

    # --- what rules look at -----------------------------------------------------------

    def _learn(self) -> None:
        for happening in self.happenings():
            self._fields.setdefault(happening.event, {})
            own = self.policy.events[happening.event].fields
            for condition in happening.conditions:
                self._read(condition)
                self._fields[happening.event].update(dict.fromkeys(name for name in condition.names if name in own))
            if not happening.unconditional:
                self._fits[happening.event].append(self.program.fits_of(happening))
        for rule in self.rules:
            self._keys(rule)
            if rule.when is not None:
                self._read(rule.when)
            if isinstance(rule, model.Table):
                for row in rule.rows:
                    self._read(row.when)
            if isinstance(rule, model.Gate):
                for opening in openings(rule.until):
                    if isinstance(opening, model.UntilFact):
                        self._read(opening.condition)
        for source in (*self.policy.axes.values(), *self.policy.facts.values()):
            for place in source.sources:
                self._fields[place.event][place.key] = None
        self._fields.setdefault("received", {})

    def _keys(self, rule: model.Rule) -> None:
        """Keys of instances, of what is needed, of dates and rows of lists."""
        if isinstance(rule, model.RecordRule):
            self._fields[rule.event].update(dict.fromkeys(rule.require))
        per = getattr(rule, "per", None)
        for happening in _of_rule(rule):
            fields = self.policy.events[happening.event].fields
            if per in fields:
                self._fields[happening.event][per] = None
        if isinstance(rule, model.Duty):
            for place in (rule.due, rule.agreed):
                if isinstance(place, model.FieldDue):
                    self._fields[place.event][place.key] = None
            if isinstance(rule.within, model.ListLimit):
                self._fields[rule.within.event][rule.within.key] = None
            if isinstance(rule.trigger, model.Ahead):
                for place in rule.trigger.of:
                    self._fields[place.event][place.key] = None
            for happening in rule.act.happenings:
                if rule.act.same:
                    self._fields[happening.event][rule.act.same] = None
            if rule.need:
                self._fields[rule.act.event][rule.need.of] = None
        if isinstance(rule, model.Gate):
            for opening in openings(rule.until):
                if isinstance(opening, model.Until):
                    event = self._fields[opening.happening.event]
                    event.update(dict.fromkeys(key for key in (opening.same,) if key))
                    if opening.need:
                        event[opening.need.of] = None
                    if opening.for_each:
                        event[opening.for_each.key] = None
                        self._fields[opening.for_each.event][opening.for_each.key] = None

    def happenings(self) -> Iterator[model.Happening]:
        """Every event that a rule of this kind, an axis or a fact speaks of."""
        for rule in self.rules:
            yield from _of_rule(rule)
        for fact in self.policy.facts.values():
            if fact.count:
                yield fact.count

    @property
    def events(self) -> tuple[str, ...]:
        """The events that somebody may bring about, the first one first."""
        named = dict.fromkeys(["received", *self._fields])
        return tuple(name for name in named if not self.policy.events[name].implied)

    def _read(self, condition: cel.Condition) -> None:
        self._conditions.append(condition)
        for name, value in _compared(condition.tree):
            self._said[name][value] = None

    # --- values -------------------------------------------------------------------------

    def values(self, name: str, type_: str, among: Iterable[str] = ()) -> list[Any]:
        """Values of a name that comparisons tell apart."""
        said = list(self._said.get(name, ()))
        if type_ == "bool":
            return [True, False]
        if type_ in ("number", "money"):
            return [_number(value, type_) for value in _intervals(said)]
        if among:
            return list(among)
        texts = [value for value in said if isinstance(value, str)]
        return [*texts, OTHER] if texts else []

    def _field(self, event: str, key: str, start: datetime) -> list[Any]:
        field = self.policy.events[event].fields[key]
        if field.type in ("instant", "date"):
            at = start + timedelta(days=30)
            return [at.date().isoformat() if field.type == "date" else at.isoformat()]
        wanted = [value for need in self._needs(event, key) for value in need.all]
        counted = max((need.count for need in self._needs(event, key)), default=0)
        sources = [one for one in (*self.policy.axes.values(), *self.policy.facts.values())
                   for place in one.sources if (place.event, place.key) == (event, key)]  # fmt: skip
        among = list(field.values) or [value for one in sources for value in one.values]
        found = dict.fromkeys(wanted)
        names = dict.fromkeys([key, *(one.name for one in sources)])
        for name in names:
            found.update(dict.fromkeys(map(_hashable, self.values(name, field.type, among))))
        if counted:
            found.update(dict.fromkeys(f"{number}" for number in range(1, counted + 1)))
        if self._is_list(event, key):
            rows = [row.item for row in self.policy.all_of(model.ListRow)]
            found.update(dict.fromkeys([*rows[:1], OTHER]))
        if field.type == "party" and not found:
            found.update(dict.fromkeys(role.name for role in self.policy.roles.values()))
        values = [list(value) if isinstance(value, tuple) else value for value in found] or [self._any(field)]
        if field.many and len(values) > 1:
            values = [[value] for value in values] + [list(values)]
        return values

    def _any(self, field: model.Field) -> Any:
        plain: Mapping[str, Any] = {"number": 1, "money": "1.00", "bool": True}
        value = plain.get(field.type, "1")
        return [value] if field.many else value

    def _needs(self, event: str, key: str) -> list[model.Need]:
        found = []
        for rule in self.rules:
            if isinstance(rule, model.Duty) and rule.need and rule.act.event == event and rule.need.of == key:
                found.append(rule.need)
            if isinstance(rule, model.Gate):
                found += [
                    one.need
                    for one in openings(rule.until)
                    if isinstance(one, model.Until) and one.need and one.happening.event == event and one.need.of == key
                ]
        return found

    def _is_list(self, event: str, key: str) -> bool:
        limits = (rule.within for rule in self.rules if isinstance(rule, model.Duty))
        return any(isinstance(one, model.ListLimit) and (one.event, one.key) == (event, key) for one in limits)

    # --- data ---------------------------------------------------------------------------

    def data(self, event: str, start: datetime) -> list[dict[str, Any]]:
        """The data that such an event may carry, one for each way in which rules may answer it."""
        keys = list(self._fields.get(event, ()))
        options = [self._field(event, key, start) for key in keys]
        found: dict[Any, dict[str, Any]] = {}
        for row in self._rows(event, keys, options):
            data = dict(zip(keys, row, strict=True))
            found.setdefault(self._signature(event, data), data)
        return list(found.values()) or [{}]

    def _rows(self, event: str, keys: list[str], options: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
        """All combinations; of many each field by itself, and what each rule asks outright."""
        many = 1
        for one in options:
            many *= max(1, len(one))
        if many <= MOST:
            yield from product(*options)
            return
        base = tuple(one[0] for one in options)
        bases = [base, *self._asked(event, keys, base)]
        yield from bases
        for start in bases:
            for place, one in enumerate(options):
                for value in one:
                    if start is base or keys[place] in self._kept(event):
                        yield (*start[:place], value, *start[place + 1 :])

    def _asked(self, event: str, keys: list[str], base: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        for happening in self.happenings():
            said = asked(happening) if happening.event == event else {}
            if said.keys() & set(keys):
                yield tuple(said.get(key, value) for key, value in zip(keys, base, strict=True))

    def _signature(self, event: str, data: dict[str, Any]) -> Any:
        entry = Entry("", "", self.kind, event, _NEVER, _NEVER, 0, "", "", "", data)
        answers = tuple(fits(entry, self.program.initial) for fits in self._fits.get(event, ()) if fits)
        said = tuple(
            (update.name, update.key, _hashable(update.read(data.get(update.key))))
            for update in self.program.updates.get(event, ())
        )
        kept = tuple((key, _hashable(data[key])) for key in self._kept(event) if key in data)
        return answers, said, kept

    def _kept(self, event: str) -> set[str]:
        """Keys whose values are told apart as such: instances, what is needed, rows."""
        found = set()
        for rule in self.rules:
            per = getattr(rule, "per", None)
            found |= {per} if per else set()
            if isinstance(rule, model.Duty):
                found |= {rule.need.of} if rule.need else set()
                found |= {rule.within.key} if isinstance(rule.within, model.ListLimit) else set()
            if isinstance(rule, model.Gate):
                found |= {one.need.of for one in openings(rule.until) if isinstance(one, model.Until) and one.need}
        return found

    def assignments(self, names: Iterable[str], most: int) -> Iterator[dict[str, Any]]:
        """What these axes and facts may be, all together; no more than `most`. An unknown axis is None."""
        known = sorted(names)
        options = [self._possible(name) for name in known]
        for row in islice(product(*options), most):
            yield dict(zip(known, row, strict=True))

    def _possible(self, name: str) -> list[Any]:
        axis = self.policy.axes.get(name)
        if axis is not None:
            return [*([True, False] if axis.type == "bool" else axis.values), None]
        fact = self.policy.facts[name]
        read = reader("number" if fact.count else fact.type)
        values = self.values(name, "number" if fact.count else fact.type, fact.values)
        return list(dict.fromkeys([*map(read, values), *([self.program.initial[name]] if not fact.count else [])]))


_NEVER = datetime.max


def openings(opening: model.Opening) -> Iterator[model.Opening]:
    """An opening and all that it is made of."""
    yield opening
    if isinstance(opening, (model.UntilAny, model.UntilAll)):
        for part in opening.parts:
            yield from openings(part)
    elif isinstance(opening, model.UntilNot):
        yield from openings(opening.part)


def triggers(trigger: model.Trigger) -> Iterator[model.Happening]:
    """Every happening that a trigger waits for, and those that spare it."""
    if isinstance(trigger, model.Happening):
        yield trigger
    elif isinstance(trigger, (model.AnyOf, model.AllOf)):
        for part in trigger.parts:
            yield from triggers(part)
    elif isinstance(trigger, model.Ahead):
        yield from (model.Happening(place.event) for place in trigger.of)
    else:
        yield trigger.since
        yield from trigger.unless if isinstance(trigger, model.Passed) else trigger.until


def events_of(rule: model.Rule) -> list[str]:
    """The events that a rule speaks of, each once."""
    return list(dict.fromkeys(one.event for one in _of_rule(rule)))


def _of_rule(rule: model.Rule) -> Iterator[model.Happening]:
    if isinstance(rule, model.Duty):
        yield from triggers(rule.trigger)
        yield from rule.act.happenings
    elif isinstance(rule, model.Proposal):
        yield from triggers(rule.on)
    elif isinstance(rule, model.Gate):
        yield from rule.shuts
        for opening in openings(rule.until):
            if isinstance(opening, model.Until):
                yield opening.happening
                if opening.for_each:
                    yield model.Happening(opening.for_each.event)
    elif isinstance(rule, model.RecordRule):
        yield model.Happening(rule.event)


def _compared(tree: cel.Tree) -> Iterator[tuple[str, Any]]:
    """(name, value that it is compared with); of sums every name with every number."""
    if not isinstance(tree, cel.Call):
        return
    if tree.op in _COMPARISONS:
        names = [name for arg in tree.args for name in _names(arg)]
        yield from ((name, value) for value in _literals(tree) for name in names)
    for arg in tree.args:
        yield from _compared(arg)


def _names(tree: cel.Tree) -> Iterator[str]:
    if isinstance(tree, cel.Name):
        yield tree.name
    elif isinstance(tree, cel.Call):
        for arg in tree.args:
            yield from _names(arg)


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


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
