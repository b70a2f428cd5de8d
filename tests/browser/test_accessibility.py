"""axe-core finds nothing of level A or AA (WCAG 2.2) on the pages of a day at the desk; keys lead about."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page
from tests.browser.officer import Clock, Desks
from tests.browser.walks import findings, looked_at

GREENTOWN = Path(__file__).resolve().parents[2] / "policies" / "greentown.md"


def navigation(page: Page) -> list[str]:
    """Every page that the navigation leads to."""
    page.goto("/")
    links: list[str] = page.locator(".desk-nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return links


def two_versions() -> str:
    """Where two versions of a regulation are compared."""
    from shouwen.governance.actions import publish
    from shouwen.journal import clock

    text = GREENTOWN.read_text(encoding="utf-8")
    later = text.replace('version: "2011-03-31"', 'version: "2026-03-01"').replace(
        "投诉处理工作规定", "投诉处理规定", 1
    )
    before, after = (publish(one, name="greentown", by=None, at=clock.now()).pk for one in (text, later))
    return f"/regulations/greentown/compare/?before={before}&after={after}"


def of_ledger(page: Page) -> Iterator[str]:
    """The ledger's pages with something on them: a view, a bulk act at each of its stages, a file, nothing found."""
    page.goto("/ledger/?state=open&due=24h")
    page.get_by_text("存为视图").click()
    page.fill("#view-name", "今日到期")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存").wait_for()
    yield from ("/ledger/?state=all&q=渗水", "/ledger/?q=龘龘", "/ledger/views/", "/ledger/export/?state=open")
    page.goto("/ledger/export/?state=open")
    page.locator("main .choices label").first.click()
    page.get_by_role("button", name="生成 Excel 文件").click()
    page.get_by_text("可下载").wait_for()
    yield "/ledger/exports/"
    page.goto("/ledger/?state=open")
    page.locator("[data-tick-all]").check()
    page.keyboard.press("b")
    page.get_by_role("heading", name="批量办理").wait_for()
    job = page.url.split("/", 3)[3]
    yield from (f"/{job}", f"/{job}?event=closed")


def test_no_finding_on_any_page_of_a_day(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    matter = desk.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    desk.do(matter, "核实", findings="现场查看属实")
    desk.take_in("张明远", "一般性投诉", "外墙渗水一直没有人来")
    house.forward(hours=30)
    page = desk.page
    places = [
        *navigation(page), *of_ledger(page), "/?tab=supervised", "/regulations/jinke/?q=24小时", two_versions(),
        "/regulations/heat-supply/?version=library", "/clauses/?q=首问", "/clauses/?q=首", "/comparison/",
        "/comparison/?by=replied&name=jinke", "/comparison/?by=kept",
        matter, f"{matter}do/rectification_ordered/", f"{matter}do/signed/", f"{matter}do/received/",
        f"{matter}mail/", f"{matter}entries/2/correct/", "/matters/causes/", f"/matters/causes/new/?matter={matter}",
        "/supervision/list/?figure=overdue", "/supervision/list/?figure=open", "/supervision/ladder/",
        "/notices/?show=all", "/me/notices/", "/mail/", "/administration/", "/regulations/nobody/",
        "/accounts/password/change/",
    ]  # fmt: skip
    found = looked_at(page, places)
    page.goto("/")
    page.keyboard.press("?")
    page.locator("#help-card[open]").wait_for()
    found += findings(page)
    page.goto(matter)
    page.emulate_media(media="print")
    found += findings(page)
    assert found == []


def test_single_keys_lead_about_and_can_be_switched_off(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    matter = desk.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    page = desk.page
    page.keyboard.press("c")
    page.get_by_text("此次查阅已记录").wait_for()
    page.keyboard.press("w")
    page.locator(".why-box").wait_for()
    page.keyboard.press("h")
    page.get_by_role("heading", name="移交", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.get_by_role("heading", name="工作台").wait_for()
    page.keyboard.press("2")
    page.wait_for_url("**/?tab=unit")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{matter}*")
    page.keyboard.press("1")
    page.locator("#act form").wait_for()
    page.goto("/")
    page.keyboard.press("?")
    page.locator("[data-keys-off]").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("/")
    assert (page.url.endswith("/"), page.evaluate("document.activeElement.id")) == (True, "")
