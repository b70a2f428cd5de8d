"""A what-if that stands with a proposal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0006_publications"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="what_if",
            field=models.UUIDField(blank=True, null=True, verbose_name="what-if"),
        ),
    ]
