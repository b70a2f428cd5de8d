"""The database refuses to empty what is never deleted; between tests that commit they must be emptied all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

GUARDED = ("journal_entry", "journal_content", "customers_change")


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Inside, the triggers on those tables are off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        names = ", ".join(f"'{table}'" for table in GUARDED)
        cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({names})")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


def _empty_index() -> None:
    """No model stands for the index of search: Django does not empty it."""
    from django.db import connection

    from shouwen.insight import index

    if index.TABLE in connection.introspection.table_names():
        index.clear()


def let_flush() -> None:
    """Makes Django's flush between tests lift the guards for its own statements."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        with lifted(self.connection):
            flush(self, sql_list)
        _empty_index()

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]
