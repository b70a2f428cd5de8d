"""Ids of new subjects grow with time. Nothing is stored otherwise: Django would write SQLite's whole table anew, and
without its guards."""

from django.db import migrations, models

import shouwen.journal.ids


class Migration(migrations.Migration):
    dependencies = [("journal", "0011_owed_from_an_index")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="subject",
                    name="id",
                    field=models.UUIDField(
                        default=shouwen.journal.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        )
    ]
