"""What can be seen in the rules themselves (静态检查): dead rules, clocks that nobody starts, tables, lateness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from shouwen.calendars import Limit
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.choices import Choices, openings, triggers
from shouwen.engine.prove.fault import Fault
from shouwen.policy import model

MOST = 20_000
"""Of more combinations of categories and facts a condition is not tried."""
DAY = date(2026, 3, 2)
"""A working Monday, to try dates with."""
BEGINNINGS = frozenset({"received", "opened", "threshold_crossed"})


def faults(program: Program, kind: str, choices: Choices) -> Iterator[Fault]:
    """Everything that is wrong by the rules alone."""
    yield from _dead(program, choices)
    yield from _unbound(program, choices)
    yield from _own_lateness(choices)
    yield from _too_late(choices)
    yield from _outsiders(program, choices)
    yield from _tables(program, choices)


def _dead(program: Program, choices: Choices) -> Iterator[Fault]:
    """Conditions that nothing can make true."""
    for rule in choices.rules:
        if rule.when is not None and _satisfiable(program, choices, rule.when, holds=True) is False:
            yield Fault("永不生效", rule.clause, rule.id, f"条件“{rule.when.text}”怎样都不成立")
        for happening in _waited(rule):
            if _can_happen(program, choices, happening) is False:
                where = happening.where.text if happening.where else happening.event
                yield Fault("永不生效", rule.clause, rule.id, f"没有哪个“{_title(program, happening)}”符合“{where}”")


def _waited(rule: model.Rule) -> Iterator[model.Happening]:
    if isinstance(rule, model.Duty):
        yield from triggers(rule.trigger)
        yield from rule.act.happenings
    elif isinstance(rule, model.Proposal):
        yield from triggers(rule.on)
    elif isinstance(rule, model.Gate):
        yield from rule.shuts
        yield from (one.happening for one in openings(rule.until) if isinstance(one, model.Until))


def _can_happen(program: Program, choices: Choices, happening: model.Happening) -> bool | None:
    fits = program.fits_of(happening)
    if fits is None or program.policy.events[happening.event].implied:
        return True
    outer = {name for one in happening.conditions for name in one.names} & program.initial.keys()
    start = program.calendar.instant(DAY)
    posts = ["", *program.policy.roles]
    tried = 0
    for data in choices.data(happening.event, start):
        for values in choices.assignments(outer, MOST):
            for post in posts:
                tried += 1
                if tried > MOST:
                    return None
                entry = Entry("", "", choices.kind, happening.event, start, start, 0, "", post, "", data)
                if fits(entry, {**program.initial, **values}) is True:
                    return True
    return False


def _satisfiable(program: Program, choices: Choices, condition: Any, *, holds: bool) -> bool | None:
    tried = 0
    for values in choices.assignments(condition.names, MOST + 1):
        tried += 1
        if tried > MOST:
            return None
        if (program.holds(condition, {**program.initial, **values}) if holds else condition.evaluate(values)) is True:
            return True
    return False


def _unbound(program: Program, choices: Choices) -> Iterator[Fault]:
    """Clocks whose beginning nobody owes: the limit may never run."""
    owed = {one.event for rule in choices.rules if isinstance(rule, model.Duty) for one in rule.act.happenings}
    told: dict[str, model.Duty] = {}
    for rule in choices.rules:
        if not isinstance(rule, model.Duty) or (rule.within is None and rule.due is None):
            continue
        if isinstance(rule.within, model.WordLimit) and rule.within.limit is None:
            continue
        for event in _begin(rule.trigger):
            free = event in BEGINNINGS or event in program.policy.optional or program.policy.events[event].implied
            if event not in owed and not free:
                told.setdefault(event, rule)
    for event, rule in told.items():
        title = program.policy.events[event].title
        yield Fault("无人起算", rule.clause, rule.id, f"时限自“{title}”起算，而没有人有义务做“{title}”", (), event)


def _begin(trigger: model.Trigger) -> Iterator[str]:
    """The events that begin it; where any of several does, only if none is bound."""
    if isinstance(trigger, (model.Passed, model.Every)):
        yield trigger.since.event
    else:
        yield from (one.event for one in triggers(trigger))


def _own_lateness(choices: Choices) -> Iterator[Fault]:
    for rule in choices.rules:
        if isinstance(rule, model.Duty):
            for one in triggers(rule.trigger):
                own = {"duty": rule.id, "clause": rule.clause}
                another = one.where is not None and one.where.evaluate(own) is False
                spared = one.excluding is not None and one.excluding.evaluate(own) is True
                if one.event == "overdue" and not another and not spared:
                    yield Fault("自我触发", rule.clause, rule.id, "这项义务由它自己的逾期引起")


def _too_late(choices: Choices) -> Iterator[Fault]:
    for rule in choices.rules:
        if isinstance(rule, model.Duty) and isinstance(rule.within, Limit) and rule.not_before is not None:
            within, before = rule.within.elapsed, rule.not_before.elapsed
            longer = before > within if within is not None and before is not None else _longer(rule.not_before, rule.within)
            if longer:
                yield Fault("办不到", rule.clause, rule.id, f"不得早于{rule.not_before.sentence()}，却须在{rule.within.sentence()}内")


def _longer(one: Limit, other: Limit) -> bool:
    return one.unit == other.unit and one.amount > other.amount


def _outsiders(program: Program, choices: Choices) -> Iterator[Fault]:
    """Acts of ours that only outside parties owe: no post may perform them."""
    for rule in choices.rules:
        if not isinstance(rule, model.Duty):
            continue
        roles = [program.policy.roles.get(name) for name in rule.by or (rule.who,)]
        outside = all(role is not None and role.outside for role in roles)
        if outside and all(program.policy.events[one.event].act for one in rule.act.happenings):
            title = program.policy.events[rule.act.event].title
            yield Fault("无人能做", rule.clause, rule.id, f"“{title}”是经由本单位的行为，却只由外部方承担")


def _tables(program: Program, choices: Choices) -> Iterator[Fault]:
    for table in choices.rules:
        if not isinstance(table, model.Table):
            continue
        rows = [row for row in table.rows if row.reading is None or row.reading in program.policy.taken]
        names = frozenset[str]().union(*(row.when.names for row in rows))
        gap = overlap = False
        for values in choices.assignments(names, MOST):
            env = {**program.initial, **values}
            answers = [row.when.evaluate(env) for row in rows]
            known = None not in values.values()
            gap = gap or (known and table.otherwise is None and not any(answers) and None not in answers)
            said = {row.value for row, answer in zip(rows, answers, strict=True) if answer is True}
            overlap = overlap or (len(said) > 1 and not table.latch and not table.first)
        title = program.policy.axes[table.axis].title
        if gap:
            yield Fault("判定表有空缺", table.clause, table.id, f"“{title}”有判不出的情形：没有一行成立，也没有 else")
        if overlap:
            yield Fault("判定表有重叠", table.clause, table.id, f"“{title}”有的情形两行都成立而结果不同")


def _title(program: Program, happening: model.Happening) -> str:
    return program.policy.events[happening.event].title
