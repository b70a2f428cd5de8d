"""Remaining times go on by themselves: nothing of the page is asked for anew."""

from playwright.sync_api import Request
from tests.browser.officer import Clock, Desks


def anew(request: Request) -> bool:
    """Whether a part of the page is asked for, and not who is here or how many notices wait."""
    beside = request.url.endswith(("/present/", "/bell/"))
    return request.resource_type in ("fetch", "xhr", "document") and not beside


def test_remaining_times_go_on_on_an_open_page(desks: Desks, house: Clock) -> None:
    """第三条 2 B (1)：24小时。九点受理，页面开着二十三小时又一分后只剩五十九分钟，再过一小时已逾期。"""
    desk = desks("jingban")
    page = desk.page
    page.clock.install()
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    chip = page.locator(".duties li", has_text="核实和分析投诉情况").first.locator("[data-due]")
    for address in (path, "/"):
        page.goto(address)
        if address == "/":
            chip = page.locator(".rows li", has_text="核实和分析投诉情况").first.locator("[data-due]")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url) if anew(request) else None)
        before = chip.bounding_box()
        page.clock.fast_forward("23:01:00")
        page.clock.run_for(31_000)
        assert chip.inner_text().split() == ["剩", "58分钟"]
        assert "amber" in str(chip.get_attribute("class"))
        after = chip.bounding_box()
        assert before is not None
        assert after is not None
        assert (before["y"], before["height"]) == (after["y"], after["height"])
        page.clock.fast_forward("01:00:00")
        page.clock.run_for(31_000)
        assert chip.inner_text().split()[0] == "逾期"
        assert "red" in str(chip.get_attribute("class"))
        assert asked == []
