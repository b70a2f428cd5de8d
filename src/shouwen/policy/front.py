"""Front matter (规章信息): roles, kinds, axes, facts, events, papers, words and readings, declared for the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shouwen.calendars import DayRules
from shouwen.policy.conditions import UNKNOWN_TYPE
from shouwen.policy.model import (
    Axis,
    Clause,
    EventType,
    Fact,
    FactType,
    Field,
    FieldDue,
    Kind,
    Known,
    Paper,
    Reading,
    Role,
    Word,
)
from shouwen.policy.numbering import OFFERED, PARTS, parts_of
from shouwen.policy.problems import one_of
from shouwen.policy.rules import happening
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.scope import Scope
from shouwen.policy.vocabulary import condition_type, field_from
from shouwen.policy.yamltext import Hole, Map

_FORMS: tuple[Literal["post", "party", "actor", "authority"], ...] = ("post", "party", "actor", "authority")
_PYTHON_TYPES: Mapping[str, tuple[type[Any], ...]] = {
    "text": (str,),
    "bool": (bool,),
    "number": (int, float),
    "money": (str,),
    "date": (str,),
    "instant": (str,),
    "list": (list,),
}


def declare(front: Map, scope: Scope) -> None:
    """Declare everything that the front matter (of the right shape) declares."""
    defaults = front.get("defaults", Map())
    scope.days = defaults.get("days", "natural")
    _zone(front, scope)
    _events(front.get("events", Map()), scope)
    _kinds(front["kinds"], scope)
    _roles(front["roles"], scope)
    _periods(front["kinds"], scope)
    _axes(front.get("axes", Map()), scope)
    _facts(front.get("facts", Map()), scope)
    scope.papers = {
        name: Paper(name, (spec or {}).get("title", name), dict(spec or {}))
        for name, spec in front.get("papers", {}).items()
    }
    _words(front.get("words", Map()), scope)
    optional = front.get("optional", Map())
    for event in optional:
        scope.event(event, optional.line_of(event))


def day_rules(front: Map, scope: Scope) -> DayRules:
    """Meaning 4: how days are counted where the clause is silent."""
    defaults = front.get("defaults", Map())
    keys = ("count_first_day", "end_of_day", "cut_off", "roll")
    given = {key: defaults[key] for key in keys if key in defaults and not isinstance(defaults[key], Hole)}
    try:
        return DayRules.parse(given)
    except ValueError as error:
        scope.say(front.line_of("defaults"), str(error))
        return DayRules()


def is_date(text: str) -> bool:
    """Whether the calendar has that day: YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _zone(front: Map, scope: Scope) -> None:
    zone = front.get("zone", "Asia/Shanghai")
    try:
        if not isinstance(zone, Hole):
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        scope.say(front.line_of("zone"), f"没有时区“{zone}”", "应为时区名，如 Asia/Shanghai")


ATTACHMENTS = Field("files", "附件", type="file", many=True, personal=True)
"""What every event of a policy's own may carry."""


def _events(events: Map, scope: Scope) -> None:
    for name, spec in events.items():
        line = events.line_of(name)
        added = {key: field_from(key, value) for key, value in spec.get("data", {}).items()}
        if UNKNOWN in spec:
            added[UNKNOWN] = Field(UNKNOWN, UNKNOWN)
        if name not in scope.events:
            missing = [key for key in ("title", "act") if not spec.wrote(key)]
            for key in missing:
                scope.say(
                    line,
                    f"新事件 {name} 缺少“{key}”",
                    "共用词汇里没有的事件要写 title，并写明 act: true（行为）或 false（事实）",
                )
            if not any(field.type == ATTACHMENTS.type for field in added.values()):
                added.setdefault(ATTACHMENTS.name, ATTACHMENTS)
            scope.events[name] = EventType(name, spec.get("title", name), spec.get("act", False), added)
            continue
        shared = scope.events[name]
        if "act" in spec and spec["act"] != shared.act:
            scope.say(line, f"共用事件 {name} 是{'行为' if shared.act else '事实'}，不能改", "去掉 act，或另立一个事件")
        for key, declared in added.items():
            if isinstance(declared.type, Hole):
                continue
            if key in shared.fields and declared.type != shared.fields[key].type:
                expected = f"应为 {shared.fields[key].type}，或另立一个字段"
                scope.say(line, f"共用字段 {name}.{key} 的类型写作“{declared.type}”", expected)
                added[key] = replace(declared, type=Hole())
        scope.events[name] = replace(shared, title=spec.get("title", shared.title), fields={**shared.fields, **added})


def _kinds(kinds: Map, scope: Scope) -> None:
    for name, spec in kinds.items():
        numbering = spec.get("numbering", "")
        scope.kinds[name] = Kind(
            name,
            spec["title"],
            spec.get("matter", False),
            spec.get("period"),
            spec.get("of"),
            spec.get("per", "unit"),
            spec.get("under"),
            numbering,
        )
        try:
            parts = parts_of(numbering)
        except ValueError:
            parts = [numbering]
        for part in parts:
            if part not in PARTS:
                scope.say(spec.line_of("numbering"), f"编号里有“{{{part}}}”", f"可用的有：{OFFERED}")


