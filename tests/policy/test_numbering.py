"""Numbers of subjects (编号): what is filled in, and with which part of the date counting begins again."""

from datetime import date

import pytest

from shouwen.policy.numbering import number, series


@pytest.mark.parametrize(
    ("template", "on", "count", "third"),
    [
        ("投诉-{unit}-{year}-{n:04}", date(2026, 3, 2), (2026, 0), "投诉-一期-2026-0003"),
        # product-complaints 8.1、8.2：YYMMCC，每月重新起编
        ("{yy}{month:02}{n:02}", date(2026, 3, 2), (2026, 3), "260303"),
        ("{yy}{month:02}{n:02}", date(2026, 12, 31), (2026, 12), "261203"),
        # property-desk：入住日YYMMDD加三位序号，040214001
        ("{yy}{month:02}{day:02}{n:03}", date(2004, 2, 14), (2004, 214), "040214003"),
        ("户-{unit}-{n:06}", date(2026, 3, 2), (0, 0), "户-一期-000003"),
    ],
)
def test_number(template: str, on: date, count: tuple[int, int], third: str) -> None:
    assert (series(template, on), number(template, "一期", on, 3)) == (count, third)
