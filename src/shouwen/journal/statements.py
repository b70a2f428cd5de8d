"""Rows read and written by statements that are made once: Django builds a tree for every value of every row that it
updates in bulk, and goes through every field of every row that it reads or inserts; that was three quarters of what a
sweep took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    NOT_PROVIDED,
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)
AnyField: TypeAlias = "Field[Any, Any]"
Convert = Callable[[Any], Any]

ALIAS = "default"
PARAMETERS = 30_000
"""What one statement may be given: SQLite takes 32,766 (https://www.sqlite.org/limits.html), PostgreSQL 65,535."""
TEXTS = (CharField, TextField)
AS_THEY_ARE = (IntegerField, AutoField, BooleanField)
CONFLICT = " ON CONFLICT DO NOTHING"
STORED = "_as_stored"
"""Where a row that was read keeps what it was read as."""


class Asked(NamedTuple):
    """A statement, the attributes of a row that it is given in turn, and what turns each into what the database takes
    (None: it is taken as it is)."""

    sql: str
    attributes: tuple[str, ...]
    given: tuple[Convert | None, ...]

    def values(self, rows: Sequence[Model]) -> list[list[Any]]:
        of = itemgetter(*self.attributes)  # not from the row: a reference's id is found by a function there
        return [
            [
                value if given is None else given(value)
                for given, value in zip(self.given, of(row.__dict__), strict=True)
            ]
            for row in rows
        ]


# --- rows ------------------------------------------------------------------------------------


def made(model: type[M], related: Mapping[str, Model], **values: Any) -> M:
    """A new row as `model(**values)` makes it; `values` by the columns' attributes, `related` what they refer to."""
    constants, called = _defaults(model)
    row = model.__new__(model)
    own = row.__dict__
    own.update(constants)
    own.update(values)
    for name, default in called:
        if name not in values:
            own[name] = default()
    row._state = ModelState()
    row._state.fields_cache.update(related)
    return row


@cache
def _defaults(model: type[Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    fields = model._meta.concrete_fields
    called = {field.attname: field.default for field in fields if callable(field.default)}
    called = {name: default for name, default in called.items() if default is not NOT_PROVIDED}
    constants = {field.attname: field.get_default() for field in fields if field.attname not in called}
    return constants, tuple(called.items())


def read_by(model: type[M], column: str, among: Sequence[Any], order: str = "", *, lock: bool = False) -> Iterator[M]:
    """The rows with one of these values in the column (an attribute), as a query set gives them.

    `lock`: nobody else changes them before the transaction ends. `update` writes of them what was changed.
    """
    names = tuple(field.attname for field in model._meta.concrete_fields)
    for values in values_by(model, names, column, among, (order,) if order else (), lock=lock):
        row = model.__new__(model)
        row.__dict__.update(zip(names, values, strict=True))
        row.__dict__[STORED] = dict(row.__dict__)
        row._state = ModelState()
        row._state.adding, row._state.db = False, ALIAS
        yield row


def values_by(
    model: type[Model],
    names: tuple[str, ...],
    column: str,
    among: Sequence[Any],
    order: tuple[str, ...] = (),
    *,
    lock: bool = False,
) -> Iterator[list[Any]]:
    """These columns (attributes) of the rows with one of these values in `column`; each value has rows in one part."""
    connection = connections[ALIAS]
    before, after, given, found = _select(model, names, column, order, lock, connection.vendor)
    with prepared() as cursor:
        for start in range(0, len(among), PARAMETERS):
            some = among[start : start + PARAMETERS]
            asked = list(some) if given is None else [given(one) for one in some]
            if connection.vendor == "postgresql":
                cursor.execute(f"{before} = ANY(%s){after}", [asked])
            else:
                cursor.execute(f"{before} IN ({', '.join(['%s'] * len(asked))}){after}", asked)
            for values in map(list, cursor.fetchall()):
                for place, convert in found:
                    if values[place] is not None:
                        values[place] = convert(values[place])
                yield values


def compiled(parts: Iterable[QuerySet[Any]]) -> tuple[list[str], list[Any]]:
    """What asks the database for the keys of each part, where it can have any, and the values for all of them."""
    asked: list[str] = []
    given: list[Any] = []
    for part in parts:
        with suppress(EmptyResultSet):
            sql, values = part.values("pk").query.sql_with_params()
            asked.append(sql)
            given += values
    return asked, given


def together(parts: Iterable[QuerySet[Any]]) -> RawSQL | list[Any]:
    """The keys of several parts, for ``pk__in``: each is asked by itself, and may be the first of an order. Of
    subqueries with an "or" between neither database would ask an index."""
    asked, given = compiled(parts)
    several = " UNION ALL ".join(f"SELECT pk FROM ({one}) AS part" for one in asked)  # noqa: S608  Django's own
    return RawSQL(several, given) if asked else []  # noqa: S611


# --- writing ---------------------------------------------------------------------------------


def update(rows: Sequence[Model], columns: tuple[str, ...], by: str = "") -> None:
    """Write these columns of stored rows of one model; `by`: the column that names the row, else its key.

    Of rows that were read by `read_by`, only what differs.
    """
    if not rows:
        return
    connection, model = connections[ALIAS], type(rows[0])
    for changed, some in _changed(model, rows, columns).items():
        _execute(_update(model, changed, by, connection.vendor), some)


def insert(rows: Sequence[Model], *, ignore: bool = False) -> None:
    """Write new rows, all of one model, to which nobody refers yet: they are not told their ids.

    `ignore`: what is there already stays as it is.
    """
    if not rows:
        return
    connection = connections[ALIAS]
    asked = _insert(type(rows[0]), ignore, connection.vendor)
    if connection.vendor == "postgresql":
        # One way there and back, not one a row.
        _insert_at_once(asked, rows)
    else:
        _execute(asked, rows)


def insert_told(rows: Sequence[Model]) -> None:
    """Write new rows, all of one model; each is told its id. As Django does, the ids are taken in the rows' order."""
    if not rows:
        return
    asked = _insert(type(rows[0]), False, connections[ALIAS].vendor)
    for one, (pk,) in zip(rows, _insert_at_once(asked, rows, " RETURNING id"), strict=True):
        one.pk = pk
        one._state.adding = False


def _insert_at_once(asked: Asked, rows: Sequence[Model], returning: str = "") -> list[tuple[Any, ...]]:
    """As many rows with one statement as it takes."""
    head, _, rest = asked.sql.partition(" VALUES ")
    row, conflict, _ = rest.partition(CONFLICT)
    at_once = PARAMETERS // len(asked.attributes)
    told: list[tuple[Any, ...]] = []
    with prepared() as cursor:
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            values = list(chain.from_iterable(asked.values(some)))
            cursor.execute(f"{head} VALUES {', '.join([row] * len(some))}{conflict}{returning}", values)
            told += cursor.fetchall() if returning else []
    return told


def _execute(asked: Asked, rows: Sequence[Model]) -> None:
    with prepared() as cursor:
        cursor.executemany(asked.sql, asked.values(rows))


def prepared() -> Any:
    """A cursor for statements that are written often and alike."""
    return cast("Any", connections[ALIAS]).prepared()


def _changed(model: type[Model], rows: Sequence[Model], columns: tuple[str, ...]) -> dict[tuple[str, ...], list[Model]]:
    """The rows by which of the columns have to be written."""
    pairs = _attributes(model, columns)
    found: dict[tuple[str, ...], list[Model]] = {}
    for row in rows:
        now, stored = row.__dict__, row.__dict__.get(STORED)
        names = columns
        if stored is not None:
            names = tuple([name for name, attribute in pairs if now[attribute] != stored[attribute]])
            stored.update([(attribute, now[attribute]) for _name, attribute in pairs])
        if names:
            found.setdefault(names, []).append(row)
    return found


# --- statements ------------------------------------------------------------------------------


@cache
def _attributes(model: type[Model], columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _field(model, name).attname) for name in columns)


@cache
def _update(model: type[Model], columns: tuple[str, ...], by: str, vendor: str) -> Asked:
    key = _field(model, by or "pk")
    fields = [_field(model, name) for name in columns]
    assigned = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    return _asked(
        f"UPDATE {model._meta.db_table} SET {assigned} WHERE {_quoted(key)} = %s",  # noqa: S608  own names
        [*fields, key],
        vendor,
    )


@cache
def _insert(model: type[Model], ignore: bool, vendor: str) -> Asked:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    names, values = ", ".join(map(_quoted, fields)), ", ".join(["%s"] * len(fields))
    conflict = CONFLICT if ignore else ""
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({values}){conflict}"  # noqa: S608  own names
    return _asked(sql, fields, vendor)


@cache
def _select(
    model: type[Model], names: tuple[str, ...], column: str, order: tuple[str, ...], lock: bool, vendor: str
) -> tuple[str, str, Convert | None, tuple[tuple[int, Convert], ...]]:
    """What stands before the values and behind them, what each value is given as, and which columns are found other
    than they are meant."""
    fields = [_field(model, name) for name in names]
    key = _field(model, column)
    table = model._meta.db_table
    before = f"SELECT {', '.join(map(_quoted, fields))} FROM {table} WHERE {_quoted(key)}"  # noqa: S608  own names
    after = f" ORDER BY {', '.join(_quoted(_field(model, name)) for name in order)}" if order else ""
    after += " FOR UPDATE" if lock and vendor == "postgresql" else ""
    found = ((place, _found(field, vendor)) for place, field in enumerate(fields))
    return before, after, _given(key, vendor), tuple((place, one) for place, one in found if one is not None)


def _asked(sql: str, fields: Sequence[AnyField], vendor: str) -> Asked:
    return Asked(sql, tuple(field.attname for field in fields), tuple(_given(field, vendor) for field in fields))


def _field(model: type[Model], name: str) -> AnyField:
    if name == "pk":
        return model._meta.pk
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _quoted(field: AnyField) -> str:
    return connections[ALIAS].ops.quote_name(cast("str", field.column))


# --- values ----------------------------------------------------------------------------------


def _given(field: AnyField, vendor: str) -> Convert | None:
    """What the database is given for a value, the same as by Django's own way."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kind, TEXTS):
        return _text
    if isinstance(kind, AS_THEY_ARE):
        return None
    if isinstance(kind, DateTimeField):
        return _utc_text if vendor == "sqlite" else None
    if isinstance(kind, UUIDField):
        return _hexadecimal if vendor == "sqlite" else None
    if isinstance(kind, JSONField) and vendor == "sqlite" and kind.encoder is None:
        return _json
    return lambda value: field.get_db_prep_save(value, connections[ALIAS])


def _found(field: AnyField, vendor: str) -> Convert | None:
    """What a value that the database gave means, the same as by Django's own way."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kind, JSONField):
        return _loaded
    if vendor == "sqlite" and isinstance(kind, DateTimeField):
        return _aware
    return UUID if vendor == "sqlite" and isinstance(kind, UUIDField) else None


def _text(value: Any) -> str | None:
    """A member of a list of choices is its value, a text to be translated what it says."""
    return value if value is None or type(value) is str else str(value)


@lru_cache(maxsize=4096)
def _utc_text(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


def _hexadecimal(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value) if value else ("{}" if value == {} else "[]" if value == [] else json.dumps(value))


def _loaded(value: str) -> Any:
    return [] if value == "[]" else {} if value == "{}" else json.loads(value)
