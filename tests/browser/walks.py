"""Pages looked at as people meet them: each in both languages and at both widths, light and dark."""

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """
async (rules) => {
  const only = rules.length
    ? { type: "rule", values: rules }
    : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
  const found = await axe.run(document, { runOnly: only });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}
"""
BY_SIZE = ("target-size", "scrollable-region-focusable")
BY_COLOUR = ("color-contrast", "link-in-text-block")
"""Rules that answer otherwise on another screen; the rest has been asked of the same document."""
SHIFT = """
() => new Promise((tell) => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries().filter((one) => !one.hadRecentInput)) {
      moved.push(...one.sources.map(({ node }) => `${one.value}: ${node?.nodeName} ${node?.className}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => document.querySelector(".htmx-request") ? setTimeout(look, 20) : setTimeout(() => tell(moved), 50);
  look();
})
"""
"""What moved by itself after it was drawn, told once nothing is on its way any more."""
WIDE, NARROW = 1440, 390
LOOKS = (
    ("zh-hans", WIDE, "light", NARROW, "dark", (*BY_SIZE, *BY_COLOUR)),
    ("en", NARROW, "light", WIDE, "light", BY_SIZE),
)
"""Language, the screen on which the page is opened, the screen that it is moved to, what is asked there."""


def findings(page: Page, rules: Iterable[str] = ()) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDINGS, list(rules))
    return [f"{page.url.split('/', 3)[3]}: {one}" for one in found]


def _screen(page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)


def _too_wide(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url.split('/', 3)[3]}: {wide} pixels wide on {width}"] if wide > width else []


def looked_at(page: Page, places: Iterable[str]) -> list[str]:
    """What is wrong with the pages: findings of axe-core of level A or AA, wider than the screen, moved by itself."""
    places, found = list(places), []
    origin = page.evaluate("location.origin")
    # A colour on its way from light to dark is neither.
    page.emulate_media(reduced_motion="reduce")
    for language, width, theme, other_width, other_theme, rules in LOOKS:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": origin}])
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        for place in places:
            page.goto(place)
            found += [f"{place}: moved by {moved}" for moved in page.evaluate(SHIFT)]
            found += [*findings(page), *_too_wide(page, width)]
            _screen(page, other_width, other_theme)
            found += [*findings(page, rules), *_too_wide(page, other_width)]
            _screen(page, width, theme)
    return found
