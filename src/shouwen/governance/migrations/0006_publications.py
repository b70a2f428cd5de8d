"""Texts that are proposed and decided on; several policies for one kind; what holds names its policy."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from shouwen.organisation.stamps import stamp_table


def name_policies(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("governance", "InForce").objects.select_related("policy_version")
    for row in rows.defer("policy_version__text"):
        row.policy = row.policy_version.name
        row.save(update_fields=["policy"])


def stamp_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table anew for another column, and its triggers go with the old one."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for event in ("insert", "update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS governance_inforce_{event}_stamp", params=None)
    stamp_table(schema_editor, "governance_inforce")


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0005_terms"),
        ("organisation", "0004_dated_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, verbose_name="name")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("version", models.CharField(max_length=64, verbose_name="version")),
                ("text", models.TextField(verbose_name="text")),
                ("kinds", models.JSONField(verbose_name="kinds of subject")),
                ("readings", models.JSONField(blank=True, default=dict, verbose_name="readings taken")),
                ("since", models.DateTimeField(blank=True, null=True, verbose_name="since")),
                ("reason", models.CharField(max_length=500, verbose_name="why")),
                ("effects", models.JSONField(blank=True, default=list, verbose_name="effects")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="opinion")),
            ],
            options={
                "verbose_name": "publication",
                "verbose_name_plural": "publications",
                "ordering": ["-proposed_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="inforce",
            name="inforce_one",
        ),
        migrations.RemoveConstraint(
            model_name="inforce",
            name="inforce_since",
        ),
        migrations.AddField(
            model_name="inforce",
            name="policy",
            field=models.CharField(default="", editable=False, max_length=64, verbose_name="policy"),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="composition",
            field=models.JSONField(blank=True, null=True, verbose_name="made of"),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="links",
            field=models.JSONField(blank=True, default=list, verbose_name="what its clauses say of others"),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="text",
            field=models.TextField(blank=True, verbose_name="text"),
        ),
        migrations.AddConstraint(
            model_name="inforce",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("unit", "kind", "policy"), name="inforce_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="inforce",
            constraint=models.UniqueConstraint(fields=("unit", "kind", "policy", "since"), name="inforce_since"),
        ),
        migrations.AddField(
            model_name="publication",
            name="before",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.policyversion",
                verbose_name="compared with",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="policy_version",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publication",
                to="governance.policyversion",
                verbose_name="made",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="organisation.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "approved", "refused", "withdrawn"])),
                name="publication_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "proposed"), ("decided_at__isnull", False), _connector="XOR"),
                name="publication_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("policy_version__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="publication_by_another",
            ),
        ),
        migrations.RunPython(name_policies),
        migrations.RunPython(stamp_again),
    ]
