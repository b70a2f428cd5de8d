"""Periods are opened by the calendar, once, for whoever they are, and owe what the policy says."""

from pathlib import Path

import pytest
from tests.journal.world import FOUNDED, MONDAY, SHANGHAI, World, at

from shouwen.governance.actions import publish, put_in_force
from shouwen.journal import clock, periods
from shouwen.journal.drafts import HOUSE, Draft, NewSubject
from shouwen.journal.models import Duty, Subject
from shouwen.journal.record import record
from shouwen.journal.sweep import sweep
from shouwen.organisation import actions

ROUNDS = Path(__file__).parent / "rounds.md"


@pytest.fixture
def rounds(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(periods, "_looked", None)
    version = publish(ROUNDS.read_text(encoding="utf-8"), name="rounds", by=None, at=FOUNDED)
    for kind in ("desk_month", "clerk_week", "group_year"):
        put_in_force(world.group, kind, version, FOUNDED)
    return world


def opened(when: str) -> int:
    with clock.at(at(when)):
        return periods.open_periods()


def numbers() -> list[str]:
    return list(Subject.objects.order_by("number").values_list("number", flat=True))


def owed(number: str) -> list[tuple[str, str, str, str | None]]:
    """(rule, due in Shanghai, state, who owes it by name)"""
    rows = Duty.objects.filter(subject__number=number).select_related("person").order_by("due_at")
    return [
        (
            row.key.removeprefix("rounds/1:"),
            row.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if row.due_at else "",
            row.state,
            row.person.username if row.person else None,
        )
        for row in rows
    ]


def test_one_for_each_owner_and_each_period_once(rounds: World) -> None:
    clerk, second, outsider = (f"{who.name}{who.pk}" for who in (rounds.clerk, rounds.second, rounds.outsider))
    assert opened("2026-03-02 09:00") == 6
    assert numbers() == sorted(
        [
            "前台月度-云栖一期-2026-03",
            "前台月度-云栖二期-2026-03",
            f"员工周次-云栖一期-{clerk}-2026-W10",
            f"员工周次-云栖一期-{second}-2026-W10",
            f"员工周次-云栖二期-{outsider}-2026-W10",
            "集团年度-明澄集团-2026",
        ]
    )
    assert opened("2026-03-02 09:01") == 0
    # 停机四周：四个新的周次和四月，都补开。
    assert opened("2026-04-01 00:00") == 4 * 3 + 2
    assert opened("2026-04-01 00:01") == 0
    assert len(set(numbers())) == 20


def test_what_they_owe_is_due_by_the_calendar_and_chased(rounds: World) -> None:
    opened("2026-03-02 09:00")
    month, week = "前台月度-云栖一期-2026-03", f"员工周次-云栖一期-{rounds.clerk.name}{rounds.clerk.pk}-2026-W10"
    # 3月1日是星期日，第一个工作日是2日；报表次月5日前，到该日24:00。
    assert owed(month)[0] == ("round@2026-03-02", "03-02 17:30", "open", None)
    assert owed(month)[-1] == ("report", "04-06 00:00", "open", None)
    # 周报欠在本人名下。
    assert owed(week) == [("weekly", "03-06 17:30", "open", "clerk")]
    assert owed("集团年度-明澄集团-2026") == [("review", "03-31 00:00", "open", None)]
    with clock.at(at("2026-03-06 17:31")):
        sweep()
    assert owed(week) == [("weekly", "03-06 17:30", "overdue", "clerk")]


def test_a_report_keeps_it(rounds: World) -> None:
    opened("2026-03-02 09:00")
    week = Subject.objects.get(number=f"员工周次-云栖一期-{rounds.clerk.name}{rounds.clerk.pk}-2026-W10")
    rounds.take(Draft(week, "submitted", {"paper": "周报"}), now=at("2026-03-06 16:00"))
    assert owed(week.number) == [("weekly", "03-06 17:30", "kept", "clerk")]


def test_who_comes_in_the_middle_begins_with_the_next_whole_period(rounds: World) -> None:
    opened("2026-03-02 09:00")
    new = actions.create_person("new", "新来的")
    actions.appoint(new, rounds.desk, at("2026-03-04 09:00"))
    assert opened("2026-03-04 10:00") == 0
    assert opened("2026-03-09 00:00") == 4
    assert Subject.objects.filter(number=f"员工周次-云栖一期-新来的{new.pk}-2026-W11").exists()


def test_what_was_opened_otherwise_is_not_opened_again(rounds: World) -> None:
    """An import may have brought the month already."""
    new = NewSubject("desk_month", rounds.project, number="导入的三月")
    record(
        Draft(new, "opened", {"kind": "desk_month"}, at=at("2026-03-01 00:00"), as_fact=True), actor=HOUSE, now=MONDAY
    )
    assert opened("2026-03-02 09:00") == 5
    assert [number for number in numbers() if "三月" in number or "云栖一期-2026-03" in number] == ["导入的三月"]


def test_who_comes_into_office_by_a_date_gets_his_first_week(rounds: World) -> None:
    """Appointed beforehand: on the day itself no row changes."""
    new = actions.create_person("new", "新来的")
    actions.appoint(new, rounds.desk, at("2026-03-09 00:00"))
    assert opened("2026-03-02 09:00") == 6
    assert opened("2026-03-09 00:00") == 4
