"""A day at the desk: drafts that outlive the connection, colleagues in sight, a timeline that filters."""

from tests.browser.officer import Clock, Desks

TEXT = "外墙渗水，客厅墙面起泡，业主要求今天上门"


def test_what_was_typed_outlives_the_connection_and_is_forgotten_once_recorded(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    page = desk.page
    page.goto("/matters/new/")
    page.locator("#id_d-text").fill(TEXT)
    page.wait_for_timeout(500)
    page.goto("/")
    page.goto("/matters/new/")
    page.get_by_text("上次在这里写的内容还在").wait_for()
    assert page.locator("#id_d-text").input_value() == TEXT
    desk.take_in("张明远", "一般工程质量投诉", TEXT)
    page.goto("/matters/new/")
    assert page.locator("#id_d-text").input_value() == ""


def test_nothing_is_lost_when_the_house_cannot_be_reached(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    path = desk.take_in("张明远", "一般工程质量投诉", TEXT)
    page = desk.page
    desk.open("核实")
    desk.fill("findings", "防水层破损")
    page.context.set_offline(True)
    page.locator("#act form button[type=submit], #act form .btn-primary").first.click()
    page.locator("#no-connection").wait_for(state="visible")
    seen = "one => { const { top, bottom } = one.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"
    assert page.locator("#no-connection").evaluate(seen)
    page.context.set_offline(False)
    page.locator("#no-connection").wait_for(state="hidden")
    page.goto("/matters/new/")
    page.locator("#id_d-text").fill(TEXT)
    page.context.set_offline(True)
    page.get_by_role("button", name="受理").click()
    page.locator("#no-connection").wait_for(state="visible")
    assert page.locator("#id_d-text").input_value() == TEXT
    page.context.set_offline(False)
    page.goto(path)
    desk.open("核实")
    assert page.locator("#act [name=d-findings]").input_value() == "防水层破损"


def test_colleagues_with_the_same_matter_open_see_one_another(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    path = desk.take_in("张明远", "一般工程质量投诉", TEXT)
    desk.page.goto(path)
    desk.page.wait_for_load_state("networkidle")
    other = desks("fuze").page
    other.goto(path)
    other.locator("[data-present] .chip").wait_for()
    desk.open("核实")
    other.goto(path)
    other.get_by_text("正在填写").wait_for()
    assert other.locator("[data-present] .chip").count() == 1


def test_the_timeline_filters(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    desk.take_in("张明远", "一般工程质量投诉", TEXT)
    desk.open("核实")
    desk.fill("findings", "防水层破损")
    desk.send()
    page = desk.page
    page.get_by_text("已登记：核实。").wait_for()
    shown = page.locator(".timeline > li:visible .line strong")
    everything = shown.all_inner_texts()
    page.get_by_role("button", name="行为", exact=True).click()
    acts = shown.all_inner_texts()
    page.get_by_role("button", name="事实", exact=True).click()
    facts = shown.all_inner_texts()
    assert (sorted(acts + facts), set(acts) & set(facts)) == (sorted(everything), set())
    page.get_by_role("button", name="带附件").click()
    assert shown.all_inner_texts() == []