def _periods(kinds: Map, scope: Scope) -> None:
    """For whom the calendar opens periods, and what they are parts of."""
    for name, spec in kinds.items():
        if "under" in spec:
            scope.known(spec["under"], scope.kinds, "对象种类", spec.line_of("under"))
        if "of" in spec:
            scope.role(spec["of"], spec.line_of("of"))
        for key in ("of", "per"):
            if key in spec and "period" not in spec:
                scope.say(spec.line_of(key), f"对象种类 {name} 写了 {key}，却没有 period", "写明 period，或去掉它")


def _roles(roles: Map, scope: Scope) -> None:
    for name, spec in roles.items():
        line = roles.line_of(name)
        forms = [form for form in _FORMS if form in spec]
        if len(forms) > 1 or (not forms and UNKNOWN not in spec):
            expected = "post、party、actor、authority 恰写一个"
            scope.say(line, f"角色“{name}”写了{len(forms)}种找人的方式", expected)
        form = forms[0] if forms else "post"
        scope.roles[name] = Role(
            name=name,
            form=form,
            of=spec.get(form, name),
            at=spec.get("at", "own"),
            fallback=spec.get("fallback"),
            also=tuple(spec.get("also", ())),
            event=spec.get("of"),
            title=spec.get("title", name),
        )
        for event, key in ((spec.get("actor"), "actor"), (spec.get("of"), "of")):
            if event:
                scope.event(event, spec.line_of(key))
    for name, spec in roles.items():
        if "fallback" in spec:
            scope.role(spec["fallback"], spec.line_of("fallback"))
        _spellings(name, spec, scope)


def _spellings(name: str, spec: Map, scope: Scope) -> None:
    for spelling in [*spec.get("also", ()), *({UNKNOWN} & spec.keys())]:
        other = name if spelling in scope.roles else scope.spellings.get(spelling, "")
        if other and spelling != UNKNOWN:
            scope.say(spec.line_of("also"), f"“{spelling}”已经是角色或别的角色的写法", "每种写法只归一个角色")
        scope.spellings[spelling] = name


def _sources(
    spec: Map, scope: Scope, type_: str, values: tuple[str, ...], title: str, axes: Iterable[str] = ()
) -> tuple[tuple[FieldDue, ...], bool]:
    """The fields that an axis or fact is read from; the values it may have become theirs.

    What classifies a matter may set any of the `axes`, without a field declared for it. Of two types that differ
    neither is known to be right: the second result is False.
    """
    fits = True
    given = spec.get("from", [])
    sources = []
    for text in [given] if isinstance(given, str) else given:
        line = spec.line_of("from")
        event, _, key = text.partition(".")
        if event == "classified" and key not in scope.events[event].fields and key in axes:
            _widen(scope, event, Field(key, title, type_, values))
        source = scope.path(text, line)
        sources.append(source)
        declared = scope.events[event].fields.get(key) if event in scope.events else None
        if declared:
            fits &= _fits(declared, text, type_, values, line, scope)
            if values and not declared.values:
                _widen(scope, event, replace(declared, values=values))
    return tuple(sources), fits


def _widen(scope: Scope, event: str, field: Field) -> None:
    known = scope.events[event]
    scope.events[event] = replace(known, fields={**known.fields, field.name: field})


def _fits(declared: Field, path: str, type_: str, values: tuple[str, ...], line: int, scope: Scope) -> bool:
    if declared.personal:
        scope.say(line, f"{path} 是封存的字段", "规则不得读取个人信息和原话")
    kinds = {condition_type(declared), UNKNOWN_TYPE if isinstance(type_, Hole) else type_}
    fits = len(kinds) == 1 or UNKNOWN_TYPE in kinds or kinds <= {"number", "money"}
    if not fits:
        scope.say(line, f"{path} 的类型是 {declared.type}，这里写作 {type_}", f"应为 {condition_type(declared)}")
    known = declared.values
    for value in values if known and UNKNOWN not in known else ():
        if value not in known and not isinstance(value, Hole):
            scope.say(line, f"{path} 没有值“{value}”", one_of(value, known, "它的值"))
    return fits


def _axes(axes: Map, scope: Scope) -> None:
    for name, spec in axes.items():
        values = tuple(spec.get("values", ()))
        given = spec.get("type", Hole() if UNKNOWN in spec else "text")
        type_ = cast("Literal['text', 'bool']", "text" if values and isinstance(given, Hole) else given)
        line = axes.line_of(name)
        if type_ == "text" and not values:
            scope.say(line, f"类别轴 {name} 没有写 values", "文字的类别轴要列出各值；是非的写 type: bool")
            type_ = cast("Literal['text', 'bool']", Hole())
        if type_ == "bool" and values:
            scope.say(line, f"是非的类别轴 {name} 写了 values", "去掉 values，或去掉 type: bool")
            type_ = cast("Literal['text', 'bool']", Hole())
        presumed = spec.get("presumed")
        if presumed is not None:
            axis_value(presumed, type_, values, f"类别轴 {name}", spec.line_of("presumed"), scope)
        sources, fits = _sources(spec, scope, type_, values, spec["title"], axes)
        type_ = type_ if fits else cast("Literal['text', 'bool']", Hole())
        if UNKNOWN in spec and not sources:
            sources = (FieldDue(UNKNOWN, UNKNOWN),)
        scope.axes[name] = Axis(name, spec["title"], type_, values, sources, presumed, spec.get("why", ""))


