"""Journal → standing (现状): what is owed by whom until when, what is shut, what may be done next.

A pure function of the entries, the policy and the calendar. ``docs/engine.md`` defines its meaning;
the numbers in parentheses are its paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shouwen.calendars import Period, PeriodKind, due
from shouwen.engine.answers import STANDING, Breach, Coming, Next, Owed, Proposed, Shut, State, Why
from shouwen.engine.clocks import Clocks
from shouwen.engine.cycles import Cycles, in_turn, lapse
from shouwen.engine.entry import MENDING, Entry, effective, order
from shouwen.engine.gates import Openings, listed
from shouwen.engine.instances import Instance, Pause
from shouwen.engine.program import Program, Timed, Values, Watch
from shouwen.engine.timers import Timers
from shouwen.engine.values import Known
from shouwen.policy import model


class Standing:
    """The standing of one subject. Feed it with `step`, in any order; ask it at any instant from the last entry on."""

    def __init__(self, program: Program, subject: str, kind: str = "") -> None:
        self.program = program
        self.subject = subject
        self.kind = kind or program.default_kind
        self._given: list[Entry] = []
        self._mended = False
        self._reset()

    def _reset(self) -> None:
        self._known = Known(self.program)
        self.values: Values = self._known.values
        self.breaches: list[Breach] = []
        self.late_entries: list[str] = []
        self.ended = False
        self.withdrawn = False
        self.merged_into: str | None = None
        self._last: tuple[datetime, datetime, int] | None = None
        self._instances: dict[int, dict[str | None, Instance]] = {}
        self._parts: dict[tuple[int, Any], dict[int, Entry]] = {}
        self._cycles = Cycles(self.program.calendar)
        self._pauses: list[Pause] = []
        self._past: dict[str, list[Entry]] = {}
        self._clocks = Clocks(self.program, self._past, self._pauses)
        self._timers = Timers(self._clocks.fires_at)

    @property
    def given(self) -> Sequence[Entry]:
        """Every entry that was taken in, as it came."""
        return self._given

    @property
    def parts(self) -> Mapping[tuple[int, Any], Mapping[int, Entry]]:
        """What has happened of triggers of which all parts must, by rule and instance."""
        return self._parts

    # --- taking entries in -----------------------------------------------

    def step(self, entry: Entry) -> None:
        """Take one entry in. One that happened before others, or mends another, folds the whole anew."""
        self._given.append(entry)
        self._mended = self._mended or entry.type in MENDING
        if self._mended or (self._last is not None and order(entry) < self._last):
            self._reset()
            for counted in effective(self._given):
                self._apply(counted)
        else:
            self._apply(entry)

    def take(self, entries: Iterable[Entry], now: datetime | None = None) -> None:
        """Take many entries in at once; the same standing as stepping through them.

        With `now`, only what had happened by then, as mended by then.
        """
        if self._given:
            self._reset()
        self._given.extend(one for one in entries if now is None or one.type not in MENDING or one.at <= now)
        self._mended = any(entry.type in MENDING for entry in self._given)
        for entry in effective(self._given):
            if now is None or entry.at <= now:
                self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        program = self.program
        self._follow(entry)
        if self._timers or self._cycles:
            self._by_itself(entry.at)
        if entry.recorded_at != entry.at and self._is_late(entry):
            self.late_entries.append(entry.id)
        if entry.type in program.gates:
            self._note_breaches(entry)
        if entry.type in program.keepers:
            self._keep(entry)
        if entry.data.get("replaces") is not None:
            self._replace(entry)
        control = _CONTROLS.get(entry.type)
        if control:
            control(self, entry)
        changed = self._known.take(entry)
        if entry.type in program.looked_back:
            self._past.setdefault(entry.type, []).append(entry)
        if changed:
            self._revalue(changed)
        for watch in program.watches.get(entry.type, ()):
            self._watch(watch, entry)

    def _is_late(self, entry: Entry) -> bool:
        policy = self.program.policy
        limit = due(policy.late_entry, entry.at, self.program.calendar, policy.day_rules)
        return limit is not None and entry.recorded_at > limit

    def _revalue(self, changed: set[str]) -> None:
        for standing in self._instances.values():
            for instance in standing.values():
                if instance.timed.names & changed:
                    self._relive(instance)

    def _relive(self, instance: Instance) -> None:
        condition = instance.timed.rule.when
        instance.live = condition is None or self.program.holds(condition, self.values)
        instance.seen = instance.seen or instance.live

    def _follow(self, entry: Entry) -> None:
        if self._last is None:
            self._cycles.over = self._end_of_period(entry)
        self._last = order(entry)

    def _end_of_period(self, first: Entry) -> datetime | None:
        """When a period ends that this entry opens; None for what is no period."""
        kind = self.program.policy.kinds.get(self.kind)
        if kind is None or kind.period is None:
            return None
        day = first.at.astimezone(self.program.calendar.tz).date()
        return Period.containing(PeriodKind(kind.period), day).ends(self.program.calendar)

    # --- triggers (1, 2) -----------------------------------------------------

    def _watch(self, watch: Watch, entry: Entry) -> None:
        timed = watch.timed
        if self.kind not in (timed.rule.kinds or self.program.matter_kinds):
            return
        if watch.fits is not None and watch.fits(entry, self.values) is not True:
            return
        bases = (listed(entry.data.get(timed.per)) or [None]) if timed.per else [None]
        if watch.role == "unless" and timed.every:
            self._cycles.end(timed, bases)
            lapse(self._instances.get(timed.index, {}).values(), bases, entry.at, self._due)
            return
        if watch.role == "unless":
            self._timers.spare(timed, bases)
            return
        gate = self.program.following.get(timed.rule.id)
        for base in bases:
            if gate is not None and self.openings.missing(gate.until, base, gate.per) is None:
                continue  # the paper that may follow was there before
            if timed.every:
                self._recur(timed, base, entry)
            elif timed.timer:
                self._start(timed, base, entry)
            elif timed.parts:
                self._take_part(watch, base, entry)
            else:
                self._open(timed, base, entry, entry.at)

    def _recur(self, timed: Timed, base: Any, entry: Entry) -> None:
        if timed.every and timed.every.on:
            self._forget_unkept(timed, base)
        self._cycles.begin(timed, base, entry)

    def _replace(self, entry: Entry) -> None:
        for standing in self._instances.values():
            for instance in standing.values():
                per = instance.timed.per
                if per in entry.data and instance.base in listed(entry.data["replaces"]):
                    instance.lapsed = True

    def _take_part(self, watch: Watch, base: Any, entry: Entry) -> None:
        have = self._parts.setdefault((watch.timed.index, base), {})
        have.setdefault(watch.part, entry)
        if len(have) == watch.timed.parts:
            self._open(watch.timed, base, entry, entry.at)

    def _open(self, timed: Timed, base: Any, entry: Entry, at: datetime) -> None:
        standing = self._instances.setdefault(timed.index, {})
        again = timed.rule.again if isinstance(timed.rule, model.Duty) else "add"
        label = None if base is None else str(base)
        if again == "add":
            number = 1 + (sum(instance.base == base for instance in standing.values()) if standing else 0)
            if label is None:
                label = str(number)
            elif number > 1:
                label = f"{label}/{number}"
        elif again == "ignore" and label in standing:
            return
        instance = Instance(timed, base, label, entry, at)
        self._relive(instance)
        standing[label] = instance

    def _start(self, timed: Timed, base: Any, entry: Entry) -> None:
        """Of a date that was set anew: what opened ahead of the old one, and is not kept, opens ahead of the new."""
        if isinstance(timed.timer, model.Ahead):
            self._forget_unkept(timed, base)
        self._timers.start(timed, base, entry, list(self._instances.get(timed.index, {}).values()))

    def _forget_unkept(self, timed: Timed, base: Any) -> None:
        standing = self._instances.get(timed.index, {})
        for label in [label for label, one in standing.items() if one.base == base and one.kept is None]:
            del standing[label]

    def _by_itself(self, at: datetime) -> None:
        """Open what fell due before this instant, and what recurs and has come round by it."""
        for fired_at, timer in self._timers.ripe(at):
            self._open(timer.timed, timer.base, timer.since, fired_at)
        for instance in self._cycles.come_round(at):
            self._relive(instance)
            self._instances.setdefault(instance.timed.index, {}).setdefault(instance.label, instance)

    # --- keeping (1, 2, 7) ----------------------------------------------------

    def _keep(self, entry: Entry) -> None:
        for keeper in self.program.keepers[entry.type]:
            standing = self._instances.get(keeper.timed.index)
            if not standing:
                continue
            rule = keeper.timed.rule
            assert isinstance(rule, model.Duty)
            if rule.by and self.program.role(entry.post) not in rule.by:
                continue
            if keeper.fits is not None and keeper.fits(entry, self.values) is not True:
                continue
            wanted = (listed(entry.data.get(keeper.same)) or [None]) if keeper.timed.per and keeper.same else None
            if keeper.timed.every:
                self._keep_in_turn(
                    rule, entry, [one for one in standing.values() if wanted is None or one.base in wanted]
                )
                continue
            kept: set[Any] = set()
            for instance in standing.values():
                if instance.kept or (wanted is not None and instance.base not in wanted):
                    continue
                if self._clocks.too_early(instance, rule, entry.at):
                    continue
                if rule.again == "add" and instance.base in kept:
                    continue  # one act keeps the oldest of several
                kept.add(instance.base)
                self._keep_one(instance, rule, entry)

    def _keep_in_turn(self, rule: model.Duty, entry: Entry, standing: list[Instance]) -> None:
        could = [one for one in standing if one.live and not (one.kept or one.lapsed or one.lifted)]
        could = [one for one in could if not self._clocks.too_early(one, rule, entry.at)]
        for instance in in_turn(could, entry, self._due):
            self._keep_one(instance, rule, entry)

    def _due(self, instance: Instance) -> datetime | None:
        rule = instance.timed.rule
        assert isinstance(rule, model.Duty)
        return self._clocks.due(instance, rule, self._clocks.row(instance, rule)[0])

    def _keep_one(self, instance: Instance, rule: model.Duty, entry: Entry) -> None:
        if rule.need is None:
            instance.kept = entry
            return
        given = [self.program.role(value) for value in listed(entry.data.get(rule.need.of))]
        instance.have = (*instance.have, *(value for value in given if value not in instance.have))
        if not self._missing(instance, rule):
            instance.kept = entry

    def _missing(self, instance: Instance, rule: model.Duty) -> tuple[str, ...]:
        need = rule.need
        if need is None or instance.kept:
            return ()
        if need.all:
            return tuple(value for value in need.all if value not in instance.have)
        return tuple(f"第{number}个" for number in range(len(instance.have) + 1, need.count + 1))

    # --- acts upon duties (3, 9) -------------------------------------------------

    def _named(self, entry: Entry) -> Iterator[Instance]:
        names = [str(name) for name in listed(entry.data.get("duties"))]
        for standing in self._instances.values():
            for instance in standing.values():
                if not names or instance.named(names, self.program.policy.name):
                    yield instance

    def _suspend(self, entry: Entry) -> None:
        self._pauses.append(Pause(tuple(str(name) for name in listed(entry.data.get("duties"))), entry.at))
        self._timers.retime()

    def _resume(self, entry: Entry) -> None:
        names = tuple(str(name) for name in listed(entry.data.get("duties")))
        for pause in self._pauses:
            if pause.end is None and names:
                pause.freed.append((names, entry.at))
            elif pause.end is None:
                pause.end = entry.at
        self._timers.retime()

    def _extend(self, entry: Entry) -> None:
        until = entry.data.get("until")
        for instance in self._named(entry):
            if until is not None and instance.kept is None:
                instance.extended = str(until)

    def _lift(self, entry: Entry) -> None:
        state: State = "excused" if entry.type == "excused" else "waived"
        for instance in self._named(entry):
            rule = instance.timed.rule
            if instance.kept or not isinstance(rule, model.Duty):
                continue
            if state == "waived" or rule.excusable:
                instance.lifted = state

    def _merge(self, entry: Entry) -> None:
        self.merged_into = str(entry.data.get("other")) if entry.type == "merged" else None

    def _end(self, entry: Entry) -> None:
        self.ended = self._cycles.stopped = entry.type != "reopened"
        self.withdrawn = entry.type == "withdrawn" or (self.withdrawn and self.ended)

    # --- gates (5, 6) ---------------------------------------------------------

    def shut(self, event: str, data: Mapping[str, Any], at: datetime | None = None) -> list[Shut]:
        """The gates that shut this act now; empty if it may be done."""
        probe = Entry("", self.subject, self.kind, event, _NEVER, _NEVER, 0, "", "", "", data)
        return list(self.openings.shut(probe, self.kind))

    @property
    def openings(self) -> Openings:
        """The past as gates look back on it now."""
        return Openings(self.program, self._past, self.values)

    def _note_breaches(self, entry: Entry) -> None:
        for shut in self.openings.shut(entry, self.kind):
            if shut.gate.follow is None:
                self.breaches.append(
                    Breach(entry.id, entry.type, shut.gate, shut.clause, shut.instance, entry.at, entry.post)
                )

    # --- answers ------------------------------------------------------------------

    def duties(self, now: datetime) -> list[Owed]:
        """Every duty at `now` (at or after the last entry), void ones too, in the order of opening and clause."""
        found = [owed for instance in self._all(now, model.Duty) if (owed := self._owed(instance, now))]
        found.sort(key=lambda owed: (owed.opened_at, owed.clause, owed.key))
        return found

    def _all(self, now: datetime, kind: type[model.Duty | model.Proposal]) -> Iterator[Instance]:
        """Those of one kind of rule that have ever lived."""
        for standing in self._instances.values():
            for instance in standing.values():
                if instance.seen and isinstance(instance.timed.rule, kind):
                    yield instance
        for instance in (*self._timers.by(now), *self._cycles.by(now)):
            self._relive(instance)
            if instance.seen and isinstance(instance.timed.rule, kind):
                yield instance

    def _owed(self, instance: Instance, now: datetime) -> Owed | None:
        rule = instance.timed.rule
        assert isinstance(rule, model.Duty)
        row, in_list = self._clocks.row(instance, rule)
        if not in_list:
            return None
        program = self.program
        due_at = self._clocks.due(instance, rule, row)
        state = self._state(instance, due_at, now)
        clause, also = (row.clause, (rule.clause, *rule.also)) if row else (rule.clause, rule.also)
        kept = instance.kept
        return Owed(
            key=instance.key,
            rule=rule,
            clause=clause,
            also=also,
            instance=instance.label,
            who=rule.who,
            opened_at=program.local(instance.opened_at),
            due_at=None if state == "paused" else due_at,
            state=state,
            kept_at=program.local(kept.at) if kept else None,
            missing=self._missing(instance, rule),
            triggered_by=instance.entry.id,
            kept_by=kept.id if kept else None,
            late_recorded=bool(kept and kept.id in self.late_entries),
        )

    def _state(self, instance: Instance, due_at: datetime | None, now: datetime) -> State:
        if not instance.live:
            return "void"
        if instance.lifted:
            return instance.lifted
        kept = instance.kept
        if kept is not None:
            return "late" if due_at is not None and kept.at > due_at else "kept"
        if instance.lapsed or self.merged_into is not None or self.withdrawn:
            return "void"
        if self._clocks.stands(instance, due_at):
            return "paused"
        return "overdue" if due_at is not None and now >= due_at else "open"

    def explain(self, key: str, now: datetime) -> Why:
        """How the due instant of the duty with this key came about. Raises KeyError for a key that does not stand."""
        for instance in self._all(now, model.Duty):
            rule = instance.timed.rule
            if instance.key == key and isinstance(rule, model.Duty):
                return self._clocks.why(instance, rule)
        raise KeyError(key)

    def may(self, event: str) -> tuple[str, ...] | None:
        """Roles that may do this act; None where no clause names anybody."""
        return self.program.may(event, self.kind)

    def next_acts(self, now: datetime) -> list[Next]:
        """What may be done next and by whom: what is owed first, by due time; then what a power allows."""
        owed = [owed for owed in self.duties(now) if owed.state in STANDING]
        owed.sort(key=lambda one: (one.due_at is None, one.due_at or one.opened_at, one.opened_at))
        found = []
        for one in owed:
            event = one.rule.act.event
            data = {one.rule.per: one.instance} if one.rule.per else {}
            roles = one.rule.by or (one.rule.who,)
            found.append(Next(event, roles, one, one.instance, one.due_at, tuple(self.shut(event, data))))
        listed_events = {one.event for one in found}
        for event, roles in self.program.powers(self.kind).items():
            if event not in listed_events and not self.ended:
                found.append(Next(event, roles, None, None, None, tuple(self.shut(event, {}))))
        return found

    def proposals(self, now: datetime) -> list[Proposed]:
        """Consequences that rules propose, in the order in which their grounds arose."""
        found = []
        for instance in self._all(now, model.Proposal):
            rule = instance.timed.rule
            if isinstance(rule, model.Proposal) and instance.live:
                at = self.program.local(instance.opened_at)
                found.append(
                    Proposed(
                        instance.key,
                        rule,
                        rule.clause,
                        rule.propose,
                        rule.data,
                        rule.against,
                        rule.decide,
                        at,
                        instance.entry.id,
                    )
                )
        return sorted(found, key=lambda one: (one.at, one.key))

    def coming(self, now: datetime) -> list[Coming]:
        """What timers will open by themselves after `now` if nothing comes before, the soonest first."""
        found = []
        for instance in self._timers.ahead(now):
            self._relive(instance)
            if instance.live:
                rule = instance.timed.rule
                found.append(Coming(rule, rule.clause, instance.label, self.program.local(instance.opened_at)))
        return sorted(found, key=lambda one: (one.at, one.rule.id))

    def wakes_at(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which something opens by itself."""
        instants = [*self._timers.after(now), *self._cycles.next_after(now)]
        return min(instants, default=None)


_NEVER = datetime.max.replace(tzinfo=UTC)
_CONTROLS = {
    "suspended": Standing._suspend,
    "resumed": Standing._resume,
    "extended": Standing._extend,
    "waived": Standing._lift,
    "excused": Standing._lift,
    "merged": Standing._merge,
    "unmerged": Standing._merge,
    "closed": Standing._end,
    "ended": Standing._end,
    "withdrawn": Standing._end,
    "reopened": Standing._end,
}


def fold(program: Program, entries: Iterable[Entry], now: datetime | None = None) -> dict[str, Standing]:
    """The standings of all subjects in a journal, by subject; with `now`, by what had happened then."""
    journals: dict[str, list[Entry]] = {}
    for entry in entries:
        journals.setdefault(entry.subject, []).append(entry)
    standings = {}
    for subject, own in journals.items():
        standing = standings[subject] = Standing(program, subject, own[0].kind)
        standing.take(own, now)
    return standings
