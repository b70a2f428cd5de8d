"""Recurrences as triggers (docs/engine.md, 2): what comes round, until when it is due, what keeps it, what ends it.

2026: 2 March is a Monday. 1–7 October are off, Saturday 10 October is worked. 清明 4–6 April are off.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shouwen.calendars import statutory_calendar
from shouwen.engine import Entry, Standing, compile_policy
from shouwen.policy import load

PROGRAM = compile_policy(load(Path(__file__).parent / "recurring.md"), statutory_calendar("Asia/Shanghai"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+08:00")


def standing(*rows: tuple[str, str, dict[str, Any]], kind: str = "complaint") -> Standing:
    found = Standing(PROGRAM, "S1", kind)
    for number, (when, event, data) in enumerate(rows, 1):
        found.step(Entry(f"e{number}", "S1", kind, event, at(when), at(when), number, "u", "分部", "一部", data))
    return found


def seen(found: Standing, rule: str, now: str) -> list[tuple[str | None, str, str | None, str, str | None]]:
    """Instance, opened, due, state and kept of one rule's duties; instants as MM-DDTHH:MM."""

    def short(instant: datetime | None) -> str | None:
        return None if instant is None else f"{instant:%m-%d %H:%M}"

    return [
        (owed.instance, str(short(owed.opened_at)), short(owed.due_at), owed.state, short(owed.kept_at))
        for owed in found.duties(at(now))
        if owed.rule.id == f"recurring/{rule}"
    ]


RECEIVED = ("03-02T09:00", "received", {})


def test_daily_from_the_next_day_until_settled() -> None:
    found = standing(RECEIVED, ("03-03T15:00", "progress_told", {}), ("03-05T10:00", "settled", {}))
    # 当日不计，自3日起每日一次；4日没有告知；5日10:00处理完毕，当日的不再需要。
    assert seen(found, "1:daily", "03-09T00:00") == [
        ("2026-03-03", "03-03 00:00", "03-04 00:00", "kept", "03-03 15:00"),
        ("2026-03-04", "03-04 00:00", "03-05 00:00", "overdue", None),
        ("2026-03-05", "03-05 00:00", "03-06 00:00", "void", None),
    ]


def test_it_comes_round_without_any_entry() -> None:
    found = standing(RECEIVED)
    assert seen(found, "1:daily", "03-02T23:59") == []
    assert [row[:1] + row[3:4] for row in seen(found, "1:daily", "03-04T00:00")] == [
        ("2026-03-03", "overdue"),
        ("2026-03-04", "open"),
    ]
    assert found.wakes_at(at("03-02T09:00")) == at("03-03T00:00")
    assert found.wakes_at(at("03-03T00:00")) == at("03-04T00:00")


def test_an_act_keeps_what_is_due_next_and_a_named_period_what_was_missed() -> None:
    found = standing(
        RECEIVED,
        ("03-04T10:00", "progress_told", {}),
        ("03-04T11:00", "progress_told", {"period": "2026-03-03"}),
    )
    assert [(row[0], row[3]) for row in seen(found, "1:daily", "03-04T12:00")] == [
        ("2026-03-03", "late"),
        ("2026-03-04", "kept"),
    ]


def test_with_nothing_due_ahead_an_act_keeps_what_was_missed_last() -> None:
    found = standing(
        RECEIVED,
        ("03-04T09:00", "progress_told", {}),
        ("03-04T09:30", "progress_told", {}),
        ("03-04T09:45", "progress_told", {}),
    )
    # 3月4日的先履行，其后补上3日的；再没有未履行的，第三次什么也不改变。
    assert [(row[0], row[4]) for row in seen(found, "1:daily", "03-04T12:00")] == [
        ("2026-03-03", "03-04 09:30"),
        ("2026-03-04", "03-04 09:00"),
    ]


def test_twice_a_working_day() -> None:
    found = standing(
        ("10-09T08:00", "received", {}),
        ("10-10T09:00", "measured", {}),
        ("10-10T16:00", "measured", {}),
    )
    # 10日（周六）调休上班，11日（周日）不测，12日又是两次；到点所为为按时。
    assert seen(found, "2:twice", "10-12T11:00") == [
        ("2026-10-10", "10-10 00:00", "10-10 10:00", "kept", "10-10 09:00"),
        ("2026-10-10/2", "10-10 00:00", "10-10 16:00", "kept", "10-10 16:00"),
        ("2026-10-12", "10-12 00:00", "10-12 10:00", "overdue", None),
        ("2026-10-12/2", "10-12 00:00", "10-12 16:00", "open", None),
    ]


def test_a_category_that_falls_away_voids_what_came_round() -> None:
    found = standing(("10-09T08:00", "received", {}), ("10-10T11:00", "classified", {"urgent": False}))
    assert [row[3] for row in seen(found, "2:twice", "10-12T11:00")] == ["void", "void"]


