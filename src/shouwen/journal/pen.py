"""One call's work on the journals it touches, in memory: checked, stepped, but not yet written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from shouwen.engine import STANDING, Owed, Program, Standing
from shouwen.engine import Entry as Step
from shouwen.governance.programs import program_of
from shouwen.journal import chain
from shouwen.journal.models import Duty, DutyState, Entry, Subject
from shouwen.journal.rows import step
from shouwen.journal.statements import made
from shouwen.policy.model import EventType
from shouwen.policy.vocabulary import shared_events

LATE = "late"
CLOCK_SET_BACK = "clock_set_back"
HISTORY = "history"
ON_BEHALF = "on_behalf"
REBASED = "rebased"
Under = tuple[int, str]
"""(policy version, calendar version)."""
COUNTED = (DutyState.OPEN, DutyState.OVERDUE, DutyState.PAUSED)
"""States in which a new calendar moves a duty's due time."""


@dataclass(eq=False)
class OpenJournal:
    """A subject under the pen: its journal as it stood, its standing, and what is added."""

    subject: Subject
    program: Program | None
    steps: list[Step]
    fresh: bool = False
    duties: dict[str, Duty] = field(default_factory=dict)
    added: list[Entry] = field(default_factory=list)
    sealed: dict[int, dict[str, Any]] = field(default_factory=dict)
    standing: Standing | None = None
    earlier: dict[Under, Standing] = field(default_factory=dict)
    """Standings under what the subject was counted under before, where a duty still needs one."""
    recounted: frozenset[str] = frozenset()
    """Duties that are moved to the subject's policy and calendar now, whatever their rows say."""
    moved_to: int | None = None
    """The policy version that the subject goes on under from now on, if another than before."""
    _owed: tuple[datetime, list[tuple[Owed, Standing]]] | None = None
    """What was found owed at an instant, while nothing was added that could change it."""

    def __post_init__(self) -> None:
        self.refold()

    def refold(self) -> None:
        self.earlier.clear()
        self._owed = None
        if self.program is not None:
            self.standing = self._fold(self.program)

    def _fold(self, program: Program) -> Standing:
        standing = Standing(program, str(self.subject.pk), self.subject.kind)
        standing.take(self.steps)
        return standing

    def owed(self, now: datetime) -> list[tuple[Owed, Standing]]:
        """The duties with the standings that say so: each under what it was last counted under.

        A new calendar or policy moves what is open by a ``rebased`` entry; what was kept stays as it was (Meaning 12).
        """
        if self.standing is None:
            return []
        if self._owed is None or self._owed[0] != now:
            self._owed = now, self._owed_at(self.standing, now)
        return self._owed[1]

    def _owed_at(self, current: Standing, now: datetime) -> list[tuple[Owed, Standing]]:
        since = self.under_since
        found = {one.key: (one, current) for one in current.duties(now) if since is None or not self._past(one, since)}
        for under, standing in self._earlier():
            for one in standing.duties(now):
                row = self.duties.get(one.key)
                own = row is not None and self._under(row) == under and row.opened_at == one.opened_at
                if own and one.key not in self.recounted:
                    found[one.key] = (one, standing)
        return list(found.values())

    @property
    def under_since(self) -> Step | None:
        """The entry by which the subject came under its policy version; None: it opened under it."""
        return next((one for one in reversed(self.steps) if one.type == REBASED and one.data.get("policy_to")), None)

    def _past(self, one: Owed, since: Step) -> bool:
        """What the policy would have asked before it held here: it is not asked after the event, done or not done."""
        row = self.duties.get(one.key)
        if row is not None and row.state != DutyState.VOID:
            return False
        done = one.kept_at if one.kept_at is not None else one.opened_at
        return one.state not in STANDING and done <= since.recorded_at

    def _under(self, row: Duty) -> Under:
        return row.policy_version_id or self.subject.policy_version_id or 0, row.calendar_version

    def _earlier(self) -> list[tuple[Under, Standing]]:
        subject = self.subject
        policy, calendar = subject.policy_version_id or 0, subject.calendar_version_id
        named: set[Under] = set()
        for one in reversed(self.steps):
            if one.type == REBASED:
                policy = int(one.data.get("policy_from") or policy)
                named.add((policy, one.data["from"]))
        named.discard((subject.policy_version_id or 0, calendar or ""))
        wanted = named & {self._under(row) for row in self.duties.values()} if named else named
        for under in sorted(wanted - self.earlier.keys()):
            self.earlier[under] = self._fold(program_of(under[0], subject.unit, under[1]))
        return [(under, self.earlier[under]) for under in sorted(wanted)]

    def recount(self, program: Program, policy: int | None = None) -> None:
        """Go on under another calendar, or another policy version, and move to it what is not done with; both must be
        kept already."""
        self.recounted = frozenset(key for key, row in self.duties.items() if is_countable(row))
        self.program = program
        self.subject.calendar_version_id = program.calendar.version
        if policy is not None:
            self.moved_to = self.subject.policy_version_id = policy
            for key in self.recounted:
                self.duties[key].policy_version_id = policy
        self.refold()

    @property
    def events(self) -> Mapping[str, EventType]:
        return self.program.policy.events if self.program else shared_events()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.subject.unit.zone)

    @property
    def length(self) -> int:
        return len(self.steps)

    def recorded_at(self, now: datetime) -> tuple[datetime, bool]:
        """The instant to record under, and whether the clock was set back: it never runs back in a journal."""
        last = self.steps[-1].recorded_at if self.steps else now
        return max(last, now), last > now

    def append(self, entry: Entry, sealed: dict[str, Any]) -> Entry:
        """Add an entry behind the last and step the standing."""
        entry.subject_id = self.subject.id
        entry._state.fields_cache["subject"] = self.subject
        entry.seq = self.length + 1
        self.added.append(entry)
        if sealed:
            self.sealed[entry.seq] = sealed
        if self.program is None or self.program.concerns_duties(entry.type):
            self._owed = None
        own = step(self.subject, entry)
        self.steps.append(own)
        if self.standing is not None:
            self.standing.step(own)
        for standing in self.earlier.values():
            standing.step(own)
        return entry

    def cut(self, length: int) -> None:
        """Take back what a call that failed has added."""
        if self.length == length:
            return
        del self.steps[length:]
        self.added = [entry for entry in self.added if entry.seq <= length]
        self.sealed = {seq: data for seq, data in self.sealed.items() if seq <= length}
        self.refold()

    def house(self, event: str, data: dict[str, Any], now: datetime, call: UUID, key: str | None = None) -> Entry:
        """Add an entry that the house writes itself (``overdue``, ``breached``, ``proposed``)."""
        recorded_at, back = self.recorded_at(now)
        entry = made(
            Entry,
            {},
            type=event,
            at=recorded_at,
            recorded_at=recorded_at,
            data=data,
            marks=[CLOCK_SET_BACK] if back else [],
            key=key,
            call=call,
        )
        return self.append(entry, {})

    def seal(self) -> list[tuple[Entry, str, str]]:
        """Chain the added entries; gives (entry, body, salt) for those with sealed content."""
        contents = []
        previous = self.subject.head_hash
        for entry in self.added:
            sealed = self.sealed.get(entry.seq)
            if sealed:
                body, salt = chain.canonical(sealed).decode(), uuid4().hex
                entry.content_digest = chain.content_digest(body, salt)
                contents.append((entry, body, salt))
            entry.previous_hash = previous
            entry.hash = previous = chain.entry_hash(entry)
        self.subject.head_hash = previous
        self.subject.head_seq = self.length
        return contents


def on_behalf(of: int) -> dict[str, Any]:
    """The mark of an entry that a deputy wrote for the person with this id (代理)."""
    return {"mark": ON_BEHALF, "of": of}


def principal(entry: Entry) -> int | None:
    """The id of the person on whose behalf an entry was written; None for one's own."""
    marks = (mark for mark in entry.marks if isinstance(mark, dict) and mark.get("mark") == ON_BEHALF)
    return next((int(mark["of"]) for mark in marks), None)


def is_countable(row: Duty) -> bool:
    """Whether a recount moves this duty: nobody has done it and nobody was let off; what is void may come back."""
    return row.state in COUNTED or (row.state == DutyState.VOID and row.kept_at is None)


def unknown_event(name: str) -> dict[str, str]:
    return {"type": _("There is no such event: %(name)s.") % {"name": name}}
