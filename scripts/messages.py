"""Translations without gettext's own tools: `compile` makes .mo files, `check` lists what is missing."""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "src" / "shouwen" / "locale"


def compile_all() -> None:
    """Makes each .mo anew whose .po is younger."""
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))


if __name__ == "__main__":
    if sys.argv[1:] != ["compile"]:
        sys.exit("usage: messages.py compile")
    compile_all()
