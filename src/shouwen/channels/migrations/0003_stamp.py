"""What people chose and who listens is asked with every entry: kept in memory, so a change renews the stamp."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shouwen.organisation.stamps import stamp_table

HOOK = "active, ended_at, disabled_at, events, kinds, unit_id"


def stamp(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    stamp_table(schema_editor, "channels_preferences")
    stamp_table(schema_editor, "channels_webhook", HOOK)


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_notices_and_mail"), ("organisation", "0003_stamp")]
    operations = [migrations.RunPython(stamp)]
