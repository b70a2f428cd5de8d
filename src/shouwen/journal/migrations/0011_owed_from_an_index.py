"""What somebody owes is counted and listed from an index, and a reference that is another index's first column has none
of its own: each was written with every row and never asked.
"""

from collections.abc import Iterator

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Model


REFERENCES = {
    "Duty": ("person", "post", "subject", "unit"),
    "Entry": ("subject",),
    "Involved": ("subject",),
    "Outbox": ("person",),
    "Subject": ("owner_person", "owner_post", "unit"),
}


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The index alone: to alter the field would write SQLite's whole table anew, and without its guards."""
    for model, column in _columns(apps):
        named = {index.name for index in model._meta.indexes}
        with schema_editor.connection.cursor() as cursor:
            known = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, one in known.items():
            if one["index"] and not one["unique"] and one["columns"] == [column] and name not in named:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}", params=None)


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for model, column in _columns(apps):
        table, name = model._meta.db_table, f"{model._meta.db_table}_{column}"
        schema_editor.execute(f"CREATE INDEX {name} ON {table} ({column})", params=None)


def _columns(apps: StateApps) -> Iterator[tuple[type[Model], str]]:
    for name, fields in REFERENCES.items():
        model = apps.get_model("journal", name)
        for field in fields:
            yield model, f"{field}_id"


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0005_terms"),
        ("journal", "0010_counts_of_numbers"),
        ("organisation", "0004_dated_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make)],
            state_operations=[
                migrations.AlterField(
                    model_name="duty",
                    name="person",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="duty",
                    name="post",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="organisation.post",
                        verbose_name="post",
                    ),
                ),
                migrations.AlterField(
                    model_name="duty",
                    name="subject",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="journal.subject",
                        verbose_name="subject",
                    ),
                ),
                migrations.AlterField(
                    model_name="duty",
                    name="unit",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="organisation.unit",
                        verbose_name="unit",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="subject",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="journal.subject",
                        verbose_name="subject",
                    ),
                ),
                migrations.AlterField(
                    model_name="involved",
                    name="subject",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="involved",
                        to="journal.subject",
                        verbose_name="subject",
                    ),
                ),
                migrations.AlterField(
                    model_name="outbox",
                    name="person",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to",
                    ),
                ),
                migrations.AlterField(
                    model_name="subject",
                    name="owner_person",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                migrations.AlterField(
                    model_name="subject",
                    name="owner_post",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned",
                        to="organisation.post",
                        verbose_name="owning post",
                    ),
                ),
                migrations.AlterField(
                    model_name="subject",
                    name="unit",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subjects",
                        to="organisation.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
        ),
        migrations.RemoveIndex(model_name="subject", name="subject_owner_post"),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(fields=["owner_post", "state", "id"], name="subject_owner_post"),
        ),
        migrations.RemoveIndex(model_name="subject", name="subject_owner_person"),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(fields=["owner_person", "state", "id"], name="subject_owner_person"),
        ),
        migrations.RemoveIndex(
            model_name="duty",
            name="duty_person",
        ),
        migrations.RemoveIndex(
            model_name="duty",
            name="duty_post",
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["person", "state", "due_at", "opened_at"], name="duty_person"),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["post", "state", "due_at", "opened_at", "person"], name="duty_post"),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["subject", "state", "outside", "person", "post"], name="duty_standing"),
        ),
    ]
