"""Cases acted out: each entry is recorded by who plays its role, time passes by the sweep, the rows are compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from shouwen.engine import Entry as Step
from shouwen.engine import Owed, Program, Standing
from shouwen.engine.scenarios import Case, Check, instant_of
from shouwen.governance.programs import program_for
from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE, Actor, Draft, NewSubject
from shouwen.journal.errors import Invalid, NotAllowed, NotRecorded, Refused
from shouwen.journal.models import Duty, DutyState, Subject
from shouwen.journal.record import look_again, record
from shouwen.journal.rows import steps_of
from shouwen.policy import Policy
from shouwen.policy.model import EventType, Field, ListLimit
from shouwen.trial.evidence import Evidence
from shouwen.trial.ground import Ground, Place
from shouwen.trial.registry import opening_of

_MOMENT = timedelta(minutes=1)
OURS = frozenset({"overdue", "proposed", "breached"})
"""What the house itself writes: in a case it stands for what is to come about."""
_LATE = ("duty", "clause")
_MADE_UP: Mapping[str, Any] = {"bool": True, "number": 1, "money": "1.00", "list": ["某"]}


@dataclass
class Player:
    """Acts one case after another out on the same ground."""

    ground: Ground
    readings: Mapping[str, str] = field(default_factory=dict)
    """Those that hold where a case takes no others."""
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def policy(self) -> Policy:
        return self.ground.policy

    def play(self, case: Case) -> None:
        """Record the case's journal; compare at each instant at which the case says what must stand."""
        _Act(self, case, self.ground.place({**self.readings, **case.readings})).run()


