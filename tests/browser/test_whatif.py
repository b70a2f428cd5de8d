"""Beside a clause: 24 hours become 8, and one sees the past year under it (docs/engine.md, 13)."""

import os
from typing import Any

from playwright.sync_api import expect
from tests.browser.officer import Clock, Desks
from tests.browser.walks import findings

from shouwen.demonstration.seed import PASSWORD

CLAUSE = "jinke/3.2.B.1"


def test_eight_hours_instead_of_twenty_four(desks: Desks, house: Clock) -> None:
    """接诉十小时后核实的一件，8小时之下转迟；页面自己等到算完；数字点开就是那一件。"""
    from shouwen.desk.administration import background
    from shouwen.desk.models import Task
    from shouwen.journal.models import Entry
    from shouwen.organisation.models import Person

    Person.objects.create_superuser("root", name="管理员", password=PASSWORD)
    desk = desks("jingban")
    matter = desk.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    house.forward(hours=10)
    desk.do(matter, "核实", findings="现场查看属实")
    house.forward(hours=30)
    page: Any = desks("root").page
    page.goto(f"/clauses/{CLAUSE}")
    page.get_by_role("link", name=f"若 {CLAUSE} 改为别的").click()
    page.get_by_label("核实和分析投诉情况").fill("8h")
    entries = Entry.objects.count()
    page.get_by_role("button", name="计算").click()
    page.get_by_role("heading", name="正在计算").wait_for()
    found = findings(page)
    background.work(str(Task.objects.get(kind="whatif").pk))
    page.get_by_role("heading", name="变更内容").wait_for()
    expect(page.locator(".figures a").first).to_have_text("转迟1")
    assert Entry.objects.count() == entries
    for width, language in ((1440, "zh-hans"), (390, "en")):
        page.set_viewport_size({"width": width, "height": 900})
        page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": page.evaluate("location.origin")}]
        )
        page.reload()
        found += findings(page)
        found += [f"{width}"] if page.evaluate("document.documentElement.scrollWidth") > width else []
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/{width}-whatif.png", full_page=True)
    page.locator(".figures a").first.click()
    page.locator(f"a[href='{matter}']").wait_for()
    found += findings(page)
    assert found == []
