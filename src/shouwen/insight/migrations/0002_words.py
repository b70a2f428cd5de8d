"""The index behind search: FTS5 without content on SQLite (https://www.sqlite.org/fts5.html, 4.4.4), a tsvector with a
GIN index on PostgreSQL (chapter 12). No model: its rows are words, written and asked by ``insight.index`` alone.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MADE = {
    "sqlite": ["CREATE VIRTUAL TABLE insight_words USING fts5(words, content='', columnsize=0, tokenize='ascii')"],
    "postgresql": [
        # Words lie apart from their rows, so that the rows of many hits are few pages.
        "CREATE TABLE insight_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL) WITH (toast_tuple_target = 128)",
        "ALTER TABLE insight_words ALTER COLUMN words SET STORAGE EXTERNAL",
        "CREATE INDEX insight_words_gin ON insight_words USING gin (words)",
    ],
}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in MADE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP TABLE insight_words", params=None)


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_lines")]
    operations = [migrations.RunPython(make, remove)]
