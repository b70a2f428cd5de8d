"""Static files as a browser gets them from a served house."""

import ast
import gzip
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client
from tests.desk.conftest import house, signed_in
from tests.house.test_serve import environment

import shouwen
from shouwen.desk.context import _places

__all__ = ["house", "signed_in"]

PACKAGE = Path(shouwen.__file__).parent
GZIP = {"accept-encoding": "gzip", "accept-language": "zh-hans"}
URL = re.compile(rb"""url\(["']?([^)]{1,60})""")
GATHER = "from shouwen.house.boot import boot; boot(); from shouwen.house.statics import gather; gather()"


def test_gathers_every_named_file_and_a_second_time_touches_none(tmp_path: Path) -> None:
    env = environment(tmp_path)
    subprocess.run([sys.executable, "-c", GATHER], env=env, check=True)
    static = tmp_path / "static"
    names = {str(file.relative_to(static)).split(".")[0] for file in static.glob("vendor/*/*") if file.is_file()}
    assert names == {
        "vendor/flatpickr/flatpickr",
        "vendor/flatpickr/zh",
        "vendor/icons/icons",
        "vendor/tabler/tabler",
    }
    times = {file: file.stat().st_mtime_ns for file in static.rglob("*")}
    subprocess.run([sys.executable, "-c", GATHER], env=env, check=True)
    assert {file: file.stat().st_mtime_ns for file in static.rglob("*")} == times


def test_no_shipped_file_names_a_source_map() -> None:
    vendor = PACKAGE / "static" / "vendor"
    texts = [file for file in vendor.rglob("*") if file.suffix in {".css", ".js"}]
    assert [file.name for file in texts if "sourceMappingURL" in file.read_text("utf-8")] == []
    assert len(texts) == 5


def named_icons() -> set[str]:
    """What pages are given as icons: in classes, as a part's icon, by the places of the frame and by buttons."""
    found = {place.icon for place in _places("/", "desk:administration")}
    for file in (*PACKAGE.rglob("*.html"), *(PACKAGE / "desk" / "static").rglob("*.js")):
        text = file.read_text("utf-8")
        found.update(re.findall(r'icon(?:=|\|default:)"([^"]+)"', text))
        for named in re.findall(r"\bti-((?:{%.*?%}|[a-z0-9-])+)", text):
            found.update(re.sub(r"{%.*?%}", " ", named).split())
    for file in PACKAGE.rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
        buttons = (call.args for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Button")
        found.update(str(icon.value) for given in buttons for icon in given[2:3] if isinstance(icon, ast.Constant))
    return found


def test_every_icon_that_a_page_names_is_drawn() -> None:
    sheet = (PACKAGE / "static" / "vendor" / "icons" / "icons.css").read_text("utf-8")
    drawn = re.findall(r'(?m)^\.ti-([a-z0-9-]+){--icon:url\("data:image/svg\+xml,.*%3Cpath d=.*%3C/svg%3E"\)}$', sheet)
    assert {"lock", "mail-forward", "mail", "eye", "inbox", "plug", "urgent", "clock"} <= named_icons()
    assert named_icons() - set(drawn) == set()
    assert len(sheet.splitlines()) == 2 + len(drawn)


def test_the_first_page_weighs_less_than_150_kilobytes(signed_in: Callable[[str], Client]) -> None:
    """What a browser that was never here is sent for signing in and for the workbench, compressed as it is served."""
    client = signed_in("jingban")
    pages = [Client().get("/accounts/login/", headers=GZIP), client.get("/", headers=GZIP)]
    assert [(page.status_code, page.headers["Content-Encoding"]) for page in pages] == [(200, "gzip")] * 2
    named = {name for page in pages for name in re.findall(r'(?:href|src)="/static/([^"]+)"', _text(page))}
    assert {"vendor/tabler/tabler.min.css", "vendor/icons/icons.css", "desk/desk.js", "desk/keys.js"} <= named
    files = {name: Path(str(finders.find(name))).read_bytes() for name in named}
    further = [url for name, body in files.items() if name.endswith(".css") for url in URL.findall(body)]
    assert [url for url in further if not url.startswith(b"data:")] == []
    weights = [len(page.content) for page in pages] + [len(gzip.compress(body, 9)) for body in files.values()]
    assert sum(weights) < 150_000


def _text(page: Any) -> str:
    return gzip.decompress(page.content).decode()
