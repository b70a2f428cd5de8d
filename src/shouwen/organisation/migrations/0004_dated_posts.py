"""Posts stand for a period, those that there are from their unit's beginning on; who was shut out says since when."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F, OuterRef, Q, Subquery

from shouwen.organisation.stamps import stamp_table


def begin_with_the_unit(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    units = apps.get_model("organisation", "Unit").objects.filter(pk=OuterRef("unit"))
    apps.get_model("organisation", "Post").objects.update(since=Subquery(units.values("since")))


def stamp_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table anew, and with the old one its triggers went."""
    if schema_editor.connection.vendor == "sqlite":
        stamp_table(schema_editor, "organisation_post")


class Migration(migrations.Migration):
    dependencies = [("organisation", "0003_stamp")]
    operations = [
        migrations.AddField("person", "until", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
        migrations.RemoveConstraint("post", "post_name_in_unit"),
        migrations.RemoveConstraint("post", "post_one_duty_post"),
        migrations.AddField(
            "post",
            "since",
            models.DateTimeField(default=datetime(2000, 1, 1, tzinfo=UTC), verbose_name="since"),
            preserve_default=False,
        ),
        migrations.AddField("post", "until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
        migrations.AddConstraint(
            "post",
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_period"),
        ),
        migrations.AddConstraint(
            "post",
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(until__isnull=True), name="post_name_in_unit"),
        ),
        migrations.AddConstraint(
            "post",
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_duty_post=True, until__isnull=True), name="post_one_duty_post"
            ),
        ),
        migrations.RunPython(begin_with_the_unit),
        migrations.RunPython(stamp_again),
    ]
