"""A story in Chinese sentences (经过): who did what, with what said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.prove.choices import FEW
from shouwen.engine.prove.domains import OTHER
from shouwen.policy import model
from shouwen.policy.phrases import literal


def story_sentences(policy: model.Policy, story: Iterable[Entry]) -> Iterator[str]:
    """One sentence for each entry, in order."""
    for entry in story:
        who = f"{entry.post}做了" if entry.post else ""
        said = "，".join(_said(policy, entry))
        title = policy.events[entry.type].title
        yield f"{entry.at:%Y-%m-%d %H:%M} {who}“{title}”{f'（{said}）' if said else ''}。"


def _said(policy: model.Policy, entry: Entry) -> Iterator[str]:
    fields = policy.events[entry.type].fields
    for key, value in entry.data.items():
        if key == "facts":
            yield from (f"{policy.facts[name].title or name}为{_value(one)}" for name, one in value.items())
        elif value not in (FEW, OTHER, [OTHER]):
            yield f"{fields[key].title}为{_value(value)}" if key in fields else f"{key}为{_value(value)}"


def _value(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else literal(value)
