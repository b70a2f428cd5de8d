"""PostgreSQL counts a look at a tsvector as cheap and would read the whole table for a frequent word; unpacking each is
not. Within this function the index is always asked.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MADE = """
    CREATE FUNCTION insight_hits(asked tsquery) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 SET enable_seqscan = off
    AS 'SELECT rowid FROM insight_words WHERE words @@ asked'
"""


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MADE, params=None)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION insight_hits(tsquery)", params=None)


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_views_and_jobs")]
    operations = [migrations.RunPython(make, remove)]
