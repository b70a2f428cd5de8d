import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import shouwen.journal.ids

COVERED = (
    ("entry", "subject_id", "e07f8751"),
    ("involved", "subject_id", "d499b3ff"),
    ("outbox", "person_id", "6acbe4fe"),
    ("subject", "owner_person_id", "77f05575"),
    ("subject", "owner_post_id", "63f5bd5b"),
    ("subject", "unit_id", "a8480633"),
    ("duty", "person_id", "187cf7fd"),
    ("duty", "post_id", "63eea8d1"),
    ("duty", "subject_id", "d6529e73"),
    ("duty", "unit_id", "848ba979"),
)
"""Indexes of one column that is the first of another index too. Dropped as they are: Django would write the whole of
each table anew on SQLite, and with it lose the triggers that guard it."""


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0010_counts_of_numbers"),
        ("organisation", "0004_dated_posts"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS journal_{table}_{column}_{digest}",
                    f"CREATE INDEX journal_{table}_{column}_{digest} ON journal_{table} ({column})",
                )
                for table, column, digest in COVERED
            ],
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
                    name="id",
                    field=models.UUIDField(
                        default=shouwen.journal.ids.new_id, editable=False, primary_key=True, serialize=False
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
        )
    ]
