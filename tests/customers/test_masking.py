"""Personal data is shown whole only where it is needed (个人信息保护法 第六条: no more than the purpose needs)."""

import pytest

from shouwen.customers.masking import mask_asset, mask_customer, mask_id, mask_name, mask_phone, mask_text, mask_value
from shouwen.customers.models import Asset, Customer
from shouwen.customers.phones import digits_of
from shouwen.customers.rooms import Room, building_name, entrance_name, read_room, room_name


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138 **** 5678"),
        ("010-62345678", "010-****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("62345678", "****5678"),
        ("12345", "****5"),
        ("", ""),
    ],
)
def test_phones(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("欧阳锋", "欧阳*"), ("张三", "张*"), ("李", "*"), ("", ""), ("𠮷田", "𠮷*")],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86-138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("(010) 6234-5678", "01062345678"),
        ("62345678转801", "62345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("86123456", "86123456"),
        ("3栋1201", ""),
        ("wang", ""),
        ("", ""),
    ],
)
def test_digits_of_a_number(written: str, digits: str) -> None:
    assert digits_of(written) == digits


@pytest.mark.parametrize(
    ("typed", "room"),
    [
        ("3-1201", Room("3", "", "1201")),
        ("3栋1201", Room("3", "", "1201")),
        ("3栋1201室", Room("3", "", "1201")),
        ("３＃１２０１", Room("3", "", "1201")),
        ("3号楼2单元1201", Room("3", "2", "1201")),
        ("3-2-1201", Room("3", "2", "1201")),
        ("三幢 1201", Room("3", "", "1201")),
        ("十二栋301", Room("12", "", "301")),
        ("A座1201", Room("A", "", "1201")),
        ("b-301", Room("B", "", "301")),
        ("1201", Room("", "", "1201")),
        ("3栋", Room("3", "", "")),
        ("张三", None),
        ("13812345678", None),
        ("", None),
    ],
)
def test_rooms_as_they_are_typed(typed: str, room: Room | None) -> None:
    assert read_room(typed) == room


def test_parts_of_an_address_lose_their_measure_words() -> None:
    assert [building_name(text) for text in ("3栋", "三幢", "3#", "A座", "会所")] == ["3", "3", "3", "A", "会所"]
    assert (entrance_name("2单元"), entrance_name(""), room_name("1201室"), room_name("201a")) == (
        "2",
        "",
        "1201",
        "201A",
    )


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13812345678", "138****5678"),
        ("email", "zhang@example.com", "z***@example.com"),
        ("email", "zhang", "z***g"),
        ("wechat", "wx_zhang88", "w***8"),
        ("wechat", "ab", "**"),
        ("address", "浙江省杭州市西湖区文三路8号3栋1201", "浙江省杭州市西湖区****"),
        ("address", "江城市听松路8号", "江城市****"),
        ("address", "听松苑3栋1201", "听松****"),
        ("address", "", ""),
    ],
)
def test_each_kind_of_contact(kind: str, value: str, shown: str) -> None:
    assert mask_value(kind, value) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("11010519491231002X", "110***********002X"), ("1234567", "*******"), ("", "")]
)
def test_citizens_numbers(number: str, shown: str) -> None:
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("来电13812345678，身份证11010519491231002X", "来电138****5678，身份证110***********002X"),
        ("+86 138-1234-5678 或 010-62345678", "+86 138-****-5678 或 010-****5678"),
        ("赔偿13812345元，编号20260302000123456789", "赔偿13812345元，编号20260302000123456789"),
        ("3-2-1201 漏水 2026-03-02", "3-2-1201 漏水 2026-03-02"),
    ],
)
def test_running_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_a_company_is_no_person_and_a_remark_no_name() -> None:
    assert mask_customer(Customer(name="云栖商贸有限公司", kind="company")) == "云栖商贸有限公司"
    assert mask_customer(Customer(name="欧阳锋")) == "欧阳*"
    assert mask_name("（未留姓名）") == "（未留姓名）"


def test_a_home_keeps_its_building() -> None:
    assert mask_asset(Asset(building="3", entrance="2", room="1201")) == "3-****"
    assert mask_asset(Asset(room="1201")) == "****"
