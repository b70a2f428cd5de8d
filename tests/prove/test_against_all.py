"""The proof's verdict against every story of a small policy: nothing is left out, nothing reduced."""

from collections.abc import Iterator
from itertools import chain

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from shouwen.calendars import statutory_calendar
from shouwen.engine.entry import Entry
from shouwen.engine.program import compile_policy
from shouwen.engine.prove import prove
from shouwen.engine.prove.alone import DAY
from shouwen.engine.prove.cone import Cone
from shouwen.engine.standing import Standing
from shouwen.policy import Policy, PolicyErrors, model
from shouwen.policy.reader import load_text

CALENDAR = statutory_calendar("Asia/Shanghai")
EVENTS = ("verified", "inspected", "explained")
DATA: dict[str, tuple[dict[str, object], ...]] = {
    "verified": ({},),
    "inspected": ({"passed": True}, {"passed": False}),
    "explained": ({},),
    "plan_made": ({"way": "甲"}, {"way": "乙"}),
    "closed": ({},),
}
FRAME = """---
language: 1
name: small
title: 小规章
issuer: 明澄集团
version: "1"
effective: "2026-01-01"
roles: {{经办人: {{post: 经办人, at: own}}}}
kinds: {{complaint: {{title: 投诉, matter: true}}}}
axes:
  way: {{title: 方式, from: plan_made.way, values: [甲, 乙]}}
facts:
  failed: {{title: 不合格次数, type: number, count: {{event: inspected, where: '!passed'}}}}
---
# 小规章
### small/1 第一条
原文。

```yaml rules
gates:
{gates}
```
"""
happenings = st.sampled_from(
    [*EVENTS, "{event: inspected, where: passed}", "{event: inspected, where: passed, last: true}"]
)
facts = st.sampled_from(['way == "甲"', 'way == "乙"', "failed < 1", "failed >= 1"]).map("{{fact: '{}'}}".format)
openings = st.recursive(
    happenings | facts,
    lambda part: st.one_of(
        part.map("{{not: {}}}".format),
        st.lists(part, min_size=2, max_size=2).map(lambda parts: f"{{all: [{', '.join(parts)}]}}"),
        st.lists(part, min_size=2, max_size=2).map(lambda parts: f"{{any: [{', '.join(parts)}]}}"),
    ),
    max_leaves=3,
)
whens = st.sampled_from(["", "when: 'way == \"甲\"', ", "when: 'failed >= 1', "])


@st.composite
def gates(draw: st.DrawFn) -> str:
    shut = draw(st.lists(st.sampled_from([*EVENTS, "plan_made"]), min_size=1, max_size=3))
    return "\n".join(
        f"- {{meets: [1], id: g{number}, {draw(whens)}shut: {event}, until: {draw(openings)}}}"
        for number, event in enumerate([*shut, "closed"])
    )


Key = tuple[object, ...]


class Everything:
    """Every state that a small policy can come to, each by the engine itself."""

    def __init__(self, policy: Policy) -> None:
        self.program = compile_policy(policy, CALENDAR)
        self.at = CALENDAR.instant(DAY)
        self.states: dict[Key, Standing] = {}
        self.after: dict[Key, list[Key]] = {}
        self._walk()

    def _entry(self, number: int, event: str, data: dict[str, object]) -> Entry:
        return Entry(f"e{number}", "M", "complaint", event, self.at, self.at, number, "", "", "", data)

    def _standing(self, story: tuple[Entry, ...]) -> Standing:
        found = Standing(self.program, "M", "complaint")
        found.take(story)
        return found

    @staticmethod
    def _key(story: tuple[Entry, ...], standing: Standing) -> Key:
        last = {entry.type: str(entry.data) for entry in story}
        done = frozenset((entry.type, str(entry.data)) for entry in story)
        return standing.values["way"], min(standing.values["failed"], 2), done, tuple(sorted(last.items()))

    def _walk(self) -> None:
        left = [(self._entry(1, "received", {}),)]
        while left:
            story = left.pop()
            standing = self._standing(story)
            key = self._key(story, standing)
            if key in self.states:
                continue
            self.states[key] = standing
            self.after[key] = []
            for event, datas in DATA.items():
                for data in datas:
                    if event != "closed" and not standing.shut(event, data):
                        longer = (*story, self._entry(len(story) + 1, event, data))
                        self.after[key].append(self._key(longer, self._standing(longer)))
                        left.append(longer)

    def closable(self) -> set[Key]:
        """States from which some way leads to closing."""
        found = {key for key, standing in self.states.items() if not standing.shut("closed", {})}
        before = -1
        while before != len(found):
            before = len(found)
            found |= {key for key, after in self.after.items() if not found.isdisjoint(after)}
        return found

    def open_somewhere(self, gate: model.Gate) -> bool:
        for standing in self.states.values():
            holds = gate.when is None or gate.when.evaluate(standing.values) is not False
            if holds and standing.openings.missing(gate.until, None, None) is None:
                return True
        return False

    def holds_somewhere(self, gate: model.Gate) -> bool:
        return any(
            gate.when is None or gate.when.evaluate(standing.values) is not False for standing in self.states.values()
        )


def _ways(everything: Everything) -> Iterator[str]:
    """Values of the category that come about and in which closing never is open."""
    for way in ("甲", "乙"):
        there = [standing for standing in everything.states.values() if standing.values["way"] == way]
        if there and all(standing.shut("closed", {}) for standing in there):
            yield way


@settings(max_examples=60, deadline=None, derandomize=True)
@given(gates())
def test_the_verdict_is_that_of_trying_everything(text: str) -> None:
    """Closing from everywhere, in each category, and every gate: found if and only if it is so."""
    try:
        policy = load_text(FRAME.format(gates=text), "small.md", "small")
    except PolicyErrors:
        reject()
    proof = prove(policy, CALENDAR, sorts={"办结不了", "关口打不开"})
    everything = Everything(policy)
    closable = everything.closable()
    assert proof.unproven == []
    shut = {gate.id for gate in policy.all_of(model.Gate) if not everything.open_somewhere(gate)}
    never = {gate.id for gate in policy.all_of(model.Gate) if not everything.holds_somewhere(gate)}
    assert {one.rule for one in proof.faults if one.sort == "关口打不开"} == shut - never
    said = [one.what for one in proof.faults if one.sort == "办结不了"]
    if not closable:
        assert said == ["投诉没有一条路走到办结"]
        return
    nowhere = [f"投诉在“方式”为{way}时没有一条路走到办结" for way in _ways(everything)]
    stuck = ["投诉走到这一步以后，再没有路走到办结"] if closable < everything.states.keys() else []
    read = any("way" in one for one in said) or _reads_way(policy)
    assert sorted(said) == sorted(chain(nowhere if read else [], stuck))


def _reads_way(policy: Policy) -> bool:
    """Whether closing depends on the category at all: where it does not, it is not told by category."""
    cone = Cone(compile_policy(policy, CALENDAR), "complaint", (model.Happening("closed"),))
    return "way" in cone.names
