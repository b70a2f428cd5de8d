"""The registry: history is kept, and a customer is found while the telephone is at the ear."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from tests.organisation.house import NOW, House, person

from shouwen.customers import actions
from shouwen.customers.models import Asset, Contact, Customer, Holding, served_within
from shouwen.customers.queries import find, find_assets
from shouwen.organisation.access import visible
from shouwen.organisation.models import Unit

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


def served(unit: Unit) -> QuerySet[Customer]:
    return Customer.objects.filter(served_within(unit.path))


def rooms(unit: Unit) -> QuerySet[Asset]:
    return Asset.objects.filter(unit=unit)


class Estate(House):
    """Three customers of the first project, one of the second."""

    def __init__(self) -> None:
        super().__init__()
        self.shan = actions.register(self.project, "单晓雨", NOW, phones=["138 1234 5678"])
        self.home = actions.add_asset(self.project, "3栋", "1201室")
        actions.hold(self.shan, self.home, since=date(2020, 5, 1))
        self.zeng = actions.register(self.project, "曾国华", NOW, phones=["13900005678", "010-62345678"])
        self.flat = actions.add_asset(self.project, "3", "1201", entrance="2单元")
        actions.hold(self.zeng, self.flat)
        self.shanghai = actions.register(self.project, "上海云栖商贸有限公司", NOW, kind="company")
        self.elsewhere = actions.register(self.other, "单晓峰", NOW, phones=["13812345678"])

    def found(self, text: str, unit: Unit | None = None) -> list[Customer]:
        return [hit.customer for hit in find(text, served(unit or self.project), TODAY)]


class TestFinding:
    def test_by_the_whole_number_or_its_end(self) -> None:
        estate = Estate()
        for typed in ("13812345678", "138-1234-5678", "+86 138 1234 5678", "12345678"):
            assert estate.found(typed) == [estate.shan], typed
        assert set(estate.found("5678")) == {estate.shan, estate.zeng}
        assert estate.found("010 62345678") == [estate.zeng]
        assert estate.found("678") == []
        assert estate.found("1381234") == []

    def test_by_name_pinyin_and_initials(self) -> None:
        estate = Estate()
        assert estate.found("单") == [estate.shan]
        assert estate.found("单晓雨") == [estate.shan]
        assert estate.found("晓雨") == []
        for typed in ("shanxiaoyu", "Shan Xiao", "sxy", "SXY"):
            assert estate.found(typed) == [estate.shan], typed
        assert set(estate.found("shan")) == {estate.shan, estate.shanghai}
        assert estate.found("zgh") == [estate.zeng]
        assert estate.found("ceng") == []

    def test_by_room(self) -> None:
        estate = Estate()
        for typed in ("3-1201", "3栋1201", "三幢1201室", "1201", "3栋"):
            assert set(estate.found(typed)) == {estate.shan, estate.zeng}, typed
        assert estate.found("3-2-1201") == [estate.zeng]
        assert estate.found("4-1201") == []

    def test_nothing_typed_and_signs_of_a_pattern_find_nothing(self) -> None:
        estate = Estate()
        for typed in ("", "  ", "%", "_", "\\", "'", "𠮷"):
            assert estate.found(typed) == [], typed

    def test_within_the_unit_and_below(self) -> None:
        estate = Estate()
        assert estate.found("单", estate.other) == [estate.elsewhere]
        assert set(estate.found("单", estate.branch)) == {estate.shan, estate.elsewhere}
        assert estate.found("单", estate.works) == []

    def test_who_holds_something_here_is_found_here_whoever_keeps_the_file(self) -> None:
        estate = Estate()
        actions.hold(estate.elsewhere, actions.add_asset(estate.project, "5", "301"))
        assert set(estate.found("单")) == {estate.shan, estate.elsewhere}
        assert estate.found("5-301") == [estate.elsewhere]

    def test_with_what_tells_whether_it_is_the_right_one(self) -> None:
        estate = Estate()
        (hit,) = find("zgh", served(estate.project), TODAY)
        assert [contact.value for contact in hit.contacts] == ["13900005678", "010-62345678"]
        assert [holding.asset.label for holding in hit.holdings] == ["3-2-1201"]

    def test_a_former_owner_and_a_former_number_are_not_found(self) -> None:
        estate = Estate()
        actions.end_holding(Holding.objects.get(customer=estate.shan), TODAY)
        actions.end_contact(Contact.objects.get(customer=estate.shan), TODAY)
        assert estate.found("3-1201") == [estate.zeng]
        assert estate.found("13812345678") == []
        yesterday = date(2026, 3, 1)
        assert [hit.customer for hit in find("13812345678", served(estate.project), yesterday)] == [estate.shan]

    def test_at_most_twenty_and_no_way_hides_another(self) -> None:
        estate = Estate()
        for number in range(30):
            actions.register(estate.project, f"客户{number}", NOW, phones=[f"1370000{number:02}1201"[:11]])
            actions.register(estate.project, f"住户{number}", NOW, phones=[f"137{number:04}1201"])
        found = estate.found("1201")
        assert len(found) == 20
        assert {estate.shan, estate.zeng} <= set(found)

    def test_queries_do_not_grow_with_what_is_found(self) -> None:
        estate = Estate()
        for number in range(10):
            one = actions.register(estate.project, f"单{number}", NOW, phones=[f"1370000000{number}"])
            actions.hold(one, actions.add_asset(estate.project, "9", f"10{number}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(find("单", served(estate.project), TODAY)) == 11
        assert len(queries) == 3

    def test_rooms(self) -> None:
        estate = Estate()
        assert find_assets("3-1201", rooms(estate.project)) == [estate.home, estate.flat]
        assert find_assets("3-1201", rooms(estate.other)) == []
        assert find_assets("张三", rooms(estate.project)) == []


class TestKeeping:
    def test_the_same_again_is_what_stands(self) -> None:
        estate = Estate()
        assert actions.add_asset(estate.project, "三幢", "1201") == estate.home
        assert actions.hold(estate.shan, estate.home).since == date(2020, 5, 1)
        assert actions.add_contact(estate.shan, "138 1234 5678") == Contact.objects.get(customer=estate.shan)

    def test_a_home_that_changes_hands_keeps_its_history(self) -> None:
        estate = Estate()
        actions.end_holding(Holding.objects.get(asset=estate.home), date(2026, 1, 1))
        actions.hold(estate.zeng, estate.home, since=date(2026, 1, 1))
        owners = [
            [h.customer for h in Holding.objects.on(day).filter(asset=estate.home)]
            for day in (date(2020, 4, 30), date(2025, 12, 31), date(2026, 1, 1))
        ]
        assert owners == [[], [estate.shan], [estate.zeng]]

    def test_a_new_name_is_found_by_its_pinyin(self) -> None:
        estate = Estate()
        actions.rename(estate.shan, "解晓雨")
        assert estate.found("xiexiaoyu") == [estate.shan]
        assert estate.found("sxy") == []

    def test_what_is_no_number_no_name_no_room(self) -> None:
        estate = Estate()
        with pytest.raises(ValidationError):
            actions.add_contact(estate.shan, "打不通")
        with pytest.raises(ValidationError):
            actions.register(estate.project, "  ", NOW)
        with pytest.raises(ValidationError):
            actions.add_asset(estate.project, "3", "")
        assert Customer.objects.count() == 4

    def test_a_customer_whose_number_is_refused_is_not_kept(self) -> None:
        estate = Estate()
        with pytest.raises(ValidationError):
            actions.register(estate.project, "李四", NOW, phones=["不详"])
        assert not Customer.objects.filter(name="李四").exists()

    def test_the_database_refuses_a_period_that_ends_before_it_begins(self) -> None:
        estate = Estate()
        with pytest.raises(IntegrityError), transaction.atomic():
            Holding.objects.filter(customer=estate.shan).update(until=date(2020, 4, 30))

    def test_written_in_bulk_pinyin_and_digits_are_there_too(self) -> None:
        estate = Estate()
        Customer.objects.bulk_create([Customer(unit=estate.project, name="仇英", registered_at=NOW)])
        qiu = Customer.objects.get(name="仇英")
        Contact.objects.bulk_create([Contact(customer=qiu, value="13700009999")])
        assert estate.found("qy") == [qiu]
        assert estate.found("9999") == [qiu]


def test_nothing_personal_is_in_what_logs_show() -> None:
    estate = Estate()
    rows = [estate.shan, estate.home, *Contact.objects.all(), *Holding.objects.all(), *Asset.objects.all()]
    shown = "".join(f"{row!r}{row}" for row in rows)
    assert [word for word in ("单", "晓", "1381234", "1201", "曾") if word in shown] == []


def test_a_post_sees_the_customers_that_its_units_serve() -> None:
    estate = Estate()
    wang, far = person("wang"), person("far")
    estate.post(estate.project, "前台", wang)
    estate.post(estate.works, "工程部", far)
    actions.hold(estate.elsewhere, actions.add_asset(estate.project, "5", "301"))
    seen = visible(wang, Customer.objects.all(), NOW)
    assert set(seen) == {estate.shan, estate.zeng, estate.shanghai, estate.elsewhere}
    assert seen.count() == 4
    assert list(visible(far, Customer.objects.all(), NOW)) == []
