"""Rules hold for their own kind of subject; dates ahead, the latest among some, a period that has begun."""

from datetime import datetime
from pathlib import Path
from typing import Any

from shouwen.calendars import statutory_calendar
from shouwen.engine import Entry, Standing, compile_policy
from shouwen.policy import load

PROGRAM = compile_policy(load(Path(__file__).parent / "kinds.md"), statutory_calendar("Asia/Shanghai"))
RECEIVED = ("03-02T09:00", "received", {})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+08:00")


def standing(*rows: tuple[str, str, dict[str, Any]], kind: str = "complaint") -> Standing:
    found = Standing(PROGRAM, "S1", kind)
    for number, (when, event, data) in enumerate(rows, 1):
        found.step(Entry(f"e{number}", "S1", kind, event, at(when), at(when), number, "u", "前台", "一部", data))
    return found


def due(found: Standing, rule: str, now: str) -> list[tuple[str | None, str, str]]:
    """(instance, due as MM-DD HH:MM, state)"""
    owed = [one for one in found.duties(at(now)) if one.rule.id == f"kinds/1:{rule}"]
    return [(one.instance, f"{one.due_at:%m-%d %H:%M}" if one.due_at else "", one.state) for one in owed]


def test_powers_and_required_fields_are_those_of_the_kind() -> None:
    assert (PROGRAM.may("verified", "complaint"), PROGRAM.may("verified", "file")) == (("前台",), ("档案员",))
    assert (PROGRAM.may("closed"), PROGRAM.may("closed", "file")) == (("前台",), ("档案员",))
    assert (PROGRAM.may("destroyed"), PROGRAM.may("destroyed", "file")) == (None, ("档案员",))
    assert (PROGRAM.require("verified"), PROGRAM.require("verified", "file")) == (("result",), ())


def test_a_duty_of_one_kind_does_not_stand_in_another() -> None:
    opened = standing(("03-02T09:00", "opened", {"kind": "file"}), kind="file")
    assert [(one.rule.id, one.who) for one in opened.duties(at("03-02T10:00"))] == [("kinds/2:verified", "档案员")]


def test_so_long_before_the_date_and_earlier_is_in_time() -> None:
    # 活动4月20日，两周以前是4月6日，到该日24:00止。
    planned = ("03-02T10:00", "planned", {"planned_on": "2026-04-20"})
    assert due(standing(RECEIVED, planned), "scheme", "03-03T09:00") == [(None, "04-07 00:00", "open")]
    early = standing(RECEIVED, planned, ("03-10T09:00", "plan_made", {}))
    assert due(early, "scheme", "04-21T09:00") == [(None, "04-07 00:00", "kept")]
    assert due(standing(RECEIVED, planned), "scheme", "04-07T00:00") == [(None, "04-07 00:00", "overdue")]


def test_the_latest_among_the_papers_meant() -> None:
    def shut(*decided: tuple[str, bool]) -> bool:
        rows = [
            (f"03-02T1{number}:00", "approval_decided", {"paper": paper, "approved": approved})
            for number, (paper, approved) in enumerate(decided)
        ]
        return bool(standing(RECEIVED, *rows).shut("agreement_signed", {}))

    assert shut(("请示", True))
    assert not shut(("协议书", True))
    assert not shut(("协议书", True), ("请示", False))
    assert shut(("协议书", True), ("协议书", False))


def test_a_role_may_be_spelt_otherwise_in_what_is_needed() -> None:
    signed = [("03-02T10:00", "signed", {"party": "主任"}), ("03-02T11:00", "signed", {"party": "前台"})]
    assert standing(RECEIVED, *signed).shut("settled", {}) == []


def test_a_recurrence_also_in_the_period_that_has_begun() -> None:
    assert due(standing(RECEIVED), "daily", "03-03T09:00") == [
        ("2026-03-02", "03-03 00:00", "overdue"),
        ("2026-03-03", "03-04 00:00", "open"),
    ]
