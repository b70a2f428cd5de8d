# ruff: noqa: S608, S611  statements differ in fixed words; every value is a parameter
"""The index behind search (索引): one table ``insight_words`` on both databases, a small difference in between.

SQLite has an FTS5 table without content, where a phrase is a sequence of pairs. PostgreSQL has a ``tsvector`` with a
GIN index; it keeps at most 256 positions of a word and none beyond 16,383, so there the pairs are a set, and words of
three characters and more are looked for in the text itself once the index has named the rows. Both give exactly what
LIKE gives. Whoever may see a row stands in the index with it, as words that are no pairs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from shouwen.insight.words import beginning, pairs
from shouwen.journal.statements import prepared

TABLE = "insight_words"
BATCH = 100
"""Rows that one statement writes."""
TEXT = "(t.said || t.about || t.whose)"


@dataclass(frozen=True)
class Words:
    """What the index holds of one line: its text (``said``, ``about`` and ``whose`` in one), and who sees it."""

    line: int
    text: str
    who: str

    @property
    def all(self) -> str:
        return " ".join((*pairs(self.text), self.who))


@dataclass(frozen=True)
class Asked:
    """What is looked for: every one of ``parts`` in any of its spellings, or one of ``wholes``; folded texts.

    ``who``: words of those one of whom must see the row; None where that is asked elsewhere.
    """

    parts: tuple[tuple[str, ...], ...] = ()
    wholes: tuple[str, ...] = ()
    who: tuple[str, ...] | None = None


def put(taken_out: Sequence[Words], put_in: Sequence[Words]) -> None:
    """Write rows anew; `taken_out` is, word for word, what the index holds of those of them that it knows."""
    if connection.vendor == "postgresql":
        _upsert(put_in)
        return
    _fts(f"INSERT INTO {TABLE}({TABLE}, rowid, words) VALUES ", "('delete', %s, %s)", taken_out)
    _fts(f"INSERT INTO {TABLE}(rowid, words) VALUES ", "(%s, %s)", put_in)


def _fts(statement: str, values: str, rows: Sequence[Words]) -> None:
    with prepared() as cursor:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            parameters = [value for row in some for value in (row.line, row.all)]
            cursor.execute(statement + ", ".join([values] * len(some)), parameters)


def _upsert(rows: Sequence[Words]) -> None:
    with prepared() as cursor:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            values = ", ".join(["(%s, array_to_tsvector(string_to_array(%s, ' ')))"] * len(some))
            parameters = [value for row in some for value in (row.line, " ".join(row.all.split()))]
            cursor.execute(
                f"INSERT INTO {TABLE}(rowid, words) VALUES {values} "
                "ON CONFLICT (rowid) DO UPDATE SET words = excluded.words",
                parameters,
            )


def clear() -> None:
    """Empty the index."""
    empty = f"TRUNCATE {TABLE}"
    if connection.vendor == "sqlite":
        empty = f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')"
    with connection.cursor() as cursor:
        cursor.execute(empty)


def matching(asked: Asked, newest: int | None = None) -> RawSQL:
    """The ids of the lines that are asked for, for ``pk__in``; at most so many, those with the highest ids."""
    sql, parameters = _select(asked)
    if newest is not None:
        sql, parameters = f"{sql} ORDER BY rowid DESC LIMIT %s", [*parameters, newest]
    return RawSQL(sql, parameters)


class Among(Func):
    """Whether a line is asked for, as a condition: for hits so many that one meets them anyway as one goes through the
    lines in their order."""

    output_field = BooleanField()

    def __init__(self, asked: Asked) -> None:
        super().__init__(F("pk"))
        self.asked = asked

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        line, _none = compiler.compile(self.get_source_expressions()[0])
        sql, parameters = _select(self.asked, met=True)
        # The plus keeps SQLite from gathering and sorting them.
        return f"{'+' if connection.vendor == 'sqlite' else ''}{line} IN ({sql})", parameters


def count(asked: Asked, limit: int) -> int:
    """How many lines are asked for, counted up to `limit`."""
    sql, parameters = _select(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT %s) AS found", [*parameters, limit])
        found: int = cursor.fetchone()[0]
    return found


def plans() -> bool:
    """Whether the database knows by itself when to go through lines in their order and when to gather and sort."""
    return connection.vendor == "postgresql"


def _select(asked: Asked, *, met: bool = False) -> tuple[str, list[Any]]:
    """``met``: rows that are met one by one are looked at, on PostgreSQL; else its index is asked for all of them."""
    if connection.vendor != "postgresql":
        return _match(asked)
    words = f"{TABLE} w WHERE w.words @@ %s::tsquery" if met else "insight_hits(%s::tsquery) AS w(rowid) WHERE true"
    return _tsquery(asked, f"SELECT w.rowid FROM {words}")


def _match(asked: Asked) -> tuple[str, list[Any]]:
    texts = _joined(
        [
            _joined([_joined([_phrase(text) for text in part], " OR ") for part in asked.parts], " AND "),
            *map(_phrase, asked.wholes),
        ],
        " OR ",
    )
    who = _joined([f'"{word}"' for word in asked.who or ()], " OR ")
    sought = _joined([one for one in (texts, who) if one], " AND ")
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [sought]


def _phrase(text: str) -> str:
    return f'"{" ".join(pairs(text))}"' if len(text) > 1 else f'"{beginning(text)}" *'


def _joined(expressions: Iterable[str], by: str) -> str:
    said = [one for one in expressions if one]
    return f"({by.join(said)})" if len(said) > 1 else "".join(said)


def _tsquery(asked: Asked, sql: str) -> tuple[str, list[Any]]:
    texts = _joined(
        [
            _joined([_joined([_set(text) for text in part], " | ") for part in asked.parts], " & "),
            *map(_set, asked.wholes),
        ],
        " | ",
    )
    who = _joined([f"'{word}'" for word in asked.who or ()], " | ")
    parameters: list[Any] = [_joined([one for one in (texts, who) if one], " & ")]
    if any(len(text) > 2 for text in (*asked.wholes, *(text for part in asked.parts for text in part))):
        said, spellings = _said(asked)
        # Asked of each row that the index named, never of all texts.
        sql += f" AND (SELECT {said} FROM insight_text t WHERE t.line_id = w.rowid)"
        parameters += spellings
    return sql, parameters


def _set(text: str) -> str:
    return (
        _joined([f"'{pair}'" for pair in sorted(set(pairs(text)))], " & ")
        if len(text) > 1
        else (f"'{beginning(text)}':*")
    )


def _said(asked: Asked) -> tuple[str, list[str]]:
    """What was asked, looked for in the text itself."""
    held = f"strpos({TEXT}, %s) > 0"
    parts = _joined([_joined([held] * len(part), " OR ") for part in asked.parts], " AND ")
    spellings = [text for part in asked.parts for text in part]
    return f"({_joined([parts, *[held] * len(asked.wholes)], ' OR ')})", [*spellings, *asked.wholes]
