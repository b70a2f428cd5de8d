"""The database itself refuses to change or delete what was recorded.

SQLite: https://www.sqlite.org/lang_createtrigger.html. PostgreSQL: chapter 39, triggers on rows and on TRUNCATE.
Sealed content may be blanked, once, by an `erased` entry of the same subject, and in no other way.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NEVER = "entries are never changed or deleted"
ERASED_ONLY = "sealed content is only blanked, by an erased entry"

# What the new row of a content may look like: blank, and named by an `erased` entry of its own journal.
BLANKED = """
    NEW.entry_id = OLD.entry_id AND OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.salt = ''
    AND EXISTS (
        SELECT 1 FROM journal_entry AS eraser JOIN journal_entry AS own ON own.subject_id = eraser.subject_id
        WHERE eraser.id = NEW.erased_by_id AND eraser.type = 'erased' AND own.id = NEW.entry_id
    )
"""

SQLITE = [
    f"CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    f"CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    f"CREATE TRIGGER journal_content_no_update BEFORE UPDATE ON journal_content WHEN NOT ({BLANKED}) "
    f"BEGIN SELECT RAISE(ABORT, '{ERASED_ONLY}'); END",
    "CREATE TRIGGER journal_content_no_delete BEFORE DELETE ON journal_content "
    f"BEGIN SELECT RAISE(ABORT, '{ERASED_ONLY}'); END",
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION journal_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE FUNCTION journal_content_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {BLANKED} THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '{ERASED_ONLY}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    "CREATE TRIGGER journal_entry_rows BEFORE UPDATE OR DELETE ON journal_entry "
    "FOR EACH ROW EXECUTE FUNCTION journal_entry_guard()",
    "CREATE TRIGGER journal_entry_table BEFORE TRUNCATE ON journal_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_guard()",
    "CREATE TRIGGER journal_content_rows BEFORE UPDATE OR DELETE ON journal_content "
    "FOR EACH ROW EXECUTE FUNCTION journal_content_guard()",
    "CREATE TRIGGER journal_content_table BEFORE TRUNCATE ON journal_content "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_content_guard()",
]

STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(guard)]
