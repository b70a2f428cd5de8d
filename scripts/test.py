"""`make test`: everything on SQLite, then the database tests once more on PostgreSQL.

Ends with an error if a run fails or if the two databases did not see the same number of tests. Where PostgreSQL or
Chromium is missing it says what was left out; with SHOUWEN_NO_SKIP=1 that is an error.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import with_postgres

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5


def pytest(tally: Path, *arguments: str, database: str | None = None) -> int:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env["SHOUWEN_TALLY"] = str(tally)
    if database:
        env["DATABASE_URL"] = database
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def count(tally: Path) -> int:
    return int(tally.read_text()) if tally.exists() else 0


def main() -> int:
    no_skip = os.environ.get("SHOUWEN_NO_SKIP") == "1"
    with tempfile.TemporaryDirectory() as folder:
        sqlite, postgres = Path(folder, "sqlite"), Path(folder, "postgres")
        print("== all tests, SQLite", flush=True)
        failed = pytest(sqlite) != 0
        if with_postgres.programs() is None:
            print("PostgreSQL is not installed here: the database tests ran on SQLite alone")
            return 1 if failed or no_skip else 0
        print("== database tests, PostgreSQL", flush=True)
        with with_postgres.server() as url:
            code = pytest(postgres, "-m", "db and not browser", database=url)
        failed = failed or code not in {0, NOTHING_COLLECTED}
        seen = count(sqlite), count(postgres)
    print(f"database tests run: {seen[0]} on SQLite, {seen[1]} on PostgreSQL")
    if seen[0] != seen[1]:
        print("The two databases did not see the same tests.")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
