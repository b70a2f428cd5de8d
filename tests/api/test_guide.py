"""The examples of docs/api.md run as they stand, with curl against a live server."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.api.caller import join
from tests.journal.world import world as lay

from shouwen.journal.models import AccessLog, Attachment, Entry, Subject

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_guides_examples_do_what_it_says(live_server: Any, tmp_path: Path) -> None:
    world = lay()
    token = join("热线", [world.desk]).issued.text
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    env = {**os.environ, "SHOUWEN": live_server.url, "TOKEN": token, "NO_PROXY": "*"}
    script = "set -euo pipefail\n" + "\n".join(blocks)
    done = subprocess.run(["bash", "-c", script], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    subject = Subject.objects.get()
    written = list(Entry.objects.filter(subject=subject).order_by("seq").values_list("type", flat=True))
    assert written == ["received", "verified", "noted", "verified"]
    assert Attachment.objects.get().subject == subject
    assert AccessLog.objects.get(kind="revealed").reason == "回访核对"
    assert done.stderr.count("error: 403") == 1
    assert '"type":"/problems/not-allowed"' in done.stdout
