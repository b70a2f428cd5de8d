"""The ledger in use: filter, order, columns and a shared view; one act upon many with a result for each; a file."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page
from python_calamine import CalamineWorkbook
from tests.browser.officer import Clock, Desks

from shouwen.journal.models import AccessLog, Entry, Subject

TEXTS = {"外墙渗水严重": "一般工程质量投诉", "供暖不热": "一般性投诉", "电梯异响": "一般性投诉"}


@pytest.fixture
def matters(house: Clock) -> list[Subject]:
    """One an hour; the second is explained away and may be closed, the last is withdrawn."""
    from shouwen.journal.drafts import HOUSE, Draft
    from shouwen.journal.record import record
    from shouwen.matters.actions import take_in
    from shouwen.organisation.models import Unit

    unit = Unit.objects.get(name="望江台")
    found = []
    for text, category in TEXTS.items():
        said = {"channel": "电话", "anonymous": True, "category": category, "text": text}
        found.append(take_in(unit, said, actor=HOUSE))
        house.forward(hours=1)
    record(Draft(found[1], "validity_decided", {"valid": False, "on_the_spot": True}), actor=HOUSE)
    record(Draft(found[1], "explained", {"to_satisfaction": True}), actor=HOUSE)
    record(Draft(found[-1], "withdrawn", {"reason": "客户撤回"}), actor=HOUSE)
    return found


def numbers(page: Page) -> list[str]:
    return page.locator("tbody a.who").all_inner_texts()


def listed(matters: Sequence[Subject], *places: int) -> list[str]:
    return [matters[place].number for place in places]


def test_from_two_characters_to_a_file(desks: Desks, matters: list[Subject], tmp_path: Path) -> None:
    page = desks("jingban").page
    page.keyboard.press("/")
    page.keyboard.type("渗水")
    page.keyboard.press("Enter")
    page.get_by_text("共1件").wait_for()
    assert numbers(page) == listed(matters, 0)
    page.goto("/ledger/?state=all")
    assert numbers(page) == listed(matters, 2, 1, 0)
    page.get_by_role("link", name="受理时间").click()
    page.wait_for_url("**sort=opened*")
    assert numbers(page) == listed(matters, 0, 1, 2)
    page.get_by_role("link", name="进行中", exact=True).click()
    page.locator("summary", has_text="列").click()
    page.get_by_label("最后记录").check()
    page.get_by_role("button", name="显示这些列").click()
    page.get_by_role("columnheader", name="最后记录").wait_for()
    assert numbers(page) == listed(matters, 0, 1)

    page.get_by_text("存为视图").click()
    page.fill("#view-name", "在办")
    page.locator("#view-unit").select_option(label="江城公司")
    page.get_by_role("button", name="保存").click()
    colleague = desks("qiantai").page
    colleague.goto("/ledger/")
    colleague.get_by_role("navigation", name="视图").get_by_role("link", name="在办").click()
    colleague.get_by_role("columnheader", name="最后记录").wait_for()
    assert numbers(colleague) == listed(matters, 0, 1)

    page.keyboard.press("e")
    page.get_by_label("联系客户").check()
    page.get_by_role("button", name="生成 Excel 文件").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    download.value.save_as(tmp_path / "ledger.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "ledger.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == listed(matters, 0, 1)
    look = AccessLog.objects.get(kind="exported", what="ledger")
    assert (look.person.username, look.reason) == ("jingban", "联系客户")


def test_an_act_upon_many_says_for_each_what_became_of_it(desks: Desks, matters: list[Subject]) -> None:
    """What is refused for one stays as it is; the others are written."""
    page = desks("jingban").page
    page.goto("/ledger/?state=all")
    page.locator("[data-tick-all]").check()
    page.keyboard.press("b")
    page.get_by_role("link", name="办结").click()
    page.locator("main form textarea, main form input[type=text]").first.fill("已处理")
    page.keyboard.press("Control+Enter")
    page.get_by_text("现在还没有登记任何一件").wait_for()
    assert Entry.objects.filter(type="closed").count() == 0
    page.get_by_role("button", name="登记").click()
    page.locator("#bulk").wait_for()
    told = {row.split("\n")[1]: row.split("\n")[0] for row in page.locator("#bulk .rows > li").all_inner_texts()}
    written = list(Entry.objects.filter(type="closed").values_list("subject__number", flat=True))
    assert (told, written) == (
        {matters[0].number: "关口未开", matters[1].number: "已登记", matters[2].number: "关口未开"},
        [matters[1].number],
    )
