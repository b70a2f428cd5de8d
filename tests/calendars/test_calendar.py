"""Calendars as administrators fill them: hours, tables, and what is refused."""

from datetime import date, datetime, time

import pytest

from shouwen.calendars import (
    Calendar,
    CalendarError,
    CalendarErrors,
    DayKind,
    DayRules,
    Interval,
    Limit,
    Roll,
    SpecialDay,
    Table,
    day_hours,
    explain,
    statutory_calendar,
)

STATUTORY = statutory_calendar()


def test_hours_of_a_day() -> None:
    assert day_hours(["14:00-17:30", "8:30 至 12：00"]) == (Interval(510, 720), Interval(840, 1050))
    assert day_hours(["22:00-06:00"]) == (Interval(1320, 1800),)
    assert day_hours(["00:00-24:00"]) == (Interval(0, 1440),)
    assert [str(interval) for interval in day_hours(["18:00-24:00"])] == ["18:00-24:00"]
    assert str(Interval(1320, 1800)) == "22:00-06:00"


def test_every_wrong_interval_is_named() -> None:
    with pytest.raises(CalendarErrors) as caught:
        day_hours(["8-12", "08:00-08:00", "24:00-06:00", "09:00-12:00", "11:30-13:00", "08:60-10:00"])
    assert caught.value.problems == (
        '钟点“8”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
        "时段“08:00-08:00”没有长度：全天写作 00:00-24:00",
        "时段“24:00-06:00”没有长度：全天写作 00:00-24:00",
        '钟点“08:60”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
        "时段 09:00-12:00 与 11:30-13:00 重叠",
    )