def test_weekly_for_each_order_until_its_own_work_is_finished() -> None:
    found = standing(
        RECEIVED,
        ("03-04T09:00", "work_started", {"order": "O1"}),
        ("03-09T00:00", "work_started", {"order": "O2"}),
        ("03-13T17:30", "submitted", {"order": "O2", "paper": "月报"}),
        ("03-16T12:00", "work_finished", {"order": "O1"}),
    )
    # 第10周未满，不计；第11周是9日至15日。O1 在第12周完工：那一周的不再需要，第11周漏报的仍欠。
    assert seen(found, "3:weekly", "03-20T18:00") == [
        ("O1/2026-W11", "03-09 00:00", "03-13 17:30", "overdue", None),
        ("O2/2026-W11", "03-09 00:00", "03-13 17:30", "kept", "03-13 17:30"),
        ("O1/2026-W12", "03-16 00:00", "03-20 17:30", "void", None),
        ("O2/2026-W12", "03-16 00:00", "03-20 17:30", "overdue", None),
    ]


def test_reports_of_a_unit() -> None:
    found = standing(
        ("01-01T00:00", "opened", {"kind": "unit"}),
        ("02-05T23:59", "submitted", {"paper": "月报"}),
        ("03-24T10:00", "checked", {}),
        ("03-25T00:00", "checked", {}),
        ("04-02T09:00", "submitted", {"paper": "季报", "period": "2026-Q1"}),
        kind="unit",
    )
    # 一月的至2月5日24:00；二月的至3月5日24:00；三月的遇清明顺延至4月7日24:00；
    # 四月刚开始，至5月5日，劳动节后顺延至5月6日24:00。
    assert seen(found, "4:monthly", "04-03T00:00") == [
        ("2026-01", "01-01 00:00", "02-06 00:00", "kept", "02-05 23:59"),
        ("2026-02", "02-01 00:00", "03-06 00:00", "overdue", None),
        ("2026-03", "03-01 00:00", "04-08 00:00", "open", None),
        ("2026-04", "04-01 00:00", "05-07 00:00", "open", None),
    ]
    # 第一季度的已过期，报送时写明了季度，算补报；第二季度的还没到。
    assert [(row[0], row[3]) for row in seen(found, "4:quarterly", "04-03T00:00")] == [
        ("2026-Q1", "late"),
        ("2026-Q2", "open"),
    ]
    # 3月24日尚早，25日起才算。
    assert seen(found, "4:stocktaking", "04-03T00:00") == [
        ("2026", "01-01 00:00", "03-31 00:00", "kept", "03-25 00:00")
    ]


def test_nothing_comes_round_for_a_subject_that_has_ended_and_again_once_it_is_reopened() -> None:
    closed = standing(RECEIVED, ("03-03T12:00", "closed", {}))
    assert [(row[0], row[3]) for row in seen(closed, "1:daily", "03-06T00:00")] == [("2026-03-03", "overdue")]
    assert closed.wakes_at(at("03-03T12:00")) is None
    again = standing(RECEIVED, ("03-03T12:00", "closed", {}), ("03-05T12:00", "reopened", {}))
    assert [row[0] for row in seen(again, "1:daily", "03-06T00:00")] == ["2026-03-03", "2026-03-06"]


def test_one_occurrence_can_be_extended_waived_and_paused() -> None:
    found = standing(
        RECEIVED,
        ("03-03T10:00", "extended", {"duties": ["recurring/1:daily@2026-03-03"], "until": "2026-03-04"}),
        ("03-04T10:00", "waived", {"duties": ["2026-03-04"]}),
        ("03-05T10:00", "suspended", {}),
    )
    assert seen(found, "1:daily", "03-05T12:00") == [
        ("2026-03-03", "03-03 00:00", "03-05 00:00", "overdue", None),
        ("2026-03-04", "03-04 00:00", "03-05 00:00", "waived", None),
        ("2026-03-05", "03-05 00:00", None, "paused", None),
    ]


def test_what_ended_it_can_be_taken_back() -> None:
    found = standing(RECEIVED, ("03-03T10:00", "settled", {}), ("03-03T11:00", "retracted", {"entry": "e2"}))
    assert [(row[0], row[3]) for row in seen(found, "1:daily", "03-04T00:00")] == [
        ("2026-03-03", "overdue"),
        ("2026-03-04", "open"),
    ]


@pytest.mark.parametrize(
    ("rule", "key", "now", "lines"),
    [
        ("1:daily", "2026-03-04", "03-04T01:00", ("每日一次：属2026年3月4日",)),
        ("2:twice", "2026-03-04/2", "03-04T01:00", ("每个工作日10:00、16:00各一次：第2次，属2026年3月4日",)),
    ],
)
def test_why_it_is_due_then(rule: str, key: str, now: str, lines: tuple[str, ...]) -> None:
    why = standing(RECEIVED).explain(f"recurring/{rule}@{key}", at(now))
    assert (why.form, why.lines, why.said) == ("dated", lines, key.partition("/")[0])


