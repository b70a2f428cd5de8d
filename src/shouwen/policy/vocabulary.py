"""The events that all policies share (事件词汇), read from ``vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from shouwen.policy.conditions import UNKNOWN_TYPE
from shouwen.policy.model import EventType, Field
from shouwen.policy.yamltext import Hole, read_yaml

CONDITION_TYPES: Mapping[str, str] = {
    "bool": "bool",
    "number": "number",
    "money": "money",
    "date": "date",
    "instant": "instant",
    "list": "list",
}
"""Types of fields that conditions tell apart; every other type compares as text.

A field of type ``instant`` may hold a bare date: it means the end (24:00) of that day.
"""

FIELD_TYPES = frozenset(CONDITION_TYPES) | {
    "text", "longtext", "file", "unit", "person", "customer", "asset", "party", "order", "duty", "entry", "subject",
}  # fmt: skip


def condition_type(field: Field) -> str:
    """The type that a condition gives to a field."""
    if isinstance(field.type, Hole):
        return UNKNOWN_TYPE
    return "list" if field.many else CONDITION_TYPES.get(field.type, "text")


@cache
def shared_events() -> Mapping[str, EventType]:
    """The shared vocabulary by name of event."""
    text = files("shouwen.policy").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    value, problems = read_yaml(text)
    if problems:
        raise problems[0]
    return {name: event_from(name, spec) for name, spec in value.items()}


def event_from(name: str, spec: Mapping[str, Any]) -> EventType:
    """An event as it is written: title, act, implied, data."""
    return EventType(
        name=name,
        title=spec.get("title", name),
        act=spec.get("act", False),
        fields={key: field_from(key, value) for key, value in spec.get("data", {}).items()},
        implied=spec.get("implied", False),
    )


def field_from(name: str, spec: str | Mapping[str, Any]) -> Field:
    """A key as it is written: a title alone, or a mapping."""
    if isinstance(spec, str):
        return Field(name, spec, type=Hole() if isinstance(spec, Hole) else "text")
    return Field(
        name=name,
        title=spec.get("title", name),
        type=spec.get("type", "text"),
        values=tuple(spec.get("values", ())),
        required=spec.get("required", False),
        many=spec.get("many", False),
        personal=spec.get("personal", False),
        negates=spec.get("negates", False),
        offers=tuple(spec.get("offers", ())),
    )
