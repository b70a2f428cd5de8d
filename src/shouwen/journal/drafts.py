"""What is handed to ``record()``: entries to be, and whose act they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.journal.models import Duty, Entry, Subject
from shouwen.organisation.models import Person, Unit


@dataclass(eq=False)
class NewSubject:
    """A subject that the call opens. Drafts that share one NewSubject speak of the same subject.

    ``number`` is given only by an import that brings the numbers of another system; else by rule.
    """

    kind: str
    unit: Unit
    parent: Subject | None = None
    number: str = ""


@dataclass(frozen=True)
class Draft:
    """An entry to be.

    ``at``: when it happened, aware; None is now. ``post``: the role whose act it is, in the regulation's
    words; default the actor's. ``key``: the same key a second time writes nothing and gives the first result.
    ``seen``: the last entry that the form showed. ``as_fact``: no gate or power refuses it. ``reason``: why it
    is recorded late, where it is.
    """

    subject: Subject | NewSubject
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    post: str = ""
    key: str | None = None
    seen: int | None = None
    as_fact: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Actor:
    """Who writes, in which post of which unit. The house itself has no person and is ``system``."""

    person: Person | None
    post: str
    unit: Unit | None
    system: bool = False


HOUSE = Actor(None, "", None, system=True)


@dataclass(frozen=True)
class Recorded:
    """What a call wrote: its entries in the order of the drafts, what follows from them after.

    ``duties``: what is owed in the subjects now. ``repeated``: the key was known and nothing was written; the entries
    are the first call's, and no duties are told.
    """

    entries: tuple[Entry, ...]
    subjects: tuple[Subject, ...]
    repeated: bool = False
    duties: tuple[Duty, ...] = ()

    @property
    def subject(self) -> Subject:
        return self.subjects[0]
