"""axe-core finds nothing of level A or AA (WCAG 2.2) on the pages of a day at the desk, light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.officer import Clock, Desks

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """
async () => {
  const only = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
  const found = await axe.run(document, { runOnly: only });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}
"""
SHIFT = """
() => new Promise((tell) => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries().filter((one) => !one.hadRecentInput)) {
      moved.push(...one.sources.map(({ node }) => `${one.value}: ${node?.nodeName} ${node?.className}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(moved), 50);
})
"""
"""What moved by itself after it was drawn."""


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDINGS)
    return [f"{page.url.split('/', 3)[3]}: {one}" for one in found]


def places(page: Page) -> list[str]:
    """Every page that the navigation leads to."""
    page.goto("/")
    links: list[str] = page.locator(".desk-nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return links


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "zh-hans"), (390, "dark", "en")])
def test_no_finding_on_any_page_of_a_day(desks: Desks, house: Clock, width: int, theme: str, language: str) -> None:
    desk = desks("jingban")
    matter = desk.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    page = desk.page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url.split("/matters/")[0]}])
    found = []
    for place in [*places(page), matter, f"{matter}do/verified/", "/regulations/1/", "/accounts/password/change/"]:
        page.goto(place)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
        found += findings(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{place}: {wide} pixels wide"] if wide > width else []
        found += [f"{place}: moved by {moved}" for moved in page.evaluate(SHIFT)]
    page.goto("/")
    page.keyboard.press("?")
    page.locator("#help-card[open]").wait_for()
    found += findings(page)
    assert found == []


def test_single_keys_lead_about_and_can_be_switched_off(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    matter = desk.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    page = desk.page
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.get_by_role("heading", name="工作台").wait_for()
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
