"""Pictures of the desk at 1440 and 390 pixels, from a demonstration's house of its own, into docs/screenshots.

screenshots.py [FOLDER]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
SHOUWEN = ROOT / ".venv" / "bin" / "shouwen"
PORT = 8790
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "yunlu-2026"  # noqa: S105  printed by the demonstration itself
SIZES = {1440: 900, 390: 844}
PICTURES = {
    "workbench": ("jingban", "/"),
    "supervision": ("zhongxin", "/supervision/"),
    "intake": ("qiantai", "/matters/new/"),
    "ledger": ("lingdao", "/ledger/"),
    "matter": ("jingban", "first of /ledger/?due=overdue"),
    "regulation": ("zhongxin", "/clauses/jinke/3.2.C"),
}


@contextmanager
def served(home: Path) -> Iterator[None]:
    """The demonstration's house on a port of its own."""
    environment = {**os.environ, "SHOUWEN_HOME": str(home)}
    command = [str(SHOUWEN), "serve", "--demo", "--port", str(PORT)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None and not _answers():
                time.sleep(0.5)
            yield
        finally:
            server.terminate()


def _answers() -> bool:
    try:
        with urlopen(f"{BASE}/accounts/login/") as answer:  # noqa: S310  our own loopback address
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def take(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or sys.exit("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for width, height in SIZES.items():
            for name, (person, place) in PICTURES.items():
                context = browser.new_context(
                    base_url=BASE, locale="zh-CN", viewport={"width": width, "height": height}
                )
                page = context.new_page()
                page.goto("/accounts/login/")
                if name == "workbench":
                    page.screenshot(path=folder / f"sign-in-{width}.png")
                page.fill("[name=login]", person)
                page.fill("[name=password]", PASSWORD)
                page.get_by_role("button", name="登录").click()
                page.wait_for_load_state()
                page.goto(place.removeprefix("first of "))
                if place.startswith("first of "):
                    page.locator("main td a.who").first.click()
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name}-{width}.png")
                context.close()
        browser.close()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, served(Path(home)):
        take(folder)
    print(f"{len(SIZES) * (len(PICTURES) + 1)} pictures in {folder}")


if __name__ == "__main__":
    main()
