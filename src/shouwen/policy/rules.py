"""The parts that rules are made of: happenings, triggers, acts, needs, limits, openings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from shouwen.calendars import DateRule, Recurrence
from shouwen.policy.model import (
    Act,
    Ahead,
    AllOf,
    AnyOf,
    Every,
    FieldDue,
    ForEach,
    Happening,
    ListLimit,
    Need,
    Opening,
    Passed,
    Trigger,
    Until,
    UntilAll,
    UntilAny,
    UntilFact,
    UntilNot,
    Within,
    WordLimit,
)
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.scope import UNREADABLE, Scope
from shouwen.policy.yamltext import Hole, Map


def line_in(spec: Any, key: str, line: int) -> int:
    """The line of `key` where the mapping knows it, else `line`."""
    return spec.line_of(key) if isinstance(spec, Map) else line


def happening(spec: Any, line: int, scope: Scope) -> Happening:
    """An event, or {event, where, except}."""
    if isinstance(spec, str):
        scope.event(spec, line)
        return Happening(spec)
    event = spec["event"]
    scope.event(event, line_in(spec, "event", line))
    where, excluding = (
        scope.condition(spec[key], line_in(spec, key, line), event) if key in spec else None
        for key in ("where", "except")
    )
    return Happening(event, where, excluding)


def trigger(spec: Any, line: int, scope: Scope) -> Trigger:
    """What sets a duty or a proposal off."""
    if isinstance(spec, list):
        return AnyOf(tuple(_at_once(part, line, scope) for part in spec))
    if isinstance(spec, str) or "event" in spec:
        return happening(spec, line, scope)
    if "any" in spec:
        return AnyOf(tuple(_at_once(part, line_in(spec, "any", line), scope) for part in spec["any"]))
    if "all" in spec:
        return AllOf(tuple(_at_once(part, line_in(spec, "all", line), scope) for part in spec["all"]))
    if "passed" in spec:
        limit = scope.limit(spec["passed"], line_in(spec, "passed", line))
        since = happening(spec["since"], line_in(spec, "since", line), scope)
        return Passed(limit, since, _several(spec, "unless", line, scope))
    if "every" in spec:
        return _every(spec, line, scope)
    places = [spec["of"]] if isinstance(spec["of"], str) else spec["of"]
    of = tuple(scope.path(place, line_in(spec, "of", line)) for place in places)
    return Ahead(scope.limit(spec["ahead"], line_in(spec, "ahead", line)), of)


def _several(spec: Any, key: str, line: int, scope: Scope) -> tuple[Happening, ...]:
    """One happening or several under `key`, or none."""
    given = spec.get(key, [])
    at = line_in(spec, key, line)
    return tuple(happening(one, at, scope) for one in (given if isinstance(given, list) else [given]))


def _every(spec: Any, line: int, scope: Scope) -> Every:
    """A recurrence: what is not `since` and `until` says when it falls."""
    since = happening(spec["since"], line_in(spec, "since", line), scope)
    until = _several(spec, "until", line, scope)
    when = {key: value for key, value in spec.items() if key not in _NOT_WHEN}
    try:
        recurrence = Recurrence.parse({"every": "month"} if spec.holed() else when)
    except ValueError as error:
        scope.say(line_in(spec, "every", line), str(error))
        recurrence = Recurrence.parse({"every": "month"})
    if "on" in spec:
        on = scope.key(since.event, spec["on"], line_in(spec, "on", line))
        if on and on.type not in ("date", "instant"):
            scope.say(
                line_in(spec, "on", line), f"周期的日期取自 {since.event}.{on.name}，它的类型是 {on.type}", "应为 date"
            )
        if spec["every"] != "year" or len(when) > 1 + ("times" in when):
            scope.say(line_in(spec, "on", line), "on 是每年的那一日，不与别的日期同写", "写 every: year，去掉别的日期")
    first, beyond = (
        scope.limit(spec[key], line_in(spec, key, line)) if key in spec else None for key in ("first", "beyond")
    )
    return Every(recurrence, since, until, spec.get("partial", False), spec.get("on", ""), first, beyond)


_NOT_WHEN = frozenset(("since", "until", "partial", "on", "first", "beyond"))
"""Keys of a recurrence that do not say on which days it falls."""


def _at_once(spec: Any, line: int, scope: Scope) -> Trigger:
    """A part of an any-of or all-of: something that happens, not a timer."""
    part = trigger(spec, line, scope)
    if isinstance(part, (Passed, Ahead, Every)):
        scope.say(
            line, "届满（passed）、提前（ahead）和周期（every）不能放在 any、all 里", "单独作为起算；或写成两条规则"
        )
    return part


def events_of(trigger: Trigger) -> Iterator[str]:
    """The events that a trigger waits for."""
    if isinstance(trigger, Happening):
        yield trigger.event
    elif isinstance(trigger, (AnyOf, AllOf)):
        for part in trigger.parts:
            yield from events_of(part)
    elif isinstance(trigger, (Passed, Every)):
        yield trigger.since.event
    else:
        yield from (place.event for place in trigger.of)


def act(spec: Any, line: int, scope: Scope) -> Act:
    """What keeps a duty."""
    if isinstance(spec, str) or "event" in spec:
        same = None if isinstance(spec, str) else spec.get("same")
        found = Act((happening(spec, line, scope),), same)
    else:
        found = Act(tuple(happening(part, line, scope) for part in spec["any"]), spec.get("same"))
    if found.same:
        for part in found.happenings:
            scope.key(part.event, found.same, line)
    return found


def need(spec: Map, event: str, line: int, scope: Scope) -> Need:
    """How many different values of `event`'s key it takes."""
    written = [key for key in ("all", "count") if key in spec or key in spec.lost]
    if len(written) == 2 or (not written and UNKNOWN not in spec):
        scope.say(line, "need 要齐多少", "all 和 count 恰写一个")
    declared = scope.key(event, spec["of"], line)
    wanted = tuple(spec.get("all", ()))
    if declared and declared.type == "party":
        wanted = tuple(scope.role(value, line) for value in wanted)
    for value in wanted if declared and declared.type != "party" else ():
        if declared and declared.name == "paper":
            scope.known(value, scope.papers, "文书", line)
        elif declared and declared.values:
            scope.known(value, declared.values, f"{declared.title}的值", line)
    return Need(spec["of"], wanted, spec.get("count", 0))


