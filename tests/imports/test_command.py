"""Real input: `shouwen import` as a process of its own: interrupted, gone on with, refused rows written out."""

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.imports.files import MAPPING, csv_file, mapping_file

LAY = """\
from shouwen.house.boot import boot
boot()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.journal.world import world
world()
"""


def shouwen(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shouwen", "import", *arguments]
    return subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "SHOUWEN_TEST_HOME")}
    return {**kept, "SHOUWEN_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house on SQLite, with the policy of the journal's tests."""
    folder = tmp_path_factory.mktemp("laid")
    subprocess.run([sys.executable, "-c", LAY], env=environment(folder), check=True)
    return folder


@pytest.fixture
def home(laid: Path, tmp_path: Path) -> Path:
    """That house, for one test alone."""
    return shutil.copytree(laid, tmp_path / "house")


def journal(home: Path) -> list[tuple[str, str]]:
    """What each entry is and which row it came from, without what differs from run to run."""
    with sqlite3.connect(home / "shouwen.sqlite3") as database:
        rows = database.execute("SELECT type, coalesce(key, '') FROM journal_entry WHERE key LIKE 'import:%'")
        return sorted(rows.fetchall())


def test_an_import_killed_at_any_point_is_gone_on_with(home: Path, tmp_path: Path) -> None:
    rows = "".join(f"{i},2026/3/2 9:00,2026/3/3 8:00,漏水\n" for i in range(3000))
    file, mapping = csv_file(tmp_path, rows), mapping_file(tmp_path)
    command = [sys.executable, "-m", "shouwen", "import", str(file), "--mapping", str(mapping)]
    written: list[int] = []
    for wanted in (200, 1000):
        process = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL)
        while process.poll() is None and len(journal(home)) < wanted:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        written.append(len(journal(home)))
    assert 0 < written[0] < written[1] < 6000
    # Whole transactions of 200 rows, two entries each.
    assert [count % 400 for count in written] == [0, 0]
    done = shouwen(home, str(file), "--mapping", str(mapping))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"新增 {3000 - written[1] // 2} 件，续记 0 件，已有 {written[1] // 2} 行" in done.stdout
    assert journal(home) == sorted(
        (event, f"import:hotline:{i}:{event}") for i in range(3000) for event in ("received", "verified")
    )


def test_refused_rows_are_written_out_and_said(home: Path, tmp_path: Path) -> None:
    rows = '1,2026/3/2 9:00,,漏水\n2,昨天,,"电梯，停运"\n'
    file, mapping, rejects = csv_file(tmp_path, rows), mapping_file(tmp_path), tmp_path / "rejects.csv"
    done = shouwen(home, str(file), "--mapping", str(mapping), "--rejects", str(rejects))
    assert done.returncode == 3
    assert "第 3 行：来电时间：日期时间读不出（昨天）" in done.stdout
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["行号", "原因", "编号", "来电时间", "核实时间", "内容"],
            ["3", "来电时间：日期时间读不出（昨天）", "2", "昨天", "", "电梯，停运"],
        ]


def test_a_dry_run_says_nothing_personal(home: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "1,2026/3/2 9:00,2026/3/3 8:00,张三家漏水\n")
    done = shouwen(home, str(file), "--mapping", str(mapping_file(tmp_path)), "--dry-run")
    assert done.returncode == 0
    assert "试运行，什么也没有保存" in done.stdout
    assert "接诉 2026-03-02T09:00:00+08:00 渠道=电话，内容=（密封，5 字）" in done.stdout
    assert "张三" not in done.stdout
    assert journal(home) == []


def test_what_is_at_fault_is_said_and_nothing_is_done(home: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "1,2026/3/2 9:00,,漏水\n")
    wrong = shouwen(home, str(file), "--mapping", str(mapping_file(tmp_path, MAPPING.replace("verified", "verifed"))))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == f"{tmp_path / 'map.yaml'}:13: 没有事件“verifed”；是不是“verified”？\n"
    assert shouwen(home, str(file), "--mapping", "nowhere").returncode == 2
    elsewhere = shouwen(home, str(file), "--mapping", str(mapping_file(tmp_path)), "--unit", "明澄集团/别处")
    assert (elsewhere.returncode, elsewhere.stderr) == (1, f"{tmp_path / 'map.yaml'}:6: 没有单位“明澄集团/别处”\n")
    unknown = shouwen(home, str(file), "--mapping", str(mapping_file(tmp_path)), "--by", "nobody")
    assert (unknown.returncode, unknown.stderr) == (1, "没有人员“nobody”\n")
    assert journal(home) == []


def test_another_unit_and_whoever_imports(home: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "1,2026/3/2 9:00,,漏水\n")
    arguments = ("--mapping", str(mapping_file(tmp_path)), "--unit", "明澄集团/江州公司/云栖二期", "--by", "clerk")
    done = shouwen(home, str(file), *arguments)
    assert done.returncode == 0
    assert "单位：云栖二期 1" in done.stdout