class _Act:
    def __init__(self, player: Player, case: Case, place: Place) -> None:
        self.player = player
        self.evidence = player.evidence
        self.policy = player.policy
        self.case = case
        self.place = place
        self.subject: Subject | None = None
        self._doers: list[Actor] = []
        """Who has recorded something in this case, the last first: an act may be his who did another."""
        self.numbers: dict[str, str] = {}
        """The case's name of an entry → its number in the journal."""

    def run(self) -> None:
        looks = sorted(((instant_of(one["now"], self._zone), one) for one in self.case.expect), key=lambda one: one[0])
        entries = sorted(self.case.journal, key=lambda one: (one.recorded_at, one.seq))
        for now, expected in looks:
            while entries and entries[0].recorded_at <= now:
                self._record(entries.pop(0))
            known = all(entry.at > now for entry in entries)
            if self.subject is not None and known:
                self._sweep(now)
                self._compare(expected, now)
        for entry in entries:
            self._record(entry)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.policy.zone)

    def _say(self, now: datetime, message: str) -> None:
        place = self.case.place
        self.evidence.problems.append(f"{place.file}:{place.line} {self.case.name} @ {now:%Y-%m-%d %H:%M}：{message}")

    # --- recording --------------------------------------------------------------

    def _record(self, entry: Step) -> None:
        if self.subject is not None:
            self._sweep(entry.recorded_at)
        if entry.type in OURS:
            return  # it came about by itself, or the comparison says so
        target = self.subject or NewSubject(self.case.kind, self.place.own)
        event = self.policy.events[entry.type]
        data = self._data(event, entry.data, entry.recorded_at)
        at = None if entry.at == entry.recorded_at else entry.at
        draft = Draft(target, entry.type, data, at=at, post=entry.post, reason="" if at is None else "补记")
        with clock.at(entry.recorded_at):
            done = self._by_its_actor(draft, entry, event) or self._as_fact(draft, entry)
        if done is None:
            return
        self.subject, seq = done
        self.numbers[entry.id] = str(seq)
        self.evidence.recorded.add(entry.type)
        self.evidence.kinds.add(self.case.kind)
        self.evidence.papers |= {str(one) for one in _several(entry.data.get("paper"))}
        kind = self.policy.kinds.get(self.case.kind)
        if kind and kind.numbering and self.subject.number:
            self.evidence.numbered.add(self.case.kind)
        self.evidence.values |= {(name, value) for name, value in self.subject.axes.items() if value is not None}

    def _data(self, event: EventType, given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The case's data with what a record must have besides, and with real references."""
        filled = self._filled(event, given, now)
        return {key: self._real(event.fields.get(key), key, value, now) for key, value in filled.items()}

    def _real(self, one: Field | None, key: str, value: Any, now: datetime) -> Any:
        if one is None:
            return value
        if one.type == "entry":
            return self.numbers.get(str(value), value)
        if one.type == "instant" and isinstance(value, str) and len(value) > len("2026-03-02"):
            return instant_of(value, self._zone)
        if one.type in ("text", "order", "party") and isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)

        def opening() -> Draft:
            event = self.policy.events["received" if self._matter else "opened"]
            data = {"kind": self.case.kind} if not self._matter else {}
            return opening_of(self.case.kind, self.place.own, event.name, self._filled(event, data, now), now)

        return self.place.registry.real(one, value, opening)

    @property
    def _matter(self) -> bool:
        kind = self.policy.kinds.get(self.case.kind)
        return kind is not None and kind.matter

    def _actor(self, event: str, post: str) -> Actor:
        standing_may = self._program.may(event, self.case.kind) or ()
        for role in (post, *standing_may):
            found = self.place.actor(role) if role else None
            if found is not None:
                return found
        return self.place.clerk

    @cached_property
    def _program(self) -> Program:
        return program_for(self.place.own, self.case.kind, self.case.journal[0].at)

    def _by_its_actor(self, draft: Draft, entry: Step, event: EventType) -> tuple[Subject, int] | None:
        """Recorded as an act with its power and gates; None where it is refused, which is evidence."""
        if event.implied or (entry.post and self.place.actor(entry.post) is None):
            return None  # an outside party's, or his who did something: told to the house
        actor = self._actor(entry.type, entry.post)
        try:
            with transaction.atomic():
                done = record(draft, actor=actor, now=entry.recorded_at)
        except Refused as refused:
            self.evidence.refused |= {one.gate.id for one in refused.shut}
            return None
        except NotAllowed:
            self.evidence.withheld.add((self.case.kind, entry.type))
            return None
        except NotRecorded:
            return None
        self._doers.insert(0, actor)
        self.evidence.acted.add((self.case.kind, entry.type, done.entries[0].post))
        return done.subject, done.entries[0].seq

    def _as_fact(self, draft: Draft, entry: Step) -> tuple[Subject, int] | None:
        actor = HOUSE if self.policy.events[entry.type].implied else self.place.clerk
        try:
            with transaction.atomic():
                done = record(replace(draft, as_fact=True), actor=actor, now=entry.recorded_at)
        except Invalid as reason:
            fields = self.policy.events[entry.type].fields
            if not all(name in fields and fields[name].type == "duty" for name in reason.errors):
                self._say(entry.recorded_at, f"{entry.type} 登记不了：{reason}")
            return None  # an exception that the clause does not allow: what must stand shows it
        except NotRecorded as reason:
            self._say(entry.recorded_at, f"{entry.type} 登记不了：{reason}")
            return None
        return done.subject, done.entries[0].seq

    # --- time passes -----------------------------------------------------------------

    def _sweep(self, now: datetime) -> None:
        assert self.subject is not None
        for _turn in range(3):
            wakes_at = Subject.objects.filter(pk=self.subject.pk).values_list("wakes_at", flat=True)[0]
            if wakes_at is None or wakes_at >= now:
                return
            look_again([self.subject.pk], now)

    # --- comparing --------------------------------------------------------------------

    def _compare(self, expected: Mapping[str, Any], now: datetime) -> None:
        assert self.subject is not None
        subject = Subject.objects.select_related("unit").get(pk=self.subject.pk)
        self.evidence.values |= {(name, value) for name, value in subject.axes.items() if value is not None}
        steps = steps_of([subject])[subject.pk]
        standing = Standing(self._program, str(subject.pk), subject.kind)
        standing.take(steps)
        spelt = Standing(self._program, str(subject.pk), subject.kind)
        spelt.take(self._spelt(step) for step in steps if self._told(step))
        late = [self.numbers.get(str(one), one) for one in expected.get("late", ())]
        wanted = {**expected, "late": late} if "late" in expected else expected
        for message in Check(spelt, now).all(wanted):
            self._say(now, message)
        self._rows(standing, steps, subject, now)
        self._noted(steps)
        self._chase(subject, now)
        self._tried(expected, subject, now)

    def _told(self, step: Step) -> bool:
        """Whether the case tells of it: lateness that the house noticed besides is none of what the case looks at."""
        if step.type != "overdue":
            return True
        names = [str(one.data.get(key, "")) for one in self.case.journal for key in _LATE if one.type == "overdue"]
        own = {str(step.data["clause"]), str(step.data["duty"]), str(step.data["duty"]).partition("@")[0]}
        return any({name, f"{self.policy.name}/{name}"} & own for name in names if name)

    def _spelt(self, step: Step) -> Step:
        return replace(step, data=self.place.registry.spelt(self.policy.events[step.type].fields, step.data))

    def _rows(self, standing: Standing, steps: Sequence[Step], subject: Subject, now: datetime) -> None:
        """Each duty that the journal says stands in the database, as the journal says."""
        stored = {duty.key: duty for duty in Duty.objects.filter(subject=subject)}
        owed = {one.key: one for one in standing.duties(now)}
        for key, one in owed.items():
            duty = stored.pop(key, None)
            if duty is None:
                if one.opened_at < now:  # what opens at this very instant the next sweep brings
                    self._say(now, f"{key} 没有存下来")
                continue
            state = "overdue" if duty.state == DutyState.OPEN and duty.due_at and duty.due_at <= now else duty.state
            row = (duty.rule, duty.clause, duty.role, duty.due_at, state, duty.kept_at)
            wanted = (one.rule.id, one.clause, one.who, one.due_at, one.state, one.kept_at)
            if row != wanted:
                self._say(now, f"{key} 存的是 {row}，应为 {wanted}")
            if state != DutyState.VOID:
                self._stood(duty, one, steps)
        for key, duty in stored.items():
            if duty.state != DutyState.VOID:
                self._say(now, f"{key} 多存了一项")

    def _stood(self, duty: Duty, owed: Owed, steps: Sequence[Step]) -> None:
        self.evidence.opened.add(duty.rule)
        self.evidence.owners.add(duty.role)
        if duty.due_at is not None:
            self.evidence.due.add(duty.rule)
        limit = owed.rule.within
        if isinstance(limit, ListLimit):
            for item in {str(step.data.get(limit.key)) for step in steps if step.type == limit.event}:
                row = self._program.rows.get((limit.list, item))
                if row is not None and row.clause == owed.clause:
                    self.evidence.rows.add((limit.list, item))

    def _noted(self, steps: Sequence[Step]) -> None:
        """What the house itself has written."""
        for step in steps:
            if step.type == "overdue":
                self.evidence.chased.add(str(step.data["duty"]).partition("@")[0])
            elif step.type == "proposed":
                self.evidence.proposed.add(str(step.data["proposal"]).partition("@")[0])
            elif step.type == "breached":
                self.evidence.breached.add(str(step.data["gate"]))

    def _chase(self, subject: Subject, now: datetime) -> None:
        """Let the time of what is due pass without anybody acting, and take it back."""
        waiting = Duty.objects.filter(subject=subject, state=DutyState.OPEN, due_at__isnull=False)
        due = [duty.due_at for duty in waiting if duty.rule not in self.evidence.chased and duty.due_at]
        if not due:
            return
        later = max(now, *due) + _MOMENT
        with transaction.atomic():
            look_again([subject.pk], later)
            self._noted(steps_of([subject])[subject.pk])
            transaction.set_rollback(True)

    # --- what is refused ----------------------------------------------------------------

    def _tried(self, expected: Mapping[str, Any], subject: Subject, now: datetime) -> None:
        """Acts that must be refused are tried, and taken back."""
        for act, data, gates in _shut(expected.get("shut", ())):
            event = self.policy.events[act.partition("@")[0]]
            if event.act and gates:
                wanted = {gate if "/" in gate else f"{self.policy.name}/{gate}" for gate in gates}
                self._try_shut(event, act, data, wanted, subject, now)
        for name, roles in (expected.get("may") or {}).items():
            if roles and self.policy.events[name].act and self.case.kind:
                self._try_without_power(self.policy.events[name], subject, now)
        for name, fields in (expected.get("requires") or {}).items():
            self._try_without(self.policy.events[name], fields, subject, now)

    def _attempt(self, draft: Draft, actor: Actor, now: datetime) -> NotRecorded | None:
        """What was said to it; whatever was written is taken back."""
        try:
            with transaction.atomic():
                record(draft, actor=actor, now=now)
                transaction.set_rollback(True)
        except NotRecorded as reason:
            return reason
        return None

    def _try_shut(
        self, event: EventType, act: str, data: Mapping[str, Any], wanted: set[str], subject: Subject, now: datetime
    ) -> None:
        _, _, instance = act.partition("@")
        own = dict(data)
        for rule in self._program.gates.get(event.name, ()) if instance else ():
            if rule.gate.per:
                own = {rule.gate.per: instance, **own}
        filled = self._data(event, own, now)
        draft = Draft(subject, event.name, filled)
        reason = self._attempt(draft, self._actor(event.name, ""), now)
        for actor in (self.place.clerk, *self._doers) if isinstance(reason, NotAllowed) else ():
            self.evidence.withheld.add((self.case.kind, event.name))
            reason = self._attempt(draft, actor, now)
            if not isinstance(reason, NotAllowed):
                break
        if isinstance(reason, Refused):
            self.evidence.refused |= {one.gate.id for one in reason.shut} & wanted
        elif reason is not None and not isinstance(reason, NotAllowed):
            self._say(now, f"试行 {act}：{reason}")

    def _try_without_power(self, event: EventType, subject: Subject, now: datetime) -> None:
        draft = Draft(subject, event.name, self._data(event, {}, now))
        if isinstance(self._attempt(draft, self.place.clerk, now), NotAllowed):
            self.evidence.withheld.add((self.case.kind, event.name))

    def _try_without(self, event: EventType, fields: Sequence[str], subject: Subject, now: datetime) -> None:
        fits = self.case.kind
        filled = self._data(event, {}, now)
        for name in fields:
            data = {key: value for key, value in filled.items() if key != name}
            opens = event.name in ("received", "opened")
            target = NewSubject(fits, self.place.own) if opens else subject
            reason = self._attempt(Draft(target, event.name, data), self._actor(event.name, ""), now)
            if isinstance(reason, Invalid) and name in reason.errors:
                self.evidence.demanded.add((self.case.kind, event.name, name))

    def _filled(self, event: EventType, given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The data with something made up under each field that must be given."""
        demanded = self._program.require(event.name, self.case.kind)
        wanted = {name: one for name, one in event.fields.items() if one.required or name in demanded}
        return {**{name: _made_up(one, now) for name, one in wanted.items()}, **given}


def _made_up(one: Field, now: datetime) -> Any:
    if one.values:
        return one.values[0]
    if one.type == "date":
        return f"{now:%Y-%m-%d}"
    return now.isoformat() if one.type == "instant" else _MADE_UP.get(one.type, "某")


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _shut(rows: Any) -> Iterator[tuple[str, Mapping[str, Any], Sequence[str]]]:
    if isinstance(rows, Mapping):
        yield from ((act, {}, gates) for act, gates in rows.items())
    else:
        yield from ((row["act"], row.get("data", {}), row["gates"]) for row in rows)
