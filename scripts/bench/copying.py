# ruff: noqa: S608  names of our own tables
"""A house on SQLite copied into an empty one on PostgreSQL: laying it anew would take half an hour.

copying.py FILE      from this file of SQLite into the database of DATABASE_URL

Every table goes over as it is, row by row, ids and hashes with it, so that `shouwen verify` finds in the copy what it
finds in the house; the words of the index are made from the texts, which both databases hold alike.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from measuring import ROOT, spending, tell

AT_ONCE = 5_000
OWN = ("django_migrations", "insight_words")
"""Tables that are not copied: what PostgreSQL was brought up by, and the index."""
COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
SEQUENCES = """
    SELECT table_name, column_name, pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns
    WHERE table_schema = 'public' AND pg_get_serial_sequence(table_name, column_name) IS NOT NULL
"""
CONVERTED: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "timestamp with time zone": lambda text: f"{text}+00",
}
"""By PostgreSQL's type, what SQLite keeps otherwise."""


def copy(file: Path) -> None:
    from django.db import connection

    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in cursor.fetchall():
            tables.setdefault(table, []).append((column, kind))
        known = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        copied = [table for table in tables if table in known and table not in OWN]
        # As for a replica: rows that refer to each other come in any order, and no guard or stamp looks at them.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(copied)}")
        for table in copied:
            columns = ", ".join(f'"{name}"' for name, _kind in tables[table])
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
                for row in rows(source, table, columns, [kind for _name, kind in tables[table]]):
                    target.write_row(row)
        cursor.execute(SEQUENCES)
        for table, column, sequence in cursor.fetchall():
            cursor.execute(f"SELECT setval('{sequence}', (SELECT coalesce(max({column}), 1) FROM {table}))")
        index_words(cursor)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM (ANALYZE)")


def rows(source: sqlite3.Connection, table: str, columns: str, kinds: list[str]) -> Iterator[list[Any]]:
    """Rows of a table with what PostgreSQL takes for their values."""
    turned = [(place, CONVERTED[kind]) for place, kind in enumerate(kinds) if kind in CONVERTED]
    found = source.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")
    while some := found.fetchmany(AT_ONCE):
        for one in some:
            row = list(one)
            for place, turn in turned:
                if row[place] is not None:
                    row[place] = turn(row[place])
            yield row


def index_words(cursor: Any) -> None:
    """The words of every text; the index over them is made once they are all there."""
    from shouwen.insight import index
    from shouwen.insight.models import Text

    cursor.execute(f"TRUNCATE {index.TABLE}")
    cursor.execute(f"SELECT indexdef FROM pg_indexes WHERE indexname = '{index.TABLE}_gin'")
    ((made,),) = cursor.fetchall()
    cursor.execute(f"DROP INDEX {index.TABLE}_gin")
    some = []
    for text in Text.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        some.append(text.words)
        if len(some) == AT_ONCE:
            index.put([], some)
            some = []
    index.put([], some)
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute(made)


def main(file: Path) -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from shouwen.house.boot import boot

    boot()
    from shouwen.house.database import bring_up
    from shouwen.journal.models import Subject

    bring_up()
    with spending() as spent:
        copy(file)
    tell(f"copied to PostgreSQL: {Subject.objects.count():,} subjects ({spent.wall:.0f} s)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
