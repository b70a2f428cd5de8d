"""The sum that an act is about (金额), for powers that end at a limit (权限额度)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shouwen.engine import effective
from shouwen.journal.pen import OpenJournal
from shouwen.policy.model import Field

MONEY = "money"
REQUEST = "request"
NOTHING: Mapping[str, Any] = {}


def at_stake(
    journal: OpenJournal, fields: Mapping[str, Field] = NOTHING, data: Mapping[str, Any] = NOTHING
) -> Decimal | None:
    """In yuan: the largest sum that the act itself names; else that of the request (报批) which it answers; else what
    the journal named last. None where none is named."""
    own = max(_sums(fields, data), default=None)
    if own is not None:
        return own
    last = None
    for step in reversed(effective(journal.steps)):
        named = max(_sums(journal.events[step.type].fields, step.data), default=None)
        if named is None:
            continue
        if not data.get(REQUEST) or step.data.get(REQUEST) == data[REQUEST]:
            return named
        last = named if last is None else last
    return last


def _sums(fields: Mapping[str, Field], data: Mapping[str, Any]) -> Iterator[Decimal]:
    return (Decimal(str(data[name])) for name, one in fields.items() if one.type == MONEY and data.get(name))
