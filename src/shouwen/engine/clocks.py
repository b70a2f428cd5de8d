"""When a duty is due, and why then (Meaning 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from shouwen.calendars import DateRule, Limit, Occurrence, Recurrence, due, explain
from shouwen.engine.answers import Why
from shouwen.engine.cycles import recurrence_of
from shouwen.engine.entry import Entry, order
from shouwen.engine.gates import listed
from shouwen.engine.instances import Instance, Pause
from shouwen.engine.program import Program, Timed
from shouwen.policy import model

_DAY = timedelta(days=1)


class Clocks:
    """The clocks of one subject: reads its past and its pauses, which the standing goes on writing."""

    def __init__(self, program: Program, past: Mapping[str, Sequence[Entry]], pauses: Sequence[Pause]) -> None:
        self.program = program
        self._past = past
        self._pauses = pauses

    def fires_at(self, timed: Timed, since: Entry) -> datetime | None:
        """The instant at which a timer that `since` started fires; None while the subject is suspended."""
        wanted, program = timed.timer, self.program
        if isinstance(wanted, model.Passed):
            pauses = [(pause.start, pause.end) for pause in self._pauses if not pause.names]
            return due(wanted.limit, since.at, program.calendar, program.policy.day_rules, pauses)
        assert isinstance(wanted, model.Ahead)
        value = next((since.data.get(place.key) for place in wanted.of if place.event == since.type), None)
        end = self._end_of(value) if isinstance(value, str) else None
        return None if end is None else max(program.ahead(wanted.limit, end), since.at)

    def pauses(self, instance: Instance) -> list[tuple[datetime, datetime | None]]:
        """When this duty's clock stood from its opening on, in order."""
        policy = self.program.policy.name
        found = []
        for pause in self._pauses:
            if pause.names and not instance.named(pause.names, policy):
                continue
            end = pause.end_for(instance, policy)
            if end is None or end > instance.opened_at:
                found.append((max(pause.start, instance.opened_at), end))
        return sorted(found, key=lambda stretch: stretch[0])

    def stands(self, instance: Instance, due_at: datetime | None) -> bool:
        """Whether its clock stands now: a pause that began before the due time and has not ended."""
        return any(end is None and (due_at is None or start < due_at) for start, end in self.pauses(instance))

    def _intervals(self, instance: Instance, limit: Limit) -> list[tuple[datetime, datetime | None]]:
        """When its clock stood before it was kept and before it ran out: a later pause takes nothing back."""
        kept = instance.kept.at if instance.kept else None
        intervals: list[tuple[datetime, datetime | None]] = []
        for start, end in self.pauses(instance):
            due_at = self._count(instance, limit, intervals)
            if due_at is None or start >= due_at or (kept is not None and start >= kept):
                break
            intervals.append((start, end or kept))
        return intervals

    def _count(
        self, instance: Instance, limit: Limit, pauses: Sequence[tuple[datetime, datetime | None]]
    ) -> datetime | None:
        return due(limit, instance.opened_at, self.program.calendar, instance.timed.day_rules, pauses)

    def due(self, instance: Instance, rule: model.Duty, row: model.ListRow | None) -> datetime | None:
        fixed = self._fixed(instance, rule)
        if fixed is not None:
            end = self._end_of(fixed)
            ahead = self._ahead(instance, rule)
            return self.program.so_long_before(ahead, end) if ahead and end else end
        if instance.occurrence:
            return instance.occurrence.due
        if isinstance(rule.due, DateRule):
            return rule.due.due(self._anchor(instance), self.program.calendar)[1]
        limit = row.within if row else instance.timed.limit
        if limit is None:
            return None
        return self._count(instance, limit, self._intervals(instance, limit) if self._pauses else ())

    def too_early(self, instance: Instance, rule: model.Duty, at: datetime) -> bool:
        """Whether an act at `at` comes before the duty may be kept (`not_before`, or the window of a date rule)."""
        program = self.program
        if instance.occurrence:
            earliest = instance.occurrence.not_before
        elif rule.not_before is not None:
            earliest = due(rule.not_before, instance.opened_at, program.calendar, program.policy.day_rules)
        elif isinstance(rule.due, DateRule):
            earliest = rule.due.due(self._anchor(instance), program.calendar)[0]
        else:
            return False
        return earliest is not None and at < earliest

    def _fixed(self, instance: Instance, rule: model.Duty) -> str | None:
        """A date or instant that was set: by extension, by agreement, or in the event."""
        if instance.extended is not None:
            return instance.extended
        for place in (rule.agreed, rule.due):
            if isinstance(place, model.FieldDue):
                value = self._attribute(instance, place.event, place.key)
                if isinstance(value, str) and self._end_of(value) is not None:
                    return value
        return None

    @staticmethod
    def _ahead(instance: Instance, rule: model.Duty) -> Limit | None:
        """How long before the date that the event names it is due."""
        own = rule.agreed is None and instance.extended is None
        return rule.due.ahead if own and isinstance(rule.due, model.FieldDue) else None

    def _anchor(self, instance: Instance) -> date:
        """The day that a date rule counts from: the period's first, else the day of the trigger."""
        period = instance.entry.data.get("period") or (instance.entry.data.get("facts") or {}).get("period")
        start = self.program.period_start(period) if isinstance(period, str) else None
        if start is not None:
            return start
        return self.program.local(instance.opened_at).date()

    def row(self, instance: Instance, rule: model.Duty) -> tuple[model.ListRow | None, bool]:
        """The row of the list that gives the limit, and whether the rule holds with it."""
        within = rule.within
        if not isinstance(within, model.ListLimit):
            return None, True
        item = self._attribute(instance, within.event, within.key)
        row = self.program.rows.get((within.list, str(item)))
        if within.missing:
            return None, row is None
        if row is None:
            return None, within.rows is None
        fitting = all(row.attributes.get(name) == value for name, value in (within.rows or {}).items())
        return row, fitting

    def _attribute(self, instance: Instance, event: str, key: str) -> Any:
        """What the event of this instance, or else the last of the subject, says under `key`.

        What came after the duty was kept says nothing about it.
        """
        if instance.entry.type == event and key in instance.entry.data:
            return instance.entry.data[key]
        per = instance.timed.per
        for entry in reversed(self._past.get(event, ())):
            if instance.kept is not None and order(entry) > order(instance.kept):
                continue
            if per and per in entry.data and instance.base not in listed(entry.data[per]):
                continue
            if entry.data.get(key) is not None:
                return entry.data[key]
        return None

    def _end_of(self, text: str) -> datetime | None:
        """A date means its 24:00, an instant itself; None for what is neither."""
        zone = self.program.calendar.tz
        try:
            if len(text) == 10:
                return datetime.combine(date.fromisoformat(text) + _DAY, time(), tzinfo=zone)
            instant = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return None
        return instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)

    def _why_then(self, occurrence: Occurrence, recurrence: Recurrence) -> Why:
        calendar, period = self.program.calendar, occurrence.period
        years = calendar.provisional_between(period.first, occurrence.due) if recurrence.on_workdays else ()
        which = f"第{occurrence.number}次，" if occurrence.number > 1 else ""
        line = f"{recurrence.sentence()}：{which}属{period.sentence()}"
        return Why(occurrence.due, (line,), calendar.version, "dated", bool(years), said=period.key)

    def why(self, instance: Instance, rule: model.Duty) -> Why:
        program = self.program
        row, _ = self.row(instance, rule)
        due_at = self.due(instance, rule, row)
        fixed = self._fixed(instance, rule)
        version = program.calendar.version
        if fixed is not None:
            if instance.extended:
                return Why(due_at, (f"延期至：{fixed}",), version, "extended", said=fixed)
            ahead = self._ahead(instance, rule)
            before = f"，提前{ahead.sentence()}" if ahead else ""
            return Why(due_at, (f"约定或载明的期限：{fixed}{before}",), version, "agreed", said=fixed)
        if instance.occurrence and instance.timed.every:
            recurrence = recurrence_of(instance.timed, instance.entry, program.calendar)
            assert recurrence is not None
            return self._why_then(instance.occurrence, recurrence)
        if isinstance(rule.due, DateRule):
            anchor = self._anchor(instance)
            years = program.calendar.provisional_between(anchor, due_at) if due_at and rule.due.on_workdays else ()
            line = f"{rule.due.sentence()}：自 {anchor} 起算"
            return Why(due_at, (line,), version, "dated", bool(years), said=anchor.isoformat())
        limit = row.within if row else instance.timed.limit
        if limit is None:
            return Why(None, ("条文没有规定时限：不设到期时间，只计已过多久",), version, "none")
        pauses = self._intervals(instance, limit)
        arithmetic = explain(limit, instance.opened_at, program.calendar, instance.timed.day_rules, pauses)
        lines = (f"{row.item}：{limit.sentence()}", *arithmetic.lines()) if row else tuple(arithmetic.lines())
        return Why(due_at, lines, version, "counted", bool(arithmetic.provisional), steps=arithmetic.steps)
