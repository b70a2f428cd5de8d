"""What the front matter declares: roles, kinds, axes, facts, readings, words, papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shouwen.calendars import Limit
from shouwen.policy.model.events import Demand
from shouwen.policy.model.parts import FieldDue, Happening

FactType = Literal["text", "bool", "number", "money", "date", "instant", "list"]


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
    """A kind of subject (对象种类).

    With a ``period`` the calendar opens one for each period: for every unit in which somebody holds the role ``of``,
    or, ``per`` person, for everybody who holds it. ``under`` is the kind of the subject that it is a part of.
    """

    name: str
    title: str
    matter: bool = False
    period: str | None = None
    of: str | None = None
    per: Literal["unit", "person"] = "unit"
    under: str | None = None
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
class Known:
    """A fault of the regulation that a proof finds (已知的毛病): its sort, the rule, event or kind at fault, and why it
    stays."""

    fault: str
    rule: str
    why: str
