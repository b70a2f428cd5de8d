"""Date rules and recurrences as the regulations word them; expected instants counted by hand."""

from datetime import date, datetime
from typing import Any

import pytest

from shouwen.calendars import (
    CalendarError,
    CalendarErrors,
    DateRule,
    NaiveTimeError,
    Period,
    PeriodKind,
    Recurrence,
    statutory_calendar,
)

STATUTORY = statutory_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("rule", "anchor", "not_before", "due", "sentence"),
    [
        # 金科 每月5日前: the 5th is included, so it ends with the 6th 00:00.
        ({"month": "next", "day": 5}, "2026-03-01", None, "2026-04-06 00:00", "次月5日前（含当日）"),
        ({"month": "next", "day": 5}, "2026-12-31", None, "2027-01-06 00:00", "次月5日前（含当日）"),
        ({"month": "this", "day": 5}, "2026-03-20", None, "2026-03-06 00:00", "当月5日前（含当日）"),
        # 每月30日前: in February the month's last day.
        ({"month": "this", "day": 30}, "2026-02-01", None, "2026-03-01 00:00", "当月30日前（含当日）"),
        ({"month": "this", "day": 30}, "2028-02-01", None, "2028-03-01 00:00", "当月30日前（含当日）"),
        ({"month": "previous", "day": "last"}, "2026-03-31", None, "2026-03-01 00:00", "上月最后一日前（含当日）"),
        # 每月10日, 遇节假日顺延: 10 May 2026 is a Sunday; 10 October a make-up Saturday; 10 January a plain Saturday.
        (
            {"day": 10, "roll": "next_workday"},
            "2026-05-01",
            None,
            "2026-05-12 00:00",
            "最近的10日前（含当日），遇非工作日顺延至下一工作日",
        ),
        (
            {"day": 10, "roll": "next_workday"},
            "2026-10-01",
            None,
            "2026-10-11 00:00",
            "最近的10日前（含当日），遇非工作日顺延至下一工作日",
        ),
        (
            {"day": 10, "roll": "next_nonholiday"},
            "2026-01-01",
            None,
            "2026-01-11 00:00",
            "最近的10日前（含当日），遇法定节假日顺延至节后第一日",
        ),
        # Without a period the next fitting day, the anchor's included.
        ({"day": 10}, "2026-03-10", None, "2026-03-11 00:00", "最近的10日前（含当日）"),
        ({"day": 10}, "2026-03-11", None, "2026-04-11 00:00", "最近的10日前（含当日）"),
        # Friday 17:30; 6 March 2026 is a Friday.
        ({"weekday": 5, "time": "17:30"}, "2026-03-02", None, "2026-03-06 17:30", "最近的周五17:30前"),
        ({"weekday": 5, "time": "17:30"}, "2026-03-07", None, "2026-03-13 17:30", "最近的周五17:30前"),
        ({"week": "next", "weekday": 4}, "2026-03-06", None, "2026-03-13 00:00", "下周四前（含当日）"),
        (
            {"week": "this", "weekday": 1, "time": "08:30-09:00"},
            "2026-03-06",
            "2026-03-02 08:30",
            "2026-03-02 09:00",
            "本周一08:30至09:00",
        ),
        # 每月最后一周的星期三 as the month's last Wednesday; the second Tuesday.
        (
            {"month": "this", "weekday": 3, "nth": "last"},
            "2026-03-01",
            None,
            "2026-03-26 00:00",
            "当月最后一个周三前（含当日）",
        ),
        (
            {"month": "this", "weekday": 2, "nth": 2},
            "2026-03-01",
            None,
            "2026-03-11 00:00",
            "当月第2个周二前（含当日）",
        ),
        # The first working days of October 2026 are the 8th, 9th and the make-up 10th.
        ({"month": "this", "workday": 3}, "2026-10-01", None, "2026-10-11 00:00", "当月第3个工作日前（含当日）"),
        (
            {"month": "this", "workday": "last"},
            "2026-02-01",
            None,
            "2026-03-01 00:00",
            "当月最后一个工作日前（含当日）",
        ),
        # 3月25日至30日.
        ({"from": "03-25", "to": "03-30"}, "2026-01-05", "2026-03-25 00:00", "2026-03-31 00:00", "3月25日至3月30日"),
        ({"from": "03-25", "to": "03-30"}, "2026-03-30", "2026-03-25 00:00", "2026-03-31 00:00", "3月25日至3月30日"),
        ({"from": "03-25", "to": "03-30"}, "2026-03-31", "2027-03-25 00:00", "2027-03-31 00:00", "3月25日至3月30日"),
        ({"from": "12-25", "to": "01-05"}, "2026-01-03", "2025-12-25 00:00", "2026-01-06 00:00", "12月25日至1月5日"),
        (
            {"month": "this", "from": 25, "to": 30},
            "2026-02-01",
            "2026-02-25 00:00",
            "2026-03-01 00:00",
            "当月25日至30日",
        ),
        (
            {"from": "2014-07-01", "to": "2014-10-31"},
            "2014-01-01",
            "2014-07-01 00:00",
            "2014-11-01 00:00",
            "2014年7月1日至2014年10月31日",
        ),
        ({"date": "12-31"}, "2026-05-01", None, "2027-01-01 00:00", "12月31日前（含当日）"),
        ({"date": "02-29"}, "2026-01-01", None, "2026-03-01 00:00", "2月29日前（含当日）"),
        ({"date": date(2026, 3, 5)}, "2020-01-01", None, "2026-03-06 00:00", "2026年3月5日前（含当日）"),
        # 每年12月; 次季度; the last month of the quarter.
        ({"year": "this", "month": 12}, "2026-03-01", "2026-12-01 00:00", "2027-01-01 00:00", "当年12月内"),
        ({"quarter": "next"}, "2026-02-01", "2026-04-01 00:00", "2026-07-01 00:00", "下季度内"),
        (
            {"quarter": "this", "month": 3, "day": 25},
            "2026-02-01",
            None,
            "2026-03-26 00:00",
            "本季度第3个月25日前（含当日）",
        ),
        ({"half": "this", "day": "last"}, "2026-02-01", None, "2026-07-01 00:00", "本半年最后一日前（含当日）"),
        ({"year": "next", "day": 15}, "2026-02-01", None, "2027-01-16 00:00", "次年第15日前（含当日）"),
        ({"month": 3, "day": 15}, "2026-03-16", None, "2027-03-16 00:00", "最近的3月15日前（含当日）"),
        # Two weeks, three months, three working days before a date.
        ({"ahead": "2w"}, "2026-03-20", None, "2026-03-07 00:00", "提前2周前（含当日）"),
        ({"ahead": "3mo"}, "2026-05-31", None, "2026-03-01 00:00", "提前3个月前（含当日）"),
        ({"ahead": "3wd", "time": "12:00"}, "2026-10-09", None, "2026-09-29 12:00", "提前3个工作日12:00前"),
    ],
)
def test_date_rules(rule: dict[str, Any], anchor: str, not_before: str | None, due: str, sentence: str) -> None:
    read = DateRule.parse(rule)
    expected = (None if not_before is None else at(not_before), at(due))
    assert read.due(date.fromisoformat(anchor), STATUTORY) == expected
    assert read.sentence() == sentence


