"""Events and their fields (事件、字段), places in files, and demands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

POST = "post"
"""Name under which a condition on an entry's data reads the role whose act it was (岗位)."""


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


@dataclass(frozen=True)
class Link:
    """What a clause says of another (并存), also of another policy's.

    ``also``: it says the same, so that a duty that both ask is owed once. ``replaces``: it settles a clash, the other's
    rules do not run where both are in force.
    """

    way: Literal["also", "replaces"]
    to: str
    place: Place
    number: int = 0
    """Only this demand of the other clause; 0: all of it."""

    @property
    def cited(self) -> str:
        """The clause, or the demand of it, as it is cited."""
        return f"{self.to}#{self.number}" if self.number else self.to


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