def within(spec: Any, line: int, scope: Scope) -> Within:
    """A limit, a row of a list of limits, or a word of the clause."""
    if isinstance(spec, str):
        return scope.limit(spec, line)
    if "word" in spec:
        word = spec["word"]
        scope.known(word, scope.words, "词（words）", line)
        return WordLimit(word, scope.words[word].within if word in scope.words else None)
    name = spec["list"]
    item = scope.path(spec["item"], line_in(spec, "item", line))
    rows = spec.get("rows")
    if scope.known(name, scope.lists, "时限表", line) and isinstance(rows, dict):
        for attribute in rows:
            scope.known(attribute, scope.lists.get(name, rows), f"时限表“{name}”的属性", line_in(spec, "rows", line))
    wanted = dict(rows) if isinstance(rows, dict) else None
    return ListLimit(name, item.event, item.key, wanted, missing=rows == "none")


def due(spec: Map, line: int, scope: Scope, roll: str | None) -> FieldDue | DateRule | None:
    """The date that an event names, or a rule of dates; `roll` as the duty gives it beside the rule."""
    if "field" in spec:
        place = scope.path(spec["field"], line_in(spec, "field", line))
        ahead = scope.limit(spec["ahead"], line_in(spec, "ahead", line)) if "ahead" in spec else None
        return replace(place, ahead=ahead)
    if spec.holed() or isinstance(roll, Hole):
        return None
    try:
        return DateRule.parse({**spec, "roll": roll} if roll and "roll" not in spec else spec)
    except ValueError as error:
        scope.say(line, str(error))
        return None


def opening(spec: Any, line: int, scope: Scope, per: str | None) -> Opening:
    """What opens a gate."""
    if isinstance(spec, str):
        return _until({"event": spec}, line, scope, per)
    for key, sort in (("any", UntilAny), ("all", UntilAll)):
        if key in spec:
            return sort(tuple(opening(part, line_in(spec, key, line), scope, per) for part in spec[key]))
    if "not" in spec:
        return UntilNot(opening(spec["not"], line_in(spec, "not", line), scope, per))
    if "fact" in spec:
        condition = scope.condition(spec["fact"], line_in(spec, "fact", line))
        # What cannot be read may well open the gate: nothing false is said of it.
        return UntilNot(UntilAny(())) if condition is UNREADABLE else UntilFact(condition)
    return _until(spec, line, scope, per)


def _until(spec: dict[str, Any], line: int, scope: Scope, per: str | None) -> Until:
    event = spec["event"]
    found = happening(spec, line, scope)
    for_each = None
    if "for_each" in spec:
        made, key = spec["for_each"]
        scope.event(made, line)
        scope.key(made, key, line)
        for_each = ForEach(made, key)
    instance = spec.get("same") or (for_each.key if for_each else per)
    if instance:
        scope.key(event, instance, line)
    wanted = need(spec["need"], event, line_in(spec, "need", line), scope) if "need" in spec else None
    among = None
    if "among" in spec:
        at = line_in(spec, "among", line)
        within = spec["among"] if isinstance(spec["among"], dict) else {"where": spec["among"]}
        among = happening({"event": event, **within}, at, scope)
        if not spec.get("last"):
            scope.say(at, "among 说明在哪些里取最近的一次，却没有 last", "写 last: true，或去掉 among")
    return Until(found, spec.get("same"), wanted, for_each, spec.get("last", False), among)