def test_a_year_without_an_official_calendar_is_provisional_only_where_working_days_count() -> None:
    found = Standing(PROGRAM, "S1", "complaint")
    opened = datetime.fromisoformat("2027-03-01T09:00:00+08:00")
    found.step(Entry("e1", "S1", "complaint", "received", opened, opened, 1, "u", "分部", "一部", {}))
    now = datetime.fromisoformat("2027-03-02T01:00:00+08:00")
    assert not found.explain("recurring/1:daily@2027-03-02", now).provisional
    assert found.explain("recurring/2:twice@2027-03-02", now).provisional


def test_a_time_ahead_moves_with_its_date() -> None:
    planned = ("03-02T10:00", "planned", {"planned_on": "2026-03-30"})
    # 3月30日之前两周是3月16日；当日不计，三日内到19日24:00。
    assert seen(standing(RECEIVED, planned), "5:proposal", "03-17T09:00") == [
        (None, "03-16 00:00", "03-20 00:00", "open", None)
    ]
    moved = standing(RECEIVED, planned, ("03-17T09:00", "rescheduled", {"planned_on": "2026-04-20"}))
    # 改到4月20日：前两周是4月6日，原来那一次不再需要。
    assert seen(moved, "5:proposal", "03-18T00:00") == []
    assert seen(moved, "5:proposal", "04-06T00:00") == [(None, "04-06 00:00", "04-10 00:00", "open", None)]


def test_a_date_nearer_than_the_time_ahead_of_it_counts_from_when_it_was_set() -> None:
    found = standing(RECEIVED, ("03-02T10:00", "planned", {"planned_on": "2026-03-10"}))
    assert seen(found, "5:proposal", "03-02T10:00") == [(None, "03-02 10:00", "03-06 00:00", "open", None)]


def test_what_was_kept_stays_kept_when_the_date_moves() -> None:
    found = standing(
        RECEIVED,
        ("03-02T10:00", "planned", {"planned_on": "2026-03-30"}),
        ("03-17T09:00", "plan_made", {"way": "整改"}),
        ("03-18T09:00", "rescheduled", {"planned_on": "2026-04-20"}),
    )
    assert [row[3] for row in seen(found, "5:proposal", "04-30T00:00")] == ["kept"]


def on_day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


def dues(found: Standing, rule: str, now: str) -> list[tuple[str | None, str, str]]:
    """Instance, due and state of one rule's duties, with the year."""
    return [
        (owed.instance, f"{owed.due_at:%Y-%m-%d}", owed.state)
        for owed in found.duties(on_day(now))
        if owed.rule.id == f"recurring/{rule}"
    ]


def test_every_year_on_a_date_that_was_noted() -> None:
    """The year of the date itself does not count; 29 February is the 28th in other years; past ones are not owed."""
    found = standing(("03-02T09:00", "birthday_noted", {"birthday": "1968-02-29"}))
    # 2026年2月28日已过：第一次是2027年2月28日，到3月1日零点。
    assert dues(found, "6:birthday", "2026-12-31T12:00") == []
    assert dues(found, "6:birthday", "2028-01-01T00:00") == [
        ("2027", "2027-03-01", "overdue"),
        ("2028", "2028-03-01", "open"),
    ]
    assert found.wakes_at(on_day("2026-03-02T09:00")) == on_day("2027-01-01T00:00")
    born = standing(("03-02T09:00", "birthday_noted", {"birthday": "2026-03-20"}))
    assert dues(born, "6:birthday", "2027-01-01T00:00") == [("2027", "2027-03-21", "open")]


def test_a_date_noted_anew_takes_the_place_of_the_old_one() -> None:
    found = standing(
        ("03-02T09:00", "birthday_noted", {"birthday": "1968-05-20"}),
        ("03-04T09:00", "birthday_noted", {"birthday": "1968-06-20"}),
    )
    assert dues(found, "6:birthday", "2026-03-05T00:00") == [("2026", "2026-06-21", "open")]
    assert dues(standing(("03-02T09:00", "birthday_noted", {})), "6:birthday", "2028-01-01T00:00") == []


def test_monthly_in_the_first_year_and_quarterly_afterwards() -> None:
    # 3月10日交付：一年到2027年3月10日24时；4月是第一个完整的月，2027年3月的那次还在一年之内。
    found = standing(("03-10T09:00", "delivered", {}))
    monthly = [instance for instance, _, _ in dues(found, "6:first_year", "2027-12-31T12:00")]
    assert monthly == [f"2026-{month:02}" for month in range(4, 13)] + ["2027-01", "2027-02", "2027-03"]
    quarterly = dues(found, "6:later", "2027-12-31T12:00")
    assert quarterly == [
        ("2027-Q2", "2027-07-01", "overdue"),
        ("2027-Q3", "2027-10-01", "overdue"),
        ("2027-Q4", "2028-01-01", "open"),
    ]
    assert found.wakes_at(on_day("2027-03-31T00:00")) == on_day("2027-04-01T00:00")
