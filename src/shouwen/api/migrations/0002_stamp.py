"""Tokens are asked with every call: kept in memory, so a change of one renews the stamp. Counting a call does not."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shouwen.organisation.stamps import stamp_table

COLUMNS = "integration_id, prefix, digest, scopes, rate, since, until, revoked_at"


def stamp(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    stamp_table(schema_editor, "api_token", COLUMNS)
    stamp_table(schema_editor, "api_integration")


class Migration(migrations.Migration):
    dependencies = [("api", "0001_integrations"), ("organisation", "0003_stamp")]
    operations = [migrations.RunPython(stamp)]
