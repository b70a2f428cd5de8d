"""Rules of a policy and fields of an event as JSON: for other systems, without Python's names for things inside."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from shouwen.calendars import Limit
from shouwen.policy.conditions import Condition
from shouwen.policy.model import EventType, Field, Rule
from shouwen.policy.model.events import Demand, Place

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SKIPPED = frozenset({"place", "id", "clause", "reading"})
"""What a rule's frame says already, or concerns the file alone."""


def rule_told(rule: Rule) -> dict[str, Any]:
    """The rule's own members; ``sort`` and sentence are told beside it."""
    return {one.name: plain(getattr(rule, one.name)) for one in fields(rule) if one.name not in SKIPPED}


def plain(value: Any) -> Any:
    """A value of the policy's model as JSON. Conditions are their CEL text, limits their short form."""
    if isinstance(value, Condition):
        return value.text
    if isinstance(value, Limit):
        return {"amount": value.amount, "unit": str(value.unit)}
    if isinstance(value, (Demand, Decimal, time, timedelta)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [plain(one) for one in items]
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: plain(getattr(value, one.name)) for one in fields(value) if not _is_inside(one.name, value)}
        return {"is": type(value).__name__, **told}
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _is_inside(name: str, value: Any) -> bool:
    return name.startswith("_") or isinstance(getattr(value, name), Place)


# --- forms -------------------------------------------------------------------------------

_REFERENCE = {"type": "string", "pattern": "^[0-9]+$"}
_UUID = {"type": "string", "format": "uuid"}
_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": 20000},
    "longtext": {"type": "string", "maxLength": 20000},
    "party": {"type": "string"},
    "order": {"type": "string"},
    "duty": {"type": "string", "description": "Key, rule, clause or event of a duty of this matter"},
    "entry": {"type": "string", "pattern": "^[0-9]+$", "description": "Number of an entry of this matter"},
    "bool": {"type": "boolean"},
    "number": {"type": "number"},
    "money": {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$", "description": "Yuan (元)"},
    "date": {"type": "string", "format": "date"},
    "instant": {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
        "description": "Instant with offset; a bare date is the end of that day in the unit's zone",
    },
    "list": {"type": "array", "items": {"type": "string"}, "maxItems": 1000},
    "unit": _REFERENCE | {"description": "Id of a unit"},
    "person": _REFERENCE | {"description": "Id of a person"},
    "customer": _REFERENCE | {"description": "Id of a customer"},
    "asset": _REFERENCE | {"description": "Id of a home"},
    "subject": _UUID | {"description": "Id of a matter"},
    "file": _UUID | {"description": "Id of an attachment"},
}


def form_of(event: EventType, declared: Mapping[str, Field]) -> dict[str, Any]:
    """JSON Schema of the event's data. ``personal`` fields are sealed: kept apart and erasable."""
    return {
        "$schema": DIALECT,
        "title": event.title,
        "type": "object",
        "properties": {name: _field(one) for name, one in declared.items()},
        "required": [name for name, one in declared.items() if one.required],
        "additionalProperties": False,
    }


def _field(one: Field) -> dict[str, Any]:
    found = dict(_TYPES[one.type])
    if one.values:
        found = {"type": "string", "enum": list(one.values)} if one.type != "bool" else found
    elif one.offers:
        found["examples"] = list(one.offers)
    if one.many:
        found = {"anyOf": [found, {"type": "array", "items": found, "maxItems": 1000}]}
    found["title"] = one.title
    if one.personal:
        found["x-personal"] = True
    return found
