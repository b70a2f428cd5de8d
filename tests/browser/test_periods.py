"""A month's report: on the manager's bench, sent in time with a file; the neighbour's goes overdue and is chased."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.officer import MONDAY, Clock, Desks
from tests.browser.walks import findings, looked_at

REPORT = "呈报《客户投诉分析报告》"


@pytest.fixture
def months(house: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """江城 and 南湖, their March opened by the calendar."""
    from shouwen.journal import periods

    monkeypatch.setattr(periods, "_looked", None)
    periods.open_periods()
    return house


def state(unit: str) -> str:
    from shouwen.journal.models import Duty

    return Duty.objects.get(subject__number=f"分部月度-{unit}-2026-03", title=REPORT).state


def test_a_months_report_in_time_and_the_neighbours_late(desks: Desks, months: Clock, tmp_path: Path) -> None:
    """jinke 客户服务分部岗位职责 五：每月5日前呈报《客户投诉分析报告》。江城四月三日报，南湖没有报。"""
    from shouwen.journal.outbox import deliver_due
    from shouwen.journal.sweep import sweep

    months.set(datetime(2026, 4, 3, 16, 0, tzinfo=MONDAY.tzinfo))
    sweep()
    report = tmp_path / "三月分析.txt"
    report.write_text("三月受理十二件，办结十一件。", encoding="utf-8")
    desk = desks("jingban")
    page = desk.page
    page.goto("/?kind=unit_month")
    row = page.locator(".rows li", has_text=REPORT)
    expect(row).to_contain_text("分部月度-江城公司-2026-03")
    expect(row).to_contain_text("2026-04-06 00:00")
    row.get_by_role("link", name="办理").click()
    form = page.locator("#act form")
    expect(form.locator('[name="d-paper"]')).to_have_value("客户投诉分析报告")
    form.locator('[name="d-files"]').set_input_files(report)
    form.locator('[name="d-files"]').press("Control+Enter")
    page.get_by_text("已登记：报送。").wait_for()
    assert state("江城公司") == "kept"
    main = page.locator("main")
    expect(main).to_contain_text("2026年3月的数字")
    expect(main.get_by_role("link", name="三月分析.txt").first).to_be_visible()
    assert looked_at(page, ["/?kind=unit_month", page.url]) == []

    # 六日零时已过：南湖逾期，欠的人收到通知；中心在督办里只看月度，催办。
    months.set(datetime(2026, 4, 6, 9, 0, tzinfo=MONDAY.tzinfo))
    sweep()
    deliver_due()
    assert (state("江城公司"), state("南湖公司")) == ("kept", "overdue")
    centre = desks("zhongxin").page
    centre.goto("/supervision/list/?figure=overdue&kind=unit_month")
    late = centre.locator(".rows li", has_text=REPORT)
    expect(late).to_have_count(1)
    expect(late).to_contain_text("南湖公司")
    late.get_by_role("checkbox").check()
    centre.fill("#urge-text", "请今天报来")
    centre.get_by_role("button", name="催办所选").click()
    centre.get_by_role("heading", name="催办").first.wait_for()
    neighbour = desks("nanhu").page
    neighbour.goto("/notices/")
    for kind in ("逾期", "催办"):
        expect(neighbour.locator("main")).to_contain_text(kind)
    expect(neighbour.locator("main")).to_contain_text("分部月度-南湖公司-2026-03")
    assert looked_at(centre, ["/supervision/?kind=unit_month"]) == []


def test_several_by_keys_and_one_opened_by_hand(desks: Desks, months: Clock, tmp_path: Path) -> None:
    """Rounds and reports picked with x and kept together with b; a sale opened by hand."""
    picture = tmp_path / "巡检.txt"
    picture.write_text("巡检记录", encoding="utf-8")
    page = desks("jingban").page
    page.goto("/")
    boxes = page.locator('.rows input[name="duty"]')
    expect(boxes.first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator('.rows input[name="duty"]:checked')).to_have_count(2)
    page.keyboard.press("b")
    page.get_by_role("heading", name="一并完成").wait_for()
    assert findings(page) == []
    page.locator('[name="attached"]').set_input_files(picture)
    page.locator('[name="attached"]').press("Control+Enter")
    page.get_by_role("heading", name="完成 2 项").wait_for()
    page.goto("/subjects/new/?kind=home_sale")
    page.locator('[name="d-name"]').fill("听松苑 3-2-1201")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已开立：").wait_for()
    places = [page.url, "/", "/subjects/new/", "/subjects/new/?kind=home_sale", "/ledger/?kind=home_sale&state=open"]
    assert looked_at(page, places) == []