def test_which_hours_a_special_day_has() -> None:
    week = {day: ["09:00-17:00"] for day in range(1, 6)} | {6: ["09:00-12:00"]}
    calendar = STATUTORY.with_hours(week, holiday=["10:00-11:00"])
    monday, saturday = calendar.week[0], calendar.week[5]
    assert calendar.hours_on(date(2026, 3, 7)) == saturday
    # Make-up Saturday 10 October: a full day; 1 October: holiday hours.
    assert calendar.hours_on(date(2026, 10, 10)) == monday
    assert calendar.hours_on(date(2026, 10, 1)) == day_hours(["10:00-11:00"])
    assert STATUTORY.with_hours(week, makeup=["09:00-15:00"]).hours_on(date(2026, 10, 10)) == day_hours(["09:00-15:00"])
    own = calendar.with_exceptions(
        [
            SpecialDay(date(2026, 10, 1), DayKind.WORKDAY, "值守"),
            SpecialDay(date(2026, 3, 4), DayKind.WEEKEND, "停业"),
            SpecialDay(date(2026, 3, 14), DayKind.WORKDAY, "盘点"),
            SpecialDay(date(2026, 3, 5), DayKind.WORKDAY, "短班", hours=day_hours(["09:00-10:00"])),
        ]
    )
    assert own.hours_on(date(2026, 10, 1)) == monday
    assert own.hours_on(date(2026, 3, 4)) == ()
    assert own.hours_on(date(2026, 3, 14)) == monday
    assert own.hours_on(date(2026, 3, 5)) == day_hours(["09:00-10:00"])
    assert not own.is_workday(date(2026, 3, 4))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Calendar(zone="Asia/Chongqing2"), "没有名为“Asia/Chongqing2”的时区"),
        (lambda: Calendar(zone="../etc"), "没有名为“../etc”的时区"),
        (lambda: Calendar(workdays=frozenset({0})), "工作日应为 1（周一）至 7（周日）"),
        (lambda: Calendar(week=()), "每周服务时段应有七日"),
        (lambda: Calendar().with_hours({8: ["09:00-10:00"]}), "每周服务时段的键应为 1"),
        (
            lambda: Calendar(special_days=(SpecialDay(date(2026, 1, 1), DayKind.HOLIDAY),) * 2),
            "同一日期有两条特殊日",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(CalendarError, match=message):
        make()


def test_a_table_from_csv_in_chinese() -> None:
    text = (
        "\ufeff日期,类型,名称,时段,备注\n2027年2月5日,放假,春节,,x\n2027/2/20,调休上班,春节,09:00-12:00；13:00-16:00,\n"
    )
    table = Table.from_csv(text, source="通知")
    assert table.special_days == (
        SpecialDay(date(2027, 2, 5), DayKind.HOLIDAY, "春节", "通知"),
        SpecialDay(
            date(2027, 2, 20), DayKind.MAKEUP_WORKDAY, "春节", "通知", day_hours(["09:00-12:00", "13:00-16:00"])
        ),
    )


def test_every_problem_of_a_table_with_its_line() -> None:
    text = (
        "date,kind,name,hours\n2027-02-30,holiday,,\n2027-02-05,frei,,\n05.02.2027,holiday,,9-10\n"
        "2027-05-01,holiday,劳动节,\n2027-05-01,workday,,\n"
    )
    with pytest.raises(CalendarErrors) as caught:
        Table.from_csv(text)
    kinds = "workday、weekend、holiday、makeup_workday、放假、节假日、调休上班、上班、工作日、周末、休息日"
    assert caught.value.problems == (
        "第2行：日期“2027-02-30”不存在",
        f"第3行：类型“frei”不认识：应为 {kinds} 之一",
        "第4行：日期“05.02.2027”读不懂：应写作 2027-01-01、2027/1/1 或 2027年1月1日",
        '第4行：钟点“9”读不懂：应写作带引号的 "17:30"，从 00:00 到 24:00',
        "第6行：2027-05-01 在表中已有另一条（放假劳动节）",
    )


def test_a_table_without_its_columns() -> None:
    with pytest.raises(CalendarErrors) as caught:
        Table.from_csv("日子,名称\n2027-01-01,元旦\n")
    assert caught.value.problems == ("第1行：缺少列 date（日期）、kind（类型）",)


def test_a_part_of_a_year_is_not_taken_for_the_year() -> None:
    rows = [{"date": "2027-01-01", "kind": "放假"}, {"date": "2027-05-01", "kind": "放假"}]
    with pytest.raises(CalendarErrors, match="2027年列为官方年度，表中却没有 2027-10-01、2027-10-02、2027-10-03 放假"):
        Table.from_rows(rows, official_years=[2027])
    # As additions to what is known they are welcome.
    assert Table.from_rows(rows).over(STATUTORY).is_provisional(2027)


def test_the_arithmetic_in_words() -> None:
    calendar = STATUTORY.with_hours({day: ["08:30-12:00", "14:00-17:30"] for day in range(1, 6)}, name="office")
    start = datetime(2026, 9, 30, 16, 30, tzinfo=calendar.tz)
    pauses = [(datetime(2026, 10, 8, 9, tzinfo=calendar.tz), datetime(2026, 10, 8, 15, tzinfo=calendar.tz))]
    assert explain(Limit.parse("3wd"), start, calendar).lines() == (
        "起算：2026年9月30日（周三）16:30，期限3个工作日",
        "首日：9月30日（周三），开始的当日不计入（民法典第201条）",
        "跳过：10月1日（周四）至10月7日（周三），国庆节",
        "计入：10月8日（周四）至10月9日（周五），第1至2日",
        "计入：10月10日（周六），第3日（国庆节调休上班）",
        "截止：2026年10月10日（周六）24:00（最后一日二十四时，民法典第203条）",
        f"日历：{calendar.version}（Asia/Shanghai）",
    )
    assert explain(Limit.parse("2wh"), start, calendar, pauses=pauses).lines() == (
        "起算：2026年9月30日（周三）16:30，期限2个工作小时",
        "计入：9月30日（周三）16:30至9月30日（周三）17:30，1小时",
        "跳过：10月1日（周四）至10月7日（周三），国庆节",
        "计入：10月8日（周四）08:30至10月8日（周四）09:00，30分",
        "中止：10月8日（周四）09:00至10月8日（周四）15:00，不计",
        "计入：10月8日（周四）15:00至10月8日（周四）15:30，30分",
        "截止：2026年10月8日（周四）15:30（只计服务时段）",
        f"日历：{calendar.version}（Asia/Shanghai）",
    )


def test_the_arithmetic_of_rolls_pauses_and_extensions() -> None:
    start = datetime(2026, 1, 31, 18, tzinfo=STATUTORY.tz)
    pauses = [(datetime(2026, 2, 3, 9, tzinfo=STATUTORY.tz), datetime(2026, 2, 5, 9, tzinfo=STATUTORY.tz))]
    rules = DayRules(cut_off=time(17), roll=Roll.NEXT_WORKDAY)
    counted = explain(Limit.parse("1mo"), start, STATUTORY, rules, pauses, [Limit.parse("2d")])
    assert counted.lines() == (
        "起算：2026年1月31日（周六）18:00，期限1个月",
        "首日：2月1日（周日），超过17:00，按次日起算",
        "首日：2月1日（周日），开始的当日不计入（民法典第201条）",
        "计入：2月2日（周一），第1日",
        "中止：2月3日（周二）至2月4日（周三），日终时处于中止",
        "计入：2月5日（周四）至3月3日（周二），第2至28日",
        "截止：2026年3月3日（周二）24:00（最后一日二十四时，民法典第203条）",
        "延期：延期2日，由2026年3月3日（周二）24:00延至2026年3月5日（周四）24:00",
        f"日历：{STATUTORY.version}（Asia/Shanghai）",
    )
    assert counted.to_dict()["due"] == "2026-03-06T00:00:00+08:00"
    assert counted.to_dict()["steps"][4] == {
        "kind": "paused",
        "text": "2月3日（周二）至2月4日（周三），日终时处于中止",
        "first": "2026-02-03",
        "last": "2026-02-04",
    }
    short = explain(Limit.parse("1mo"), start.replace(hour=9), STATUTORY, rules)
    assert short.lines()[2:5] == (
        "计入：2月1日（周日）至2月28日（周六），第1至28日",
        "截止：2月28日（周六），到期月没有31日，取月末日（民法典第202条）",
        "截止：2026年2月28日（周六）24:00（最后一日二十四时，民法典第203条）",
    )
    rolled = explain(Limit.parse("1d"), datetime(2026, 3, 6, 9, tzinfo=STATUTORY.tz), STATUTORY, rules)
    assert rolled.lines()[3:6] == (
        "顺延：3月7日（周六），周末，末日顺延",
        "顺延：3月8日（周日），周末，末日顺延",
        "截止：2026年3月9日（周一）24:00（最后一日二十四时，民法典第203条）",
    )
    still = explain(Limit.parse("1d"), start, STATUTORY, pauses=[(start, None)])
    assert still.lines()[1] == "中止：自2026年1月31日（周六）18:00起中止，恢复之前没有到期时间"
