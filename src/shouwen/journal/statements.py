"""Rows written by statements that are made once: Django builds a tree for every value of every row that it updates in
bulk, and goes through every field of every row that it inserts; that was three quarters of what a sweep took."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)

ALIAS = "default"
PARAMETERS = 30_000
"""What one statement may be given: SQLite takes 32,766 (https://www.sqlite.org/limits.html), PostgreSQL 65,535."""
TEXTS = (CharField, TextField)
AS_THEY_ARE = (IntegerField, AutoField, BooleanField)


class Column(NamedTuple):
    """A column of a table: its name, where a row has its value, and what the database is given for it."""

    name: str
    attribute: str
    given: Callable[[Any], Any]


def update(rows: Sequence[Model], columns: tuple[str, ...], by: str = "") -> None:
    """Write these columns of stored rows of one model; `by`: the column that names the row, else its key."""
    if rows:
        connection = connections[ALIAS]
        sql, asked = _update(type(rows[0]), columns, by, connection.vendor)
        _execute(connection, sql, asked, rows)


def insert(rows: Sequence[Model], *, ignore: bool = False) -> None:
    """Write new rows, all of one model, to which nobody refers yet: they are not told their ids.

    `ignore`: what is there already stays as it is.
    """
    if rows:
        connection = connections[ALIAS]
        sql, asked = _insert(type(rows[0]), ignore, connection.vendor)
        _execute(connection, sql, asked, rows)


def insert_told(rows: Sequence[Model]) -> None:
    """Write new rows, all of one model; each is told its id. As Django does, the ids are taken in the rows' order."""
    if not rows:
        return
    connection, model = connections[ALIAS], type(rows[0])
    sql, asked = _insert(model, False, connection.vendor)
    head, _, row = sql.partition(" VALUES ")
    at_once = PARAMETERS // len(asked)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            values = [given(getattr(one, attribute)) for one in some for _, attribute, given in asked]
            cursor.execute(f"{head} VALUES {', '.join([row] * len(some))} RETURNING id", values)
            for one, (pk,) in zip(some, cursor.fetchall(), strict=True):
                one.pk = pk
                one._state.adding = False


def read(rows: QuerySet[M]) -> Iterator[M]:
    """The rows of a query as `QuerySet` gives them, without what a row that is only read and written back needs not:
    signals, and a look at every field for what was given."""
    model, connection = rows.model, connections[ALIAS]
    names = [field.attname for field in model._meta.concrete_fields]
    for values in rows.values_list(*names).iterator(chunk_size=2_000):
        row = model.__new__(model)
        row.__dict__.update(zip(names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, connection.alias
        yield row


def _execute(connection: BaseDatabaseWrapper, sql: str, asked: Sequence[Column], rows: Sequence[Model]) -> None:
    values = [[given(getattr(row, attribute)) for _, attribute, given in asked] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


@cache
def _update(model: type[Model], columns: tuple[str, ...], by: str, vendor: str) -> tuple[str, tuple[Column, ...]]:
    named = model._meta.get_field(by) if by else model._meta.pk
    fields = [*(model._meta.get_field(name) for name in columns), named]
    *asked, key = (_column(cast("Field[Any, Any]", field), vendor) for field in fields)
    assigned = ", ".join(f"{column.name} = %s" for column in asked)
    return f"UPDATE {model._meta.db_table} SET {assigned} WHERE {key.name} = %s", (*asked, key)  # noqa: S608  own names


@cache
def _insert(model: type[Model], ignore: bool, vendor: str) -> tuple[str, tuple[Column, ...]]:
    asked = tuple(_column(field, vendor) for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    names, values = ", ".join(column.name for column in asked), ", ".join(["%s"] * len(asked))
    conflict = " ON CONFLICT DO NOTHING" if ignore else ""
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({values}){conflict}", asked  # noqa: S608  own names


def _column(field: Field[Any, Any], vendor: str) -> Column:
    quoted = connections[ALIAS].ops.quote_name(cast("str", field.column))
    return Column(quoted, field.attname, _given(field, vendor))


def _given(field: Field[Any, Any], vendor: str) -> Callable[[Any], Any]:
    """What the database is given for a value, the same as by Django's own way."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kind, TEXTS):
        return _text
    if isinstance(kind, AS_THEY_ARE):
        return _as_it_is
    if vendor == "sqlite" and isinstance(kind, DateTimeField):
        return _utc_text
    if isinstance(kind, UUIDField):
        return _hexadecimal if vendor == "sqlite" else _as_it_is
    if isinstance(kind, DateTimeField):
        return _as_it_is
    return lambda value: field.get_db_prep_save(value, connections[ALIAS])


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str | None:
    """A member of a list of choices is its value, a text to be translated what it says."""
    return value if value is None or type(value) is str else str(value)


def _utc_text(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _hexadecimal(value: UUID | None) -> str | None:
    return None if value is None else value.hex
