"""Triggers by which the database renews the organisation's stamp (`snapshot.py`) with every change of a table.

SQLite: https://www.sqlite.org/lang_createtrigger.html, one trigger a row. PostgreSQL: chapter 39, one a statement.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RENEW = "INSERT OR REPLACE INTO organisation_stamp (id, value) VALUES (1, hex(randomblob(16)))"


def stamp_table(schema_editor: BaseDatabaseSchemaEditor, table: str, columns: str = "") -> None:
    """Renew the stamp with every insert, update (of `columns` alone, where they are named) and delete."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    update = f"UPDATE OF {columns}" if columns else "UPDATE"
    for event in ("INSERT", update, "DELETE", *(() if sqlite else ("TRUNCATE",))):
        head = f"CREATE TRIGGER {table}_{event.split()[0].lower()}_stamp AFTER {event} ON {table}"
        body = f"BEGIN {RENEW}; END" if sqlite else "FOR EACH STATEMENT EXECUTE FUNCTION organisation_renew_stamp()"
        schema_editor.execute(f"{head} {body}", params=None)
