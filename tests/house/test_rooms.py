"""Design, Rooms: the journal's `record()` is the only writer of journals."""

import ast
from pathlib import Path

import shouwen

PACKAGE = Path(shouwen.__file__).parent
WRITES = {
    "abulk_create", "acreate", "adelete", "aupdate", "bulk_create", "bulk_update", "create", "delete",
    "get_or_create", "raw", "save", "update", "update_or_create",
}  # fmt: skip


def journal_models(tree: ast.Module) -> set[str]:
    """Names under which a module has the journal's models, or the module of them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "shouwen.journal.models":
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "shouwen.journal":
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "models"}
    return names


def root_name(node: ast.expr) -> str | None:
    """`Entry` of `Entry.objects.filter(…).update`."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    return node.id


def writes(source: str) -> list[int]:
    """Lines in which a module writes to the journal's models by their own methods."""
    tree = ast.parse(source)
    models = journal_models(tree)
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and root_name(node.func) in models
    )


def test_the_check_sees_a_write() -> None:
    source = "from shouwen.journal.models import Entry\nEntry.objects.filter(pk=1).update(type='closed')\n"
    assert writes(source) == [2]


def test_only_the_journal_writes_journals() -> None:
    elsewhere = [file for file in PACKAGE.rglob("*.py") if file.relative_to(PACKAGE).parts[0] != "journal"]
    found = {str(file.relative_to(PACKAGE)): lines for file in elsewhere if (lines := writes(file.read_text("utf-8")))}
    assert found == {}
