"""Pages by cursor (游标): the place behind the last row, not a number of rows, so that nothing is skipped or seen twice
while others write."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import orjson
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from shouwen.api.problems import ProblemError, wrong

M = TypeVar("M", bound=Model)
PAGE = 50
LARGEST = 200


def page(
    rows: QuerySet[M], order: Sequence[str], cursor: str, limit: int, types: Sequence[Callable[[str], Any]]
) -> tuple[list[M], str | None]:
    """At most ``limit`` rows behind the cursor, and the cursor behind them; None where they are the last.

    ``order``: columns, with ``-`` for descending, that together name a row; none of them null. ``types`` read each
    one's value back.
    """
    if cursor:
        rows = rows.filter(_behind(order, _read(cursor, order, types)))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    return found[:limit], _written(order, found[limit - 1]) if more else None


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind these values: by the first column, or the same there and by the next."""
    wanted, same = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.removeprefix("-")
        further = Q((f"{name}__{'lt' if column.startswith('-') else 'gt'}", value))
        wanted |= same & further
        same &= Q((name, value))
    # The first column alone lets an index begin at the right place.
    first = order[0].removeprefix("-")
    return Q((f"{first}__{'lte' if order[0].startswith('-') else 'gte'}", values[0])) & wanted


def _written(order: Sequence[str], row: Model) -> str:
    values = [getattr(row, column.removeprefix("-")) for column in order]
    told = [",".join(order), *(one.isoformat() if isinstance(one, datetime) else str(one) for one in values)]
    return base64.urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")


def _read(cursor: str, order: Sequence[str], types: Sequence[Callable[[str], Any]]) -> list[Any]:
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(told, list) or told[0] != ",".join(order) or len(told) != len(order) + 1:
            raise _unknown()
        return [read(value) for read, value in zip(types, told[1:], strict=True)]
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        raise _unknown() from None


def _unknown() -> ProblemError:
    return wrong(_("This is no cursor that this list has given."), parameter="cursor")


def instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number