def axis_value(value: Any, type_: str, values: tuple[str, ...], title: str, line: int, scope: Scope) -> None:
    """A value of an axis: one of its values, or true or false."""
    if isinstance(value, Hole) or isinstance(type_, Hole) or UNKNOWN in values:
        return
    if type_ == "bool":
        if not isinstance(value, bool):
            scope.say(line, f"{title}的值写作“{value}”", "应为 true 或 false")
    elif values and value not in values:
        scope.say(line, f"{title}没有值“{value}”", one_of(value, values, "它的值"))


def _facts(facts: Map, scope: Scope) -> None:
    for name, spec in facts.items():
        line = facts.line_of(name)
        type_ = spec["type"]
        values = tuple(spec.get("values", ()))
        if name in scope.axes and name != UNKNOWN:
            scope.say(line, f"“{name}”已经是类别轴", "换一个名称")
            type_ = Hole()
            scope.axes[name] = replace(scope.axes[name], type=cast("Literal['text', 'bool']", type_))
        written = [key for key in ("from", "count") if key in spec or key in spec.lost]
        if len(written) == 2 or (not written and UNKNOWN not in spec):
            scope.say(line, f"事实 {name} 的来源", "from 和 count 恰写一个")
        title = spec.get("title", name)
        if "count" in spec and type_ != "number" and not isinstance(type_, Hole):
            scope.say(spec.line_of("type"), f"计数的事实 {name} 的类型写作“{type_}”", "应为 number")
            type_ = "number"
        sources, fits = _sources(spec, scope, type_, values, title)
        scope.facts[name] = Fact(
            name=name,
            title=title,
            type=type_ if fits else cast("FactType", Hole()),
            sources=sources,
            fold="count" if "count" in spec else spec.get("fold", "last"),
            count=happening(spec["count"], spec.line_of("count"), scope) if "count" in spec else None,
            default=_default(name, spec, scope),
            values=values,
        )


def _default(name: str, spec: Map, scope: Scope) -> Any:
    value = spec.get("default")
    type_: str = spec["type"]
    if value is None:
        return 0 if "count" in spec else None
    if isinstance(value, Hole) or isinstance(type_, Hole):
        return None
    line = spec.line_of("default")
    expected = '金额写作带引号的元，如 "0.00"' if type_ == "money" else f"应为 {type_}"
    fits = isinstance(value, _PYTHON_TYPES[type_]) and not (type_ == "number" and isinstance(value, bool))
    if fits and type_ in ("date", "instant"):
        fits = is_date(value) or (type_ == "instant" and _is_instant(value))
    if fits and type_ == "money":
        try:
            return Decimal(value)
        except InvalidOperation:
            fits = False
    if not fits:
        scope.say(line, f"事实 {name} 的默认值写作“{value}”", expected)
        return None
    return tuple(value) if type_ == "list" else value


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _words(words: Map, scope: Scope) -> None:
    for name, spec in words.items():
        limit = scope.limit(spec["within"], spec.line_of("within")) if spec else None
        scope.words[name] = Word(name, limit, spec["why"] if spec else "")


def declare_readings(readings: Map, scope: Scope) -> None:
    """Readings name demands, so clauses must be known by now."""
    for name, spec in readings.items():
        of = tuple(scope.demand(cite, spec.line_of("of")) for cite in spec["of"])
        choices = dict(spec["choices"])
        scope.known(spec["take"], choices, f"读法“{name}”的选项", spec.line_of("take"))
        for label in choices:
            if label in scope.labels and label != UNKNOWN:
                line = spec["choices"].line_of(label)
                scope.say(line, f"读法的选项“{label}”已在“{scope.labels[label]}”中", "选项的名称在一部规章里只用一次")
            scope.labels[label] = name
        scope.readings[name] = Reading(name, of, choices, spec["take"], spec["why"])


def known_faults(listed: list[Map], clauses: Iterable[Clause], scope: Scope) -> tuple[Known, ...]:
    """Faults that the policy says it has; each names a rule, an event or a kind of subject."""
    rules = {rule.id for clause in clauses for rule in clause.rules}
    found = []
    for spec in listed:
        if any(isinstance(spec.get(key), (Hole, type(None))) for key in ("fault", "rule", "why")):
            continue
        written = str(spec["rule"])
        rule = f"{scope.name}/{written}" if ":" in written and not written.startswith(f"{scope.name}/") else written
        if rule not in rules and rule not in scope.events and rule not in scope.kinds:
            scope.say(spec.line_of("rule"), f"没有规则、事件或对象种类“{written}”", "写 policy prove 所列的规则编号")
        found.append(Known(spec["fault"], rule, spec["why"]))
    return tuple(found)
