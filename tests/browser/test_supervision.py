"""Supervision in use: a figure opens into its rows, an urging is an entry that is answered, a clause shows how it
fares."""

from tests.browser.officer import Clock, Desks

from shouwen.journal.models import Entry


def test_a_leader_finds_what_is_late_and_urges_and_is_answered(desks: Desks, house: Clock) -> None:
    """金科 3.2.B.1：24小时内核实。三十小时后逾期，分管领导催办，经办人答复。"""
    officer = desks("jingban")
    matter = officer.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    house.forward(hours=30)
    page = desks("lingdao").page
    page.keyboard.press("g")
    page.keyboard.press("s")
    figure = page.locator(".figures a", has_text="逾期")
    figure.wait_for()
    counted = int(figure.locator("b").inner_text())
    figure.click()
    page.get_by_role("heading", name="逾期").wait_for()
    rows = page.locator(".rows > li")
    assert rows.count() == counted == 1
    assert "jinke/3.2.B.1" in rows.inner_text()
    rows.get_by_role("button", name="怎样算出").click()
    assert "到期 2026-03-03 09:00" in page.locator(".why-box").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("u")
    page.keyboard.type("请今天核实并回复客户")
    page.get_by_role("button", name="催办所选").click()
    page.get_by_text("已写入").wait_for()
    urged = Entry.objects.get(type="urged")
    assert (urged.by and urged.by.username, str(urged.subject.pk) in matter) == ("lingdao", True)

    own = officer.page
    own.goto("/notices/")
    own.locator(".rows .chip", has_text="催办").wait_for()
    own.goto("/")
    own.get_by_role("link", name="答复").click()
    officer.fill("text", "已约下午三点上门", "main form.card-body")
    own.keyboard.press("Control+Enter")
    own.get_by_text("已登记：备注。").wait_for()
    page.goto("/supervision/list/?figure=overdue")
    page.get_by_text("已答复").wait_for()


def test_a_clause_shows_how_it_fares_and_opens_into_its_matters(desks: Desks, house: Clock) -> None:
    officer = desks("jingban")
    matter = officer.take_in("张明远", "一般工程质量投诉", "外墙渗水，客厅墙面起泡")
    house.forward(hours=30)
    page = officer.page
    page.goto(matter)
    page.locator(".duties .clause", has_text="jinke/3.2.B.1").first.click()
    clause = page.locator("[id='jinke/3.2.B.1']")
    figure = clause.locator(".fared a", has_text="现已逾期")
    figure.wait_for()
    assert figure.locator("b").inner_text() == "1"
    assert "24小时" in clause.locator(".rules").inner_text()
    figure.click()
    page.locator(f".rows a[href='{matter}']").wait_for()
    assert page.locator(".rows > li").count() == 1