@pytest.mark.parametrize(
    ("rule", "problems"),
    [
        (
            {},
            (
                "日期规则“{}”读不懂：应为键值，如 {month: next, day: 5}",
                "没有说明日期：应有 day、weekday、workday、from 与 to、date、ahead 或周期之一",
            ),
        ),
        (
            {"month": "nxt", "day": 32},
            (
                "month 为“nxt”：应为 this、next、previous 之一；月份写作 1 至 12",
                "day 为“32”：应为 1 至 31 的整数，或 last（最后）",
            ),
        ),
        ({"day": 5, "date": "03-05"}, ("date、day、weekday、workday 只能用其一",)),
        (
            {"day": True, "weekday": 8, "month": "this"},
            (
                "day、weekday、workday 只能用其一",
                "day 为“True”：应为 1 至 31 的整数，或 last（最后）",
                "weekday 为“8”：应为 1 至 7 的整数",
                "weekday 在月及更长的周期内应有 nth：1 至 4，或 last（最后）",
            ),
        ),
        ({"from": "03-25"}, ("to 为“None”：应为存在的日期 MM-DD（每年）或 YYYY-MM-DD",)),
        ({"from": 25}, ("缺少 to：from 与 to 应同用",)),
        ({"from": 25, "to": 20}, ("to 20 小于 from 25",)),
        ({"from": "03-25", "to": "2026-03-30"}, ("from 与 to 应同为 MM-DD 或同为 YYYY-MM-DD",)),
        ({"from": "2026-03-25", "to": "2026-03-20"}, ("to 2026-03-20 早于 from 2026-03-25",)),
        ({"date": "02-30"}, ("date 为“02-30”：应为存在的日期 MM-DD（每年）或 YYYY-MM-DD",)),
        (
            {"day": 5, "time": 1050, "roll": "later", "wekday": 5},
            (
                "不认识“wekday”：应为 week、month、quarter、half、year、day、weekday、workday、nth、"
                "from、to、date、ahead、time、roll 之一",
                'time：钟点“1050”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
                "顺延规则“later”读不懂：应为 none、next_workday、next_nonholiday 之一",
            ),
        ),
        ({"day": 5, "time": "00:00"}, ("time 不能是 00:00：一日之末写作 24:00",)),
        ({"day": 5, "time": "22:00-06:00"}, ("time“22:00-06:00”跨夜：应在同一日内",)),
        ({"ahead": "24h"}, ("ahead 为“24h”：提前期应以日、工作日、周、月、年计",)),
        (
            {"ahead": "soon", "month": "this"},
            (
                "month 不能与 ahead 同用",
                "ahead：期限“soon”读不懂：应写作数字加单位："
                "30min、24h、8wh、10d（或 nd）、3wd、1w、1mo、1y；0d 为当日，0h 为立即",
            ),
        ),
        ({"month": 13, "year": "this"}, ("month 为“13”：应为 1 至 12 的整数",)),
        ({"month": 2, "week": "this"}, ("month 写作数字时应在 quarter、half 或 year 之内",)),
        ({"quarter": "this", "year": "this", "day": 1}, ("quarter、year 只能用其一",)),
        ({"day": 5, "nth": 2}, ("nth 不能与 没有 weekday 的规则 同用",)),
    ],
)
def test_all_errors_of_a_date_rule_at_once(rule: dict[str, Any], problems: tuple[str, ...]) -> None:
    with pytest.raises(CalendarErrors) as caught:
        DateRule.parse(rule)
    assert caught.value.problems == problems


