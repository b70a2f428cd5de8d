"""A policy made ready to run: rules indexed by the event that can fire them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import product
from operator import itemgetter
from typing import Any

from shouwen.calendars import Calendar, CalendarError, Limit, Period, Roll, before
from shouwen.engine.entry import Entry
from shouwen.policy import model
from shouwen.policy.conditions import Condition

Values = dict[str, Any]
Fits = Callable[[Entry, Values], bool | None]

_INSTANT = timedelta(microseconds=1)


def exact(value: Any) -> Any:
    """A sum or number as Decimal; what is not a finite number is unknown (None)."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(slots=True)
class Update:
    """One fold of an event's key into a fact or axis."""

    name: str
    key: str
    fold: str
    read: Callable[[Any], Any]
    values: tuple[str, ...]


@dataclass(slots=True)
class Count:
    name: str
    fits: Fits | None


class Timed:
    """A rule with a trigger, ready to run: a duty or a proposal."""

    __slots__ = ("again", "day_rules", "every", "index", "limit", "names", "parts", "per", "rule", "timer", "watched")

    def __init__(self, index: int, rule: model.Duty | model.Proposal, policy: model.Policy) -> None:
        trigger = rule.trigger if isinstance(rule, model.Duty) else rule.on
        self.index = index
        self.rule = rule
        self.per = rule.per
        self.again = rule.again if isinstance(rule, model.Duty) else "add"
        self.names = rule.when.names if rule.when else frozenset()
        self.timer = trigger if isinstance(trigger, (model.Passed, model.Ahead)) else None
        self.every = trigger if isinstance(trigger, model.Every) else None
        self.parts = len(trigger.parts) if isinstance(trigger, model.AllOf) else 0
        self.watched = tuple(_watched(trigger))
        self.limit: Limit | None = None
        self.day_rules = policy.day_rules
        if isinstance(rule, model.Duty):
            within = rule.within.limit if isinstance(rule.within, model.WordLimit) else rule.within
            self.limit = within if isinstance(within, Limit) else None
            if rule.roll:
                self.day_rules = replace(policy.day_rules, roll=Roll(rule.roll))


@dataclass(slots=True)
class Watch:
    """One event that a rule waits for. `part` numbers the parts of an all-of; `since` and `unless` serve timers."""

    timed: Timed
    fits: Fits | None
    part: int = 0
    role: str = "trigger"


@dataclass(slots=True)
class Keeper:
    timed: Timed
    fits: Fits | None
    same: str | None


@dataclass(slots=True)
class GateRule:
    gate: model.Gate
    fits: Fits | None


def _watched(trigger: model.Trigger, part: int = 0) -> Iterable[tuple[model.Happening, int, str]]:
    if isinstance(trigger, model.Happening):
        yield trigger, part, "trigger"
    elif isinstance(trigger, model.AnyOf):
        for one in trigger.parts:
            yield from _watched(one, part)
    elif isinstance(trigger, model.AllOf):
        for number, one in enumerate(trigger.parts):
            yield from _watched(one, number)
    else:
        yield from _watched_in_time(trigger)


def _watched_in_time(trigger: model.Passed | model.Every | model.Ahead) -> Iterable[tuple[model.Happening, int, str]]:
    if isinstance(trigger, model.Ahead):
        yield from ((model.Happening(place.event), 0, "since") for place in trigger.of)
        return
    yield trigger.since, 0, "since"
    for end in trigger.unless if isinstance(trigger, model.Passed) else trigger.until:
        yield end, 0, "unless"


OWN = frozenset({"overdue", "proposed", "breached"})
"""What the house writes of what it has noticed; nobody's act."""


