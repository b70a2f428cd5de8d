"""The house's own tables are the truth: seeded once, layered by unit, filled by the year from a file."""

import csv
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.utils import translation
from tests.organisation.house import NOW, House, person

from shouwen.calendars import DayKind, Interval
from shouwen.governance import calendar_actions, queries
from shouwen.governance.calendars import calendar_for, calendar_version
from shouwen.governance.models import CalendarDay, CalendarTable, CalendarYear
from shouwen.governance.year_import import import_year

pytestmark = pytest.mark.django_db

WEEK = {day: ["08:30-12:00", "14:00-17:30"] for day in range(1, 6)}
# An invented notice for 2027.
NOTICE = """日期,类型,名称
2027-01-01,放假,元旦
2027-01-02,放假,元旦
2027-01-03,调休上班,元旦
2027-02-05,放假,春节
2027-02-08,放假,春节
2027/10/01,放假,国庆节
2027-10-09,补班,国庆节
2027-03-01,工作日,
"""


def statutory() -> CalendarTable:
    return CalendarTable.objects.get(unit=None)


class TestSeed:
    def test_a_fresh_house_has_the_statutory_calendar(self) -> None:
        calendar = calendar_for(House().project)
        # 2026 年国务院办公厅通知：10月1日至7日放假，9月20日（周日）、10月10日（周六）上班。
        assert calendar.day(date(2026, 10, 1)).name == "国庆节"
        assert [calendar.is_workday(date(2026, 10, day)) for day in range(1, 12)] == [False] * 7 + [
            True,
            True,
            True,
            False,
        ]
        assert calendar.is_workday(date(2026, 9, 20)) is True

    def test_a_year_without_a_notice_is_provisional(self) -> None:
        house = House()
        calendar = calendar_for(house.project)
        assert (calendar.is_provisional(2026), calendar.is_provisional(2027)) == (False, True)
        # 法定节假日照算：1月1日。
        assert calendar.is_workday(date(2027, 1, 1)) is False
        assert queries.provisional_years(range(2025, 2029)) == [2027, 2028]

    def test_the_seed_is_sown_once(self) -> None:
        CalendarDay.objects.filter(date=date(2026, 10, 1)).delete()
        calendar_actions.seed_statutory_table()
        assert CalendarTable.objects.count() == 1
        assert not CalendarDay.objects.filter(date=date(2026, 10, 1)).exists()

    def test_every_day_of_twelve_years(self, real_data: Path) -> None:
        calendar = calendar_for(House().project)
        with (real_data / "calendar" / "cn-workdays-2015-2026.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 4383
        wrong = [
            r["date"] for r in rows if calendar.is_workday(date.fromisoformat(r["date"])) != (r["is_workday"] == "1")
        ]
        assert wrong == []


class TestUnits:
    def test_hours_hold_below_the_unit_until_one_has_its_own(self) -> None:
        house = House()
        calendar_actions.set_hours(house.branch, WEEK)
        calendar_actions.set_hours(house.other, {1: ["22:00-06:00"]}, workdays=[1])
        monday = date(2026, 3, 2)
        assert calendar_for(house.group).hours_on(monday) == ()
        assert calendar_for(house.project).hours_on(monday) == (Interval(510, 720), Interval(840, 1050))
        assert calendar_for(house.other).hours_on(monday) == (Interval(1320, 1800),)
        assert calendar_for(house.other).is_workday(date(2026, 3, 3)) is False

    def test_a_day_of_one_s_own_lies_over_the_statutory_one(self) -> None:
        house = House()
        table = calendar_actions.own_table(house.branch)
        calendar_actions.set_day(table, date(2026, 10, 1), "workday", name="交付日")
        calendar_actions.set_day(table, date(2026, 3, 2), "holiday", name="司庆")
        assert calendar_for(house.project).is_workday(date(2026, 10, 1)) is True
        assert calendar_for(house.project).day(date(2026, 3, 2)).sentence() == "司庆"
        assert calendar_for(house.group).is_workday(date(2026, 3, 2)) is True
        calendar_actions.clear_day(table, date(2026, 3, 2))
        assert calendar_for(house.project).is_workday(date(2026, 3, 2)) is True

    def test_the_zone_is_the_unit_s(self) -> None:
        house = House()
        house.project.zone = "Asia/Urumqi"
        house.project.save()
        assert (calendar_for(house.project).zone, calendar_for(house.other).zone) == ("Asia/Urumqi", "Asia/Shanghai")

    def test_the_version_changes_with_the_content_and_returns_with_it(self) -> None:
        house = House()
        before = calendar_version(house.project)
        table = calendar_actions.own_table(house.project)
        calendar_actions.set_day(table, date(2026, 3, 2), "holiday", name="司庆")
        assert calendar_version(house.project).split("-")[-1] != before.split("-")[-1]
        calendar_actions.clear_day(table, date(2026, 3, 2))
        assert calendar_version(house.project).split("-")[-1] == before.split("-")[-1]

    def test_hours_that_cannot_be_are_refused(self) -> None:
        house = House()
        for week in ({1: ["08:30-12:00", "11:00-13:00"]}, {1: ["8点"]}, {8: ["08:30-12:00"]}):
            with pytest.raises(ValidationError):
                calendar_actions.set_hours(house.branch, week)
        assert CalendarTable.objects.count() == 1

    def test_one_query_where_nothing_changed(self, django_assert_num_queries: object) -> None:
        house = House()
        calendar = calendar_for(house.project)
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert calendar_for(house.project) is calendar


class TestYears:
    def test_a_dry_run_says_what_would_change_and_changes_nothing(self) -> None:
        house = House()
        before = calendar_version(house.project)
        change = import_year(NOTICE.encode(), by=None, at=NOW, dry_run=True)
        assert (change.year, len(change.days)) == (2027, 7)
        # 1月2日是周六、1月3日周日、10月9日周六：表中原来没有；2月5日是周五：原来是除夕，名同；2月8日周一，原来即春节。
        assert change.added == (date(2027, 1, 2), date(2027, 1, 3), date(2027, 10, 9))
        assert change.changed == ()
        assert date(2027, 5, 1) in change.removed
        assert calendar_version(house.project) == before

    def test_the_year_becomes_official_and_its_earlier_days_go(self) -> None:
        house = House()
        wang = person("wang")
        import_year(NOTICE.encode(), by=wang, at=NOW, note="国办发明电〔2026〕7号")
        calendar = calendar_for(house.project)
        assert calendar.is_provisional(2027) is False
        assert calendar.day(date(2027, 1, 3)).kind == DayKind.MAKEUP_WORKDAY
        assert calendar.is_workday(date(2027, 5, 3)) is True
        assert calendar.day(date(2027, 10, 1)).source == "国办发明电〔2026〕7号"
        year = CalendarYear.objects.get(table=statutory(), year=2027)
        assert (year.source, year.by, year.imported_at) == ("国办发明电〔2026〕7号", wang, NOW)
        # The other years stand.
        assert calendar.is_workday(date(2026, 10, 1)) is False

    def test_the_same_notice_again_changes_nothing(self) -> None:
        house = House()
        import_year(NOTICE.encode(), by=None, at=NOW)
        before = calendar_version(house.project)
        change = import_year(NOTICE.encode("gb18030"), by=None, at=NOW)
        assert (change.added, change.changed, change.removed) == ((), (), ())
        assert calendar_version(house.project) == before

    def test_a_sheet_of_a_workbook(self) -> None:
        buffer = BytesIO()
        with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["date", "kind", "holiday"])
            sheet.write_datetime(1, 0, date(2027, 1, 1))
            sheet.write_row(1, 1, ["holiday", "元旦"])
            sheet.write_row(2, 0, ["2027-01-03", "makeup_workday", "元旦"])
        change = import_year(buffer.getvalue(), by=None, at=NOW)
        assert [(day.date, day.kind, day.name) for day in change.days] == [
            (date(2027, 1, 1), "holiday", "元旦"),
            (date(2027, 1, 3), "makeup_workday", "元旦"),
        ]

    def test_every_bad_line_is_named_and_nothing_is_taken(self) -> None:
        bad = "date,kind\n2027-01-01,holiday\n2027-02-30,holiday\n2027-03-01,魔法\n2027-01-01,休\n2028-01-01,放假\n"
        days = CalendarDay.objects.count()
        with translation.override("en"), pytest.raises(ValidationError) as refused:
            import_year(bad.encode(), by=None, at=NOW)
        assert refused.value.messages == [
            "Line 3: “2027-02-30” is no date, as 2027-01-01.",
            "Line 4: “魔法” is no kind of day.",
            "Line 5: 2027-01-01 stands twice.",
            "Only one year at a time: found 2027, 2028.",
        ]
        assert CalendarDay.objects.count() == days

    @pytest.mark.parametrize("content", [b"", b"date,kind\n", b"date,kind\n2027-01-04,workday\n", b"PK\x03\x04broken"])
    def test_a_file_that_says_nothing_is_refused(self, content: bytes) -> None:
        with pytest.raises(ValidationError):
            import_year(content, by=None, at=NOW)
