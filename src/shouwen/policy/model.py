"""What a policy (规章) is once it has been read: clauses with their rules.

Everything here is frozen data. Clause ids are written in full (``jinke/3.2.B.1``),
a rule's id is its clause and a name of its own (``jinke/3.2.B.1:verify``).
The format that these are read from is described in ``docs/policy-language.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

from shouwen.calendars import DateRule, DayRules, Limit
from shouwen.policy.conditions import Condition

R = TypeVar("R", bound="Rule")

POST = "post"
"""Name under which a condition on an entry's data reads the role whose act it was (岗位)."""
FactType = Literal["text", "bool", "number", "money", "date", "instant", "list"]


@dataclass(frozen=True)
class Place:
    """Where something stands: file and line, for messages."""

    file: str
    line: int


@dataclass(frozen=True)
class Demand:
    """One thing that a clause asks (诉求), cited as ``CLAUSE#N``; N counts from 1."""

    clause: str
    number: int

    def __str__(self) -> str:
        return f"{self.clause}#{self.number}"


# --- vocabulary -------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One key of an event's data (字段), from which forms, API bodies and columns are made."""

    name: str
    title: str
    type: str = "text"
    values: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    personal: bool = False
    """Sealed: kept apart from the envelope so that it can be erased."""
    negates: bool = False
    """True in it means that the event did not come about (拒签): the entry keeps and opens nothing."""
    offers: tuple[str, ...] = ()
    """Values that the policy knows (the items of a list of limits); others may be written too."""


@dataclass(frozen=True)
class EventType:
    """A kind of entry (事件类型): an act done through us, or a fact we are told."""

    name: str
    title: str
    act: bool
    fields: Mapping[str, Field] = field(default_factory=dict)
    implied: bool = False
    """Written by the house itself (``overdue``, ``rebased``), never by a form."""


# --- what rules are made of ---------------------------------------------------


@dataclass(frozen=True)
class Happening:
    """An event that fits (情形): its type, and a condition over its data."""

    event: str
    where: Condition | None = None


@dataclass(frozen=True)
class AnyOf:
    """任一。"""

    parts: tuple[Trigger, ...]


@dataclass(frozen=True)
class AllOf:
    """全部：以最后一项发生的时刻为准。"""

    parts: tuple[Trigger, ...]


@dataclass(frozen=True)
class Passed:
    """A timer (届满): fires when the limit since ``since`` has run and none of ``unless`` came before."""

    limit: Limit
    since: Happening
    unless: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class Ahead:
    """A time before a date that an event names (提前): moves when the date moves."""

    limit: Limit
    event: str
    key: str


Trigger = Happening | AnyOf | AllOf | Passed | Ahead


@dataclass(frozen=True)
class Act:
    """What keeps a duty (履行): any one of these happenings, for the duty's own instance."""

    happenings: tuple[Happening, ...]
    same: str | None = None
    """Key of the act's data that must equal the instance; default: the key that ``per`` names."""

    @property
    def event(self) -> str:
        return self.happenings[0].event


@dataclass(frozen=True)
class Need:
    """How many different ones it takes (须齐): all of the named values, or a count of different ones."""

    of: str
    all: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class ListLimit:
    """A limit from a row of a list (时限表); the row's clause fixes the time."""

    list: str
    event: str
    key: str
    rows: Mapping[str, str] | None = None
    """Only rows with these attributes; None: any row."""
    missing: bool = False
    """The rule holds only where the item is in no row of the list."""


@dataclass(frozen=True)
class WordLimit:
    """A limit that the clause only words (及时, 立即): a house parameter, or none."""

    word: str
    limit: Limit | None


@dataclass(frozen=True)
class FieldDue:
    """Due at the date or instant that an event's data names."""

    event: str
    key: str


Within = Limit | ListLimit | WordLimit


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has."""

    id: str
    clause: str
    place: Place
    meets: tuple[Demand, ...] = ()
    reading: str | None = None
    title: str = ""
    when: Condition | None = None
    also: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of subject that it holds for."""


@dataclass(frozen=True, kw_only=True)
class Duty(Rule):
    """义务：谁，在何事之后，应做何事，何时之前。"""

    who: str
    act: Act
    trigger: Trigger
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    per: str | None = None
    again: Literal["ignore", "add", "replace"] = "ignore"
    need: Need | None = None
    within: Within | None = None
    due: FieldDue | DateRule | None = None
    agreed: FieldDue | None = None
    not_before: Limit | None = None
    warn: tuple[Limit, ...] = ()
    roll: str | None = None
    excusable: bool = False


@dataclass(frozen=True)
class ForEach:
    """For every instance that an event made (逐项), unless a later one replaces it."""

    event: str
    key: str


