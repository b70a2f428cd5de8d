"""No 500, every operation answered 2xx at least once, on the demonstration and the real server (issue: API)."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_operation_is_answered_and_none_breaks() -> None:
    """A short run; `make fuzz` makes up more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOUWEN_", "DATABASE_URL"))}
    command = [sys.executable, "scripts/fuzz.py", "--examples", "2"]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    rows = re.findall(r"^(?:GET|POST|PATCH|DELETE) /api/v1/\S+ .*$", done.stdout, re.MULTILINE)
    assert (len(rows), [row for row in rows if "NO 2xx" in row]) == (50, [])