def times(rule: dict[str, Any], start: str, end: str) -> list[tuple[str, int, str]]:
    found = Recurrence.parse(rule).occurrences(at(start), at(end), STATUTORY)
    return [(one.period.key, one.number, one.due.strftime("%Y-%m-%d %H:%M")) for one in found]


def test_every_month_by_the_fifth() -> None:
    assert times({"every": "month", "day": 5}, "2026-01-01 00:00", "2026-04-01 00:00") == [
        ("2026-01", 1, "2026-01-06 00:00"),
        ("2026-02", 1, "2026-02-06 00:00"),
        ("2026-03", 1, "2026-03-06 00:00"),
    ]


def test_the_report_of_a_month_by_the_fifth_of_the_next() -> None:
    rule = {"every": "month", "month": "next", "day": 5}
    assert times(rule, "2026-12-01 00:00", "2027-01-01 00:00") == [("2026-12", 1, "2027-01-06 00:00")]
    # A period that opened before the start is not told again.
    assert times(rule, "2026-12-01 00:01", "2027-01-01 00:00") == []


def test_every_friday_and_every_quarter_and_half() -> None:
    assert times({"every": "week", "weekday": 5, "time": "17:30"}, "2026-12-28 00:00", "2027-01-10 00:00") == [
        ("2026-W53", 1, "2027-01-01 17:30"),
        ("2027-W01", 1, "2027-01-08 17:30"),
    ]
    assert times({"every": "quarter"}, "2026-01-01 00:00", "2026-07-01 00:00") == [
        ("2026-Q1", 1, "2026-04-01 00:00"),
        ("2026-Q2", 1, "2026-07-01 00:00"),
    ]
    assert times({"every": "half", "month": 6, "day": "last"}, "2026-01-01 00:00", "2026-12-31 00:00") == [
        ("2026-H1", 1, "2026-07-01 00:00"),
        ("2026-H2", 1, "2027-01-01 00:00"),
    ]


