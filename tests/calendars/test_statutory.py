"""The seed against every day of 2015–2026, provisional years, and every set of working weekdays."""

import csv
import os
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from shouwen.calendars import Calendar, Day, DayKind, Limit, Roll, Table, Unit, before, due, explain, statutory_calendar
from shouwen.calendars.rules import DayRules

DAY = timedelta(days=1)
STATUTORY = statutory_calendar()
SEEN_OTHERWISE = {
    # The package gives the State Council's reason, the file the nearest festival.
    ("春节延长假期", "春节"),
    ("中秋节", "国庆节"),
    ("国庆节、中秋节", "国庆节"),
}


@pytest.fixture(scope="module")
def every_day() -> list[dict[str, str]]:
    folder = os.environ.get("SHOUWEN_DATA")
    if not folder:
        pytest.skip("SHOUWEN_DATA is not set: no day of 2015–2026 was compared")
    with (Path(folder) / "calendar" / "cn-workdays-2015-2026.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_day_of_2015_to_2026(every_day: list[dict[str, str]]) -> None:
    assert len(every_day) == 4383
    expected = [(row["date"], row["kind"], row["is_workday"] == "1") for row in every_day]
    days = [STATUTORY.day(date.fromisoformat(row["date"])) for row in every_day]
    assert [(str(day.date), str(day.kind), day.is_workday) for day in days] == expected
    assert [STATUTORY.is_workday(day.date) for day in days] == [workday for _, _, workday in expected]
    assert [day.date for day in days if day.provisional] == []
    differing = {
        (day.name, row["holiday"]) for day, row in zip(days, every_day, strict=True) if day.name != row["holiday"]
    }
    assert differing == SEEN_OTHERWISE


def test_working_days_from_every_day_of_2015_to_2026(every_day: list[dict[str, str]]) -> None:
    days = [date.fromisoformat(row["date"]) for row in every_day]
    workdays = [day for day, row in zip(days, every_day, strict=True) if row["is_workday"] == "1"]
    rolled = DayRules(roll=Roll.NEXT_WORKDAY)
    place = 0
    for day in days[:-40]:
        while workdays[place] <= day:
            place += 1
        start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        for n in (1, 5, 15):
            end = due(Limit(n, Unit.WORKING_DAYS), start, STATUTORY)
            assert end is not None
            assert end.date() == workdays[place + n - 1] + DAY
        end = due(Limit(1, Unit.DAYS), start, STATUTORY, rolled)
        assert end is not None
        assert end.date() == workdays[place] + DAY


def test_an_administrator_can_load_the_same_years(every_day: list[dict[str, str]]) -> None:
    rows = [{"date": row["date"], "kind": row["kind"], "name": row["holiday"]} for row in every_day]
    table = Table.from_rows(rows, official_years=range(2015, 2027))
    bare = Calendar(name="cn", official_years=frozenset())
    loaded = table.over(bare)
    assert [loaded.is_workday(date.fromisoformat(row["date"])) for row in every_day] == [
        row["is_workday"] == "1" for row in every_day
    ]
    assert loaded.official_years == frozenset(range(2015, 2027))
    # Days that only repeat the week leave no trace.
    assert len(loaded.special_days) == sum(row["kind"] in ("holiday", "makeup_workday") for row in every_day)


def test_official_years_are_those_with_a_notice() -> None:
    assert STATUTORY.official_years == frozenset(range(2004, 2027))


def test_the_one_day_on_which_the_packages_differ_follows_the_notice_for_2006() -> None:
    assert STATUTORY.day(date(2005, 12, 31)).kind is DayKind.MAKEUP_WORKDAY


def test_a_year_without_notice_holds_the_statutory_days_alone() -> None:
    kinds = {day.date for day in STATUTORY.special_days if day.date.year == 2027}
    # 元旦; 除夕 and 春节 5–8 February with 补假 on the 9th and 10th for the weekend; 清明; 劳动节 1–2 May with 补假
    # on the 3rd and 4th; 端午; 中秋; 国庆 1–3 October with 补假 on the 4th and 5th. No make-up workday.
    assert kinds == {
        *(date(2027, 2, day) for day in range(5, 11)),
        *(date(2027, 5, day) for day in range(1, 5)),
        *(date(2027, 10, day) for day in range(1, 6)),
        date(2027, 1, 1),
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
    }
    assert STATUTORY.day(date(2027, 5, 4)) == Day(
        date(2027, 5, 4), DayKind.HOLIDAY, "劳动节", "全国年节及纪念日放假办法（推算）", True
    )
    assert {special.kind for special in STATUTORY.special_days if special.date.year >= 2027} == {DayKind.HOLIDAY}


def test_provisional_years_of_a_stretch_of_time() -> None:
    assert STATUTORY.provisional_between(date(2026, 12, 31), date(2028, 1, 1)) == (2027, 2028)
    assert STATUTORY.provisional_between(date(2026, 1, 1), date(2026, 12, 31)) == ()
    # The end of 31 December is written as 1 January 00:00 and needs nothing of the new year.
    start = datetime(2026, 12, 1, 9, tzinfo=STATUTORY.tz)
    assert STATUTORY.provisional_between(start, datetime(2027, 1, 1, tzinfo=STATUTORY.tz)) == ()
    assert STATUTORY.provisional_between(start, datetime(2027, 1, 1, 0, 1, tzinfo=STATUTORY.tz)) == (2027,)
    assert Calendar().provisional_between(date(2026, 1, 1), date(2050, 1, 1)) == ()


def test_a_limit_says_when_it_rests_on_a_provisional_year() -> None:
    start = datetime(2026, 12, 30, 9, tzinfo=STATUTORY.tz)
    counted = explain(Limit.parse("3wd"), start, STATUTORY)
    assert counted.provisional == (2027,)
    assert "2027年尚无官方放假安排，只按法定节日推算，结果为暂定" in counted.lines()[-1]
    # Natural time rests on no calendar, unless its end is moved.
    assert explain(Limit.parse("10d"), start, STATUTORY).provisional == ()
    assert explain(Limit.parse("48h"), start, STATUTORY).provisional == ()
    assert explain(Limit.parse("10d"), start, STATUTORY, DayRules(roll=Roll.NEXT_WORKDAY)).provisional == (2027,)


def test_a_year_is_replaced_when_its_official_table_arrives() -> None:
    fixed = [(1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    rows = [{"date": date(2027, *day), "kind": "放假"} for day in fixed]
    rows.append({"date": date(2026, 12, 27), "kind": "调休上班"})
    official = Table.from_rows(rows, official_years=[2027], source="国办发明电〔2026〕号").over(STATUTORY)
    assert not official.is_provisional(2027)
    # The guess 补假 of the seed is gone with the guess; the December before only gains a day.
    assert official.is_workday(date(2027, 5, 3))
    assert official.is_workday(date(2026, 12, 27))
    assert official.day(date(2026, 10, 10)) == STATUTORY.day(date(2026, 10, 10))
    assert official.version != STATUTORY.version
    start = datetime(2027, 4, 30, 9, tzinfo=STATUTORY.tz)
    assert due(Limit.parse("1wd"), start, STATUTORY) == datetime(2027, 5, 6, tzinfo=STATUTORY.tz)
    assert due(Limit.parse("1wd"), start, official) == datetime(2027, 5, 4, tzinfo=STATUTORY.tz)


def test_equal_content_is_an_equal_version() -> None:
    again = statutory_calendar()
    assert (again, again.version, hash(again)) == (STATUTORY, STATUTORY.version, hash(STATUTORY))
    week = {1: ["08:30-12:00", "14:00-17:30"]}
    assert STATUTORY.with_hours(week).version == STATUTORY.with_hours({1: ["14:00-17:30", "8:30-12:00"]}).version
    assert STATUTORY.with_hours(week).version != STATUTORY.version
    assert statutory_calendar("Asia/Urumqi").version != STATUTORY.version


def test_every_set_of_working_weekdays() -> None:
    sets = [frozenset(chosen) for n in range(1, 8) for chosen in combinations(range(1, 8), n)]
    assert len(sets) == 127
    starts = [date(2026, 3, 2) + n * DAY for n in range(7)]
    for workdays in sets:
        calendar = Calendar(workdays=workdays)
        for start in starts:
            counted = [day for n in range(1, 100) if (day := start + n * DAY).isoweekday() in workdays]
            instant = datetime(start.year, start.month, start.day, 9, tzinfo=calendar.tz)
            ends = [due(Limit(n, Unit.WORKING_DAYS), instant, calendar) for n in range(1, 13)]
            assert [end.date() - DAY for end in ends if end is not None] == counted[:12]
            assert before(Limit(12, Unit.WORKING_DAYS), counted[12], calendar) == counted[0]
