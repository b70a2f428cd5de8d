"""Intake from the keyboard alone: at most 15 key strokes besides names and text."""

from typing import Any

from tests.browser.officer import Clock, Desk, Desks

from shouwen.customers.models import Customer
from shouwen.journal.models import Entry, Subject

DRAFT_KEPT = """
() => new Promise((done) => {
  const look = () => Object.keys(localStorage).some((key) => key.startsWith("draft:")) ? done() : setTimeout(look, 20);
  look();
})
"""


class Keys:
    """A keyboard that counts its strokes; what names somebody or is the text itself is not counted."""

    def __init__(self, desk: Desk) -> None:
        self.page = desk.page
        self.count = 0
        # The page itself puts the focus there, a moment after it has loaded.
        self.page.locator("#id_d-customer:focus").wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += len(key.split("+"))

    def name(self, text: str) -> None:
        self.page.keyboard.type(text)


def control(page: Any) -> str:
    """The name of the control that has the focus."""
    return str(page.evaluate("document.activeElement.name || ''"))


def test_a_known_customer_by_pinyin_initials(desks: Desks, house: Clock) -> None:
    desk = desks("qiantai")
    desk.page.goto("/matters/new/")
    keys = Keys(desk)
    keys.name("zmy")
    desk.page.locator("[role=option]").first.wait_for()
    keys.press("Enter")
    assert control(desk.page) == "d-channel_0"
    keys.press("Tab", "Tab")
    assert control(desk.page) == "d-category"
    keys.press("ArrowDown", "Tab")
    assert control(desk.page) == "d-text"
    keys.name("主卧飘窗渗水。")
    keys.press("Control+Enter")
    desk.page.get_by_text("已受理，编号").wait_for()
    assert keys.count == 7
    assert desk.page.locator(".desk-messages").inner_text() == (
        "已受理，编号 投诉-听松苑-2026-0001。最早到期：核实和分析投诉情况，2026-03-03 09:00。"
    )
    subject = Subject.objects.get()
    received = Entry.objects.get(subject=subject, type="received")
    customer = Customer.objects.get(name="张明远")
    assert received.data["customer"] == str(customer.pk)
    assert received.data["channel"] == "电话"
    assert received.data["category"] == "一般工程质量投诉"
    assert subject.owner_person is not None
    assert subject.owner_person.username == "qiantai"


def test_a_customer_by_the_end_of_the_telephone_number_or_by_room(desks: Desks, house: Clock) -> None:
    desk = desks("qiantai")
    for typed, name in (("10005", "单晓雨"), ("2-1-402", "单晓雨"), ("sxy", "单晓雨"), ("单晓", "单晓雨")):
        desk.page.goto("/matters/new/")
        Keys(desk).name(typed)
        desk.page.locator("[role=option]").first.wait_for()
        assert desk.page.locator("[role=option]").first.get_attribute("data-label") == name
        # Kept as a draft; what is typed on the next page takes its place.
        desk.page.evaluate(DRAFT_KEPT)


def test_a_new_customer_by_keyboard(desks: Desks, house: Clock) -> None:
    desk = desks("qiantai")
    desk.page.goto("/matters/new/")
    keys = Keys(desk)
    keys.name("𠮷田友和")
    desk.page.locator(".combobox li.none").wait_for()
    keys.press("Enter")
    assert control(desk.page) == "new_phone"
    keys.name("13912345678")
    keys.press("Tab", "Tab", "Tab", "Tab", "ArrowDown", "Tab")
    assert control(desk.page) == "d-text"
    keys.name("门锁坏了😀")
    keys.press("Control+Enter")
    desk.page.get_by_text("已受理，编号").wait_for()
    assert keys.count == 9
    customer = Customer.objects.get(name="𠮷田友和")
    assert [contact.value for contact in customer.contacts.all()] == ["13912345678"]
    assert Entry.objects.get(type="received").data["customer"] == str(customer.pk)


def test_what_was_brought_before_is_shown_and_linked(desks: Desks, house: Clock) -> None:
    desk = desks("qiantai")
    first = desk.take_in("zmy", "一般工程质量投诉", "主卧飘窗渗水。")
    desk.page.goto("/matters/new/")
    desk.page.locator("#id_d-customer").fill("zmy")
    desk.page.locator("#id_d-customer-list [role=option]").first.click()
    repeat = desk.page.locator(".repeat", has_text="投诉-听松苑-2026-0001")
    repeat.wait_for()
    assert "同一客户" in repeat.inner_text()
    assert "同一房产" in repeat.inner_text()
    repeat.locator("input").check()
    desk.page.locator("#id_d-text").fill("飘窗又渗水了。")
    desk.page.get_by_role("button", name="受理").click()
    desk.page.get_by_text("已受理，编号").wait_for()
    desk.page.goto(first)
    assert "投诉-听松苑-2026-0002" in desk.page.locator("main").inner_text()


def test_what_is_missing_is_said_and_what_was_typed_stays(desks: Desks, house: Clock) -> None:
    """第三条 1：渠道和内容是接诉记录的必填项。"""
    desk = desks("qiantai")
    desk.page.goto("/matters/new/")
    desk.page.locator("#id_d-customer").fill("zmy")
    desk.page.locator("#id_d-customer-list [role=option]").first.click()
    desk.page.get_by_role("button", name="受理").click()
    desk.page.locator("#id_d-text-error").wait_for()
    assert desk.page.locator("#id_d-customer").input_value() == "张明远"
    assert Subject.objects.count() == 0