class Program:
    """A policy under one calendar, indexed. Immutable once made; one serves any number of journals."""

    def __init__(self, policy: model.Policy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self.initial: Values = dict.fromkeys(policy.axes)
        self.initial |= {name: _first_value(fact) for name, fact in policy.facts.items()}
        self.updates: dict[str, list[Update]] = {}
        self.counts: dict[str, list[Count]] = {}
        self.watches: dict[str, list[Watch]] = {}
        self.keepers: dict[str, list[Keeper]] = {}
        self.gates: dict[str, list[GateRule]] = {}
        matters = [kind.name for kind in policy.kinds.values() if kind.matter]
        self.default_kind = matters[0] if matters else next(iter(policy.kinds), "")
        self.matter_kinds = frozenset(matters)
        self.tables = policy.all_of(model.Table)
        self.rows = self._rows()
        self.kept_attributes: set[tuple[str, str]] = set()
        self._spelling = {other: role.name for role in policy.roles.values() for other in role.also}
        self._may = self._powers()
        self._fits_of: dict[model.Happening, Fits | None] = {}
        self._holds: dict[int, tuple[Condition, Callable[[Values], Any], dict[Any, bool]]] = {}
        self._concern: dict[str, bool] = {}
        self._watching: dict[tuple[str, str], tuple[Watch, ...]] = {}
        self._index_values()
        self._index_rules()
        self._require = self._required()

    # --- making ---------------------------------------------------------

    def _index_values(self) -> None:
        sources: list[model.Axis | model.Fact] = [*self.policy.axes.values(), *self.policy.facts.values()]
        for source in sources:
            fact = source if isinstance(source, model.Fact) else None
            for place in source.sources:
                fold = fact.fold if fact else "last"
                update = Update(source.name, place.key, fold, reader(source.type), () if fact else source.values)
                self.updates.setdefault(place.event, []).append(update)
            if fact and fact.count:
                fits = self._fits(fact.count)
                self.counts.setdefault(fact.count.event, []).append(Count(fact.name, fits))

    def _index_rules(self) -> None:
        rules = [rule for rule in self.policy.rules if isinstance(rule, (model.Duty, model.Proposal))]
        self.following = {gate.id: gate for gate in self.policy.all_of(model.Gate) if gate.follow is not None}
        rules += [_to_follow(gate, self._may[next(iter(self.kinds_of(gate)))]) for gate in self.following.values()]
        self.timed = tuple(Timed(index, rule, self.policy) for index, rule in enumerate(rules))
        for timed in self.timed:
            for happening, part, role in timed.watched:
                watch = Watch(timed, self._fits(happening), part, role)
                self.watches.setdefault(happening.event, []).append(watch)
            if isinstance(timed.rule, model.Duty):
                for happening in timed.rule.act.happenings:
                    keeper = Keeper(timed, self._fits(happening), timed.rule.act.same or timed.per)
                    self.keepers.setdefault(happening.event, []).append(keeper)
                for place in (timed.rule.within, timed.rule.due, timed.rule.agreed):
                    if isinstance(place, (model.ListLimit, model.FieldDue)):
                        self.kept_attributes.add((place.event, place.key))
        for gate in self.policy.all_of(model.Gate):
            for happening in gate.shuts:
                self.gates.setdefault(happening.event, []).append(GateRule(gate, self._fits(happening)))
        self.looked_back = self._needed_events() | {event for event, _ in self.kept_attributes}

    def _needed_events(self) -> frozenset[str]:
        """Events that gates look back for."""
        found: set[str] = set()

        def walk(opening: model.Opening) -> None:
            if isinstance(opening, model.Until):
                found.add(opening.happening.event)
                if opening.for_each:
                    found.add(opening.for_each.event)
            elif isinstance(opening, (model.UntilAny, model.UntilAll)):
                for part in opening.parts:
                    walk(part)
            elif isinstance(opening, model.UntilNot):
                walk(opening.part)

        for gate in self.policy.all_of(model.Gate):
            walk(gate.until)
        return frozenset(found)

    def _rows(self) -> dict[tuple[str, str], model.ListRow]:
        return {(row.list, row.item): row for row in self.policy.all_of(model.ListRow)}

    def _powers(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Roles by kind of subject and event."""
        found: dict[str, dict[str, dict[str, None]]] = {}
        for power in self.policy.all_of(model.Power):
            for event in power.may:
                self._give(found, power, event, power.who)
        for duty in self.policy.all_of(model.Duty):
            for happening in duty.act.happenings:
                for role in duty.by or (duty.who,):
                    self._give(found, duty, happening.event, role)
        return {kind: {event: tuple(roles) for event, roles in events.items()} for kind, events in found.items()}

    def _give(self, found: dict[str, dict[str, dict[str, None]]], rule: model.Rule, event: str, role: str) -> None:
        for kind in self.kinds_of(rule):
            found.setdefault(kind, {}).setdefault(event, {})[role] = None

    def kinds_of(self, rule: model.Rule) -> Iterable[str]:
        """The kinds of subject that a rule holds for."""
        return rule.kinds or self.matter_kinds

    def _required(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], dict[str, None]] = {}
        for rule in self.policy.all_of(model.RecordRule):
            for kind in self.kinds_of(rule):
                found.setdefault((kind, rule.event), {}).update(dict.fromkeys(rule.require))
        return {key: tuple(names) for key, names in found.items()}

    def _fits(self, happening: model.Happening) -> Fits | None:
        where, excluding = happening.where, happening.excluding
        fields = self.policy.events[happening.event].fields
        names = frozenset[str]().union(*(condition.names for condition in happening.conditions))
        negating = tuple(key for key, field in fields.items() if field.negates and key not in names)
        if happening.unconditional:
            return _came_about(negating) if negating else None
        own = [(name, self._reader(fields[name])) for name in names if name in fields]
        outer = [name for name in names if name not in fields and name != model.POST]
        post = model.POST in names and model.POST not in fields

        def fits(entry: Entry, values: Values) -> bool | None:
            if negating and any(entry.data.get(key) is True for key in negating):
                return False
            env = {name: read(entry.data.get(name)) for name, read in own}
            if post:
                env[model.POST] = self.role(entry.post) or None
            for name in outer:
                env[name] = values.get(name)
            if excluding is not None and excluding.evaluate(env) is True:
                return False
            return True if where is None else where.evaluate(env)

        return fits

    def _reader(self, field: model.Field) -> Callable[[Any], Any]:
        """How a condition reads a key: by its declared type, and what is of another type is unknown.

        Numbers are exact, parties go under the role's own name, one of several is a list; an empty list says nothing.
        """
        if field.many or field.type == "list":
            return lambda value: None if value is None else [self.role(one) for one in _several(value)] or None
        if field.type in ("money", "number"):
            return exact
        if field.type == "bool":
            return lambda value: value if isinstance(value, bool) else None
        return lambda value: self.role(value) if isinstance(value, str) else None

    # --- asking ---------------------------------------------------------

    def concerns_duties(self, event: str) -> bool:
        """Whether such an entry can open, keep or change a duty, or open a gate. The house's own ``overdue`` and
        ``proposed`` as a rule cannot: what is owed stays what it was."""
        if event not in OWN:
            return True
        known = self._concern.get(event)
        if known is None:
            known = self._concern[event] = self._concerns_duties(event)
        return known

    def _concerns_duties(self, event: str) -> bool:
        opens = any(isinstance(watch.timed.rule, model.Duty) for watch in self.watches.get(event, ()))
        moves = event in self.keepers or event in self.updates or event in self.counts or event in self.looked_back
        return opens or moves

    def watching(self, event: str, kind: str) -> tuple[Watch, ...]:
        """What the rules for this kind of subject wait for when such an event comes."""
        found = self._watching.get((event, kind))
        if found is None:
            found = tuple(one for one in self.watches.get(event, ()) if kind in self.kinds_of(one.timed.rule))
            self._watching[event, kind] = found
        return found

    def may(self, event: str, kind: str = "") -> tuple[str, ...] | None:
        """Roles that may do this act on a subject of this kind; None where no clause names anybody."""
        return self._may.get(kind or self.default_kind, {}).get(event)

    def require(self, event: str, kind: str = "") -> tuple[str, ...]:
        """Fields without which such an event on a subject of this kind is refused."""
        return self._require.get((kind or self.default_kind, event), ())

    def may_own(self, event: str, role: str, kind: str = "") -> bool:
        """Whether a clause gives the role this act also upon duties that it owes itself."""
        return any(
            power.own
            and power.who == role
            and event in power.may
            and (kind or self.default_kind) in self.kinds_of(power)
            for power in self.policy.all_of(model.Power)
        )

    def role(self, post: Any) -> Any:
        """The role (or each of a list) under its own name, where the text spells it in several ways."""
        if isinstance(post, str):
            return self._spelling.get(post, post)
        return [self.role(one) for one in post] if isinstance(post, (list, tuple)) else post

    def powers(self, kind: str = "") -> Mapping[str, tuple[str, ...]]:
        """Acts on a subject of this kind that some clause gives to somebody, with the roles that may do them."""
        return self._may.get(kind or self.default_kind, {})

    def fits_of(self, happening: model.Happening) -> Fits | None:
        if happening not in self._fits_of:
            self._fits_of[happening] = self._fits(happening)
        return self._fits_of[happening]

    def ahead(self, limit: Limit, end: datetime) -> datetime:
        """The instant that lies `limit` before `end`: of hours exactly, else at the beginning of that day."""
        if limit.elapsed is not None:
            return end - limit.elapsed
        last_day = (end - _INSTANT).astimezone(self.calendar.tz).date()
        return self.calendar.instant(before(limit, last_day, self.calendar), time(0))

    def so_long_before(self, limit: Limit, end: datetime) -> datetime:
        """Until when that is due which is due `limit` before `end`: of days to the end of that day (Meaning 4)."""
        if limit.elapsed is not None:
            return end - limit.elapsed
        last_day = (end - _INSTANT).astimezone(self.calendar.tz).date()
        return self.calendar.end_of(before(limit, last_day, self.calendar).toordinal())

    def period_start(self, period: str) -> date | None:
        """The first day of a period such as "2026-03"; None for what is no period."""
        try:
            return Period.parse(period).first
        except CalendarError:
            return None

    def holds(self, condition: Condition, values: Values) -> bool:
        """Whether a duty's condition holds: an unknown axis counts as presumed (Meaning 5).

        Without a presumption the strictest counts: it holds if any value of the axis would make it
        surely true. What is unknown about a fact is never true.
        """
        known = self._holds.get(id(condition))  # what it says is much to go through
        if known is None:
            names = tuple(sorted(condition.names))
            known = self._holds[id(condition)] = (condition, itemgetter(*names) if names else _nothing, {})
        _kept, read, answers = known
        key = read(values)
        answer = answers.get(key)
        if answer is None:
            if len(answers) > 10_000:  # sums and texts make endless keys
                answers.clear()
            answer = answers[key] = self._hold(condition, tuple(condition.names), values)
        return answer

    def _hold(self, condition: Condition, names: tuple[str, ...], values: Values) -> bool:
        env = {name: values.get(name) for name in names}
        strict: list[tuple[str, tuple[Any, ...]]] = []
        for name in names:
            axis = self.policy.axes.get(name)
            if axis and env[name] is None:
                if axis.presumed is not None:
                    env[name] = axis.presumed
                else:
                    strict.append((name, (True, False) if axis.type == "bool" else (*axis.values, None)))
        for choice in product(*(options for _, options in strict)):
            env.update(zip((name for name, _ in strict), choice, strict=True))
            if condition.evaluate(env):
                return True
        return False

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.calendar.tz)


def reader(type_: str) -> Callable[[Any], Any]:
    """How an axis or fact of this type reads a value: what is of another type is unknown."""
    if type_ in ("money", "number"):
        return exact
    if type_ == "list":
        return lambda value: tuple(value) if isinstance(value, (list, tuple)) else None
    wanted = bool if type_ == "bool" else str
    return lambda value: value if isinstance(value, wanted) else None


def _came_about(negating: tuple[str, ...]) -> Fits:
    return lambda entry, values: not any(entry.data.get(key) is True for key in negating)


def compile_policy(policy: model.Policy, calendar: Calendar) -> Program:
    """Make `policy` ready to run on the unit's `calendar`."""
    return Program(policy, calendar)


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _nothing(values: Values) -> None:
    """What a condition without names reads."""


def _first_value(fact: model.Fact) -> Any:
    if fact.count:
        return Decimal(0)
    return reader(fact.type)(fact.default)


def _to_follow(gate: model.Gate, may: Mapping[str, tuple[str, ...]]) -> model.Duty:
    """The duty to bring a paper that is allowed to follow its act; the reader sees to it that there is one event."""
    assert isinstance(gate.until, model.Until)
    happening = gate.until.happening
    return model.Duty(
        id=gate.id,
        clause=gate.clause,
        place=gate.place,
        title=gate.title,
        when=gate.when,
        also=gate.also,
        kinds=gate.kinds,
        who=may[happening.event][0],
        act=model.Act((happening,), gate.until.same),
        trigger=model.AnyOf(gate.shuts),
        per=gate.per,
        need=gate.until.need,
        within=gate.follow,
    )
