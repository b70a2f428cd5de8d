"""What only the whole policy shows: sources of axes, rows of lists, gates that nothing opens, self-made lateness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from shouwen.policy.model import (
    AllOf,
    AnyOf,
    Axis,
    Duty,
    Every,
    Fact,
    Gate,
    Happening,
    ListLimit,
    ListRow,
    Opening,
    Passed,
    Power,
    Rule,
    Table,
    Trigger,
    Until,
    UntilAll,
    UntilFact,
    UntilNot,
)
from shouwen.policy.problems import nearest
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.scope import UNREADABLE, Scope
from shouwen.policy.yamltext import Hole

R = TypeVar("R", bound=Rule)


def check_whole(rules: Iterable[Rule], scope: Scope, axis_lines: dict[str, int]) -> None:
    """Add the problems of the policy as a whole to the scope's.

    Nothing is missed that may stand in what cannot be read, or that a misspelt name was probably meant to be.
    """
    every = tuple(rules)
    _axis_sources(every, scope, axis_lines)
    _rows_twice(every, scope)
    _rows_missing(every, scope)
    _own_lateness(every, scope)
    _unopenable(every, scope)
    _following(every, scope)


def _of(rules: tuple[Rule, ...], sort: type[R]) -> Iterator[R]:
    return (rule for rule in rules if isinstance(rule, sort))


def _say(rule: Rule, scope: Scope, message: str, expected: str) -> None:
    scope.clause = rule.clause
    scope.say(rule.place.line, message, expected)


def _axis_sources(rules: tuple[Rule, ...], scope: Scope, axis_lines: dict[str, int]) -> None:
    tables: dict[str, Table] = {}
    for table in _of(rules, Table):
        axis = scope.axes.get(table.axis)
        if axis is None or _anything(axis):
            continue
        if table.axis in tables:
            _say(
                table,
                scope,
                f"类别轴 {table.axis} 有两个判定表（另见 {tables[table.axis].clause}）",
                "每个类别轴只有一个来源",
            )
        elif axis and axis.sources:
            _say(table, scope, f"类别轴 {table.axis} 已由事件判定（from），又有判定表", "每个类别轴只有一个来源")
        tables.setdefault(table.axis, table)
        if any(table.axis in row.when.names for row in table.rows):
            _say(table, scope, f"判定表用类别轴 {table.axis} 判定它自己", "条件用别的类别轴或事实")
    scope.clause = ""
    misspelt = _misspelt((table.axis for table in _of(rules, Table)), scope.axes)
    for name, axis in scope.axes.items():
        if not (axis.sources or name in tables or name in misspelt or UNKNOWN in misspelt):
            scope.say(
                axis_lines[name], f"类别轴 {name} 没有来源", "写 from: 事件.字段，或在条款里写判定表（categories）"
            )


def _anything(axis: Axis) -> bool:
    """Whether the axis may have any source, as far as it can be read."""
    return any(source.event == UNKNOWN for source in axis.sources)


def _misspelt(names: Iterable[str], known: Iterable[str]) -> set[str]:
    """What names that are not known were probably meant to be; UNKNOWN where one may be any."""
    among = list(known)
    return {
        nearest(name, among, cutoff=0.75 if isinstance(name, Hole) else 0.6) or UNKNOWN
        for name in names
        if name not in among
    }


def _rows_twice(rules: tuple[Rule, ...], scope: Scope) -> None:
    seen: set[tuple[str, str, str | None]] = set()
    for row in _of(rules, ListRow):
        key = (row.list, row.item, row.reading)
        if key in seen and UNKNOWN not in key:
            _say(row, scope, f"时限表“{row.list}”的“{row.item}”写了两行", "同一项目的两行要归不同的读法")
        seen.add(key)


def _rows_missing(rules: tuple[Rule, ...], scope: Scope) -> None:
    rows = tuple(_of(rules, ListRow))
    misspelt = _misspelt((row.list for row in rows), scope.lists)
    for duty in _of(rules, Duty):
        limit = duty.within
        if not isinstance(limit, ListLimit) or limit.missing or misspelt & {limit.list, UNKNOWN}:
            continue
        declared = scope.lists.get(limit.list)
        wanted = (limit.rows or {}).items()
        if declared is None or not _readable(limit.rows or {}, declared):
            continue
        candidates = [row.attributes for row in rows if row.list == limit.list]
        if not any(wanted <= given.items() or not _readable(given, declared) for given in candidates):
            filter_ = "、".join(f"{key}为{value}" for key, value in wanted)
            _say(duty, scope, f"时限表“{limit.list}”没有{filter_}的行" if filter_ else f"时限表“{limit.list}”没有行",
                 "在条款里写 rows")  # fmt: skip


def _readable(attributes: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Whether these are attributes of the list, and their values could be read."""
    return attributes.keys() <= declared.keys() and not any(isinstance(value, Hole) for value in attributes.values())


