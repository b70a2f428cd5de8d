"""The database itself refuses to change or delete a line of a customer's history.

What is personal in it may be blanked, once and whole, where the law has it erased.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NEVER = "changes of customers are never changed or deleted"
BLANKED = """
    NEW.id = OLD.id AND NEW.customer_id = OLD.customer_id AND NEW.at = OLD.at AND NEW.act = OLD.act
    AND COALESCE(NEW.by_id, 0) = COALESCE(OLD.by_id, 0)
    AND NEW.before IS NULL AND NEW.after IS NULL AND NEW.reason = ''
"""

SQLITE = [
    f"CREATE TRIGGER customers_change_no_update BEFORE UPDATE ON customers_change WHEN NOT ({BLANKED}) "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    "CREATE TRIGGER customers_change_no_delete BEFORE DELETE ON customers_change "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION customers_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {BLANKED} THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    "CREATE TRIGGER customers_change_rows BEFORE UPDATE OR DELETE ON customers_change "
    "FOR EACH ROW EXECUTE FUNCTION customers_change_guard()",
    "CREATE TRIGGER customers_change_table BEFORE TRUNCATE ON customers_change "
    "FOR EACH STATEMENT EXECUTE FUNCTION customers_change_guard()",
]

STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_merging_and_changes")]
    operations = [migrations.RunPython(guard)]
