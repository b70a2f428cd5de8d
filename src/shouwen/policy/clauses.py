"""The rules of one clause, read from its block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from shouwen.policy.conditions import Condition, ConditionError, compile_condition
from shouwen.policy.figures import check_figures
from shouwen.policy.front import axis_value
from shouwen.policy.model import (
    ChecklistItem,
    Definition,
    Duty,
    Every,
    Gate,
    LimitList,
    Link,
    ListRow,
    Power,
    Proposal,
    RecordRule,
    Reference,
    Responsibility,
    Rule,
    Table,
    TableRow,
    Waiting,
)
from shouwen.policy.rules import act, due, events_of, happening, need, opening, trigger, within
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.scope import UNREADABLE, Scope
from shouwen.policy.yamltext import Hole, Map, Seq

_ROW_KEYS = frozenset({"meets", "list", "item", "within", "basis", "reading"})
_PARAMETERS = ("days", "count_first_day", "end_of_day", "cut_off", "roll", "late_entry", "presumption")


def declare_lists(block: Map, scope: Scope) -> None:
    """Lists of limits are known to every clause, wherever they stand."""
    for item in block.get("lists", ()):
        if item["name"] in scope.lists and item["name"] != UNKNOWN:
            scope.say(item.line, f"时限表“{item['name']}”写了两次", "同名的时限表只立一次")
        scope.lists[item["name"]] = dict(item.get("attributes", {}))


def clause_rules(block: Map, scope: Scope) -> Iterator[Rule]:
    """Every rule of the block (of the right shape), in the order of the schema."""
    reader = _Reader(block, scope)
    for key, read in reader.sorts.items():
        for item in block.get(key, ()):
            yield read(item)


def clause_links(block: Map, scope: Scope) -> Iterator[Link]:
    """What the block says of other clauses; those of other policies are looked at where both are known."""
    ways: tuple[Literal["also", "replaces"], ...] = ("also", "replaces")
    for way in ways:
        line = block.line_of(way)
        for named in block.get(way, ()):
            if isinstance(named, Hole):
                continue
            clause, _sign, number = named.partition("#")
            full = scope.full_id(clause)
            if full == scope.clause:
                scope.say(line, f"{way} 写了本条自己", "写另一条的编号")
                continue
            if full.startswith(f"{scope.name}/"):
                scope.cited(clause, line)
            yield Link(way, full, scope.place(line), int(number or 0))


class _Reader:
    def __init__(self, block: Map, scope: Scope) -> None:
        self.scope = scope
        self.block = block
        self.ids: dict[str, int] = {}
        self.explicit = self._explicit_ids()
        self.matters = tuple(name for name, kind in scope.kinds.items() if kind.matter)
        self.sorts: dict[str, Callable[[Map], Rule]] = {
            "duties": self.duty,
            "gates": self.gate,
            "categories": self.table,
            "lists": self.limit_list,
            "rows": self.row,
            "powers": self.power,
            "records": self.record,
            "definitions": self.definition,
            "proposals": self.proposal,
            "responsibilities": self.responsibility,
            "checklist": self.checklist_item,
            "reference": self.reference,
            "waiting": self.waiting,
        }
        if "when" in block and not any(key in block for key in ("duties", "gates", "proposals")):
            scope.say(block.line_of("when"), "when 之下没有义务、关口或建议", "去掉 when")

    def _explicit_ids(self) -> frozenset[str]:
        found: set[str] = set()
        for key in ("duties", "gates", "proposals"):
            for item in self.block.get(key, ()):
                if item.get("id") in found:
                    self.scope.say(item.line_of("id"), f"规则编号“{item['id']}”在本条用了两次", "换一个编号")
                if "id" in item:
                    found.add(item["id"])
        return frozenset(found)

    def _id(self, item: Map, default: str) -> str:
        """The rule's full id; a default one gets -2, -3, … where it is taken."""
        if "id" in item:
            return f"{self.scope.clause}:{item['id']}"
        while True:
            self.ids[default] = self.ids.get(default, 0) + 1
            number = self.ids[default]
            name = default if number == 1 else f"{default}-{number}"
            if name not in self.explicit:
                return f"{self.scope.clause}:{name}"

    def common(self, item: Map, default_id: str) -> dict[str, Any]:
        """What every rule has."""
        scope = self.scope
        around = item if "subject" in item else self.block
        for kind in around.get("subject", ()):
            scope.known(kind, scope.kinds, "对象种类", around.line_of("subject"))
        return {
            "id": self._id(item, default_id),
            "clause": scope.clause,
            "place": scope.place(item.line),
            "meets": self.meets(item),
            "reading": self.reading(item),
            "title": item.get("title", ""),
            "also": self.further(item),
            "kinds": tuple(around["subject"]) if "subject" in around else self.matters,
        }

    def further(self, item: Map) -> tuple[str, ...]:
        """Further clauses of this policy that the rule serves, as it or its whole block says."""
        cited = [self.scope.cited(clause, item.line_of("also")) for clause in item.get("also", ())]
        if "also" in self.block and "do" in item:
            named = (one.partition("#")[0] for one in self.block["also"] if not isinstance(one, Hole))
            cited += [full for full in map(self.scope.full_id, named) if full in self.scope.clauses]
        return tuple(dict.fromkeys(cited))

    def meets(self, item: Map) -> tuple[Any, ...]:
        return tuple(self.scope.demand(cite, item.line_of("meets")) for cite in item.get("meets", ()))

    def reading(self, item: Map) -> str | None:
        return self.scope.label(item["reading"], item.line_of("reading")) if "reading" in item else None

    def condition(self, item: Map) -> Condition | None:
        """The rule's own condition together with the block's."""
        texts = [(around["when"], around.line_of("when")) for around in (self.block, item) if "when" in around]
        read = [self.scope.condition(text, line) for text, line in texts]
        if len(read) < 2 or UNREADABLE in read:
            return UNREADABLE if UNREADABLE in read else read[0] if read else None
        (outer, _), (own, line) = texts
        both = f"({outer}) && ({own})"
        try:
            return compile_condition(both, self.scope.names())
        except ConditionError:
            return self.scope.condition(both, line)

    def duty(self, item: Map) -> Duty:
        scope = self.scope
        starts = [key for key in ("after", "each") if key in item or key in item.lost]
        if len(starts) == 2 or (not starts and UNKNOWN not in item):
            scope.say(item.line, "义务自何时起", "after 和 each 恰写一个")
        if "within" in item and "due" in item:
            scope.say(item.line_of("due"), "义务有 within 又有 due", "时限只写一个")
        if "roll" in item and "field" in item.get("due", ()):
            scope.say(item.line_of("roll"), "到期时间由事件写明，roll 不起作用", "去掉 roll")
        if "each" in item and item.get("again", "add") == "ignore":
            scope.say(item.line_of("again"), "each 是每次都另起一项，again 却写作 ignore", "去掉 again，或改用 after")
        kept = act(item["do"], item.line_of("do"), scope)
        start_key = "each" if "each" in item else "after"
        start = trigger(item.get(start_key, Hole()), item.line_of(start_key), scope)
        if isinstance(start, Every):
            self._recurring(item)
        per = item.get("per")
        if per:
            for event in events_of(start):
                scope.key(event, per, item.line_of("per"))
            for part in () if kept.same else kept.happenings:
                scope.key(part.event, per, item.line_of("per"))
        common = self.common(item, kept.event)
        common["title"] = common["title"] or scope.events[kept.event].title if kept.event in scope.events else ""
        to = item.get("to", ())
        return Duty(
            **common,
            when=self.condition(item),
            who=scope.role(item["who"], item.line_of("who")),
            act=kept,
            trigger=start,
            by=tuple(scope.role(role, item.line_of("by")) for role in item.get("by", ())),
            to=tuple(scope.role(role, item.line_of("to")) for role in ([to] if isinstance(to, str) else to)),
            per=per,
            again=item.get("again", "add" if "each" in item else "ignore"),
            need=need(item["need"], kept.event, item.line_of("need"), scope) if "need" in item else None,
            within=within(item["within"], item.line_of("within"), scope) if "within" in item else None,
            due=due(item["due"], item.line_of("due"), scope, item.get("roll")) if "due" in item else None,
            agreed=scope.path(item["agreed"], item.line_of("agreed")) if "agreed" in item else None,
            not_before=scope.limit(item["not_before"], item.line_of("not_before")) if "not_before" in item else None,
            warn=tuple(scope.limit(text, item.line_of("warn")) for text in item.get("warn", ())),
            roll=None if "due" in item else item.get("roll"),
            excusable=item.get("excusable", False),
        )

    def _recurring(self, item: Map) -> None:
        """A recurrence says itself when each of its duties opens and is due."""
        if "after" in item:
            self.scope.say(item.line_of("after"), "周期（every）写在 after 里", "写作 each: {every: …, since: …}")
        for key in ("again", "within", "due", "agreed", "roll", "not_before"):
            if key in item:
                self.scope.say(item.line_of(key), f"周期（every）自己写明每次的到期时间，{key} 不起作用", f"去掉 {key}")

    def gate(self, item: Map) -> Gate:
        scope = self.scope
        shut = item["shut"]
        line = item.line_of("shut")
        shuts = tuple(happening(part, line, scope) for part in (shut if isinstance(shut, list) else [shut]))
        per = item.get("per")
        for part in shuts if per else ():
            scope.key(part.event, per or "", item.line_of("per"))
        return Gate(
            **self.common(item, shuts[0].event),
            when=self.condition(item),
            shuts=shuts,
            until=opening(item["until"], item.line_of("until"), scope, per),
            per=per,
            follow=scope.limit(item["follow"], item.line_of("follow")) if "follow" in item else None,
        )

    def table(self, item: Map) -> Table:
        scope = self.scope
        name = item["axis"]
        rows = []
        scope.known(name, scope.axes, "类别轴", item.line_of("axis"))
        for row in item["rows"]:
            self._axis_value(name, row["is"], row.line_of("is"))
            condition = scope.condition(row["when"], row.line_of("when"))
            rows.append(TableRow(row["is"], condition, self.meets(row), self.reading(row)))
        if "else" in item:
            self._axis_value(name, item["else"], item.line_of("else"))
        return Table(
            **self.common(item, name),
            axis=name,
            rows=tuple(rows),
            otherwise=item.get("else"),
            latch=item.get("latch", False),
            first=item.get("first", False),
        )

    def _axis_value(self, name: str, value: Any, line: int) -> None:
        axis = self.scope.axes.get(name)
        if axis:
            axis_value(value, axis.type, axis.values, f"类别轴 {name}", line, self.scope)

    def limit_list(self, item: Map) -> LimitList:
        name: str = item["name"]
        return LimitList(**self.common(item, "list"), name=name, attributes=self.scope.lists[name])

    def row(self, item: Map) -> ListRow:
        scope = self.scope
        name = item["list"]
        attributes = {key: value for key, value in item.items() if key not in _ROW_KEYS}
        if scope.known(name, scope.lists, "时限表", item.line_of("list")):
            for key in attributes:
                scope.known(key, scope.lists.get(name, attributes), f"时限表“{name}”的属性", item.line_of(key))
        return ListRow(
            **self.common(item, "row"),
            list=name,
            item=item["item"],
            within=scope.limit(item["within"], item.line_of("within")),
            basis=item.get("basis", ""),
            attributes=attributes,
        )

    def power(self, item: Map) -> Power:
        for event in item["may"]:
            self.scope.event(event, item.line_of("may"))
        who = self.scope.role(item["who"], item.line_of("who"))
        return Power(**self.common(item, "power"), who=who, may=tuple(item["may"]), own=item.get("own", False))

    def record(self, item: Map) -> RecordRule:
        if self.scope.event(item["event"], item.line_of("event")):
            for key in item["require"]:
                self.scope.key(item["event"], key, item.line_of("require"))
        return RecordRule(**self.common(item, "record"), event=item["event"], require=tuple(item["require"]))

    def definition(self, item: Map) -> Definition:
        scope = self.scope
        declared: dict[str, tuple[Any, str]] = {
            "axis": (scope.axes, "类别轴"),
            "fact": (scope.facts, "事实"),
            "event": (scope.events, "事件"),
            "kind": (scope.kinds, "对象种类"),
            "list": (scope.lists, "时限表"),
            "role": ([*scope.roles, *scope.spellings], "角色"),
            "paper": (scope.papers, "文书"),
            "parameter": ([*_PARAMETERS, *scope.words], "参数"),
        }
        sorts = [sort for sort in declared if sort in item]
        if len(sorts) != 1:
            if sorts or UNKNOWN not in item:
                scope.say(item.line, f"定义写了{len(sorts)}种用途", f"{'、'.join(declared)} 恰写一个")
            return Definition(**self.common(item, "definition"), sort="", name="")
        sort = sorts[0]
        known, title = declared[sort]
        scope.known(item[sort], known, title, item.line_of(sort))
        if "value" in item and sort == "axis":
            self._axis_value(item[sort], item["value"], item.line_of("value"))
        elif "value" in item:
            scope.say(item.line_of("value"), f"{title}没有 value", "只有 axis 写 value")
        return Definition(**self.common(item, "definition"), sort=sort, name=item[sort], value=item.get("value"))

    def proposal(self, item: Map) -> Proposal:
        scope = self.scope
        on = trigger(item["on"], item.line_of("on"), scope)
        if isinstance(on, Every):
            scope.say(item.line_of("on"), "建议不能按周期（every）提出", "写明由哪个事件引起")
        per = item.get("per")
        for event in events_of(on) if per else ():
            scope.key(event, per or "", item.line_of("per"))
        data = item.get("data", Map())
        if scope.event(item["propose"], item.line_of("propose")):
            for key in data:
                scope.key(item["propose"], key, data.line_of(key))
        return Proposal(
            **self.common(item, item["propose"]),
            when=self.condition(item),
            on=on,
            propose=item["propose"],
            decide=scope.role(item["decide"], item.line_of("decide")),
            per=per,
            data=dict(data),
            against=tuple(item.get("against", Seq())),
        )

    def responsibility(self, item: Map) -> Responsibility:
        return Responsibility(**self.common(item, "responsibility"), who=item.get("who", ""), what=item["what"])

    def checklist_item(self, item: Map) -> ChecklistItem:
        return ChecklistItem(**self.common(item, "check"), item=item["item"])

    def reference(self, item: Map) -> Reference:
        return Reference(**self.common(item, "reference"), why=item["why"])

    def waiting(self, item: Map) -> Waiting:
        check_figures(item.get("rule", Map()), self.scope)
        rule = dict(item.get("rule", {}))
        return Waiting(**self.common(item, "waiting"), room=item["room"], rule=rule, what=item.get("what", ""))
