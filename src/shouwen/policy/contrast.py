"""Regulations side by side (对照): how fast each answers, who, who signs, who is told, what lateness costs.

Every cell is read off the rules under the readings taken, each line with the clause behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from shouwen.calendars import DateRule, Limit, Unit
from shouwen.policy.model import (
    Duty,
    Every,
    FieldDue,
    Gate,
    Happening,
    Passed,
    Policy,
    Proposal,
    Rule,
    Trigger,
    Until,
    UntilAll,
    UntilAny,
    Waiting,
    WordLimit,
)
from shouwen.policy.model.parts import Opening
from shouwen.policy.phrases import Phrases, joined
from shouwen.policy.rules import events_of
from shouwen.policy.subjects import Topic

OPENINGS = frozenset({"received", "opened"})
SIGNING = frozenset({"signed", "consented", "approval_decided", "agreement_signed", "accepted_by_customer"})
TELLING = frozenset({"notified", "reported_up", "progress_told", "answered", "submitted", "paper_sent"})
REPORTING = frozenset({"submitted", "paper_issued", "paper_sent", "published", "reported_up"})
LATENESS = ("逾期", "超期", "超时", "超过规定", "未按时", "未按期", "未及时", "不及时", "拖延", "延误", "迟报", "迟到")
"""Words by which rules that no clock sets off speak of lateness all the same (扣分项)."""
_HOURS: Mapping[Unit, float] = {
    Unit.MINUTES: 1 / 60,
    Unit.HOURS: 1,
    Unit.WORKING_HOURS: 4.2,
    Unit.DAYS: 24,
    Unit.WORKING_DAYS: 33.6,
    Unit.WEEKS: 168,
    Unit.MONTHS: 730,
    Unit.YEARS: 8760,
}
"""Rough lengths, for order alone: five working days are a week, eight working hours a working day."""
_LENGTH = re.compile(r"(\d+)(d|w|mo|y)")
_KEPT = {"d": "日", "w": "周", "mo": "个月", "y": "年"}


@dataclass(frozen=True)
class Told:
    """One line of a cell: what a rule says of the topic, and the clause behind it.

    Of a duty, ``act`` is what is done and ``limit`` within what time; ``since`` the time from the opening of the matter
    where the limits before it are known; ``rank`` its rough length in hours, None where the rule sets no limit.
    """

    clause: str
    text: str
    act: str = ""
    limit: str = ""
    since: str = ""
    rank: float | None = None
    waits: bool = False


Cells = Mapping[str, tuple[Told, ...]]
"""By column."""


class Contrast:
    """What one policy says of each topic."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.say = Phrases(policy)

    def cells(self, topic: Topic) -> Cells:
        """What the policy says of the topic; empty where it says nothing."""
        if topic.events:
            found = self._step(topic)
        else:
            found = {"late": self._lateness, "reports": self._reports, "kept": self._kept}[topic.name]()
        return {column: lines for column in topic.columns if (lines := tuple(dict.fromkeys(found[column])))}

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        return self.policy.all_of(Duty)

    @cached_property
    def _matters(self) -> tuple[str, ...]:
        return tuple(name for name, kind in self.policy.kinds.items() if kind.matter)

    # --- steps ------------------------------------------------------------------

    def _step(self, topic: Topic) -> dict[str, list[Told]]:
        wanted = {*topic.events}
        own = [duty for duty in self.duties if any(one.event in wanted for one in duty.act.happenings)]
        own = [duty for duty in own if not self._of_period(duty)]
        fast = sorted(map(self._fast, own), key=lambda told: (told.rank is None, told.rank or 0))
        return {
            "fast": fast,
            "who": list({(told := Told(duty.clause, self._owes(duty))).text: told for duty in reversed(own)}.values())[
                ::-1
            ],
            "signs": [*self._gates(wanted), *self._signatures(own, wanted)],
            "told": [Told(duty.clause, self._tells(duty)) for duty in self._telling(own, wanted)],
            "late": [Told(rule.clause, self._consequence(rule)) for rule in self._late(own, wanted)] if own else [],
        }

    def _of_period(self, duty: Duty) -> bool:
        """Whether it is a period's, not a matter's: those are reports."""
        return all(self.policy.kinds[kind].period for kind in duty.kinds)

    def _fast(self, duty: Duty) -> Told:
        after = self.say.trigger(duty.trigger)
        terms = [self.say.condition(duty.when)] if duty.when else []
        if duty.kinds != self._matters:
            terms.append(f"对象：{'、'.join(self.policy.kinds[kind].title for kind in duty.kinds)}")
        when = f"（{'；'.join(terms)}）" if terms else ""
        limits = self._since_opening(duty)
        rank = _rank(limits) if limits else None
        own = self._limit(duty)
        if rank is None and own is not None:
            rank = _rank((own,))
        since = _sum(limits) if limits and len(limits) > 1 else ""
        act = duty.title or self.say.event(duty.act.event)
        return Told(duty.clause, f"{after}{act}{when}", act, self._due(duty), since, rank)

    def _due(self, duty: Duty) -> str:
        if isinstance(duty.due, FieldDue):
            return f"不迟于{self.say.event(duty.due.event)}所载的{self.say.key(duty.due.event, duty.due.key)}"
        if isinstance(duty.due, DateRule):
            return duty.due.sentence()
        if isinstance(duty.trigger, Every):
            return "逐次"
        return self.say.within(duty.within).replace("，以历时显示", "")

    @staticmethod
    def _limit(duty: Duty) -> Limit | None:
        within = duty.within.limit if isinstance(duty.within, WordLimit) else duty.within
        return within if isinstance(within, Limit) else None

    def _since_opening(self, duty: Duty, seen: frozenset[str] = frozenset()) -> tuple[Limit, ...] | None:
        """The limits from the opening to this duty's end, one after another; None where one of them is not known."""
        own = self._limit(duty)
        trigger = duty.trigger
        if own is None or not isinstance(trigger, Happening) or duty.id in seen:
            return None
        if trigger.event in OPENINGS:
            return (own,)
        chains = [
            chain
            for before in self.duties
            if any(one.event == trigger.event for one in before.act.happenings)
            and {*before.kinds} & {*duty.kinds}
            and before.when in (None, duty.when)
            and (chain := self._since_opening(before, seen | {duty.id}))
        ]
        return (*min(chains, key=_rank), own) if chains else None

    def _owes(self, duty: Duty) -> str:
        by = f"（以{'、'.join(duty.by)}的行为为准）" if duty.by and duty.by != (duty.who,) else ""
        return f"{duty.who}{by}"

    def _gates(self, wanted: set[str]) -> Iterator[Told]:
        """Gates that keep the step shut until somebody has signed."""
        for gate in self.policy.all_of(Gate):
            if wanted.isdisjoint(one.event for one in gate.shuts):
                continue
            if SIGNING.isdisjoint(_opened_by(gate.until)):
                continue
            when = f"{self.say.condition(gate.when)}时" if gate.when else ""
            yield Told(gate.clause, joined([when, f"须{self.say.opening(gate.until)}"]))

    def _signatures(self, own: list[Duty], wanted: set[str]) -> Iterator[Told]:
        """Signatures that the step sets off, or that set it off."""
        before = {event for duty in own for event in events_of(duty.trigger)}
        for duty in self.duties:
            acts = {one.event for one in duty.act.happenings}
            if acts <= SIGNING and (acts & before or not wanted.isdisjoint(events_of(duty.trigger))):
                need = f"，{self.say.need(duty.need, duty.act.event)}" if duty.need else ""
                yield Told(duty.clause, f"{duty.who}{self.say.act(duty.act)}{need}")

    def _telling(self, own: list[Duty], wanted: set[str]) -> Iterator[Duty]:
        """Who is told once the step is done, and who at the same time as it is owed."""
        for duty in self.duties:
            telling = any(one.event in TELLING for one in duty.act.happenings)
            if telling and duty not in own and not wanted.isdisjoint(_set_off_by(duty.trigger)):
                yield duty

    def _tells(self, duty: Duty) -> str:
        to = "、".join(duty.to or (duty.need.all if duty.need else ()))
        limit = self.say.within(duty.within).replace("，以历时显示", "")
        told = duty.title or f"{f'向{to}' if to else ''}{self.say.act(duty.act)}"
        return f"{duty.who}{told}，{limit}"

    # --- lateness ---------------------------------------------------------------

    def _late(self, own: list[Duty], wanted: set[str]) -> Iterator[Rule]:
        """Rules that the lateness of these duties sets off."""
        for rule in self.policy.rules:
            for part in _parts(_trigger(rule)):
                if isinstance(part, Passed):
                    hit = any(one.event in wanted for one in part.unless)
                else:
                    hit = isinstance(part, Happening) and part.event == "overdue" and _any_late(part, own)
                if hit:
                    yield rule
                    break

    def _lateness(self) -> dict[str, list[Told]]:
        about = [rule for rule in self.policy.rules if self._about_lateness(rule)]
        return {"what": [Told(rule.clause, self._consequence(rule), waits=isinstance(rule, Waiting)) for rule in about]}

    def _about_lateness(self, rule: Rule) -> bool:
        """Set off by what was not done in time; or a consequence that is worded so."""
        for part in _parts(_trigger(rule)):
            if isinstance(part, Passed) and part.unless:
                return True
            if isinstance(part, Happening) and part.event == "overdue":
                return True
        if not (isinstance(rule, Proposal) or (isinstance(rule, Waiting) and rule.room == "appraisal")):
            return False
        return any(word in self._consequence(rule) for word in LATENESS)

    def _consequence(self, rule: Rule) -> str:
        say = self.say
        if isinstance(rule, Proposal):
            fields = self.policy.events[rule.propose].fields
            data = "、".join(f"{fields[key].title}：{value}" for key, value in rule.data.items())
            against = f"，对象：{'、'.join(rule.against)}" if rule.against else ""
            words = rule.title or say.trigger(rule.on)
            return (
                f"{words}，建议{say.event(rule.propose)}{f'（{data}）' if data else ''}{against}，由{rule.decide}决定"
            )
        if isinstance(rule, Duty):
            to = f"向{'、'.join(rule.to)}" if rule.to else ""
            return f"{say.trigger(rule.trigger)}，{rule.who}应{to}{say.act(rule.act)}"
        if isinstance(rule, Waiting):
            return rule.what or "，".join(f"{key}：{value}" for key, value in rule.rule.items())
        return rule.title

    # --- reports and records ---------------------------------------------------------

    def _reports(self) -> dict[str, list[Told]]:
        found = []
        for duty in self.duties:
            every = isinstance(duty.trigger, Every)
            if not (self._of_period(duty) or every) or REPORTING.isdisjoint(one.event for one in duty.act.happenings):
                continue
            kinds = "、".join(self.policy.kinds[kind].title for kind in duty.kinds)
            often = self.say.trigger(duty.trigger) if every else f"{kinds}，{self._due(duty)}"
            to = "、".join(duty.to or (duty.need.all if duty.need else ()))
            what = duty.title or self.say.act(duty.act)
            found.append(Told(duty.clause, f"{what}：{often}；{duty.who}{f'报{to}' if to else ''}"))
        return {"what": found}

    def _kept(self) -> dict[str, list[Told]]:
        found = []
        for rule in self.policy.all_of(Waiting):
            if "retention" not in rule.rule:
                continue
            since = f"自{rule.rule['since']}起" if "since" in rule.rule else ""
            kept = str(rule.rule.get("keep", ""))
            length = _LENGTH.fullmatch(kept)
            long = f"{length[1]}{_KEPT[length[2]]}" if length else "永久" if kept == "forever" else "没有写多久"
            found.append(Told(rule.clause, f"{rule.rule['retention']}：{since}{long}", waits=True))
        return {"what": found}


