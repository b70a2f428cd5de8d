"""Faults planted into a policy, one of each sort, each into rules that the policy has where it has any."""

from collections.abc import Callable
from dataclasses import replace

from shouwen.calendars import Limit
from shouwen.policy import model
from shouwen.policy.conditions import Condition, compile_condition

OUTSIDE = "种下的外部方"
DONE, BEGUN, SET = "planted_done", "planted_begun", "planted_set"
AXIS = model.Axis("planted", "种下的类别", "text", ("甲", "乙"), (model.FieldDue(SET, "planted"),))
LEVEL = model.Axis("planted_level", "种下的等级", "text", ("高", "低"))
FACT = model.Fact("planted_n", "种下的数", "number", (model.FieldDue(SET, "n"),))
EVENTS = {
    DONE: model.EventType(DONE, "种下的行为", act=True, fields={"ok": model.Field("ok", "可否", "bool")}),
    BEGUN: model.EventType(BEGUN, "种下的开始", act=False),
    SET: model.EventType(
        SET,
        "种下的判定",
        act=False,
        fields={"planted": model.Field("planted", "类别", values=("甲", "乙")), "n": model.Field("n", "数", "number")},
    ),
}
Planted = tuple[model.Policy, str]
"""The policy with the fault, and what is at fault: a rule, an event or a kind."""


def condition(text: str) -> Condition:
    return compile_condition(text, {"planted": "text", "planted_n": "number", "ok": "bool", "duty": "text"})


NEVER = condition('planted == "甲" && planted == "乙"')


class Ground:
    """A policy that a fault is planted into."""

    def __init__(self, policy: model.Policy) -> None:
        role = model.Role(OUTSIDE, "party", "customer")
        self.policy = replace(
            policy,
            known=(),
            roles={**policy.roles, OUTSIDE: role},
            axes={**policy.axes, AXIS.name: AXIS},
            facts={**policy.facts, FACT.name: FACT},
            events={**policy.events, **EVENTS},
        )
        self.clause = policy.clauses[0]
        self.duty = next(duty for duty in self.policy.all_of(model.Duty) if isinstance(duty.trigger, model.Happening))
        self.kind = (self.duty.kinds or [kind.name for kind in policy.kinds.values() if kind.matter])[0]
        self.common = {"clause": self.clause.id, "place": self.clause.place, "kinds": (self.kind,)}

    def add(self, *rules: model.Rule) -> model.Policy:
        clause = replace(self.clause, rules=(*self.clause.rules, *rules))
        return replace(self.policy, clauses=(clause, *self.policy.clauses[1:]))

    def change(self, rule: model.Rule, changed: model.Rule) -> model.Policy:
        clauses = tuple(
            replace(clause, rules=tuple(changed if one is rule else one for one in clause.rules))
            for clause in self.policy.clauses
        )
        return replace(self.policy, clauses=clauses)

    def id(self, name: str) -> str:
        return f"{self.clause.id}:{name}"

    def timed(self) -> model.Duty:
        """A duty with a limit in hours or days; the first one with a limit of a day where there is none."""
        duties = self.policy.all_of(model.Duty)
        plain = (
            duty for duty in duties if isinstance(duty.within, Limit) and isinstance(duty.trigger, model.Happening)
        )
        return next((duty for duty in plain if duty.within and duty.within.amount), self.duty)


def no_way_to_close(ground: Ground) -> Planted:
    kinds = {**ground.policy.kinds, ground.kind: replace(ground.policy.kinds[ground.kind], matter=True, period=None)}
    ground.policy = replace(ground.policy, kinds=kinds)
    until = model.UntilFact(condition('planted == "甲"'))
    gate = model.Gate(id=ground.id("shut"), shuts=(model.Happening("closed"),), until=until, **ground.common)
    return ground.add(gate), ground.kind


def no_way_to_open(ground: Ground) -> Planted:
    gates = ground.policy.all_of(model.Gate)
    if gates:
        gate = next((one for one in gates if one.follow is None), gates[0])
        return ground.change(gate, replace(gate, until=model.UntilFact(NEVER), follow=None)), gate.id
    shuts = ground.duty.act.happenings
    gate = model.Gate(id=ground.id("shut"), shuts=shuts, until=model.UntilFact(NEVER), **ground.common)
    return ground.add(gate), gate.id


def nobody_may(ground: Ground) -> Planted:
    happening = (model.Happening(DONE),)
    return ground.change(ground.duty, replace(ground.duty, by=(OUTSIDE,), act=model.Act(happening), need=None)), (
        ground.duty.id
    )


def too_late(ground: Ground) -> Planted:
    duty = ground.timed()
    within = duty.within if isinstance(duty.within, Limit) else Limit.parse("1d")
    later = replace(within, amount=within.amount * 2 + 1)
    return ground.change(duty, replace(duty, within=within, due=None, agreed=None, not_before=later)), duty.id


def nobody_begins(ground: Ground) -> Planted:
    duty = ground.timed()
    trigger = model.Happening(BEGUN)
    return ground.change(duty, replace(duty, trigger=trigger, within=Limit.parse("1d"), due=None, per=None)), BEGUN


def own_lateness(ground: Ground) -> Planted:
    duty = ground.timed()
    own = model.Happening("overdue", condition(f'duty == "{duty.id}"'))
    changed = replace(duty, trigger=model.AnyOf((duty.trigger, own)), within=Limit.parse("1d"))  # type: ignore[arg-type]
    return ground.change(duty, changed), duty.id


def contrary(ground: Ground) -> Planted:
    duties = [
        replace(ground.duty, id=ground.id(name), act=model.Act((model.Happening(DONE, condition(text)),)), need=None)
        for name, text in (("yes", "ok"), ("no", "!ok"))
    ]
    return ground.add(*duties), ground.id("no")


def never(ground: Ground) -> Planted:
    return ground.change(ground.duty, replace(ground.duty, when=NEVER)), ground.duty.id


def gap(ground: Ground) -> Planted:
    return _table(ground, "planted_n >= 10", "planted_n < 5")


def overlap(ground: Ground) -> Planted:
    return _table(ground, "planted_n >= 3", "planted_n < 5")


def _table(ground: Ground, high: str, low: str) -> Planted:
    ground.policy = replace(ground.policy, axes={**ground.policy.axes, LEVEL.name: LEVEL})
    rows = (model.TableRow("高", condition(high)), model.TableRow("低", condition(low)))
    table = model.Table(id=ground.id("level"), axis=LEVEL.name, rows=rows, **ground.common)
    return ground.add(table), table.id


SEEDS: dict[str, tuple[Callable[[Ground], Planted], ...]] = {
    "办结不了": (no_way_to_close,),
    "关口打不开": (no_way_to_open,),
    "无人能做": (nobody_may,),
    "办不到": (too_late,),
    "无人起算": (nobody_begins,),
    "自我触发": (own_lateness,),
    "要求相反": (contrary,),
    "永不生效": (never,),
    "判定表有缺": (gap, overlap),
}
