"""A stamp that the database itself renews whenever a row of the organisation changes (`snapshot.py`).

A sign-in writes only `last_login`, which concerns nobody's place: it renews nothing.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shouwen.organisation.stamps import stamp_table

TABLE = "CREATE TABLE organisation_stamp (id integer PRIMARY KEY CHECK (id = 1), value varchar(36) NOT NULL)"
RENEW_POSTGRESQL = """
CREATE FUNCTION organisation_renew_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organisation_stamp (id, value) VALUES (1, gen_random_uuid()::text)
    ON CONFLICT (id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$
"""


def stamp(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(TABLE, params=None)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(RENEW_POSTGRESQL, params=None)
    for table in ("unit", "post", "appointment", "absence", "delegation", "authority"):
        stamp_table(schema_editor, f"organisation_{table}")
    stamp_table(schema_editor, "organisation_person", "username, is_active, is_superuser, auditor, name, phone, email")


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_absence_delegation_authority")]
    operations = [migrations.RunPython(stamp)]
