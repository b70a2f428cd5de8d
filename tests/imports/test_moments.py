"""Real input: messy dates."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from shouwen.imports.moments import Moments, is_format
from shouwen.imports.problems import RowRefused

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 3, 2, 9, 5, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02 09:05:00",
        "2026-03-02T09:05:00+08:00",
        "2026-03-02T01:05:00Z",
        "2026/3/2 9:05:00",
        "2026/3/2 9:05",
        "２０２６／３／２　９：０５",
        "2026.3.2 9:05",
        "2026年3月2日 9:05",
        "2026年03月02日09时05分",
        " 2026-03-02 09:05 ",
        "46083.378472222",  # 46083 days after 1899-12-30, and 32700 of 86400 seconds
        46083.378472222,
        datetime(2026, 3, 2, 9, 5),  # noqa: DTZ001
    ],
)
def test_the_usual_ways_of_writing(written: str | float | datetime) -> None:
    assert Moments((), SHANGHAI).instant(written) == NINE


def test_american_dates_are_read_only_where_the_mapping_says_so() -> None:
    new_york = ZoneInfo("America/New_York")
    moments = Moments(("%m/%d/%Y %I:%M:%S %p",), new_york)
    assert moments.instant("12/25/2013 11:59:08 PM") == datetime(2013, 12, 25, 23, 59, 8, tzinfo=new_york)
    with pytest.raises(RowRefused, match="日期时间读不出"):
        Moments((), SHANGHAI).instant("12/25/2013 11:59:08 PM")


def test_a_date_alone_needs_the_mapping_to_say_when() -> None:
    with pytest.raises(RowRefused, match="只有日期，没有时刻"):
        Moments((), SHANGHAI).instant("2026/3/2")
    assert Moments((), SHANGHAI, time(9, 5)).instant("2026/3/2") == NINE
    assert Moments((), SHANGHAI, time(9, 5)).instant("46083") == NINE
    assert Moments((), SHANGHAI).day("2026年3月2日") == date(2026, 3, 2)


@pytest.mark.parametrize(
    "written", ["1900-01-00", "0001-01-01 00:00", "3026-03-02 09:00", "2026-02-30 09:00", "昨天", "9:05"]
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(RowRefused):
        Moments((), SHANGHAI).instant(written)


def test_formats_are_checked() -> None:
    assert [is_format(one) for one in ("iso", "excel", "unix", "%d/%m/%Y", "%Q", "天")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
