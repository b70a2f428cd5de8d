"""Translations without gettext's own tools.

    messages.py compile    makes each .mo anew whose .po is younger
    messages.py update     brings the texts of code and templates into the .po files
    messages.py check      lists texts without a translation; exit code 1 if there are any

Message ids are English; English therefore has no file of its own.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "shouwen"
LOCALE = PACKAGE / "locale"
LANGUAGE = "zh_Hans"
PO = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"

Spec = tuple[int | tuple[int, str], ...] | None
# Django's names for gettext's functions; the bare ones Babel knows itself.
KEYWORDS: dict[str, Spec] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def python_text(file: Path) -> str:
    """A file as Python that Babel reads; a template is turned by Django's own function, as makemessages does."""
    text = file.read_text("utf-8")
    if file.suffix == ".py":
        return text
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation.template import templatize

    return templatize(text)


def texts() -> Iterator[tuple[Path, int, str | tuple[str, ...], str | None]]:
    """(file, line, message id or (singular, plural), context) for every text of the package."""
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]
    for file in sorted(files):
        source = io.BytesIO(python_text(file).encode())
        for line, message, _comments, context in extract("python", source, keywords=KEYWORDS):
            if message:
                yield file, line, message, context


def template_catalog() -> Catalog:
    catalog = Catalog(locale=LANGUAGE, project="Shouwen", charset="utf-8", fuzzy=False)
    for _file, _line, message, context in texts():
        catalog.add(message, context=context)
    return catalog


def read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def compile_all() -> None:
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime:
            with mo.open("wb") as target:
                write_mo(target, read(po))


def update() -> None:
    catalog = read(PO) if PO.exists() else Catalog(locale=LANGUAGE, project="Shouwen", fuzzy=False)
    catalog.update(template_catalog(), no_fuzzy_matching=True)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as target:
        write_po(target, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True)


def check() -> int:
    """How many texts lack a translation; each is printed with its place."""
    have = {(m.id, m.context) for m in read(PO) if m.string and not m.fuzzy and all(m.string)} if PO.exists() else set()
    missing = [(file, line, message) for file, line, message, context in texts() if (message, context) not in have]
    for file, line, message in missing:
        print(f"{file.relative_to(PACKAGE.parent.parent)}:{line}: no {LANGUAGE} translation of {message!r}")
    return len(missing)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
        case ["update"]:
            update()
        case ["check"]:
            sys.exit(1 if check() else 0)
        case _:
            sys.exit(__doc__)
