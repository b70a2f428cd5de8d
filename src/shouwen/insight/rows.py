# ruff: noqa: S608  names of tables and columns are the models' own; every value is a parameter
"""Lines and texts read and written without the ORM's way round: it runs within every act that is recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from shouwen.insight.models import Line, Text
from shouwen.journal.statements import prepared

LINE_COLUMNS = tuple(field.attname for field in Line._meta.concrete_fields if field.attname != "id")
TEXT_COLUMNS = tuple(field.attname for field in Text._meta.concrete_fields)
BATCH = 100
"""Rows that one statement writes."""


def write_lines(lines: Sequence[Line]) -> None:
    """Insert or update them by their subject; each has its id afterwards."""
    given = _upsert(Line._meta.db_table, "subject_id", LINE_COLUMNS, lines, "RETURNING subject_id, id")
    ids = {UUID(str(subject)): pk for subject, pk in given}
    for line in lines:
        line.pk = ids[line.subject_id]


def write_texts(texts: Sequence[Text]) -> None:
    """Insert or update them by their line."""
    _upsert(Text._meta.db_table, "line_id", TEXT_COLUMNS, texts)


def _upsert(
    table: str, unique: str, columns: Sequence[str], rows: Sequence[Line] | Sequence[Text], returning: str = ""
) -> list[Any]:
    values = f"({', '.join(['%s'] * len(columns))})"
    told = ", ".join(f"{name} = excluded.{name}" for name in columns if name != unique)
    given: list[Any] = []
    with prepared() as cursor:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([values] * len(some))} "
                f"ON CONFLICT ({unique}) DO UPDATE SET {told} {returning}",
                [_stored(getattr(row, name)) for row in some for name in columns],
            )
            given += cursor.fetchall() if returning else []
    return given


def read_kept(subjects: Sequence[UUID], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """``subject_id`` and these columns (``l.`` of lines, ``t.`` of texts) of the subjects that have both."""
    found: list[tuple[Any, ...]] = []
    with prepared() as cursor:
        for start in range(0, len(subjects), BATCH):
            some = subjects[start : start + BATCH]
            cursor.execute(
                f"SELECT l.subject_id, {', '.join(columns)} "
                "FROM insight_line l JOIN insight_text t ON t.line_id = l.id "
                f"WHERE l.subject_id IN ({', '.join(['%s'] * len(some))})",
                [_stored(one) for one in some],
            )
            found += [(UUID(str(subject)), *rest) for subject, *rest in cursor.fetchall()]
    return found


def _stored(value: Any) -> Any:
    if connection.vendor == "sqlite":
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, UUID):
            return value.hex
    return value
