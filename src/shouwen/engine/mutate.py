"""Mutation of a policy (变异): is every rule held by a scenario that names its clause?

Each mutant differs in one place: a rule deleted (for a gate: opened), a limit doubled, a role swapped, an exception
left out. It is killed when a scenario that names the rule's clause fails under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import time
from typing import Any

from shouwen.calendars import Calendar, DateRule, Limit
from shouwen.engine.scenarios import Case, Programs, run_case
from shouwen.policy import model

_CARRIED_OUT = (
    model.Duty,
    model.Gate,
    model.Table,
    model.ListRow,
    model.Power,
    model.RecordRule,
    model.Proposal,
)


@dataclass(frozen=True)
class Mutant:
    """One change to one rule."""

    rule: model.Rule
    change: str
    changed: model.Rule | None
    """None: the rule is deleted."""

    def __str__(self) -> str:
        return f"{self.rule.place.file}:{self.rule.place.line} {self.rule.id}：{self.change}"

    def policy(self, policy: model.Policy) -> model.Policy:
        """The policy with this one change."""
        return replace(policy, clauses=tuple(self._clause(clause) for clause in policy.clauses))

    def _clause(self, clause: model.Clause) -> model.Clause:
        if clause.id != self.rule.clause:
            return clause
        rules = tuple(self.changed if rule is self.rule else rule for rule in clause.rules)
        return replace(clause, rules=tuple(rule for rule in rules if rule is not None))


def mutants(policy: model.Policy) -> Iterator[Mutant]:
    """Every mutant of every rule that is carried out, under any reading."""
    roles = list(policy.roles)
    for clause in policy.clauses:
        for rule in clause.rules:
            if isinstance(rule, _CARRIED_OUT):
                yield Mutant(rule, "打开关口" if isinstance(rule, model.Gate) else "删去", None)
                yield from _doubled(rule)
                yield from _swapped(rule, roles)
                yield from _without_rows(rule)
                yield from (Mutant(rule, "删去除外", changed) for changed in _without_exceptions(rule))


def _doubled(rule: model.Rule) -> Iterator[Mutant]:
    if isinstance(rule, model.Duty):
        if isinstance(rule.within, Limit):
            yield Mutant(rule, f"期限 {rule.within} 加倍", replace(rule, within=_double(rule.within)))
        elif isinstance(rule.within, model.WordLimit) and rule.within.limit:
            word = replace(rule.within, limit=_double(rule.within.limit))
            yield Mutant(rule, f"期限 {rule.within.limit} 加倍", replace(rule, within=word))
        if isinstance(rule.due, DateRule):
            yield Mutant(rule, "日期改动", replace(rule, due=_later(rule.due)))
        if isinstance(rule.trigger, model.Passed):
            trigger = replace(rule.trigger, limit=_double(rule.trigger.limit))
            yield Mutant(rule, f"届满 {rule.trigger.limit} 加倍", replace(rule, trigger=trigger))
        elif isinstance(rule.trigger, model.Every):
            yield from _recurring(rule, rule.trigger)
    elif isinstance(rule, model.ListRow):
        yield Mutant(rule, f"期限 {rule.within} 加倍", replace(rule, within=_double(rule.within)))
    elif isinstance(rule, model.Gate) and rule.follow:
        yield Mutant(rule, f"期限 {rule.follow} 加倍", replace(rule, follow=_double(rule.follow)))


def _recurring(rule: model.Duty, every: model.Every) -> Iterator[Mutant]:
    yield Mutant(rule, "周期内多一次", replace(rule, trigger=_oftener(every)))
    for key in ("first", "beyond"):
        limit = getattr(every, key)
        if limit is not None:
            changed: dict[str, Any] = {key: _double(limit)}
            yield Mutant(rule, f"{key} {limit} 加倍", replace(rule, trigger=replace(every, **changed)))


def _double(limit: Limit) -> Limit:
    return replace(limit, amount=limit.amount * 2 or 1)


def _oftener(every: model.Every) -> model.Every:
    """The same recurrence, once more a period."""
    given = every.recurrence
    return replace(every, recurrence=replace(given, count=given.count + 1, slots=(*given.slots, *given.slots[-1:])))


def _later(rule: DateRule) -> DateRule:
    """The same rule, an hour into the day: a due time that no clause names."""
    return replace(rule, ends=time(1))


def _swapped(rule: model.Rule, roles: list[str]) -> Iterator[Mutant]:
    names: dict[str, Callable[[Any], Any]] = {}
    for key in ("who", "decide"):
        if isinstance(getattr(rule, key, None), str):
            names[key] = lambda name: _other(name, roles)
    for key in ("by", "to", "against"):
        if getattr(rule, key, ()):
            names[key] = lambda many: (_other(many[0], roles), *many[1:])
    for key, swap in names.items():
        changed = replace(rule, **{key: swap(getattr(rule, key))})
        yield Mutant(rule, f"{key} 换成另一角色", changed)


def _other(name: str, roles: list[str]) -> str:
    return next(role for role in (*roles, "无") if role != name)


def _without_rows(rule: model.Rule) -> Iterator[Mutant]:
    if isinstance(rule, model.Table):
        for row in rule.rows:
            rows = tuple(other for other in rule.rows if other is not row)
            yield Mutant(rule, f"删去判定行“{row.when.text}”", replace(rule, rows=rows))


def _without_exceptions(part: Any) -> Iterator[Any]:
    """The rule, or a part of one, once for each exception (``except``) in it, without that one."""
    if isinstance(part, model.Happening):
        if part.excluding is not None:
            yield replace(part, excluding=None)
    elif isinstance(part, tuple):
        for number, one in enumerate(part):
            yield from ((*part[:number], changed, *part[number + 1 :]) for changed in _without_exceptions(one))
    elif is_dataclass(part) and not isinstance(part, type):
        for own in fields(part):
            yield from (
                replace(part, **{own.name: changed}) for changed in _without_exceptions(getattr(part, own.name))
            )


def held_rules(policy: model.Policy, cases: Iterable[Case], calendar: Calendar) -> frozenset[str]:
    """Ids of the rules of which every change is noticed by a case that names their clause."""
    tried: dict[str, bool] = {}
    for mutant, survives in survivors(policy, cases, calendar):
        tried[mutant.rule.id] = tried.get(mutant.rule.id, True) and not survives
    return frozenset(rule for rule, held in tried.items() if held)


def survivors(policy: model.Policy, cases: Iterable[Case], calendar: Calendar) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether it survives: no case that names its clause fails under it."""
    by_clause: dict[str, list[Case]] = {}
    for case in cases:
        for clause in case.clauses:
            by_clause.setdefault(clause, []).append(case)
    for mutant in mutants(policy):
        programs = Programs(mutant.policy(policy), calendar)
        killed = any(run_case(case, programs) for case in by_clause.get(mutant.rule.clause, ()))
        yield mutant, not killed
