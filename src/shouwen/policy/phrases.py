"""Parts of rules in plain Chinese: conditions from their tree, triggers, acts, limits, openings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from shouwen.calendars import Limit
from shouwen.policy import conditions as cel
from shouwen.policy.conditions import Condition
from shouwen.policy.model import (
    POST,
    Act,
    Ahead,
    AllOf,
    AnyOf,
    Every,
    Happening,
    LimitList,
    ListLimit,
    Need,
    Opening,
    Passed,
    Policy,
    Trigger,
    Until,
    UntilAll,
    UntilAny,
    UntilFact,
    UntilNot,
    Within,
    WordLimit,
)

_COMPARED = {"_==_": "为", "_!=_": "不为", "_<_": "少于", "_<=_": "不超过", "_>_": "超过", "_>=_": "不少于"}
_COUNTED = {"_+_": "加", "_-_": "减", "_*_": "乘"}
_TEXTUAL = {"startsWith": "以{}开头", "endsWith": "以{}结尾", "contains": "含{}"}
_LATER = {"_<_": "早于", "_<=_": "不晚于", "_>_": "晚于", "_>=_": "不早于"}


class Phrases:
    """Says parts of one policy's rules with its own titles."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def event(self, name: str) -> str:
        return self.policy.events[name].title

    def key(self, event: str, key: str) -> str:
        return self.policy.events[event].fields[key].title

    # --- conditions ---------------------------------------------------------

    def condition(self, condition: Condition, event: str | None = None) -> str:
        """A condition in words; names are the data of `event`, then axes and facts."""
        return self._tree(condition.tree, event)

    def name(self, name: str, event: str | None) -> str:
        return self._named(name, event)[0]

    def _named(self, name: str, event: str | None) -> tuple[str, str]:
        """Title and type of a name."""
        fields = self.policy.events[event].fields if event else {}
        if name in fields:
            return fields[name].title, fields[name].type
        if name == POST:
            return "岗位", "text"
        known = self.policy.axes.get(name) or self.policy.facts[name]
        return known.title, known.type

    def _tree(self, tree: cel.Tree, event: str | None) -> str:
        if isinstance(tree, cel.Name):
            return self._yes_no(tree, event, yes=True)
        if isinstance(tree, cel.Literal):
            return literal(tree.value)
        if isinstance(tree, cel.ListOf):
            return "、".join(self._value(item, event) for item in tree.items)
        return self._call(tree, event)

    def _yes_no(self, tree: cel.Name, event: str | None, *, yes: bool) -> str:
        return f"{self.name(tree.name, event)}为“{'是' if yes else '否'}”"

    def _value(self, tree: cel.Tree, event: str | None) -> str:
        """A part of a condition that is a value, not a statement."""
        return self.name(tree.name, event) if isinstance(tree, cel.Name) else self._tree(tree, event)

    def _call(self, call: cel.Call, event: str | None) -> str:
        op, args = call.op, call.args
        if op in ("_&&_", "_||_"):
            joint = "，且" if op == "_&&_" else "，或者"
            return joint.join(self._part(arg, op, event) for arg in args)
        if op == "!_":
            (one,) = args
            return (
                self._yes_no(one, event, yes=False)
                if isinstance(one, cel.Name)
                else f"并非（{self._tree(one, event)}）"
            )
        if op in _COMPARED:
            return self._comparison(op, args[0], args[1], event)
        if op == "@in":
            return self._membership(args[0], args[1], event)
        if op == cel.SUBSET:
            return f"{self._value(args[1], event)}都在{self._value(args[0], event)}之中"
        if op == "_?_:_":
            test, then, other = args
            return f"（{self._tree(test, event)}时{self._value(then, event)}，否则{self._value(other, event)}）"
        return self._function(op, [self._value(arg, event) for arg in args])

    def _part(self, tree: cel.Tree, op: str, event: str | None) -> str:
        words = self._tree(tree, event)
        mixed = isinstance(tree, cel.Call) and tree.op in ("_&&_", "_||_") and tree.op != op
        return f"（{words}）" if mixed else words

    def _comparison(self, op: str, left: cel.Tree, right: cel.Tree, event: str | None) -> str:
        type_ = self._named(left.name, event)[1] if isinstance(left, cel.Name) else ""
        if type_ == "bool" and isinstance(right, cel.Literal) and isinstance(left, cel.Name):
            # “不为” and not the opposite: what is not known yet is neither.
            words = self._yes_no(left, event, yes=right.value is True)
            return words if op == "_==_" else words.replace("为“", "不为“")
        verb = _LATER.get(op, _COMPARED[op]) if type_ in ("date", "instant") else _COMPARED[op]
        number = isinstance(right, cel.Literal) and isinstance(right.value, (int, Decimal))
        unit = "元" if type_ == "money" and number else ""
        return f"{self._value(left, event)}{verb}{self._value(right, event)}{unit}"

    def _membership(self, item: cel.Tree, items: cel.Tree, event: str | None) -> str:
        if isinstance(items, cel.ListOf):
            return f"{self._value(item, event)}为{self._tree(items, event)}之一"
        return f"{self._value(items, event)}含{self._value(item, event)}"

    @staticmethod
    def _function(op: str, values: list[str]) -> str:
        if op in _COUNTED:
            return _COUNTED[op].join(values)
        if op == "size":
            return f"{values[0]}的项数"
        if op == "-_":
            return f"负{values[0]}"
        return values[0] + _TEXTUAL[op].format(values[1])

    # --- happenings, triggers, acts ---------------------------------------------

    def happening(self, happening: Happening) -> str:
        event = happening.event
        terms = [self.condition(happening.where, event)] if happening.where else []
        if happening.excluding:
            terms.append(f"{self.condition(happening.excluding, event)}的除外")
        return self.event(event) + (f"（{'；'.join(terms)}）" if terms else "")

    def trigger(self, trigger: Trigger) -> str:
        """The time that a trigger names: "接诉后"."""
        if isinstance(trigger, Happening):
            return f"{self.happening(trigger)}后"
        if isinstance(trigger, AnyOf):
            return "或".join(self.trigger(part).removesuffix("后") for part in trigger.parts) + "后"
        if isinstance(trigger, AllOf):
            return "、".join(self.trigger(part).removesuffix("后") for part in trigger.parts) + "都有之后"
        if isinstance(trigger, Passed):
            unless = f"仍未{'或'.join(map(self.happening, trigger.unless))}" if trigger.unless else ""
            return f"自{self.happening(trigger.since)}起满{trigger.limit.sentence()}{unless}时"
        if isinstance(trigger, Every):
            until = f"至{'或'.join(map(self.happening, trigger.until))}止，" if trigger.until else "，"
            span = f"满{trigger.beyond.sentence()}后" if trigger.beyond else ""
            span += f"至满{trigger.first.sentence()}" if trigger.first else ""
            when = trigger.recurrence.sentence()
            if trigger.on:
                when = f"每年到{self.event(trigger.since.event)}所载{self.key(trigger.since.event, trigger.on)}的那一日"
            return f"自{self.happening(trigger.since)}起{span}{until}{when}"
        return self._ahead(trigger)

    def _ahead(self, trigger: Ahead) -> str:
        places = "或".join(f"{self.event(place.event)}所载{self.key(place.event, place.key)}" for place in trigger.of)
        return f"{places}之前{trigger.limit.sentence()}"

    def act(self, act: Act) -> str:
        words = "或".join(self.happening(part) for part in act.happenings)
        return f"{words}（{self.key(act.event, act.same)}相同）" if act.same else words

    def need(self, need: Need, event: str) -> str:
        title = self.key(event, need.of)
        return f"{title}须齐：{'、'.join(need.all)}" if need.all else f"须有{need.count}个不同的{title}"

    # --- limits --------------------------------------------------------------

    def within(self, within: Within | None) -> str:
        """A limit as the end of a sentence."""
        if within is None:
            return "不设时限，以历时显示"
        if isinstance(within, Limit):
            return f"限{within_words(within)}"
        if isinstance(within, WordLimit):
            if within.limit is None:
                return f"原文作“{within.word}”，不设时限，以历时显示"
            return f"原文作“{within.word}”，本单位约定限{within_words(within.limit)}"
        return self._list_limit(within)

    def _list_limit(self, limit: ListLimit) -> str:
        item = self.key(limit.event, limit.key)
        if limit.missing:
            return f"只用于“{limit.list}”时限表中没有的{item}，不设时限，以历时显示"
        titles = self.attribute_titles(limit.list)
        rows = "、".join(f"{titles[key]}为{self.attribute(value)}" for key, value in (limit.rows or {}).items())
        return f"时限按“{limit.list}”时限表中{item}所在的行{f'（{rows}）' if rows else ''}"

    def attribute_titles(self, name: str) -> Mapping[str, str]:
        """Titles of the attributes of a list of limits."""
        lists = (rule for clause in self.policy.clauses for rule in clause.rules if isinstance(rule, LimitList))
        return next(limits.attributes for limits in lists if limits.name == name)

    def attribute(self, value: str) -> str:
        """An attribute of a row; where it is an event, the event's title."""
        return self.event(value) if value in self.policy.events else value

    # --- openings -----------------------------------------------------------

    def opening(self, opening: Opening) -> str:
        """What must be there, as a statement."""
        if isinstance(opening, Until):
            return self._until(opening)
        if isinstance(opening, UntilFact):
            return self.condition(opening.condition)
        if isinstance(opening, UntilNot):
            return f"并非（{self.opening(opening.part)}）"
        return self._openings(opening)

    def _openings(self, opening: UntilAny | UntilAll) -> str:
        joint = "，且" if isinstance(opening, UntilAll) else "，或者"
        parts = []
        for part in opening.parts:
            nested = isinstance(part, (UntilAny, UntilAll)) and len(part.parts) > 1
            parts.append(f"（{self.opening(part)}）" if nested else self.opening(part))
        return joint.join(parts)

    def _until(self, until: Until) -> str:
        event = until.happening.event
        words = f"已{self.happening(until.happening)}"
        if until.for_each:
            made = until.for_each
            words = f"{self.event(made.event)}的每一{self.key(made.event, made.key)}都{words}"
        if until.need:
            words += f"，{self.need(until.need, event)}"
        if until.last:
            among = f"{self.happening(until.among)}中" if until.among else ""
            words += f"（以{among}最近的一次为准）"
        return words + (f"（按{self.key(event, until.same)}对应）" if until.same else "")


def literal(value: object) -> str:
    """A value written in a condition."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "空" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def within_words(limit: Limit) -> str:
    """A limit as a time within which: "24小时内", "当日内", "立即"."""
    words = limit.sentence()
    return words if words == "立即" else f"{words}内"


def joined(parts: Iterable[str]) -> str:
    """Sentence parts with commas, empty ones left out."""
    return "，".join(part for part in parts if part)
