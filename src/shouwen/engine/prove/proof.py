"""Proves a policy (证明): every kind and category can be closed, every rule can fire, every gate be opened, every duty kept.

What is claimed is what a story shows or the rules themselves exclude; the rest is said to be not proven. ``docs/prove.md``
says what is reduced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shouwen.calendars import Calendar
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, compile_policy
from shouwen.engine.prove import static
from shouwen.engine.prove.choices import Choices
from shouwen.engine.prove.explore import Goal, Walk
from shouwen.engine.prove.fault import Fault
from shouwen.policy import model

STATES = 6_000
AT_ONCE = 1_500
NINE = timedelta(hours=9)


@dataclass
class Part:
    """One kind of subject in one category: how far it was walked, and what is not proven."""

    kind: str
    category: str
    states: int
    moves: int
    bounded: bool
    found: Mapping[Goal, tuple[Entry, ...]]


@dataclass
class Proof:
    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unproven: list[Fault] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        return not self.faults and not self.unproven


def everybody(_role: str) -> bool:
    return True


def prove(
    policy: model.Policy,
    calendar: Calendar,
    posts: Callable[[str], bool] = everybody,
    states: int = STATES,
    tell: Callable[[str], None] = lambda _line: None,
) -> Proof:
    """`posts`: whether somebody fills a role in the organisation that is meant. `states`: the bound of each walk."""
    program = compile_policy(policy, calendar)
    proof = Proof()
    for kind in policy.kinds.values():
        choices = Choices(program, kind.name)
        if choices.rules:
            _prove_kind(program, kind, choices, proof, posts, states, tell)
    proof.faults.sort(key=lambda one: (one.sort, one.clause, one.rule))
    return proof


def _prove_kind(
    program: Program,
    kind: model.Kind,
    choices: Choices,
    proof: Proof,
    posts: Callable[[str], bool],
    states: int,
    tell: Callable[[str], None],
) -> None:
    known = list(static.faults(program, kind.name, choices))
    proof.faults += [one for one in known if one not in proof.faults]
    dead = {one.rule for one in known}
    start = program.calendar.instant(static.DAY) + NINE
    goals = set(_goals(program, kind, choices))
    found: dict[Goal, tuple[Entry, ...]] = {}
    walks: list[Walk] = []
    for given in _categories(program, kind):
        walk = Walk(program, kind.name, choices, start, given, posts)
        category = "、".join(str(value) for value in given.values())
        left = {goal for goal in goals if goal not in found and _concerns(program, choices, goal, given)}
        left |= {goal for goal in goals if goal[0] == "closes"}
        result = walk.run(left, states)
        walks.append(walk)
        tell(f"{kind.title} {category}：{result.states} 个状态")
        proof.parts.append(Part(kind.title, category, result.states, result.moves, result.bounded, result.stories))
        for goal, story in result.stories.items():
            if goal not in found or len(story) < len(found[goal]):
                found[goal] = story
        if ("closes", kind.name) in goals and ("closes", kind.name) not in result.stories:
            what = f"“{category or kind.title}”没有一条路走到办结"
            _miss(proof, Fault("办结不了", "", kind.name, what), result.bounded)
    _judge(program, kind, goals, found, walks, proof, dead)


def _concerns(program: Program, choices: Choices, goal: Goal, given: Mapping[str, Any]) -> bool:
    """Whether the goal's rule may hold in the category that is given."""
    rule = next((rule for rule in choices.rules if goal[1].startswith(rule.id)), None)
    if rule is None or rule.when is None or not rule.when.names & given.keys():
        return True
    others = choices.assignments(rule.when.names - given.keys(), static.MOST)
    return any(program.holds(rule.when, {**program.initial, **one, **given}) for one in others)


def _judge(
    program: Program,
    kind: model.Kind,
    goals: set[Goal],
    found: Mapping[Goal, tuple[Entry, ...]],
    walks: list[Walk],
    proof: Proof,
    dead: set[str],
) -> None:
    rules = {rule.id: rule for walk in walks[:1] for rule in walk.choices.rules}
    bounded = any(walk.found.bounded for walk in walks)
    for sort, name in sorted(goals - found.keys()):
        rule = rules.get(name.partition("/")[0] if sort == "decides" and name not in rules else name)
        rule = rule or next((one for one in rules.values() if name.startswith(one.id)), None)
        if sort == "closes" or rule is None or rule.id in dead:
            continue
        if sort == "kept" and ("fires", name) not in found:
            continue
        _miss(proof, Fault(_SORTS[sort], rule.clause, rule.id, _WHAT[sort]), bounded)
    for sort, name in sorted(found):
        rule = rules.get(name)
        if sort != "fires" or not isinstance(rule, model.Duty) or name in dead or ("kept", name) not in goals:
            continue
        story = found["fires", name]
        if ("kept", name) in found:
            continue
        kept = [walk.kept_at_once(story, name, AT_ONCE) for walk in walks[:1]]
        if kept == [False]:
            proof.unproven = [one for one in proof.unproven if one.rule != name]
            proof.faults.append(Fault("办不到", rule.clause, name, "即使人人立即去做，也办不成", story))


def _miss(proof: Proof, fault: Fault, bounded: bool) -> None:
    (proof.unproven if bounded else proof.faults).append(fault)


_SORTS = {"fires": "永不生效", "kept": "办不到", "opens": "关口打不开", "decides": "永不生效"}
_WHAT = {
    "fires": "没有找到使它成立的经过",
    "kept": "没有找到按时履行的经过",
    "opens": "没有找到打开它的经过",
    "decides": "没有找到判到这一行的经过",
}


def _goals(program: Program, kind: model.Kind, choices: Choices) -> Iterator[Goal]:
    if kind.matter and "closed" in choices.events:
        yield ("closes", kind.name)
    for rule in choices.rules:
        if isinstance(rule, (model.Duty, model.Proposal)):
            yield ("fires", rule.id)
        if isinstance(rule, model.Duty):
            yield ("kept", rule.id)
        if isinstance(rule, model.Gate):
            yield ("opens", rule.id)
        if isinstance(rule, model.Table):
            yield from (
                ("decides", f"{rule.id}/{rank}")
                for rank, row in enumerate(rule.rows)
                if row.reading is None or row.reading in program.policy.taken
            )


def _categories(program: Program, kind: model.Kind) -> list[dict[str, Any]]:
    """The values of the first category that events set, one walk each; other categories are walked within."""
    if kind.matter:
        for axis in program.policy.axes.values():
            if axis.type == "text" and any(place.event == "classified" for place in axis.sources):
                return [{axis.name: value} for value in axis.values]
    return [{}]
