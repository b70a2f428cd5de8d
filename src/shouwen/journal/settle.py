"""What follows from a journal once it was added to: the house's own entries, duties, owner, state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shouwen.engine import OWN, Owed, Standing, effective
from shouwen.governance.ladder import Ladders
from shouwen.journal.chain import instant
from shouwen.journal.duties import NOT_STUCK, changed, computed, new_duty
from shouwen.journal.involved import Resolve, addresses, confidential, involved
from shouwen.journal.ladder import climb
from shouwen.journal.models import Duty, DutyState, Involved, Subject, SubjectState
from shouwen.journal.notices import Notices
from shouwen.journal.owners import ownership
from shouwen.journal.pen import REBASED, OpenJournal
from shouwen.journal.urging import URGING

PASSABLE = frozenset({"open", "overdue", "late"})
"""States in which a duty's due time can have passed unkept."""
ENDING = frozenset({"closed", "ended", "withdrawn"})
GONE = {"state": DutyState.VOID, **NOT_STUCK}
"""Of a duty that no longer follows from its journal."""


class Before(NamedTuple):
    """A stored duty as it was."""

    state: str
    opened_at: datetime
    due_at: datetime | None


@dataclass
class Settled:
    """Rows of duties to write for one journal."""

    opened: list[Duty] = field(default_factory=list)
    moved: list[Duty] = field(default_factory=list)
    keepers: list[str] = field(default_factory=list)
    """Roles whose act keeps one of the opened duties."""
    involved: list[Involved] = field(default_factory=list)


def settle(
    journal: OpenJournal,
    now: datetime,
    call: UUID,
    resolve: Resolve,
    notices: Notices,
    quiet: bool,
    ladders: Ladders,
) -> Settled:
    """Bring the subject's columns and duties up to its journal. `quiet`: history, nobody is told."""
    subject = journal.subject
    if quiet and journal.added:
        subject.quiet_until = now
    said = journal.fresh or speaks(journal)
    if said:
        _own(journal)
        subject.confidential = confidential(journal.steps)
    settled = Settled()
    if journal.standing is not None:
        _let_the_house_write(journal, journal.standing, now, call, notices)
        settled = _bring_duties(journal, journal.standing, now, resolve, notices)
        step = climb(journal, settled.opened, ladders, now, resolve, notices)
        subject.wakes_at = min((at for at in (subject.wakes_at, step) if at is not None), default=None)
    subject.axes = categories(journal)
    subject.recorded_at = journal.steps[-1].recorded_at
    if said or settled.keepers or addresses(journal):
        settled.involved = involved(journal, settled.keepers, resolve)
    if said:
        subject.state, subject.ended_at = state_of(journal)
        subject.moved_at, subject.late_at = moved_at(journal), late_at(journal)
    subject.folded_at = now
    subject.leased_by, subject.leased_until, subject.failures = "", None, 0
    return settled


def speaks(journal: OpenJournal) -> bool:
    """Whether anything was added but what the house itself notices: that alone says whose the subject is, who may know
    of it, how it stands and when it moved."""
    return any(entry.type not in OWN for entry in journal.added)


def _own(journal: OpenJournal) -> None:
    owner = ownership(journal.steps)
    subject = journal.subject
    if owner is None:
        return
    subject.owner_person_id = int(owner.person) if owner.person else None
    subject.owner_post_id = int(owner.post) if owner.post and not owner.person else None
    subject.owned_since = owner.since
    subject.offered_to_id = int(owner.offered_to) if owner.offered_to else None
    subject.offered_at = owner.offered_at


def categories(journal: OpenJournal) -> dict[str, Any]:
    """The value of each axis (类别)."""
    standing = journal.standing
    return {} if standing is None else {name: standing.values[name] for name in standing.program.policy.axes}


def state_of(journal: OpenJournal) -> tuple[str, datetime | None]:
    """The state, and when the subject ended."""
    standing = journal.standing
    ends = [step for step in journal.steps if step.type in ENDING]
    ended = standing.ended if standing is not None else bool(ends)
    merged = standing.merged_into is not None if standing is not None else False
    state = SubjectState.MERGED if merged else SubjectState.ENDED if ended else SubjectState.OPEN
    return state, ends[-1].at if ended and ends else None


def moved_at(journal: OpenJournal) -> datetime:
    """When somebody last did something about it: the house's own entries and urging move nothing."""
    acts = [step.at for step in effective(journal.steps) if step.by and step.type not in URGING]
    return max(acts, default=journal.subject.opened_at)


def late_at(journal: OpenJournal) -> datetime | None:
    """When an entry was last recorded later than the policy's tolerance."""
    late = set(journal.standing.late_entries) if journal.standing is not None else set()
    return max((step.recorded_at for step in journal.steps if step.id in late), default=None)


# --- what the house writes itself ------------------------------------------------------


def _let_the_house_write(journal: OpenJournal, standing: Standing, now: datetime, call: UUID, notices: Notices) -> None:
    """Write ``breached``, ``overdue``, ``proposed`` until nothing new follows."""
    while True:
        before = journal.length
        _breaches(journal, standing, now, call, notices)
        _overdue(journal, now, call)
        _proposals(journal, standing, now, call)
        # Proposals have seen what is overdue: only what another rule watches for needs another round.
        fresh = {step.type for step in journal.steps[before:]} - {"overdue"}
        if not any(event in standing.program.watches for event in fresh):
            return


def moment(journal: OpenJournal, now: datetime) -> datetime:
    """The engine is asked at or after the last entry, also where the clock was set back."""
    return max(now, journal.steps[-1].recorded_at)


