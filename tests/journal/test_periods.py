"""Periods are opened by the calendar, once, for whoever they are, and owe what the policy says."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    clerk, second, outsider = (who.name for who in (rounds.clerk, rounds.second, rounds.outsider))
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
    month, week = "前台月度-云栖一期-2026-03", f"员工周次-云栖一期-{rounds.clerk.name}-2026-W10"
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
    week = Subject.objects.get(number=f"员工周次-云栖一期-{rounds.clerk.name}-2026-W10")
    rounds.take(Draft(week, "submitted", {"paper": "周报"}), now=at("2026-03-06 16:00"))
    assert owed(week.number) == [("weekly", "03-06 17:30", "kept", "clerk")]


def test_who_comes_in_the_middle_begins_with_the_next_whole_period(rounds: World) -> None:
    opened("2026-03-02 09:00")
    new = actions.create_person("new", "新来的")
    actions.appoint(new, rounds.desk, at("2026-03-04 09:00"))
    assert opened("2026-03-04 10:00") == 0
    assert opened("2026-03-09 00:00") == 4
    assert Subject.objects.filter(number="员工周次-云栖一期-新来的-2026-W11").exists()


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


def test_who_bears_the_name_of_another_is_told_apart(rounds: World) -> None:
    namesake = actions.create_person("namesake", rounds.clerk.name)
    opened("2026-03-02 09:00")
    assert f"员工周次-云栖一期-{rounds.clerk.name}{rounds.clerk.pk}-2026-W10" in numbers()
    assert not any(number.endswith(f"{namesake.pk}-2026-W10") for number in numbers())


def test_what_recurs_in_a_period_ends_with_it(rounds: World) -> None:
    """The rounds of April are April's: those of March end with March, what was missed of them stays owed."""
    opened("2026-03-02 09:00")
    assert opened("2026-04-01 00:00") == 14
    with clock.at(at("2026-04-02 12:00")):
        sweep()
    march, april = "前台月度-云栖一期-2026-03", "前台月度-云栖一期-2026-04"
    assert [rule for rule, *_rest in owed(march)][-2:] == ["round@2026-03-31", "report"]
    # 4月1日、2日是工作日。
    assert [row[:2] for row in owed(april) if row[0].startswith("round")] == [
        ("round@2026-04-01", "04-01 17:30"),
        ("round@2026-04-02", "04-02 17:30"),
    ]


def test_a_policy_in_force_in_mid_month_opens_the_next_month(rounds: World) -> None:
    """A period keeps the version of its first day (Meaning 12): March is the first's, April the second's."""
    opened("2026-03-02 09:00")
    text = ROUNDS.read_text(encoding="utf-8").replace('version: "2026-01-01"', 'version: "2026-03"')
    second = publish(text.replace("day: 5}", "day: 8}"), name="rounds", by=None, at=at("2026-03-15 00:00"))
    put_in_force(rounds.group, "desk_month", second, at("2026-03-15 00:00"))
    assert opened("2026-03-15 09:00") == 3  # 只有员工的第11周
    opened("2026-04-01 00:00")
    reports = [owed(f"前台月度-云栖一期-2026-{month}")[-1] for month in ("03", "04")]
    assert [(rule, due) for rule, due, *_rest in reports] == [("report", "04-06 00:00"), ("report", "05-09 00:00")]


def test_a_unit_that_is_new_or_ends_in_mid_month(rounds: World) -> None:
    """New: from the next whole period. Ended: nothing comes round any more, what was owed stays owed."""
    opened("2026-03-02 09:00")
    new = actions.create_unit("云栖三期", "project", rounds.branch, at("2026-03-04 00:00"))
    actions.create_post(new, "前台", since=at("2026-03-04 00:00"))
    assert opened("2026-03-05 00:00") == 0
    actions.close_unit(rounds.other, at("2026-03-12 12:00"))
    # 第11周：一期的两人；二期的一人在12日前已经在岗，也有第11周；二期的三个期间随单位终止。
    assert opened("2026-03-12 12:00") == 3 + 3
    assert dict(Subject.objects.filter(unit=rounds.other).values_list("number", "state")) == {
        "前台月度-云栖二期-2026-03": "ended",
        f"员工周次-云栖二期-{rounds.outsider.name}-2026-W10": "ended",
        f"员工周次-云栖二期-{rounds.outsider.name}-2026-W11": "ended",
    }
    with clock.at(at("2026-03-16 12:00")):
        sweep()
    rows = owed("前台月度-云栖二期-2026-03")
    assert [rule for rule, *_rest in rows][-2:] == ["round@2026-03-12", "report"]
    assert [(state, rule) for rule, _due, state, _who in rows if rule == "report"] == [("open", "report")]
    opened("2026-04-01 00:00")
    april = [number for number in numbers() if number.endswith("2026-04")]
    assert april == ["前台月度-云栖一期-2026-04", "前台月度-云栖三期-2026-04"]


