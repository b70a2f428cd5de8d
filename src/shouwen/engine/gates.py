"""Whether a gate is surely open (Meaning 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shouwen.engine.answers import Shut
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, Values
from shouwen.policy import model


def listed(value: Any) -> list[Any]:
    """A value that may be one or a list, as a list; None is none."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


class Openings:
    """The past of one subject, as gates look back on it."""

    def __init__(self, program: Program, past: Mapping[str, Sequence[Entry]], values: Values) -> None:
        self._program = program
        self._past = past
        self._values = values

    def shut(self, entry: Entry, kind: str, *, surely: bool = False) -> Iterator[Shut]:
        """The gates that shut this act on a subject of this kind, as things stand.

        `surely`: only those that shut it whatever else it may say.
        """
        for gate, instance, missing in self.concerning(entry, kind, surely=surely):
            if missing is not None:
                yield self._shut_by(gate, instance, missing, kind)

    def concerning(
        self, entry: Entry, kind: str, *, surely: bool = False
    ) -> Iterator[tuple[model.Gate, Any, list[str] | None]]:
        """The gates that this act has to pass, each with its instance and what is missing; None where it is open."""
        for gate_rule in self._program.gates.get(entry.type, ()):
            gate = gate_rule.gate
            if kind not in (gate.kinds or self._program.matter_kinds):
                continue
            if gate.when is not None and gate.when.evaluate(self._values) is False:
                continue
            fits = True if gate_rule.fits is None else gate_rule.fits(entry, self._values)
            if fits is False or (surely and fits is None):
                continue
            for instance in (listed(entry.data.get(gate.per)) or [None]) if gate.per else [None]:
                yield gate, instance, self.missing(gate.until, instance, gate.per)

    def _shut_by(self, gate: model.Gate, instance: Any, missing: list[str], kind: str) -> Shut:
        events = opening_events(gate.until)
        opens = dict.fromkeys(role for event in events for role in self._program.may(event, kind) or ())
        reason = gate.title or f"须先有：{'、'.join(missing)}"
        label = None if instance is None else str(instance)
        return Shut(gate, gate.clause, label, reason, tuple(missing), tuple(opens), events[0] if events else None)

    def missing(self, opening: model.Opening, instance: Any, per: str | None) -> list[str] | None:
        """None if it is surely open; else what is missing, in words."""
        if isinstance(opening, model.Until):
            return self._until(opening, instance, per)
        if isinstance(opening, model.UntilFact):
            return None if opening.condition.evaluate(self._values) is True else [self._fact(opening)]
        if isinstance(opening, model.UntilAll):
            answers = [self.missing(part, instance, per) for part in opening.parts]
            found = [line for answer in answers if answer is not None for line in answer]
            return None if all(answer is None for answer in answers) else found
        if isinstance(opening, model.UntilAny):
            answers = [self.missing(part, instance, per) for part in opening.parts]
            if any(answer is None for answer in answers):
                return None
            return [" 或 ".join("、".join(answer or ()) for answer in answers)]
        return self._not(opening, instance, per)

    def _not(self, opening: model.UntilNot, instance: Any, per: str | None) -> list[str] | None:
        part = opening.part
        if isinstance(part, model.UntilFact):
            return None if part.condition.evaluate(self._values) is False else [f"不得是：{self._fact(part)}"]
        if self.missing(part, instance, per) is None:
            return ["已有相反的记录"]
        return None

    def _fact(self, opening: model.UntilFact) -> str:
        policy = self._program.policy
        names: dict[str, model.Axis | model.Fact] = {**policy.axes, **policy.facts}
        return "、".join(names[name].title or name for name in sorted(opening.condition.names))

    def _until(self, until: model.Until, instance: Any, per: str | None) -> list[str] | None:
        fitting = list(self._fitting(until.happening))
        if until.last:
            fitting = self._latest(until, fitting, per)
        title = self._program.policy.events[until.happening.event].title
        if until.for_each:
            return self._each(until, fitting, title)
        same = until.same or per
        if instance is not None and same:
            fitting = [entry for entry in fitting if instance in listed(entry.data.get(same))]
        if until.need:
            return self._need(until.need, fitting, title)
        return None if fitting else [title]

    def _latest(self, until: model.Until, fitting: list[Entry], per: str | None) -> list[Entry]:
        """Those that no later event of the same instance has overtaken."""
        key = until.same or (until.for_each.key if until.for_each else per)
        latest = {}
        among = self._past.get(until.happening.event, ()) if until.among is None else self._fitting(until.among)
        for entry in among:
            for instance in listed(entry.data.get(key)) if key else [None]:
                latest[instance] = entry
        return [entry for entry in fitting if any(entry is last for last in latest.values())]

    def _each(self, until: model.Until, fitting: list[Entry], title: str) -> list[str] | None:
        assert until.for_each is not None
        key = until.for_each.key
        made = self._past.get(until.for_each.event, ())
        replaced = {value for entry in made for value in listed(entry.data.get("replaces"))}
        instances = dict.fromkeys(value for entry in made for value in listed(entry.data.get(key)))
        open_ones = [value for value in instances if value not in replaced]
        if not open_ones:
            # Nothing was made yet that could have been accepted: not surely open.
            return [title]
        lacking = []
        for value in open_ones:
            own = [entry for entry in fitting if value in listed(entry.data.get(until.same or key))]
            missing = self._need(until.need, own, title) if until.need else (None if own else [title])
            lacking += [f"{value}：{line}" for line in missing or ()]
        return lacking or None

    def _need(self, need: model.Need, fitting: Iterable[Entry], title: str) -> list[str] | None:
        have = {self._program.role(value) for entry in fitting for value in listed(entry.data.get(need.of))}
        if need.all:
            lacking = [f"{title}：{value}" for value in need.all if value not in have]
            return lacking or None
        return None if len(have) >= need.count else [f"{title}（{len(have)}/{need.count}）"]

    def _fitting(self, happening: model.Happening) -> Iterable[Entry]:
        fits = self._program.fits_of(happening)
        for entry in self._past.get(happening.event, ()):
            if fits is None or fits(entry, self._values) is True:
                yield entry


def opening_events(opening: model.Opening) -> list[str]:
    """The events that can open it."""
    if isinstance(opening, model.Until):
        return [opening.happening.event]
    if isinstance(opening, (model.UntilAny, model.UntilAll)):
        return [event for part in opening.parts for event in opening_events(part)]
    return []
