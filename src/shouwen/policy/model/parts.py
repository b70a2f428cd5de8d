"""What rules are made of: triggers, acts, limits, openings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shouwen.calendars import Limit, Recurrence
from shouwen.policy.conditions import Condition


@dataclass(frozen=True)
class Happening:
    """An event that fits (情形): its type, a condition over its data, and one that excludes it (除外).

    What is unknown fits neither ``where`` nor ``excluding``: it does not come about by the one, is not lost by the
    other.
    """

    event: str
    where: Condition | None = None
    excluding: Condition | None = None

    @property
    def unconditional(self) -> bool:
        """Whether every such event fits, whatever its data says."""
        return self.where is None and self.excluding is None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(one for one in (self.where, self.excluding) if one is not None)


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
    """A time before a date (提前) that one of these fields of events names; the last one named counts."""

    limit: Limit
    of: tuple[FieldDue, ...]


@dataclass(frozen=True)
class Every:
    """A recurrence (周期): one duty for each time that falls after ``since`` and before ``until``."""

    recurrence: Recurrence
    since: Happening
    until: tuple[Happening, ...] = ()
    partial: bool = False
    """Also in the period in which it begins, so far as its time has not passed."""
    on: str = ""
    """Key of the data of ``since`` that names a date: every year on its day, the date itself left out."""
    first: Limit | None = None
    """Only within the first so much after ``since``."""
    beyond: Limit | None = None
    """Only after so much since ``since``."""


Trigger = Happening | AnyOf | AllOf | Passed | Ahead | Every


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
    """Due at the date or instant that an event's data names, or so long before it (``ahead``)."""

    event: str
    key: str
    ahead: Limit | None = None


Within = Limit | ListLimit | WordLimit


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
    among: Happening | None = None
    """Those of which the latest is taken (只在这些里取最近的一次); None: all of the event."""


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
