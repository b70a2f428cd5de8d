"""Rows written by statements that are made once: Django's ``bulk_update`` builds a tree for every value of every row,
and that was three quarters of what a sweep took."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


@cache
def _update(model: type[Model], columns: tuple[str, ...]) -> tuple[str, tuple[Field[Any, Any], ...]]:
    fields = tuple(model._meta.get_field(name) for name in columns)
    quote = connection.ops.quote_name
    pk = model._meta.pk
    assert pk is not None
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return f"UPDATE {quote(model._meta.db_table)} SET {assigned} WHERE {quote(pk.column)} = %s", (*fields, pk)  # noqa: S608  names of our own tables


def update(rows: Sequence[Model], columns: tuple[str, ...]) -> None:
    """Write these columns of rows that are stored, all of one model."""
    if not rows:
        return
    sql, fields = _update(type(rows[0]), columns)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
