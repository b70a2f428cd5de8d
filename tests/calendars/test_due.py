"""Worked examples: every expected instant is counted by hand in its comment."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from shouwen.calendars import (
    Calendar,
    CalendarError,
    CalendarErrors,
    DayKind,
    DayRules,
    Limit,
    NaiveTimeError,
    NoWorkingTimeError,
    Roll,
    SpecialDay,
    before,
    due,
    explain,
    extend,
    statutory_calendar,
)

STATUTORY = statutory_calendar()
OFFICE = STATUTORY.with_hours({day: ["08:30-12:00", "14:00-17:30"] for day in range(1, 6)}, name="office")
NIGHT = Calendar().with_hours({day: ["22:00-06:00"] for day in range(1, 6)})
ROUND_THE_CLOCK = Calendar().with_hours({day: ["00:00-24:00"] for day in range(1, 8)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def ended(limit: str, start: str, calendar: Calendar = STATUTORY, rules: DayRules | None = None) -> str:
    end = due(Limit.parse(limit), at(start), calendar, rules or DayRules())
    assert end is not None
    assert end.tzinfo is calendar.tz
    return end.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        # 民法典 201: hours run on from the instant.
        ("24h", "2026-03-02 09:00", "2026-03-03 09:00"),
        ("30min", "2026-12-31 23:45", "2027-01-01 00:15"),
        ("0h", "2026-03-02 09:00", "2026-03-02 09:00"),
        # The day of the trigger is not counted; the end is 24:00 of the last day: 3rd … 12th are ten days.
        ("10d", "2026-03-02 09:00", "2026-03-13 00:00"),
        ("1d", "2026-03-02 00:00", "2026-03-04 00:00"),
        ("1d", "2026-03-02 23:59", "2026-03-04 00:00"),
        # The same calendar day.
        ("0d", "2026-03-02 00:00", "2026-03-03 00:00"),
        ("0d", "2026-03-02 23:59", "2026-03-03 00:00"),
        # A week is seven days, from Monday to the end of Monday.
        ("1w", "2026-03-02 09:00", "2026-03-10 00:00"),
        # 民法典 202: the corresponding day, or the month's last (28 February 2026, 29 February 2028).
        ("1mo", "2026-03-02 09:00", "2026-04-03 00:00"),
        ("1mo", "2026-01-31 09:00", "2026-03-01 00:00"),
        ("1mo", "2028-01-30 09:00", "2028-03-01 00:00"),
        ("3mo", "2026-11-30 09:00", "2027-03-01 00:00"),
        ("1y", "2028-02-29 09:00", "2029-03-01 00:00"),
        # Tuesday 29 September + 3: 30 September, then 8 and 9 October after the holiday of 1–7 October.
        ("3wd", "2026-09-29 10:00", "2026-10-10 00:00"),
        # The fourth is Saturday 10 October, a make-up workday.
        ("4wd", "2026-09-29 10:00", "2026-10-11 00:00"),
        # From a Saturday: Monday is the first.
        ("1wd", "2026-03-07 10:00", "2026-03-10 00:00"),
        ("0wd", "2026-03-06 10:00", "2026-03-07 00:00"),
        ("0wd", "2026-03-07 10:00", "2026-03-10 00:00"),
        # 10:00–12:00 and 14:00–17:30 on Tuesday are 5:30, the other 2:30 from 8:30 on Wednesday.
        ("8wh", "2026-09-29 10:00", "2026-09-30 11:00"),
        # Wednesday 30 September 16:30–17:30, then 8 October 8:30–9:30: a working day is neither 24 hours nor skipped.
        ("2wh", "2026-09-30 16:30", "2026-10-08 09:30"),
        # It ends with the interval, not with the beginning of the next one.
        ("1wh", "2026-09-30 16:30", "2026-09-30 17:30"),
        # Make-up Saturday 10 October keeps Monday's hours.
        ("7wh", "2026-10-10 07:00", "2026-10-10 17:30"),
        ("0wh", "2026-10-10 07:00", "2026-10-10 07:00"),
    ],
)
def test_limits_by_default_rules(limit: str, start: str, expected: str) -> None:
    assert ended(limit, start, OFFICE) == expected
    assert str(explain(Limit.parse(limit), at(start), OFFICE).due)[:16] == expected


@pytest.mark.parametrize(
    ("rules", "limit", "start", "expected"),
    [
        (DayRules(count_first_day=True), "3d", "2026-03-02 09:00", "2026-03-05 00:00"),
        (DayRules(count_first_day=True), "1d", "2026-03-02 09:00", "2026-03-03 00:00"),
        (DayRules(count_first_day=True), "1mo", "2026-03-05 09:00", "2026-04-05 00:00"),
        (DayRules(count_first_day=True), "1mo", "2026-03-01 09:00", "2026-04-01 00:00"),
        # 31 January to the end of February, as there is no 30 February either.
        (DayRules(count_first_day=True), "1mo", "2026-01-31 09:00", "2026-03-01 00:00"),
        (DayRules(count_first_day=True), "2wd", "2026-03-06 09:00", "2026-03-10 00:00"),
        # 民法典 203: with business hours the end of business.
        (DayRules(end_of_day=time(17, 30)), "1d", "2026-03-02 18:00", "2026-03-03 17:30"),
        # The day is over when the trigger comes: the next one is the same calendar day's stand-in.
        (DayRules(end_of_day=time(17, 30)), "0d", "2026-03-02 18:00", "2026-03-03 17:30"),
        (DayRules(end_of_day=time(17, 30)), "0d", "2026-03-02 17:30", "2026-03-02 17:30"),
        (DayRules(end_of_day=time(17, 30)), "0wd", "2026-03-06 18:00", "2026-03-09 17:30"),
        # After the cut-off the act counts as the next day's; at the cut-off it is still today's.
        (DayRules(cut_off=time(17)), "1d", "2026-03-02 17:00", "2026-03-04 00:00"),
        (DayRules(cut_off=time(17)), "1d", "2026-03-02 17:01", "2026-03-05 00:00"),
        (DayRules(cut_off=time(17)), "24h", "2026-03-02 17:01", "2026-03-03 17:01"),
        # 1 October … 7 October is a holiday, 10 October a make-up Saturday.
        (DayRules(roll=Roll.NEXT_WORKDAY), "2d", "2026-09-29 09:00", "2026-10-09 00:00"),
        (DayRules(roll=Roll.NEXT_WORKDAY), "1d", "2026-10-09 09:00", "2026-10-11 00:00"),
        (DayRules(roll=Roll.NEXT_WORKDAY), "1d", "2026-03-06 09:00", "2026-03-10 00:00"),
        # Only statutory holidays move it: an ordinary Saturday stays.
        (DayRules(roll=Roll.NEXT_NONHOLIDAY), "1d", "2026-03-06 09:00", "2026-03-08 00:00"),
        (DayRules(roll=Roll.NEXT_NONHOLIDAY), "2d", "2026-09-29 09:00", "2026-10-09 00:00"),
        # Saturday 21 February lies within the Spring Festival of 15–23 February.
        (DayRules(roll=Roll.NEXT_NONHOLIDAY), "1d", "2026-02-20 09:00", "2026-02-25 00:00"),
        # Months roll too: 31 January + 1 month = Saturday 28 February, a make-up workday.
        (DayRules(roll=Roll.NEXT_WORKDAY), "1mo", "2026-01-31 09:00", "2026-03-01 00:00"),
    ],
)
def test_named_day_rules(rules: DayRules, limit: str, start: str, expected: str) -> None:
    assert ended(limit, start, STATUTORY, rules) == expected
    assert str(explain(Limit.parse(limit), at(start), STATUTORY, rules).due)[:16] == expected


@pytest.mark.parametrize(
    ("limit", "pause", "expected"),
    [
        # From the 5th 10:00 to the 8th 15:00 the clock stands still at the ends of the 5th, 6th and 7th: three days.
        ("10d", ("2026-03-05 10:00", "2026-03-08 15:00"), "2026-03-16 00:00"),
        # Within one day: none.
        ("10d", ("2026-03-05 10:00", "2026-03-05 23:59"), "2026-03-13 00:00"),
        # Exactly one whole day, from its 00:00 to its 24:00.
        ("10d", ("2026-03-05 00:00", "2026-03-06 00:00"), "2026-03-14 00:00"),
        # Over the last day: it cannot end while it stands still.
        ("10d", ("2026-03-12 20:00", "2026-03-13 08:00"), "2026-03-14 00:00"),
        # After the end nothing changes.
        ("10d", ("2026-03-13 00:00", "2026-03-20 00:00"), "2026-03-13 00:00"),
        # A month is moved by the three days.
        ("1mo", ("2026-03-05 10:00", "2026-03-08 15:00"), "2026-04-06 00:00"),
        # Of working days only the 5th and 6th were lost, the 7th and 8th are a weekend: 3, 4, 9, 10, 11.
        ("5wd", ("2026-03-05 10:00", "2026-03-08 15:00"), "2026-03-12 00:00"),
        # 20 hours run until the pause, four after it.
        ("24h", ("2026-03-03 05:00", "2026-03-04 07:30"), "2026-03-04 11:30"),
        # At its due instant a limit is over, a pause from then on comes too late.
        ("24h", ("2026-03-03 09:00", "2026-03-04 09:00"), "2026-03-03 09:00"),
        # 9:00–11:00 ran (2 h), then Wednesday 8:30–12:00 (3:30) and 14:00–14:30.
        ("6wh", ("2026-03-02 11:00", "2026-03-04 08:00"), "2026-03-04 14:30"),
    ],
)
def test_pauses(limit: str, pause: tuple[str, str], expected: str) -> None:
    pauses = [(at(pause[0]), at(pause[1]))]
    found = due(Limit.parse(limit), at("2026-03-02 09:00"), OFFICE, pauses=pauses)
    assert found == at(expected)
    assert explain(Limit.parse(limit), at("2026-03-02 09:00"), OFFICE, pauses=pauses).due == at(expected)


def test_a_rolled_end_does_not_fall_into_a_pause() -> None:
    # Friday 6 March + 1 day = Saturday, rolled to Monday the 9th; paused from Sunday to Wednesday 15:00.
    pauses = [(at("2026-03-08 10:00"), at("2026-03-11 15:00"))]
    rules = DayRules(roll=Roll.NEXT_WORKDAY)
    assert due(Limit.parse("1d"), at("2026-03-06 09:00"), STATUTORY, rules, pauses) == at("2026-03-12 00:00")


def test_a_pause_from_the_end_of_business_on_costs_no_day() -> None:
    # The 3rd ended at 17:30, when the pause began: the 3rd and the 4th are the two days.
    pauses = [(at("2026-03-03 17:30"), at("2026-03-04 08:00"))]
    rules = DayRules(end_of_day=time(17, 30))
    assert due(Limit.parse("2d"), at("2026-03-02 09:00"), STATUTORY, rules, pauses) == at("2026-03-04 17:30")


def test_a_paused_first_day_is_not_counted() -> None:
    pauses = [(at("2026-03-02 12:00"), at("2026-03-03 12:00"))]
    rules = DayRules(count_first_day=True)
    # The 3rd and the 4th.
    assert due(Limit.parse("2d"), at("2026-03-02 09:00"), STATUTORY, rules, pauses) == at("2026-03-05 00:00")


def test_overlapping_pauses_count_once() -> None:
    pauses = [
        (at("2026-03-03 00:00"), at("2026-03-03 12:00")),
        (at("2026-03-02 20:00"), at("2026-03-03 06:00")),
        (at("2026-03-01 00:00"), at("2026-03-02 08:00")),
    ]
    # 11 hours until 20:00, still until 12:00, 13 hours more.
    assert due(Limit.parse("24h"), at("2026-03-02 09:00"), STATUTORY, pauses=pauses) == at("2026-03-04 01:00")


def test_an_open_pause_leaves_no_due_time() -> None:
    assert due(Limit.parse("3d"), at("2026-03-02 09:00"), STATUTORY, pauses=[(at("2026-03-03 09:00"), None)]) is None


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CalendarError, match="早于开始"):
        due(
            Limit.parse("3d"),
            at("2026-03-02 09:00"),
            STATUTORY,
            pauses=[(at("2026-03-04 09:00"), at("2026-03-03 09:00"))],
        )


@pytest.mark.parametrize(
    ("by", "rules", "expected"),
    [
        # 5 days from the 2nd end with the 7th; three more end with the 10th.
        ("3d", DayRules(), "2026-03-11 00:00"),
        # Monday 9, Tuesday 10.
        ("2wd", DayRules(), "2026-03-11 00:00"),
        ("12h", DayRules(), "2026-03-08 12:00"),
        ("1mo", DayRules(), "2026-04-08 00:00"),
        # The 14th is a Saturday.
        ("1w", DayRules(roll=Roll.NEXT_WORKDAY), "2026-03-17 00:00"),
    ],
)
def test_extensions_count_on_from_the_last_day(by: str, rules: DayRules, expected: str) -> None:
    end = due(Limit.parse("5d"), at("2026-03-02 09:00"), STATUTORY)
    assert end is not None
    assert extend(end, Limit.parse(by), STATUTORY, rules) == at(expected)


def test_hours_across_midnight_belong_to_the_day_they_begin() -> None:
    # Friday 6 March 22:00 to Saturday 06:00 is Friday's shift (8 h); the next one begins on Monday 22:00.
    assert ended("8wh", "2026-03-06 12:00", NIGHT) == "2026-03-07 06:00"
    assert ended("9wh", "2026-03-06 12:00", NIGHT) == "2026-03-09 23:00"
    # A holiday on Saturday does not cut Friday's shift, a holiday on Friday takes the whole of it.
    saturday = NIGHT.with_exceptions([SpecialDay(date(2026, 3, 7), DayKind.HOLIDAY)])
    assert ended("8wh", "2026-03-06 12:00", saturday) == "2026-03-07 06:00"
    friday = NIGHT.with_exceptions([SpecialDay(date(2026, 3, 6), DayKind.HOLIDAY)])
    assert ended("8wh", "2026-03-06 12:00", friday) == "2026-03-10 06:00"


def test_round_the_clock_service_has_no_gap_at_midnight() -> None:
    assert ended("100wh", "2026-03-02 09:00", ROUND_THE_CLOCK) == "2026-03-06 13:00"


def test_a_night_that_began_in_an_earlier_year() -> None:
    nights = Calendar().with_hours({day: ["22:00-06:00"] for day in range(1, 8)})
    assert ended("1wh", "2026-03-02 12:00", nights) == "2026-03-02 23:00"
    # What was looked up first must not decide what is known of New Year's Eve before.
    for year in (2025, 2024, 2010, 2027, 2028, 2040):
        assert ended("5wh", f"{year}-01-01 01:00", nights) == f"{year}-01-01 06:00"
        assert ended("8wh", f"{year - 1}-12-31 12:00", nights) == f"{year}-01-01 06:00"


def test_own_hours_of_one_day() -> None:
    short = OFFICE.with_exceptions([SpecialDay(date(2026, 3, 3), DayKind.WORKDAY, "盘点", "", ())])
    assert ended("1wh", "2026-03-02 17:30", short) == "2026-03-04 09:30"
    assert ended("1wd", "2026-03-02 17:30", short) == "2026-03-04 00:00"


@pytest.mark.parametrize(
    ("zone", "limit", "start", "rules", "expected"),
    [
        # Shanghai put the clock forward on 4 May 1986 at 2:00: 24 hours later it shows 13:00, a day ends at 24:00.
        ("Asia/Shanghai", "24h", "1986-05-03T12:00+08:00", DayRules(), "1986-05-04T13:00:00+09:00"),
        ("Asia/Shanghai", "1d", "1986-05-03T12:00+08:00", DayRules(), "1986-05-05T00:00:00+09:00"),
        # Back on 14 September at 2:00: the working night 22:00–6:00 has nine hours.
        ("Asia/Shanghai", "9wh", "1986-09-13T20:00+09:00", DayRules(), "1986-09-14T06:00:00+08:00"),
        # New York skips 2:00–3:00 on 8 March 2026: an end at 2:30 is the instant of the change.
        (
            "America/New_York",
            "1d",
            "2026-03-07T12:00-05:00",
            DayRules(end_of_day=time(2, 30)),
            "2026-03-08T03:00:00-04:00",
        ),
        # Shown twice on 1 November: the first 1:30 counts.
        (
            "America/New_York",
            "1d",
            "2026-10-31T12:00-04:00",
            DayRules(end_of_day=time(1, 30)),
            "2026-11-01T01:30:00-04:00",
        ),
        # A trigger at the second 1:10 comes after the first 1:30, so that day is over.
        (
            "America/New_York",
            "0d",
            "2026-11-01T01:10-05:00",
            DayRules(end_of_day=time(1, 30)),
            "2026-11-02T01:30:00-05:00",
        ),
        # In Sao Paulo 4 November 2018 began at 1:00: 24:00 of the 3rd is that instant.
        ("America/Sao_Paulo", "1d", "2018-11-02T12:00-03:00", DayRules(), "2018-11-04T01:00:00-02:00"),
    ],
)
def test_daylight_saving(zone: str, limit: str, start: str, rules: DayRules, expected: str) -> None:
    calendar = Calendar(zone=zone).with_hours({day: ["22:00-06:00"] for day in range(1, 8)})
    trigger = datetime.fromisoformat(start)
    for start_in in (trigger, trigger.astimezone(calendar.tz)):
        found = due(Limit.parse(limit), start_in, calendar, rules)
        assert found is not None
        assert found.isoformat() == expected


def test_the_trigger_may_come_in_any_zone() -> None:
    # 17:00 in Lisbon on 2 March is 1:00 on 3 March in Shanghai.
    start = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert due(Limit.parse("1d"), start, STATUTORY) == at("2026-03-05 00:00")
    assert due(Limit.parse("1d"), start.astimezone(timezone(timedelta(hours=-5))), STATUTORY) == at("2026-03-05 00:00")


@pytest.mark.parametrize("limit", ["24h", "8wh", "3d", "3wd", "1mo"])
def test_naive_times_are_refused(limit: str) -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001
    for pauses in ((), [(at("2026-03-03 09:00"), at("2026-03-04 09:00"))]):
        with pytest.raises(NaiveTimeError, match="没有时区"):
            due(Limit.parse(limit), naive, OFFICE, pauses=pauses)
    with pytest.raises(NaiveTimeError, match="没有时区"):
        due(Limit.parse(limit), at("2026-03-02 09:00"), OFFICE, pauses=[(naive, None)])
    with pytest.raises(NaiveTimeError, match="没有时区"):
        explain(Limit.parse(limit), naive, OFFICE)


def test_working_time_that_does_not_exist_is_refused_not_guessed() -> None:
    with pytest.raises(NoWorkingTimeError, match="没有（更多）服务时段"):
        due(Limit.parse("1wh"), at("2026-03-02 09:00"), STATUTORY)
    with pytest.raises(NoWorkingTimeError, match="没有这样的日子可数"):
        due(Limit.parse("1wd"), at("2026-03-02 09:00"), Calendar(workdays=frozenset()))
    one = Calendar(workdays=frozenset()).with_exceptions(
        [SpecialDay(date(2030, 1, 1), DayKind.WORKDAY, hours=OFFICE.week[0])]
    )
    assert ended("1wd", "2026-03-02 09:00", one) == "2030-01-02 00:00"
    assert ended("7wh", "2026-03-02 09:00", one) == "2030-01-01 17:30"
    with pytest.raises(NoWorkingTimeError):
        due(Limit.parse("8wh"), at("2026-03-02 09:00"), one)
    # A pause long after the last service does not hide the end before it.
    pauses = [(at("2031-01-01 00:00"), at("2032-01-01 00:00"))]
    assert due(Limit.parse("7wh"), at("2026-03-02 09:00"), one, pauses=pauses) == at("2030-01-01 17:30")


@pytest.mark.parametrize(
    ("limit", "day", "expected"),
    [
        ("2w", date(2026, 3, 20), date(2026, 3, 6)),
        ("10d", date(2026, 3, 20), date(2026, 3, 10)),
        ("3mo", date(2026, 5, 31), date(2026, 2, 28)),
        ("1y", date(2028, 2, 29), date(2027, 2, 28)),
        # Back from 9 October: 8 October, 30 and 29 September.
        ("3wd", date(2026, 10, 9), date(2026, 9, 29)),
        ("0d", date(2026, 3, 20), date(2026, 3, 20)),
        ("0wd", date(2026, 3, 21), date(2026, 3, 21)),
    ],
)
def test_before_a_date(limit: str, day: date, expected: date) -> None:
    assert before(Limit.parse(limit), day, STATUTORY) == expected


def test_hours_before_a_date_are_refused() -> None:
    with pytest.raises(CalendarError, match="提前期应以日、工作日、周、月、年计"):
        before(Limit.parse("24h"), date(2026, 3, 20), STATUTORY)


def test_day_rules_from_a_policy() -> None:
    read = DayRules.parse({"count_first_day": True, "end_of_day": "17:30", "cut_off": "17:00", "roll": "next_workday"})
    assert read == DayRules(True, time(17, 30), time(17), Roll.NEXT_WORKDAY)
    assert DayRules.parse({"end_of_day": "24:00"}) == DayRules()


def test_all_errors_of_day_rules_at_once() -> None:
    wrong = {"count_first_day": "no", "end_of_day": 1050, "cut_off": "25:00", "roll": "later", "first": 1}
    with pytest.raises(CalendarErrors) as caught:
        DayRules.parse(wrong)
    assert caught.value.problems == (
        "不认识“first”：应为 count_first_day、end_of_day、cut_off、roll 之一",
        "count_first_day 为“no”：应为 true 或 false",
        'end_of_day：钟点“1050”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
        'cut_off：钟点“25:00”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
        "顺延规则“later”读不懂：应为 none、next_workday、next_nonholiday 之一",
    )
