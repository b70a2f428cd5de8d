"""Copies the named front-end files out of node_modules into the package's static folder.

Lines naming a source map are left out: the maps are not shipped, and Django's manifest storage stops on them.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "src" / "shouwen" / "static" / "vendor"

FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "icons/fonts/tabler-icons.woff2": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
    "icons/fonts/tabler-icons.woff": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff",
    "icons/fonts/tabler-icons.ttf": "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf",
    "flatpickr/flatpickr.min.js": "flatpickr/dist/flatpickr.min.js",
    "flatpickr/flatpickr.min.css": "flatpickr/dist/flatpickr.min.css",
    "flatpickr/zh.js": "flatpickr/dist/l10n/zh.js",
}
SOURCE_MAP = re.compile(r"(?m)^.*?(//[#@]\s*sourceMappingURL=\S*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$")


def without_source_map(text: str) -> str:
    return SOURCE_MAP.sub(lambda line: line.group(0)[: line.start(1) - line.start(0)], text)


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    for name, origin in FILES.items():
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix in {".css", ".js"}:
            target.write_text(without_source_map((SOURCE / origin).read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(SOURCE / origin, target)


if __name__ == "__main__":
    main()
