"""`shouwen replay` as others call it (docs/engine.md, Replay)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shouwen.cli.replay import replay

SMALL = str(Path(__file__).parent / "small.md")


def line(number: int, matter: str, event: str, at: str, data: dict[str, object] | None = None, post: str = "") -> str:
    row = {"id": f"e{number}", "matter": matter, "type": event, "at": at, "post": post, "data": data or {}}
    return json.dumps(row, ensure_ascii=False)


LINES = [
    line(1, "M2", "received", "2026-03-02T09:00:00+08:00"),
    line(2, "M1", "received", "2026-03-02T09:00:00+08:00"),
    "",
    line(3, "M1", "classified", "2026-03-02T02:00:00+00:00", {"category": "一般"}),
    line(4, "M1", "verified", "2026-03-03T09:00:00+08:00"),
    line(5, "M2", "closed", "2026-03-04T09:00:00+08:00", post="前台"),
    line(6, "M2", "verified", "2026-03-05T09:00:00+08:00"),
]


def run(tmp_path: Path, lines: list[str], *options: str) -> tuple[int, list[dict[str, object]], str]:
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = CliRunner().invoke(replay, ["--policy", SMALL, str(journal), *options])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_lines_are_duties_and_breaches_in_order(tmp_path: Path) -> None:
    code, lines, _ = run(tmp_path, LINES, "--now", "2026-03-04T12:00:00+08:00")
    assert code == 0
    # 3月2日9:00 + 24小时 = 3月3日9:00，到点所为为按时；当日上报止于3月2日24:00；重大改为一般，上报不再成立。
    rest: dict[str, object] = {
        "instance": None,
        "also": [],
        "clause": "small/1",
        "opened_at": "2026-03-02T09:00:00+08:00",
        "who": "前台",
    }
    day, hours = "2026-03-03T00:00:00+08:00", "2026-03-03T09:00:00+08:00"
    breach: dict[str, object] = {
        "matter": "M2",
        "breach": "closed",
        "instance": None,
        "clause": "small/2",
        "also": [],
        "who": "前台",
        "opened_at": "2026-03-04T09:00:00+08:00",
        "due_at": None,
        "state": "breached",
        "kept_at": None,
    }
    assert lines == [
        {**rest, "matter": "M1", "duty": "reported_up", "due_at": day, "state": "void", "kept_at": None},
        {**rest, "matter": "M1", "duty": "verified", "due_at": hours, "state": "kept", "kept_at": hours},
        {**rest, "matter": "M2", "duty": "reported_up", "due_at": day, "state": "overdue", "kept_at": None},
        {**rest, "matter": "M2", "duty": "verified", "due_at": hours, "state": "overdue", "kept_at": None},
        breach,
    ]


def test_all_bad_lines_are_told_at_once(tmp_path: Path) -> None:
    bad = [
        "{",
        '{"id": "e1", "matter": "M1", "type": "receved", "at": "2026-03-02T09:00:00+08:00"}',
        '{"id": "e1", "matter": "M1", "type": "received", "at": "2026-03-02T09:00:00"}',
        '{"id": "e1", "type": "received", "at": "2026-03-02T09:00:00+08:00"}',
    ]
    code, lines, told = run(tmp_path, bad, "--now", "2026-03-04T12:00:00+08:00")
    assert (code, lines) == (1, [])
    assert [line.split("：")[0] for line in told.strip().splitlines()] == ["第 1 行", "第 2 行", "第 3 行", "第 4 行"]
    assert "at 没有时区：2026-03-02T09:00:00" in told


@pytest.mark.parametrize("now", ["2026-03-04", "2026-03-04T12:00:00", "yesterday"])
def test_now_needs_a_zone(tmp_path: Path, now: str) -> None:
    code, _, told = run(tmp_path, LINES, "--now", now)
    assert code == 2
    assert now in told


def test_an_act_before_its_time_does_not_keep(tmp_path: Path) -> None:
    journal = [
        line(1, "M1", "received", "2026-03-02T09:00:00+08:00"),
        line(2, "M1", "settled", "2026-03-03T10:00:00+08:00"),
        line(3, "M1", "called_back", "2026-03-06T23:59:00+08:00"),
        line(4, "M1", "called_back", "2026-03-07T00:00:00+08:00"),
    ]
    _, lines, _ = run(tmp_path, journal, "--now", "2026-03-20T12:00:00+08:00")
    # 3月3日起3日止于3月6日24:00，此前不算；10日止于3月13日24:00。
    (found,) = [one for one in lines if one["duty"] == "called_back"]
    assert (found["kept_at"], found["due_at"], found["state"]) == (
        "2026-03-07T00:00:00+08:00",
        "2026-03-14T00:00:00+08:00",
        "kept",
    )
