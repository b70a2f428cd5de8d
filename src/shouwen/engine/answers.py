"""What a standing answers: duties, shut gates, next acts, breaches, proposals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shouwen.calendars import Step
from shouwen.policy import model

State = Literal["open", "paused", "kept", "late", "overdue", "waived", "excused", "void"]
STANDING: frozenset[State] = frozenset(("open", "paused", "overdue"))
"""States in which something is still owed."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty as it stands (义务的现状). Instants are in the unit's zone."""

    key: str
    """Identity within the subject: ``RULE`` or ``RULE@INSTANCE``."""
    rule: model.Duty
    clause: str
    """The clause that fixes the time; for a limit from a list the row's."""
    also: tuple[str, ...]
    instance: str | None
    who: str
    opened_at: datetime
    due_at: datetime | None
    state: State
    kept_at: datetime | None
    missing: tuple[str, ...]
    triggered_by: str
    kept_by: str | None
    late_recorded: bool = False
    """Kept by an entry that was recorded later than the policy's tolerance (Meaning 8)."""


@dataclass(frozen=True, slots=True)
class Shut:
    """A gate that shuts an act now (关着的关口): what is missing, by which clause, who can open it."""

    gate: model.Gate
    clause: str
    instance: str | None
    reason: str
    missing: tuple[str, ...]
    opens: tuple[str, ...]
    event: str | None
    """The event that would open it, where it is one."""


@dataclass(frozen=True, slots=True)
class Next:
    """What may be done next (下一步): owed acts first, by due time."""

    event: str
    roles: tuple[str, ...]
    owed: Owed | None
    instance: str | None
    due_at: datetime | None
    shut: tuple[Shut, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """An act that passed a shut gate as a fact (违反)."""

    entry: str
    event: str
    gate: model.Gate
    clause: str
    instance: str | None
    at: datetime
    post: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A consequence that a rule proposes (建议), never applies."""

    key: str
    rule: model.Proposal
    clause: str
    propose: str
    data: Mapping[str, str]
    against: tuple[str, ...]
    decide: str
    at: datetime
    entry: str


@dataclass(frozen=True, slots=True)
class Coming:
    """What a timer will open (将至): a duty or a proposal, at `at` unless something comes before."""

    rule: model.Duty | model.Proposal
    clause: str
    instance: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """How a due instant came about (算法): `form`, lines of Chinese, and whether a provisional calendar counted.

    `form` is counted (with the `steps` of the calendar's arithmetic), extended, agreed, dated (by a date rule, from
    the anchor `said`) or none (no limit). For extended and agreed `said` is the date or instant as it was written.
    """

    due_at: datetime | None
    lines: tuple[str, ...]
    calendar: str
    form: Literal["counted", "extended", "agreed", "dated", "none"]
    provisional: bool = False
    said: str = ""
    steps: tuple[Step, ...] = ()
