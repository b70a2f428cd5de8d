"""What is in force where, and which calendars lie over which units, renew the organisation's stamp too."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shouwen.organisation.stamps import stamp_table


def stamp(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("governance_inforce", "governance_calendartable"):
        stamp_table(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_escalation"), ("organisation", "0003_stamp")]
    operations = [migrations.RunPython(stamp)]
