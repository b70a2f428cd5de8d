"""`shouwen export`: journals as files that a replay reads to the same duties (design: Files and commands)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.end_to_end.liftcare import POLICY as LIFTCARE
from tests.end_to_end.three_ways import Line, at, replayed, rows, written
from tests.journal.world import POLICY, World
from tests.journal.world import world as lay

from shouwen.cli.export import export
from shouwen.cli.replay import replay
from shouwen.journal.drafts import Draft
from shouwen.journal.models import AccessLog, Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return lay()


def run(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    done = CliRunner().invoke(export, arguments)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def mended(world: World) -> Subject:
    """Verified too early, retracted, planned at a time that is corrected; the 24 hours of the plan begin anew."""
    subject = world.intake(contact="13800000000")
    world.take(Draft(subject, "verified", {"findings": "属实"}), now=at("2026-03-02 10:00"))
    world.take(Draft(subject, "retracted", {"entry": "2", "reason": "看错了房号"}), now=at("2026-03-02 11:00"))
    world.take(Draft(subject, "verified"), now=at("2026-03-03 08:00"))
    world.take(Draft(subject, "plan_made", {"text": "打胶"}), now=at("2026-03-04 09:00"))
    corrected = {"entry": "5", "at": "2026-03-03T20:00:00+08:00", "data": {"text": "重做防水", "way": "整改"}}
    world.take(Draft(subject, "corrected", corrected), now=at("2026-03-04 10:00"))
    return subject


def kept(opened: str, event: str, due: str, done: str) -> Line:
    return Line(at(opened), "desk/1", event, "", (), "前台", at(due), "kept", at(done))


def correction(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line["data"] for line in lines if line["type"] == "corrected")


def test_two_mended_journals_replay_to_their_rows(world: World, tmp_path: Path) -> None:
    subjects = [mended(world), mended(world)]
    found = replayed(written(*subjects, folder=tmp_path), POLICY, at("2026-03-04 10:00"))
    # 3月2日9:00 + 24小时；3月3日8:00 + 24小时，更正后的拟定时间是3月3日20:00。
    expected = [
        Line(at("2026-03-02 09:00"), "desk/1", "answered", "", (), "首问人", None, "open", None),
        kept("2026-03-02 09:00", "verified", "2026-03-03 09:00", "2026-03-03 08:00"),
        kept("2026-03-03 08:00", "plan_made", "2026-03-04 08:00", "2026-03-03 20:00"),
    ]
    assert found == {str(subject.pk): expected for subject in subjects}
    assert [rows(subject) for subject in subjects] == [expected, expected]


def test_a_line_is_the_envelope_as_the_design_says(world: World) -> None:
    subject = mended(world)
    code, lines, _said = run(subject.number)
    assert code == 0
    assert lines[1] == {
        "id": "2",
        "matter": str(subject.pk),
        "kind": "complaint",
        "type": "verified",
        "at": "2026-03-02T10:00:00+08:00",
        "by": str(world.clerk.pk),
        "post": "前台",
        "unit": "明澄集团/江州公司/云栖一期",
        "data": {},
    }
    assert correction(lines) == {"entry": "5", "at": "2026-03-03T20:00:00+08:00", "data": {"way": "整改"}}


def test_when_it_was_recorded_stands_where_it_differs(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "verified", at=at("2026-03-02 09:30")), now=at("2026-03-02 12:00"))
    _code, lines, _said = run(str(subject.pk))
    assert [line.get("recorded_at") for line in lines] == [None, "2026-03-02T12:00:00+08:00"]


def test_sealed_content_only_when_asked_for_and_it_is_written_down(world: World) -> None:
    subject = mended(world)
    plain = run("--all")[1]
    assert "13800000000" not in json.dumps(plain)
    world.take(Draft(subject, "erased", {"entry": "2", "reason": "客户要求"}), now=at("2026-03-04 11:00"))
    code, lines, _said = run("--all", "--sealed", "--by", "boss")
    assert code == 0
    assert (lines[0]["data"]["contact"], lines[1]["data"], lines[4]["data"]) == ("13800000000", {}, {"text": "打胶"})
    assert correction(lines)["data"] == {"way": "整改", "text": "重做防水"}
    assert [(log.person, log.subject, log.what) for log in AccessLog.objects.all()] == [
        (world.boss, None, "sealed content, exported")
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "give subjects, or --all"),
        (("M1", "--all"), 2, "give subjects, or --all"),
        (("M1",), 1, "没有 M1"),
        (("--all", "--policy", "nobody's"), 1, "没有发布过规章 nobody's"),
        (("--all", "--sealed"), 2, "--sealed needs --by"),
        (("--all", "--sealed", "--by", "nobody"), 1, "没有此人：nobody"),
    ],
)
def test_what_is_refused(world: World, arguments: tuple[str, ...], code: int, words: str) -> None:
    found, lines, said = run(*arguments)
    assert (found, lines) == (code, [])
    assert words in said


def test_a_number_that_stands_in_two_units_names_both(world: World) -> None:
    first = world.intake()
    second = world.intake()
    Subject.objects.filter(pk=second.pk).update(number=first.number, unit=world.other)
    code, _lines, said = run(first.number)
    assert code == 1
    assert {str(first.pk), str(second.pk)} == {one.strip() for one in said.partition("请写标识：")[2].split("、")}


def test_working_hours_need_the_unit_s_calendar(tmp_path: Path) -> None:
    policy, journal = tmp_path / "liftcare.md", tmp_path / "journal.jsonl"
    policy.write_text(LIFTCARE, encoding="utf-8")
    entry = {"id": "1", "matter": "M1", "kind": "lift_fault", "type": "received", "at": "2026-03-02T16:00:00+08:00"}
    journal.write_text(json.dumps(entry), encoding="utf-8")
    now = datetime.fromisoformat("2026-03-02T16:00:00+08:00").isoformat()
    done = CliRunner().invoke(replay, ["--policy", str(policy), "--now", now, str(journal)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "请以 --calendar 给出单位的日历" in done.stderr
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    options = ["--policy", str(policy), "--now", now, "--calendar", str(tmp_path / "bad.json"), str(journal)]
    done = CliRunner().invoke(replay, options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "不是日历内容" in done.stderr
