"""Limits as clauses write them, and as the ledger's ISO 8601 durations."""

import pytest

from shouwen.calendars import CalendarError, Limit, Unit

FORMS = [
    # short, amount, unit, ISO 8601, working, sentence
    ("24h", 24, Unit.HOURS, "PT24H", False, "24小时"),
    ("30min", 30, Unit.MINUTES, "PT30M", False, "30分钟"),
    ("8wh", 8, Unit.WORKING_HOURS, "PT8H", True, "8个工作小时"),
    ("10d", 10, Unit.DAYS, "P10D", False, "10日"),
    ("0d", 0, Unit.DAYS, "P0D", False, "当日"),
    ("3wd", 3, Unit.WORKING_DAYS, "P3D", True, "3个工作日"),
    ("1w", 1, Unit.WEEKS, "P1W", False, "1周"),
    ("1mo", 1, Unit.MONTHS, "P1M", False, "1个月"),
    ("2y", 2, Unit.YEARS, "P2Y", False, "2年"),
    ("0h", 0, Unit.HOURS, "PT0S", False, "立即"),
]


@pytest.mark.parametrize(("short", "amount", "unit", "iso", "working", "sentence"), FORMS)
def test_every_form_of_a_limit(short: str, amount: int, unit: Unit, iso: str, working: bool, sentence: str) -> None:
    limit = Limit.parse(short)
    assert (limit.amount, limit.unit) == (amount, unit)
    assert Limit.from_iso(iso, working=working) == limit
    assert (str(limit), limit.iso(), limit.sentence()) == (short, iso, sentence)


def test_natural_days_may_be_written_nd() -> None:
    assert Limit.parse("10nd") == Limit(10, Unit.DAYS)


@pytest.mark.parametrize("text", ["", "24", "h", "1.5h", "-1d", "3 tage", "1d2h", "P3D", None, 24])
def test_an_unreadable_limit_says_what_was_expected(text: str) -> None:
    with pytest.raises(CalendarError, match=f"期限“{text}”读不懂：应写作数字加单位：30min、24h、8wh"):
        Limit.parse(text)


@pytest.mark.parametrize("text", ["P1M2D", "P", "PT", "P1,5D", "PT90S", "24h"])
def test_an_unreadable_duration_says_what_was_expected(text: str) -> None:
    with pytest.raises(CalendarError, match="应为一段 ISO 8601 时长"):
        Limit.from_iso(text)


@pytest.mark.parametrize("amount", [-1, 1.5, True, "3"])
def test_amounts_are_whole_numbers(amount: int) -> None:
    with pytest.raises(CalendarError, match="不是非负整数"):
        Limit(amount, Unit.DAYS)


def test_more_than_a_hundred_years_is_a_slip() -> None:
    with pytest.raises(CalendarError, match="超过一百年"):
        Limit.parse("101y")
