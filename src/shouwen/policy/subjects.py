"""What regulations can be compared by (对照的题目): steps of a matter's way, reports, what lateness costs, records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shouwen.policy.model import Duty, Policy
from shouwen.policy.vocabulary import shared_events

STEP_COLUMNS: Mapping[str, str] = {
    "fast": "多快",
    "who": "谁办",
    "signs": "谁签批",
    "told": "告诉谁",
    "late": "迟了怎样",
}


@dataclass(frozen=True)
class Topic:
    """One thing to compare by; ``events`` are the acts that a step consists of, none for what is not a step."""

    name: str
    title: str
    columns: Mapping[str, str]
    events: tuple[str, ...] = ()


def _step(name: str, title: str, *events: str) -> Topic:
    return Topic(name, title, STEP_COLUMNS, events)


STEPS: tuple[Topic, ...] = (
    _step("first", "首次响应", "acknowledged", "contacted", "arrived"),
    _step("verified", "核实与判定", "verified", "validity_decided", "classified"),
    _step("planned", "拟定方案", "plan_made", "promised"),
    _step("settled", "处理完毕", "settled", "work_finished"),
    _step("replied", "答复", "answered", "progress_told", "explained"),
    _step("called_back", "回访", "called_back"),
    _step("closed", "办结", "closed"),
)
"""The way of a matter, in the words of the shared vocabulary."""
OTHERS: tuple[Topic, ...] = (
    Topic("late", "逾期的后果", {"what": "什么情形，后果怎样"}),
    Topic("reports", "定期报送", {"what": "报什么，何时以前，谁报给谁"}),
    Topic("kept", "保存期限", {"what": "保存什么，多久"}),
)


def topic(name: str) -> Topic:
    """The topic of that name, or the step that one event of the shared vocabulary is. Raises KeyError."""
    for known in (*STEPS, *OTHERS):
        if known.name == name:
            return known
    return _step(name, shared_events()[name].title, name)


def topics(policies: Iterable[Policy]) -> list[Topic]:
    """All that these policies can be compared by: the topics above, then every shared event that some duty asks."""
    asked = {one.event for policy in policies for duty in policy.all_of(Duty) for one in duty.act.happenings}
    grouped = {step.events[0] for step in STEPS if len(step.events) == 1}
    single = [name for name in shared_events() if name in asked - grouped]
    return [*STEPS, *OTHERS, *(topic(name) for name in single)]
