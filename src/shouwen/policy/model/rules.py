"""Rules (规则): each with its clause, the demands it serves, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shouwen.calendars import DateRule, Limit
from shouwen.policy.conditions import Condition
from shouwen.policy.model.events import Demand, Place
from shouwen.policy.model.parts import Act, FieldDue, Happening, Need, Opening, Trigger, Within


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
    first: bool = False
    """Rows that overlap are meant to: the first that holds decides."""


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
    own: bool = False
    """Also upon duties that he owes himself: his own clock, his own exception."""


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
