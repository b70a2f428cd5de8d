"""Static files as a browser gets them from a served house."""

import subprocess
import sys
from pathlib import Path

from tests.house.test_serve import environment

GATHER = "from shouwen.house.boot import boot; boot(); from shouwen.house.statics import gather; gather()"


def test_gathers_every_named_file_and_a_second_time_touches_none(tmp_path: Path) -> None:
    env = environment(tmp_path)
    subprocess.run([sys.executable, "-c", GATHER], env=env, check=True)
    static = tmp_path / "static"
    names = {str(file.relative_to(static)).split(".")[0] for file in static.glob("vendor/*/*") if file.is_file()}
    assert names == {
        "vendor/flatpickr/flatpickr",
        "vendor/flatpickr/zh",
        "vendor/icons/tabler-icons",
        "vendor/tabler/tabler",
    }
    times = {file: file.stat().st_mtime_ns for file in static.rglob("*")}
    subprocess.run([sys.executable, "-c", GATHER], env=env, check=True)
    assert {file: file.stat().st_mtime_ns for file in static.rglob("*")} == times


def test_no_shipped_file_names_a_source_map() -> None:
    import shouwen

    vendor = Path(shouwen.__file__).parent / "static" / "vendor"
    texts = [file for file in vendor.rglob("*") if file.suffix in {".css", ".js"}]
    assert [file.name for file in texts if "sourceMappingURL" in file.read_text("utf-8")] == []
    assert len(texts) == 5
