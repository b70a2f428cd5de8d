"""Whether a database and this code belong together."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader


def steps_unknown_to_code() -> list[str]:
    """Migrations recorded in the database that this code does not have, as `app.name`, sorted.

    Not empty means that a newer version has written here: nothing may be written with the older code.
    """
    loader = MigrationLoader(connection)
    known = loader.migrated_apps
    return sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in known and (app, name) not in loader.disk_migrations and (app, name) not in loader.replacements
    )