def test_twice_a_day_and_every_working_day() -> None:
    assert times({"every": "day", "times": ["10:00", "16:00"]}, "2026-03-07 00:00", "2026-03-09 00:00") == [
        ("2026-03-07", 1, "2026-03-07 10:00"),
        ("2026-03-07", 2, "2026-03-07 16:00"),
        ("2026-03-08", 1, "2026-03-08 10:00"),
        ("2026-03-08", 2, "2026-03-08 16:00"),
    ]
    # 30 September, then 8, 9 and the make-up Saturday 10 October.
    assert times({"every": "workday", "time": "08:50"}, "2026-09-30 00:00", "2026-10-12 00:00") == [
        ("2026-09-30", 1, "2026-09-30 08:50"),
        ("2026-10-08", 1, "2026-10-08 08:50"),
        ("2026-10-09", 1, "2026-10-09 08:50"),
        ("2026-10-10", 1, "2026-10-10 08:50"),
    ]
    assert times({"every": "quarter", "times": 2}, "2026-01-01 00:00", "2026-02-01 00:00") == [
        ("2026-Q1", 1, "2026-04-01 00:00"),
        ("2026-Q1", 2, "2026-04-01 00:00"),
    ]


def test_a_yearly_window_opens_with_its_year_and_begins_with_its_first_day() -> None:
    rule = Recurrence.parse({"every": "year", "from": "03-25", "to": "03-30"})
    [one] = rule.occurrences(at("2026-01-01 00:00"), at("2027-01-01 00:00"), STATUTORY)
    assert (one.opens, one.not_before, one.due) == (
        at("2026-01-01 00:00"),
        at("2026-03-25 00:00"),
        at("2026-03-31 00:00"),
    )


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"every": "month", "day": 5}, "每月5日前（含当日）"),
        ({"every": "month", "month": "next", "day": 5}, "每月一次，次月5日前（含当日）"),
        ({"every": "month", "day": 10, "roll": "next_workday"}, "每月10日前（含当日），遇非工作日顺延至下一工作日"),
        ({"every": "week", "weekday": 5, "time": "17:30"}, "每周五17:30前"),
        ({"every": "quarter"}, "每季度一次"),
        ({"every": "quarter", "times": 2}, "每季度2次"),
        ({"every": "half"}, "每半年一次"),
        ({"every": "day", "times": ["10:00", "16:00"]}, "每日10:00、16:00各一次"),
        ({"every": "day", "time": "08:30"}, "每日08:30前"),
        ({"every": "workday", "time": "08:30-08:50"}, "每个工作日08:30至08:50"),
        ({"every": "year", "from": "03-25", "to": "03-30"}, "每年3月25日至3月30日"),
        ({"every": "year", "month": 12}, "每年12月内"),
        ({"every": "year", "date": "12-31"}, "每年12月31日前（含当日）"),
        ({"every": "week", "weekday": 3, "times": ["09:00", "15:00"]}, "每周三09:00、15:00各一次"),
    ],
)
def test_sentences_of_recurrences(rule: dict[str, Any], sentence: str) -> None:
    assert Recurrence.parse(rule).sentence() == sentence


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"every": "fortnight"}, "every 为“fortnight”：应为 day、week、month、quarter、half、year、workday 之一"),
        ({"day": 5}, "every 为“None”：应为 day、week、month、quarter、half、year、workday 之一"),
        ({"every": "day", "times": 0}, "times 为“0”：应为 1 至 1000 的整数"),
        ({"every": "day", "times": ["16:00", "10:00"]}, "times 应列出至少一个钟点，从早到晚，不重复"),
        ({"every": "day", "times": ["16"]}, 'times：钟点“16”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00'),
        ({"every": "day", "times": ["16:00"], "time": "17:00"}, "times 列出钟点时不再写 time"),
        (
            {"every": "day", "time": "17:00", "roll": "next_workday"},
            "每日的规则不能顺延：只在工作日的写作 every: workday",
        ),
        ({"every": "month", "ahead": "2w"}, "every 不能与 ahead 同用"),
    ],
)
def test_errors_of_recurrences(rule: dict[str, Any], problem: str) -> None:
    with pytest.raises(CalendarErrors) as caught:
        Recurrence.parse(rule)
    assert caught.value.problems == (problem,)