def _breaches(journal: OpenJournal, standing: Standing, now: datetime, call: UUID, notices: Notices) -> None:
    known = {
        (step.data["entry"], step.data["gate"], step.data.get("instance"))
        for step in journal.steps
        if step.type == "breached"
    }
    since = journal.under_since
    for breach in list(standing.breaches):
        if since is not None and int(breach.entry) <= int(since.id):
            # Its gate did not stand here yet.
            continue
        if (breach.entry, breach.gate.id, breach.instance) in known:
            continue
        data = {"entry": breach.entry, "gate": breach.gate.id, "clause": breach.clause, "instance": breach.instance}
        entry = journal.house("breached", {k: v for k, v in data.items() if v is not None}, now, call)
        if not _quiet(journal.subject, breach.at) and journal.subject.owner_person_id:
            notices.person("breached", journal.subject, journal.subject.owner_person_id, {"entry": str(entry.seq)})


def _quiet(subject: Subject, at: datetime) -> bool:
    return subject.quiet_until is not None and at <= subject.quiet_until


def noticed(journal: OpenJournal) -> set[tuple[str, str]]:
    """Duties (key, due time) that the house has written ``overdue`` for."""
    return {(step.data["duty"], step.data["due_at"]) for step in journal.steps if step.type == "overdue"}


def _overdue(journal: OpenJournal, now: datetime, call: UUID) -> None:
    """One entry for each duty whose due time has passed, whether it was then kept late or not at all."""
    known = noticed(journal)
    for one, _standing in journal.owed(moment(journal, now)):
        due_at = one.due_at
        if due_at is None or due_at >= now or one.state not in PASSABLE:
            continue
        if (one.key, instant(due_at)) in known or _quiet(journal.subject, due_at):
            continue
        data = {"duty": one.key, "clause": one.clause, "due_at": instant(due_at)}
        journal.house("overdue", data, now, call, f"overdue:{journal.subject.pk}:{one.key}:{data['due_at']}")


def _proposals(journal: OpenJournal, standing: Standing, now: datetime, call: UUID) -> None:
    known = {step.data["proposal"] for step in journal.steps if step.type == "proposed"}
    since = journal.under_since
    for one in standing.proposals(moment(journal, now)):
        if since is not None and one.at <= since.recorded_at:
            continue
        if one.key in known or _quiet(journal.subject, one.at):
            continue
        data: dict[str, Any] = {
            **one.data,
            "proposal": one.key,
            "propose": one.propose,
            "clause": one.clause,
            "against": list(one.against),
            "decide": one.decide,
            "evidence": [one.entry],
        }
        journal.house("proposed", data, now, call, f"proposed:{journal.subject.pk}:{one.key}")


# --- duties ---------------------------------------------------------------------------


def standing_columns(journal: OpenJournal, now: datetime) -> Iterator[tuple[Owed, dict[str, Any]]]:
    """Each duty with its computed columns; ``overdue`` where the house has written so, or history had it so."""
    known = noticed(journal)
    for one, standing in journal.owed(moment(journal, now)):
        columns = computed(one, standing, now)
        due_at: datetime | None = columns["due_at"]
        passed = columns["state"] == DutyState.OPEN and due_at is not None and due_at < now
        if passed and due_at and ((one.key, instant(due_at)) in known or _quiet(journal.subject, due_at)):
            columns |= {"state": DutyState.OVERDUE, "warn_at": None}
        yield one, columns | {"confidential": journal.subject.confidential}


def _bring_duties(
    journal: OpenJournal, standing: Standing, now: datetime, resolve: Resolve, notices: Notices
) -> Settled:
    settled, follows = Settled(), set()
    for one, columns in standing_columns(journal, now):
        follows.add(one.key)
        stored = journal.duties.get(one.key)
        if stored is None:
            holder = resolve(journal, standing.program.policy.roles[one.who])
            duty = new_duty(journal.subject, one, standing.program, holder, columns)
            settled.opened.append(duty)
            settled.keepers += one.rule.by
            _tell(duty, None, now, notices)
        else:
            before = Before(stored.state, stored.opened_at, stored.due_at)
            if changed(stored, columns):
                settled.moved.append(stored)
            _tell(stored, before, now, notices)
            if one.key in journal.recounted and stored.state == DutyState.OPEN and stored.due_at != before.due_at:
                notices.duty(REBASED, stored)
    for key, stored in journal.duties.items():
        if key not in follows and changed(stored, GONE | {"confidential": journal.subject.confidential}):
            settled.moved.append(stored)
    journal.subject.wakes_at = _wakes_at(standing, [*settled.opened, *journal.duties.values()], now)
    return settled


def _tell(duty: Duty, before: Before | None, now: datetime, notices: Notices) -> None:
    if _quiet(duty.subject, duty.due_at or duty.opened_at):
        return
    opened = before is None or before.state == DutyState.VOID or before.opened_at != duty.opened_at
    if duty.state == DutyState.OPEN:
        if opened:
            notices.duty("duty", duty)
        if duty.warn_at is not None and duty.warn_at <= now:
            notices.duty("warning", duty)
    elif duty.state == DutyState.OVERDUE and (before is None or before.state != DutyState.OVERDUE):
        notices.duty("overdue", duty)


def _wakes_at(standing: Standing, duties: list[Duty], now: datetime) -> datetime | None:
    """The next instant at which something happens here by itself: a due time, a warning, a timer."""
    instants = [duty.due_at for duty in duties if duty.state == DutyState.OPEN and duty.due_at is not None]
    instants += [duty.warn_at for duty in duties if duty.warn_at is not None and duty.warn_at > now]
    timer = standing.wakes_at(now)
    return min([*instants, *([timer] if timer else [])], default=None)