def _happenings(trigger: Trigger) -> Iterator[Happening]:
    if isinstance(trigger, Happening):
        yield trigger
    elif isinstance(trigger, (AnyOf, AllOf)):
        for part in trigger.parts:
            yield from _happenings(part)
    elif isinstance(trigger, (Passed, Every)):
        yield trigger.since


def _own_lateness(rules: tuple[Rule, ...], scope: Scope) -> None:
    for duty in _of(rules, Duty):
        for cause in _happenings(duty.trigger):
            if cause.event != "overdue" or UNREADABLE in cause.conditions:
                continue
            own = {"duty": duty.id, "clause": duty.clause}
            another = cause.where is not None and cause.where.evaluate(own) is False
            if not another and not (cause.excluding is not None and cause.excluding.evaluate(own) is True):
                _say(
                    duty,
                    scope,
                    f"义务 {duty.id} 由自己的逾期触发",
                    "用 where 写明是哪一项别的义务逾期，如 'clause == \"jinke/3.2.C\"'",
                )


def _unopenable(rules: tuple[Rule, ...], scope: Scope) -> None:
    """Gates that no event opens: what opens them is shut itself, by them or by one another."""
    gates = tuple(_of(rules, Gate))
    possible = {name for name, event in scope.events.items() if not event.act}
    while True:
        added = {
            name
            for name in scope.events.keys() - possible
            if all(_opens(gate.until, possible, scope) for gate in gates if _shuts_wholly(gate, name))
        }
        if not added:
            break
        possible |= added
    for gate in gates:
        if not _opens(gate.until, possible, scope):
            _say(
                gate,
                scope,
                f"关口 {gate.id} 没有任何事件能打开",
                "until 写一个不被它自己关住的事件，或会改变的类别轴、事实",
            )


def _following(rules: tuple[Rule, ...], scope: Scope) -> None:
    """A paper may follow its act only where one event brings it and somebody is named who does."""
    done = {event for power in _of(rules, Power) for event in power.may}
    done |= {happening.event for duty in _of(rules, Duty) for happening in duty.act.happenings}
    misspelt = _misspelt(done, scope.events)
    for gate in _of(rules, Gate):
        if gate.follow is None:
            continue
        if not isinstance(gate.until, Until) or gate.until.for_each:
            _say(gate, scope, f"关口 {gate.id} 可先行后补，until 却不是一个事件", "until 写一个事件，或去掉 follow")
        elif gate.until.happening.event in scope.events.keys() - done - misspelt and UNKNOWN not in misspelt:
            _say(gate, scope, f"关口 {gate.id} 可先行后补，却没有写明由谁补", "用 powers 写明谁可以做该事件")


def _shuts_wholly(gate: Gate, event: str) -> bool:
    """Whether the gate shuts every such act in every matter, with no time for the paper to follow."""
    always = gate.when is None and gate.follow is None and gate.reading is None and gate.per is None
    return always and any(shut.event == event and shut.unconditional for shut in gate.shuts)


def _opens(opening: Opening, possible: set[str], scope: Scope) -> bool:
    if isinstance(opening, Until):
        return opening.happening.event in possible or opening.happening.event not in scope.events
    if isinstance(opening, UntilFact):
        return _changes(opening, possible, scope)
    if isinstance(opening, UntilNot):
        return True
    parts = [_opens(part, possible, scope) for part in opening.parts]
    return all(parts) if isinstance(opening, UntilAll) else any(parts)


def _changes(opening: UntilFact, possible: set[str], scope: Scope) -> bool:
    """Whether the condition can come to hold: something that it names can be set."""
    if not opening.condition.names:
        return opening.condition.evaluate({}) is True
    for name in opening.condition.names:
        known = scope.axes.get(name) or scope.facts.get(name)
        if known is None:
            return True
        events = [source.event for source in known.sources]
        if isinstance(known, Fact) and known.count:
            events.append(known.count.event)
        if not events or any(event in possible or event not in scope.events for event in events):
            return True
    return False
