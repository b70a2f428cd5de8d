"""A matter's page: looking, handing over, refusal, staleness, sending twice, files; at two widths."""

from pathlib import Path

from tests.browser.officer import Clock, Desks

from shouwen.journal.models import AccessLog, Attachment, Entry, Subject


def test_a_name_is_masked_until_it_is_asked_for(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    customer = desk.page.locator("#customer")
    assert "张**" in customer.inner_text()
    assert "16900010001" not in desk.page.content()
    before = AccessLog.objects.filter(what="customer").count()
    desk.page.get_by_role("button", name="显示姓名和电话").click()
    desk.page.get_by_text("此次查阅已记录").wait_for()
    assert "张明远" in customer.inner_text()
    assert "16900010001" in customer.inner_text()
    assert (before, AccessLog.objects.filter(what="customer", subject__pk=path.split("/")[2]).count()) == (0, 1)


def test_arithmetic_on_demand(desks: Desks, house: Clock) -> None:
    """第三条 2 B (1)：2026-03-02 09:00 起24小时，至 2026-03-03 09:00。"""
    desk = desks("jingban")
    desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    clock = desk.page.locator(".duties li", has_text="核实和分析投诉情况").first
    clock.get_by_role("button", name="怎样算出").click()
    clock.locator(".why-box").wait_for()
    assert "到期 2026-03-03 09:00" in clock.locator(".why-box").inner_text()


def test_hand_over_is_offered_and_accepted(desks: Desks, house: Clock) -> None:
    """首问负责：接手之前仍由移交人负责。"""
    desk = desks("qiantai")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    desk.open("移交")
    desk.page.locator("#act #id_d-to").fill("zy")
    desk.page.locator("#act [role=option]", has_text="周砚").click()
    desk.fill("reason", "转经办人")
    desk.send()
    desk.page.get_by_text("已登记：移交。").wait_for()
    assert Subject.objects.get().owner_person.username == "qiantai"  # type: ignore[union-attr]
    other = desks("jingban")
    other.page.goto("/")
    other.page.get_by_role("link", name="查看并接手").click()
    other.page.get_by_role("button", name="接手").click()
    other.page.get_by_text("已登记：接手。").wait_for()
    assert Subject.objects.get().owner_person.username == "jingban"  # type: ignore[union-attr]
    assert path in other.page.url


def test_a_shut_gate_says_why_and_who_opens_it(desks: Desks, house: Clock) -> None:
    """第三条 2 B (1)：未经业主验收满意不得办结。"""
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    desk.open("办结")
    desk.fill("result", "办完了")
    desk.send()
    refusal = desk.page.locator("#act .note.error")
    refusal.wait_for()
    assert "未经业主验收满意不得办结" in refusal.inner_text()
    assert "jinke/3.2.B.1" in refusal.inner_text()
    assert "业主验收" in refusal.inner_text()
    assert desk.page.locator("#act [name=d-result]").input_value() == "办完了"
    assert [entry.type for entry in Entry.objects.order_by("seq")] == ["received"]
    assert desk.state(path) == "办理中" or desk.state(path) == "进行中"


def test_two_officers_at_once(desks: Desks, house: Clock) -> None:
    """The later one is shown what the earlier wrote, and loses nothing that was typed."""
    one, other = desks("jingban"), desks("qiantai")
    path = one.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    other.page.goto(path)
    other.open("核实")
    other.fill("findings", "乙看过了。")
    one.do(path, "核实", findings="甲看过了。")
    other.send()
    warning = other.page.locator("#act .note.warning")
    warning.wait_for()
    assert "期间他人已有新的记录" in warning.inner_text()
    assert "甲看过了。" in warning.inner_text()
    assert other.page.locator("#act [name=d-findings]").input_value() == "乙看过了。"
    assert Entry.objects.filter(type="verified").count() == 1
    other.send()
    other.page.get_by_text("已登记：核实。").wait_for()
    assert Entry.objects.filter(type="verified").count() == 2


def test_the_same_form_twice_writes_once(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    desk.open("备注")
    desk.fill("text", "已电话告知。")
    form = desk.page.locator("#act form")
    body = form.evaluate("form => [...new FormData(form)].filter(pair => typeof pair[1] === 'string')")
    address = form.get_attribute("action")
    assert address is not None
    for _ in range(2):
        answer = desk.page.request.post(address, form=dict(body), headers={"Referer": desk.page.url})
        assert answer.status == 200
    assert path in answer.url
    assert Entry.objects.filter(type="noted").count() == 1


def test_files_are_taken_in_by_content(desks: Desks, house: Clock, tmp_path: Path) -> None:
    desk = desks("jingban")
    desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    wrong = tmp_path / "照片.png"
    wrong.write_text("这不是图片")
    right = tmp_path / "记录.txt"
    right.write_text("现场记录")
    desk.page.get_by_role("link", name="添加备注或附件").click()
    desk.page.locator("#act [name=d-files]").set_input_files(wrong)
    desk.send()
    desk.page.locator("#act .invalid").wait_for()
    desk.page.locator("#act [name=d-files]").set_input_files(right)
    desk.send()
    desk.page.get_by_text("已登记：备注。").wait_for()
    attachment = Attachment.objects.get(subject__isnull=False)
    assert attachment.name == "记录.txt"
    answer = desk.page.request.get(f"/journal/attachments/{attachment.pk}/")
    assert (answer.status, answer.body().decode()) == (200, "现场记录")
    stranger = desks("nanhu").page.request.get(f"/journal/attachments/{attachment.pk}/")
    assert stranger.status == 404


def test_a_retracted_entry_stays_struck(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    desk.do(path, "核实", findings="看错了房号。")
    desk.do(path, "撤销记录", entry="2", reason="看错了房号")
    struck = desk.page.locator(".timeline .struck")
    assert struck.count() == 1
    assert "看错了房号。" in struck.inner_text()
    assert desk.page.locator(".acts li", has_text="核实和分析投诉情况").count() == 1


def test_unit_of_others_is_not_found(desks: Desks, house: Clock) -> None:
    path = desks("jingban").take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    answer = desks("nanhu").page.goto(path)
    assert answer is not None
    assert answer.status == 404
    assert "没有找到" in desks("nanhu").page.content()


def test_the_first_tab_leads_to_the_content(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    desk.page.goto("/")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.textContent") == "跳到正文"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "main"


def test_the_other_language(desks: Desks, house: Clock) -> None:
    desk = desks("jingban")
    desk.page.goto("/")
    desk.page.locator("details.menu summary").click()
    desk.page.get_by_role("button", name="English").click()
    desk.page.get_by_role("heading", name="Workbench").wait_for()
    assert desk.page.locator("html").get_attribute("lang") == "en"