def _trigger(rule: Rule) -> Trigger | None:
    if isinstance(rule, Duty):
        return rule.trigger
    return rule.on if isinstance(rule, Proposal) else None


def _parts(trigger: Trigger | None) -> Iterator[Trigger]:
    """The trigger's happenings and timers, one by one."""
    if trigger is None:
        return
    parts = getattr(trigger, "parts", None)
    if parts is None:
        yield trigger
        return
    for part in parts:
        yield from _parts(part)


def _set_off_by(trigger: Trigger) -> Iterator[str]:
    """Events that set it off by coming about: not those whose absence does."""
    for part in _parts(trigger):
        if isinstance(part, Happening):
            yield part.event


def _any_late(overdue: Happening, duties: list[Duty]) -> bool:
    """Whether the lateness of one of these duties is what is meant."""
    if overdue.where is None:
        return True
    told = ({"duty": duty.id, "clause": duty.clause} for duty in duties)
    return any(overdue.where.evaluate(one) is True for one in told)


def _opened_by(opening: Opening) -> Iterator[str]:
    if isinstance(opening, Until):
        yield opening.happening.event
    elif isinstance(opening, (UntilAll, UntilAny)):
        for part in opening.parts:
            yield from _opened_by(part)


def _rank(limits: tuple[Limit, ...]) -> float:
    return sum(limit.amount * _HOURS[limit.unit] for limit in limits)


def _sum(limits: tuple[Limit, ...]) -> str:
    """Limits one after another: those of one unit are added up."""
    amounts: dict[Unit, int] = {}
    for limit in limits:
        amounts[limit.unit] = amounts.get(limit.unit, 0) + limit.amount
    return "＋".join(Limit(amount, unit).sentence() for unit, amount in amounts.items())
