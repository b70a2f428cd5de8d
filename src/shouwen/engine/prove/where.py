"""What a question is asked of, and what becomes of it (提问与回答)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.organisation import Posts
from shouwen.engine.prove.walk import Walk
from shouwen.policy.conditions import Condition

Given = Mapping[str, str | bool]
NONE: Given = {}


@dataclass
class Where:
    """One kind of subject under one policy, and who there is to act."""

    program: Program
    kind: str
    start: datetime
    posts: Posts
    most: int
    period: str = ""
    """Of a kind that the calendar opens: the period that is walked through."""
    states: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)
    """What was worked out once for all walks."""

    def walk(self, cone: Cone) -> Walk:
        return Walk(cone, self.start, self.posts, self.most, self.period, self.kept)


@dataclass
class Answer:
    """What became of a question: a story that shows it, a proof that there is none, or neither."""

    story: tuple[Entry, ...] = ()
    found: bool = False
    bounded: bool = False
    stuck: tuple[Entry, ...] = ()
    """A story after which it cannot be any more."""
    shut: tuple[str, ...] = ()
    """The gates that shut it then."""
    late: bool = False
    """It can be done, but not in time."""
    possible: bool = True
    """Whether anybody may do such an act at all."""


def categories(where: Where, cone: Cone, when: Condition | None = None) -> list[Given]:
    """The values of the main category, so far as the cone depends on it and the condition may hold: one walk each."""
    policy = where.program.policy
    if where.kind not in where.program.matter_kinds:
        return [NONE]
    for axis in policy.axes.values():
        if axis.type == "text" and any(place.event == "classified" for place in axis.sources):
            if axis.name not in cone.names:
                return [NONE]
            given: list[Given] = [{axis.name: value} for value in axis.values]
            return [one for one in given if when is None or when.evaluate(one) is not False] or [NONE]
    return [NONE]
