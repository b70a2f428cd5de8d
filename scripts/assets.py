"""Copies the named front-end files out of node_modules into the package's static folder, and draws the icons' sheet.

Lines naming a source map are left out: the maps are not shipped, and Django's manifest storage stops on them.
"""

import re
import shutil
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
PACKAGE = ROOT / "src" / "shouwen"
TARGET = PACKAGE / "static" / "vendor"
ICONS = SOURCE / "@tabler" / "icons" / "icons" / "outline"

FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "flatpickr/flatpickr.min.js": "flatpickr/dist/flatpickr.min.js",
    "flatpickr/flatpickr.min.css": "flatpickr/dist/flatpickr.min.css",
    "flatpickr/zh.js": "flatpickr/dist/l10n/zh.js",
}
SOURCE_MAP = re.compile(r"(?m)^.*?(//[#@]\s*sourceMappingURL=\S*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$")
NAME = r"([a-z0-9]+(?:-[a-z0-9]+)*)"
MARKUP = re.compile(rf'(?:\bti-|icon="|%}}){NAME}')
"""``ti-lock``, ``icon="lock"`` and what a template chooses, ``ti-{% if … %}lock{% else %}eye{% endif %}``."""
SAFE = " =/:'"
"""What may stand in an address between double quotes as it is."""
LITERAL = re.compile(rf'"{NAME}"')
"""Python hands icons on by name; that some other word is an icon's name too costs a few bytes."""
RULES = """\
/* Icons of Tabler (https://tabler.io, MIT), those that the pages name: masks, so that they take the text's colour. */
.ti{display:inline-block;width:1em;height:1em;flex:none;vertical-align:-.125em;background:currentColor;\
-webkit-mask:var(--icon) center/contain no-repeat;mask:var(--icon) center/contain no-repeat;\
print-color-adjust:exact;forced-color-adjust:preserve-parent-color}
"""


def without_source_map(text: str) -> str:
    return SOURCE_MAP.sub(lambda line: line.group(0)[: line.start(1) - line.start(0)], text)


def sources() -> list[Path]:
    """The files that may name an icon."""
    found = (file for file in PACKAGE.rglob("*") if file.suffix in {".html", ".js", ".py"})
    return sorted(file for file in found if TARGET not in file.parents)


def icons() -> list[str]:
    """The names of all icons that the sources name."""
    named: set[str] = set()
    for file in sources():
        named.update((LITERAL if file.suffix == ".py" else MARKUP).findall(file.read_text("utf-8")))
    return sorted(name for name in named if (ICONS / f"{name}.svg").is_file())


def drawn(name: str) -> str:
    """The icon's rule: its lines alone, without the square that they are drawn in."""
    paths = re.findall(r'<path d="([^"]+)"', (ICONS / f"{name}.svg").read_text("utf-8"))
    lines = "".join(f"<path d='{path}'/>" for path in paths)
    look = "fill='none' stroke='#000' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'"
    image = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' {look}>{lines}</svg>"
    return f'.ti-{name}{{--icon:url("data:image/svg+xml,{quote(image, safe=SAFE)}")}}\n'


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    for name, origin in FILES.items():
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(without_source_map((SOURCE / origin).read_text("utf-8")), "utf-8")
    sheet = TARGET / "icons" / "icons.css"
    sheet.parent.mkdir()
    sheet.write_text(RULES + "".join(map(drawn, icons())), "utf-8")


if __name__ == "__main__":
    main()