def test_a_post_without_holder_falls_to_the_superiors(rounds: World) -> None:
    """The unit's month is there with its post; what nobody in it could keep falls to who is on duty above, noted."""
    empty = actions.create_unit("云栖三期", "project", rounds.branch, FOUNDED)
    actions.create_post(empty, "前台", since=FOUNDED)
    opened("2026-03-02 09:00")
    report = Duty.objects.get(subject__number="前台月度-云栖三期-2026-03", event="submitted")
    assert (report.role, report.person) == ("前台", rounds.boss)


def test_the_day_is_the_units_own(rounds: World) -> None:
    """乌鲁木齐 is two hours behind: there March begins at 02:00 of Shanghai, and a limit ends at 02:00."""
    far = actions.create_unit("天山一期", "project", rounds.branch, FOUNDED)
    far.zone = "Asia/Urumqi"
    far.save(update_fields=["zone"])
    actions.create_post(far, "前台", since=FOUNDED)
    opened("2026-03-02 09:00")
    assert opened("2026-04-01 01:59") > 0
    assert "前台月度-天山一期-2026-04" not in numbers()
    assert opened("2026-04-01 02:00") == 1
    assert owed("前台月度-天山一期-2026-03")[-1][:2] == ("report", "04-06 02:00")
    assert Subject.objects.get(number="前台月度-天山一期-2026-04").opened_at == at("2026-04-01 02:00")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(st.integers(0, 70 * 24), max_size=8))
def test_the_same_whenever_somebody_looks(rounds: World, looks: list[int]) -> None:
    """Whatever the looks between the first and the last, in however small portions: the same periods, each once."""
    with transaction.atomic():
        new = actions.create_person("new", "新来的")
        actions.appoint(new, rounds.desk, at("2026-03-18 09:00"), until=at("2026-04-22 00:00"))
        later = actions.create_unit("云栖三期", "project", rounds.branch, at("2026-04-01 00:00"))
        actions.create_post(later, "前台", since=at("2026-04-01 00:00"))
        actions.close_unit(rounds.other, at("2026-04-16 00:00"))
        first, last = at("2026-03-02 09:00"), at("2026-05-11 09:00")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(periods, "BATCH", 3)
            for moment in [first, *sorted(first + timedelta(hours=hours) for hours in looks), last]:
                until_all_is_there(moment)
        # 至5月11日：一期、二期（至4月）、三期的月度，四人的周次，集团一年。
        assert numbers() == sorted(expected())
        assert [subject.number for subject in Subject.objects.filter(state="ended")] != []
        transaction.set_rollback(True)


def until_all_is_there(moment: datetime) -> None:
    periods._looked = None
    with clock.at(moment):
        while periods.open_periods():
            pass


def expected() -> list[str]:
    weeks = {"单晓雨": range(10, 21), "𠮷祥": range(10, 21), "新来的": range(13, 18)}
    found = [f"员工周次-云栖一期-{name}-2026-W{week}" for name, all_weeks in weeks.items() for week in all_weeks]
    found += [f"员工周次-云栖二期-路人-2026-W{week}" for week in range(10, 17)]
    months = {"云栖一期": (3, 4, 5), "云栖二期": (3, 4), "云栖三期": (4, 5)}
    found += [f"前台月度-{unit}-2026-0{month}" for unit, all_months in months.items() for month in all_months]
    return [*found, "集团年度-明澄集团-2026"]


def test_what_was_missed_is_opened_the_oldest_first(rounds: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened("2026-03-02 09:00")
    monkeypatch.setattr(periods, "BATCH", 5)
    assert [opened("2026-04-01 00:00") for _look in range(4)] == [5, 5, 4, 0]
    recorded = list(Subject.objects.order_by("recorded_at", "opened_at").values_list("opened_at", flat=True))
    assert recorded[6:] == sorted(recorded[6:])
