"""Many calls in one transaction: journals loaded together, checked and stepped one call after another, saved together.

``record()`` is a batch of one call; the rows are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shouwen.engine import Program
from shouwen.governance import programs
from shouwen.governance.calendar_versions import keep
from shouwen.governance.ladder import Ladders
from shouwen.journal import fields
from shouwen.journal.checks import KEY_LIMIT, check_draft, check_own_references, check_seen, is_id
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.errors import Invalid, NotRecorded, Refused
from shouwen.journal.models import Duty, Entry, Subject
from shouwen.journal.notices import Notices
from shouwen.journal.own import check_own
from shouwen.journal.owners import FIRST_ASKED, FIRST_ASKED_POST
from shouwen.journal.pen import CLOCK_SET_BACK, COUNTED, HISTORY, LATE, REBASED, OpenJournal, on_behalf
from shouwen.journal.powers import Doers, Warrant, role_of
from shouwen.journal.rows import steps_of
from shouwen.journal.save import save
from shouwen.journal.settle import Settled, settle
from shouwen.journal.statements import read_by
from shouwen.journal.sums import at_stake
from shouwen.journal.urging import URGING, check_urging, pressed
from shouwen.organisation.access import visible
from shouwen.organisation.models import Unit
from shouwen.organisation.resolve import Directory, Holder
from shouwen.organisation.seats import Seats, seats
from shouwen.organisation.snapshot import Snapshot, snapshot
from shouwen.policy.model import Role

Call = Sequence[Draft]
Result = Recorded | NotRecorded
HANDED_OVER = "offered"


@dataclass
class Batch:
    actor: Actor
    now: datetime
    history: bool = False
    _journals: dict[Any, OpenJournal] = field(default_factory=dict)
    _new: dict[int, OpenJournal] = field(default_factory=dict)
    _heads: dict[UUID, int] = field(default_factory=dict)
    _ruled: dict[tuple[int, str], programs.Ruled] = field(default_factory=dict)
    _programs_held: dict[tuple[int, str, programs.Readings], Program] = field(default_factory=dict)
    _holders_on_duty: dict[int, Holder] = field(default_factory=dict)
    _directories: dict[int, Directory] = field(default_factory=dict)
    _calls: dict[Any, UUID] = field(default_factory=dict)
    _programs: dict[tuple[int, int, str | None], Program] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)

    def run(self, calls: Sequence[Call], touched: Sequence[UUID] = ()) -> list[Result]:
        """One result a call, in order; a call that fails leaves nothing and does not hinder the others.

        `touched`: subjects to look at again without adding anything. Must run in a transaction.
        """
        results: dict[int, Result] = {}
        keyed = self._keyed(calls)
        self._load(
            {draft.subject.pk for call in calls for draft in call if isinstance(draft.subject, Subject)}, touched
        )
        ready: dict[int, list[fields.Checked]] = {}
        for number, call in enumerate(calls):
            known = [keyed[draft.key] for draft in call if draft.key in keyed]
            if known:
                results[number] = earlier(known[0])
            else:
                try:
                    ready[number] = [check_draft(draft, self._journal(draft), self.actor, self.now) for draft in call]
                except NotRecorded as reason:
                    results[number] = reason
        fields.look_up((checked for several in ready.values() for checked in several), self._seen())
        mine: dict[str, int] = {}
        written: dict[int, list[Entry]] = {}
        for number, several in ready.items():
            twin = next((mine[draft.key] for draft in calls[number] if draft.key in mine), None)
            if twin is not None:
                written[number] = written[twin]
                continue
            try:
                written[number] = self._write(calls[number], several)
            except NotRecorded as reason:
                results[number] = reason
            else:
                mine |= {draft.key: number for draft in calls[number] if draft.key}
        self._finish(touched)
        for number, entries in written.items():
            results[number] = self._recorded(entries)
        return [results[number] for number in range(len(calls))]

    def _seen(self) -> Mapping[str, fields.Checker]:
        """A person names only subjects that he may see; the house and history name any."""
        person = self.actor.person
        if person is None or self.actor.system or self.history:
            return fields.NO_CHECKERS
        return {"subject": lambda ids: existing_subjects(ids, visible(person, Subject.objects.all(), self.now))}

    # --- loading ---------------------------------------------------------------------

    def _keyed(self, calls: Sequence[Call]) -> dict[str | None, Entry]:
        keys = [draft.key for call in calls for draft in call if draft.key and len(draft.key) <= KEY_LIMIT]
        if not keys:
            return {}
        return {entry.key: entry for entry in Entry.objects.filter(key__in=keys)}

    def _load(self, wanted: set[UUID], touched: Sequence[UUID]) -> None:
        ids = sorted(wanted.union(touched))
        if not ids:
            return
        subjects = list(read_by(Subject, "id", ids, "id", lock=True))
        for subject in subjects:
            subject.unit = self._house.units[subject.unit_id]
        steps = steps_of(subjects)
        duties: dict[UUID, dict[str, Duty]] = {subject.pk: {} for subject in subjects}
        for duty in read_by(Duty, "subject_id", ids):
            duties[duty.subject_id][duty.key] = duty
        for subject in subjects:
            program = self._program(subject, subject.calendar_version_id)
            if program is not None and subject.calendar_version_id is None:
                subject.calendar_version_id = self._keep(program)
            journal = OpenJournal(subject, program, steps[subject.id], duties=duties[subject.id])
            for duty in journal.duties.values():
                duty._state.fields_cache["subject"] = subject
            self._journals[subject.id] = journal
            self._heads[subject.id] = subject.head_seq

    @cached_property
    def _house(self) -> Snapshot:
        return snapshot()

    def _journal(self, draft: Draft) -> OpenJournal:
        if isinstance(draft.subject, NewSubject):
            if id(draft.subject) not in self._new:
                self._new[id(draft.subject)] = self._open(draft.subject, draft.at)
            return self._new[id(draft.subject)]
        journal = self._journals.get(draft.subject.pk)
        if journal is None:
            raise Invalid({"subject": _("There is no such subject.")})
        return journal

    def _program(self, subject: Subject, calendar: str | None) -> Program | None:
        version = subject.policy_version_id
        if version is None:
            return None
        key = (version, subject.unit_id, calendar)
        if key not in self._programs:
            self._programs[key] = programs.program_of(version, subject.unit, calendar)
        return self._programs[key]

    def _keep(self, program: Program) -> str:
        """A subject goes on under the calendar of its opening until it is counted anew (Meaning 12)."""
        version = program.calendar.version
        if version not in self._kept:
            self._kept.add(keep(program.calendar))
        return version

    def _open(self, new: NewSubject, at: datetime | None) -> OpenJournal:
        opened_at = self.now if at is None or at.tzinfo is None else at
        held = self._held(new, opened_at)
        if held is None and self.history:
            held = self._held(new, self.now)
        program = self._program_held(held, new.unit) if held else None
        kind = program.policy.kinds.get(new.kind) if program else None
        subject = Subject(
            kind=new.kind,
            matter=kind.matter if kind else False,
            number=new.number,
            unit=new.unit,
            parent=new.parent,
            policy_version_id=held.version.pk if held else None,
            calendar_version_id=self._keep(program) if program else None,
            opened_at=opened_at,
            recorded_at=self.now,
            folded_at=self.now,
        )
        return OpenJournal(subject, program, [], fresh=True)

    def _held(self, new: NewSubject, at: datetime) -> programs.Held | None:
        key = (new.unit.pk, new.kind)
        if key not in self._ruled:
            self._ruled[key] = programs.ruled(new.unit, new.kind)
        return self._ruled[key].at(at)

    def _program_held(self, held: programs.Held, unit: Unit) -> Program:
        key = (unit.pk, held.version.digest, held.readings)
        if key not in self._programs_held:
            self._programs_held[key] = programs.program_held(held, unit)
        return self._programs_held[key]

    # --- writing ----------------------------------------------------------------------

    def _write(self, call: Call, checked: Sequence[fields.Checked]) -> list[Entry]:
        journals = {id(journal): (journal, journal.length) for journal in map(self._journal, call)}
        call_id = uuid4()
        try:
            entries = [
                self._write_one(draft, self._journal(draft), one, call_id)
                for draft, one in zip(call, checked, strict=True)
            ]
        except NotRecorded:
            for journal, length in journals.values():
                journal.cut(length)
            raise
        for journal, _length in journals.values():
            self._calls[journal.subject.pk] = call_id
        return entries

    def _write_one(self, draft: Draft, journal: OpenJournal, checked: fields.Checked, call: UUID) -> Entry:
        errors = dict(checked.errors)
        if "type" not in errors:
            errors |= check_own_references(draft, checked.data, journal, self.now)
        if errors:
            raise Invalid(errors)
        check_seen(draft, journal, self._heads.get(journal.subject.pk, 0))
        event = journal.events[draft.type]
        as_fact = draft.as_fact or self.history
        warrant = Warrant(draft.post or self.actor.post)
        if not as_fact and not self.actor.system:
            warrant = role_of(draft, checked.data, event, journal, self.actor, self.now, lambda: self._seats)
            assert self.actor.person is not None
            check_own(draft, checked.data, journal, self.actor.person, warrant.role, self._seats, self.now)
            check_urging(draft, checked.data, journal, self.actor.person, self._seats)
        recorded_at, back = journal.recorded_at(self.now)
        at = draft.at or recorded_at
        if event.act and not as_fact and journal.standing is not None:
            shut = [one for one in journal.standing.shut(draft.type, checked.data, at) if one.gate.follow is None]
            if shut:
                raise Refused(shut)
        data, sealed = dict(checked.data), dict(checked.sealed)
        if not journal.steps:
            self._give_owner(journal, data, as_fact)
        entry = Entry(
            type=draft.type,
            at=at,
            recorded_at=recorded_at,
            by=self.actor.person,
            post=warrant.role,
            unit=self.actor.unit or (self._seats[0].unit if self._seats else None),
            data=data,
            marks=[mark for mark, holds in ((CLOCK_SET_BACK, back), (HISTORY, self.history)) if holds],
            key=draft.key,
            call=call,
        )
        if warrant.of is not None:
            entry.marks = [*entry.marks, on_behalf(warrant.of)]
        if draft.reason:
            sealed["late_reason"] = draft.reason
        journal.append(entry, sealed)
        self._check_late(draft, journal, entry, as_fact)
        return entry

    def _check_late(self, draft: Draft, journal: OpenJournal, entry: Entry, as_fact: bool) -> None:
        """Recorded later than the policy's tolerance: marked, and it needs a reason (Meaning 8)."""
        if journal.standing is None or str(entry.seq) not in journal.standing.late_entries:
            return
        if not as_fact and not draft.reason:
            raise Invalid({"reason": _("This is recorded late: say why.")})
        entry.marks = [*entry.marks, LATE]

    def _give_owner(self, journal: OpenJournal, data: dict[str, Any], as_fact: bool) -> None:
        """First asked (首问): a matter has an owner from its first entry."""
        if not journal.subject.matter or FIRST_ASKED in data:
            return
        person = self.actor.person
        if person is not None and not as_fact and not self.actor.system:
            data[FIRST_ASKED] = str(person.pk)
            return
        holder = self._on_duty(journal.subject.unit)
        if holder.post is None:
            raise Invalid({"unit": _("Nobody holds a post in this unit or above it: the matter would be nobody's.")})
        data[FIRST_ASKED_POST] = str(holder.post.pk)

    @cached_property
    def _seats(self) -> Seats:
        """The posts that the actor holds."""
        person = self.actor.person
        return Seats() if person is None else seats(person, self.now)

    # --- what follows -------------------------------------------------------------------

    def _directory(self, unit: Unit) -> Directory:
        if unit.pk not in self._directories:
            self._directories[unit.pk] = Directory(unit, self.now)
        return self._directories[unit.pk]

    def _on_duty(self, unit: Unit) -> Holder:
        if unit.pk not in self._holders_on_duty:
            self._holders_on_duty[unit.pk] = self._directory(unit).on_duty("", fell_back=False)
        return self._holders_on_duty[unit.pk]

    def _resolve(self, journal: OpenJournal, role: Role) -> Holder:
        owner = self._of_person(journal, role)
        if owner is not None:
            return owner
        directory = self._directory(journal.subject.unit)
        directory.roles = journal.program.policy.roles if journal.program else {}
        directory.actors = Doers(journal, self.actor)
        return directory.holder(role, at_stake(journal) if role.form == "authority" else None)

    def _of_person(self, journal: OpenJournal, role: Role) -> Holder | None:
        """In a person's own period (每人一份的期间) the role by which it is his is himself."""
        kind = journal.program.policy.kinds.get(journal.subject.kind) if journal.program else None
        if kind is None or kind.per != "person" or kind.of != role.name:
            return None
        person = self._house.people.get(int(journal.steps[0].data.get("person", 0)))
        unit = journal.subject.unit
        post = next((post for post in self._house.posts.get(unit.pk, ()) if post.name in (role.of, *role.also)), None)
        return None if person is None or post is None else Holder(role.name, unit, post, person)

    def _finish(self, touched: Sequence[UUID]) -> None:
        notices = Notices(self.now, self.actor.person.pk if self.actor.person else None)
        places = {pk: place for place, pk in enumerate(touched)}
        open_journals = [*self._journals.values(), *self._new.values()]
        journals = [one for one in open_journals if one.added or one.subject.id in places]
        # What is only looked at is written in the order in which it was asked for: the sweep's oldest first.
        journals.sort(key=lambda one: places.get(one.subject.id, -1))
        settled: list[Settled] = []
        ladders = Ladders(self.now)
        for journal in journals:
            for entry in journal.added:
                if entry.type == REBASED:
                    self._rebase(journal, entry)
                if entry.type == "handover_offered" and "to" in entry.data:
                    notices.person(HANDED_OVER, journal.subject, int(entry.data["to"]), {"entry": str(entry.seq)})
                if entry.type in URGING:
                    _tell_urged(notices, journal, entry)
            call = self._calls.get(journal.subject.id) or uuid4()
            settled.append(settle(journal, self.now, call, self._resolve, notices, self.history, ladders))
        told = [] if self.history else notices.rows()
        save(journals, settled, told)
        for journal, one in zip(journals, settled, strict=True):
            journal.duties.update((duty.key, duty) for duty in one.opened)

    def _rebase(self, journal: OpenJournal, entry: Entry) -> None:
        policy = entry.data.get("policy_to")
        if policy is not None:
            journal.subject.policy_version_id = int(policy)
        program = self._program(journal.subject, entry.data["to"])
        if program is not None:
            journal.recount(program, None if policy is None else int(policy))

    def _recorded(self, entries: Sequence[Entry]) -> Recorded:
        call = entries[0].call
        subjects = {entry.subject_id: entry.subject for entry in entries}
        follow = [
            entry for pk in subjects for entry in self._of(pk).added if entry.call == call and entry not in entries
        ]
        owed = [duty for pk in subjects for duty in self._of(pk).duties.values() if duty.state in COUNTED]
        return Recorded((*entries, *follow), tuple(subjects.values()), duties=tuple(owed))

    def _of(self, pk: UUID) -> OpenJournal:
        return self._journals.get(pk) or next(one for one in self._new.values() if one.subject.pk == pk)


def _tell_urged(notices: Notices, journal: OpenJournal, entry: Entry) -> None:
    """Whoever owes what is urged; without a duty, whose the matter is."""
    data = {"entry": str(entry.seq)}
    rows = pressed(journal, entry.data)
    for row in rows:
        if not row.outside:
            notices.about(entry.type, row, row.person_id, row.post_id, data)
    if not rows and journal.subject.owner_person_id is not None:
        notices.person(entry.type, journal.subject, journal.subject.owner_person_id, data)


def earlier(entry: Entry) -> Recorded:
    """What the call that wrote this entry gave."""
    entries = list(Entry.objects.filter(call=entry.call).select_related("subject__unit").order_by("pk"))
    subjects = {one.subject_id: one.subject for one in entries}
    return Recorded(tuple(entries), tuple(subjects.values()), repeated=True)


def existing_subjects(ids: Sequence[str], among: QuerySet[Subject] | None = None) -> set[str]:
    rows = Subject.objects.all() if among is None else among
    known = rows.filter(pk__in=[one for one in ids if is_id(one)]).values_list("pk", flat=True)
    return {str(pk) for pk in known}
