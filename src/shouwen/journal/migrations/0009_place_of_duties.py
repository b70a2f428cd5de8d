from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What stands in the subject's row."""
    duty, subject = apps.get_model("journal", "Duty"), apps.get_model("journal", "Subject")
    own = subject.objects.filter(pk=OuterRef("subject"))
    duty.objects.update(
        place=Subquery(own.values("unit")[:1]),
        confidential=Subquery(own.values("confidential")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0008_figures_from_an_index")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