@dataclass(frozen=True)
class Until:
    """Open once this has happened (须有), for the act's own instance or for each instance."""

    happening: Happening
    same: str | None = None
    need: Need | None = None
    for_each: ForEach | None = None
    last: bool = False
    """Only the latest such event counts: a later one that does not fit shuts the gate again."""


@dataclass(frozen=True)
class UntilFact:
    """Open while this surely holds."""

    condition: Condition


@dataclass(frozen=True)
class UntilAny:
    parts: tuple[Opening, ...]


@dataclass(frozen=True)
class UntilAll:
    parts: tuple[Opening, ...]


@dataclass(frozen=True)
class UntilNot:
    part: Opening


Opening = Until | UntilFact | UntilAny | UntilAll | UntilNot


@dataclass(frozen=True, kw_only=True)
class Gate(Rule):
    """关口：条款所要的未到，行为不得为。"""

    shuts: tuple[Happening, ...]
    until: Opening
    per: str | None = None
    follow: Limit | None = None


@dataclass(frozen=True)
class TableRow:
    value: str | bool
    when: Condition
    meets: tuple[Demand, ...] = ()
    reading: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table(Rule):
    """A decision table that sets an axis (判定表); the first row that surely holds decides."""

    axis: str
    rows: tuple[TableRow, ...]
    otherwise: str | bool | None = None
    latch: bool = False


@dataclass(frozen=True, kw_only=True)
class LimitList(Rule):
    """时限表; ``attributes`` gives the titles of its rows' attributes."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ListRow(Rule):
    """One row of a list of limits; ``attributes`` sort rows (e.g. from when the time runs)."""

    list: str
    item: str
    within: Limit
    basis: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Power(Rule):
    """职权：谁可以做哪些行为。"""

    who: str
    may: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RecordRule(Rule):
    """The record that a clause asks (记录): fields without which the act is refused."""

    event: str
    require: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal(Rule):
    """A consequence that the rule only proposes (建议): somebody with the authority decides."""

    on: Trigger
    propose: str
    decide: str
    per: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition(Rule):
    """What a definition is used for: an axis, fact, event, kind, list, role, paper or parameter."""

    sort: str
    name: str
    value: str | bool | None = None


@dataclass(frozen=True, kw_only=True)
class Responsibility(Rule):
    who: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ChecklistItem(Rule):
    """A line of a checklist made from a clause about manners (检查项)."""

    item: str


@dataclass(frozen=True, kw_only=True)
class Reference(Rule):
    """A demand that needs no rule, and why."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Waiting(Rule):
    """A rule of a room that is not built yet: data that the schema checks, not carried out."""

    room: str
    rule: Mapping[str, Any]
    what: str = ""


# --- front matter --------------------------------------------------------------


@dataclass(frozen=True)
class Role:
    """A role of the regulation (角色) is a resolver, not a post.

    ``form`` is post, party, actor or authority; ``of`` the post, the party, or the event
    whose actor is meant; ``at`` the place of a post: own, up, group or department.
    """

    name: str
    form: Literal["post", "party", "actor", "authority"]
    of: str
    at: str = "own"
    fallback: str | None = None
    also: tuple[str, ...] = ()
    event: str | None = None
    """The event whose data names the party (the order's contractor)."""
    title: str = ""

    @property
    def outside(self) -> bool:
        """Outside parties owe nothing that is scored."""
        return self.form == "party"


@dataclass(frozen=True)
class Kind:
    """A kind of subject (对象种类)."""

    name: str
    title: str
    matter: bool = False
    period: str | None = None
    numbering: str = ""


@dataclass(frozen=True)
class Axis:
    """A category (类别轴): unknown until its source sets it.

    ``presumed`` None is the strictest: a duty whose condition is unknown holds.
    """

    name: str
    title: str
    type: Literal["text", "bool"]
    values: tuple[str, ...] = ()
    sources: tuple[FieldDue, ...] = ()
    presumed: str | bool | None = None
    why: str = ""


@dataclass(frozen=True)
class Fact:
    """A typed fold over the own journal (事实), for conditions."""

    name: str
    title: str
    type: FactType
    sources: tuple[FieldDue, ...] = ()
    fold: Literal["last", "first", "max", "min", "sum", "count"] = "last"
    count: Happening | None = None
    default: Any = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A choice where the words leave it open (读法)."""

    name: str
    of: tuple[Demand, ...]
    choices: Mapping[str, str]
    take: str
    why: str


@dataclass(frozen=True)
class Word:
    name: str
    within: Limit | None
    why: str = ""


@dataclass(frozen=True)
class Paper:
    name: str
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clause:
    """条款：编号、出处、原文和执行它的规则。"""

    id: str
    ref: str
    text: str
    place: Place
    rules: tuple[Rule, ...] = ()


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