def test_occurrences_between_naive_times_are_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(NaiveTimeError):
        list(Recurrence.parse({"every": "month"}).occurrences(naive, at("2026-02-01 00:00"), STATUTORY))


@pytest.mark.parametrize(
    ("kind", "key", "first", "last", "before", "after", "sentence"),
    [
        (PeriodKind.DAY, "2026-03-05", "2026-03-05", "2026-03-05", "2026-03-04", "2026-03-06", "2026年3月5日"),
        (PeriodKind.WEEK, "2026-W10", "2026-03-02", "2026-03-08", "2026-W09", "2026-W11", "2026年第10周"),
        (PeriodKind.MONTH, "2026-03", "2026-03-01", "2026-03-31", "2026-02", "2026-04", "2026年3月"),
        (PeriodKind.QUARTER, "2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2026-Q2", "2026年第1季度"),
        (PeriodKind.HALF, "2026-H1", "2026-01-01", "2026-06-30", "2025-H2", "2026-H2", "2026年上半年"),
        (PeriodKind.YEAR, "2026", "2026-01-01", "2026-12-31", "2025", "2027", "2026年"),
    ],
)
def test_periods(kind: PeriodKind, key: str, first: str, last: str, before: str, after: str, sentence: str) -> None:
    period = Period.containing(kind, date(2026, 3, 5))
    assert (period.key, str(period.first), str(period.last)) == (key, first, last)
    assert Period.parse(key) == period
    assert (period.shifted(-1).key, period.shifted(1).key, period.sentence()) == (before, after, sentence)
    assert period.shifted(-1).last < period.first
    assert date.fromisoformat(last) in period
    assert date.fromisoformat(first) not in period.shifted(1)
    assert period.opens(STATUTORY) == at(f"{first} 00:00")
    assert period.ends(STATUTORY) == period.shifted(1).opens(STATUTORY)


def test_a_week_belongs_to_its_iso_year() -> None:
    assert Period.containing(PeriodKind.WEEK, date(2027, 1, 1)).key == "2026-W53"


@pytest.mark.parametrize("key", ["2026-13", "2026-W54", "2026-02-30", "0000"])
def test_periods_that_do_not_exist(key: str) -> None:
    with pytest.raises(CalendarError, match=f"周期“{key}”不存在"):
        Period.parse(key)


@pytest.mark.parametrize("key", ["2026-Q5", "26-03", "2026-3", "March", ""])
def test_unreadable_periods(key: str) -> None:
    with pytest.raises(CalendarError, match=f"周期“{key}”读不懂"):
        Period.parse(key)
