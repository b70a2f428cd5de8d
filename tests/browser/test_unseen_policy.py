"""A policy that no code has seen, and a changed number, in browser, journal call and replay alike."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.browser.officer import MONDAY, Clock, Desks

from shouwen.calendars import statutory_calendar
from shouwen.engine import compile_policy, read_journal, replay
from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Duty, Entry, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation.models import Person, Unit
from shouwen.policy import load_text, policies_folder

TEXT = Path(__file__).with_name("unseen.md").read_text(encoding="utf-8")


def actor(username: str) -> Actor:
    person = Person.objects.get(username=username)
    post = person.appointments.order_by("pk").first().post  # type: ignore[union-attr]
    return Actor(person, post.name, post.unit)


def stored(subject: Subject) -> list[tuple[str, str, str | None]]:
    """(duty, state, due time) as the house keeps them; void ones aside."""
    rows = Duty.objects.filter(subject=subject).exclude(state="void").order_by("opened_at", "clause", "key")
    return [(row.event, row.state, row.due_at.isoformat() if row.due_at else None) for row in rows]


def replayed(text: str, name: str, subject: Subject, now: datetime) -> list[tuple[str, str, str | None]]:
    """The same from the journal on disk, by the engine alone."""
    lines = [
        json.dumps(
            {
                "id": str(entry.seq),
                "matter": str(subject.pk),
                "kind": subject.kind,
                "type": entry.type,
                "at": entry.at.isoformat(),
                "post": entry.post,
                "data": entry.data,
            },
            ensure_ascii=False,
        )
        for entry in Entry.objects.filter(subject=subject).order_by("seq")
    ]
    program = compile_policy(load_text(text, f"{name}.md", name), statutory_calendar())
    found = []
    entries = read_journal([line.encode() for line in lines], program.policy.events, program.default_kind)
    for one in replay(program, entries, now):
        if "duty" in one and one["state"] != "void":
            due = datetime.fromisoformat(one["due_at"]).astimezone(MONDAY.tzinfo) if one["due_at"] else None
            found.append((one["duty"], one["state"], due.isoformat() if due else None))
    return found


@pytest.fixture
def lamps(house: Clock) -> Unit:
    """The unseen policy in force for lamps in 江城公司."""
    unit = Unit.objects.get(name="江城公司")
    version = publish(TEXT, name="lamps", by=None, at=MONDAY - timedelta(days=1))
    put_in_force(unit, "lamp_out", version, MONDAY - timedelta(days=1))
    return unit


def test_its_forms_and_gates_in_the_browser(desks: Desks, house: Clock, lamps: Unit) -> None:
    desk = desks("jingban")
    desk.page.goto("/matters/new/?kind=lamp_out")
    desk.page.locator("#id_d-text").fill("灯不亮。")
    desk.page.get_by_role("button", name="受理").click()
    desk.page.locator("#id_d-pole-error").wait_for()
    desk.fill("pole", "A-17", "form[data-intake]")
    desk.page.get_by_text("更多：").click()
    desk.fill("side", "坡道", "form[data-intake]")
    desk.page.get_by_role("button", name="受理").click()
    desk.page.get_by_text("已受理，编号 灯-江城公司-2026-001。最早到期：查看路灯，2026-03-02 15:00。").wait_for()
    path = desk.page.url.removeprefix(desk.page.url.split("/matters/")[0])
    desk.do(path, "查看路灯", danger="漏电", seen_on="2026-03-02", cost="120.50")
    desk.do(path, "修好路灯", bulbs="2")
    desk.open("办结")
    desk.send()
    desk.page.get_by_text("未经巡查员签字不得结案").first.wait_for()
    desks("gongcheng").do(path, "签署", paper="验收单", party="巡查员")
    desk.do(path, "办结")
    subject = Subject.objects.get()
    assert subject.state == "ended"
    looked = Entry.objects.get(type="lamp_looked_at")
    assert looked.data == {"danger": "漏电", "seen_on": "2026-03-02", "cost": "120.50"}
    assert stored(subject) == [
        ("lamp_looked_at", "kept", "2026-03-02T07:00:00+00:00"),
        ("lamp_mended", "kept", "2026-03-02T03:00:00+00:00"),
    ]


def test_the_same_by_call_and_by_replay(house: Clock, lamps: Unit) -> None:
    subject = take_in(
        lamps, {"channel": "电话", "text": "灯不亮。", "pole": "A-17"}, actor=actor("jingban"), kind="lamp_out"
    )
    house.forward(hours=5)
    record(Draft(subject, "lamp_looked_at", {"danger": "照明不足"}), actor=actor("jingban"))
    due = datetime(2026, 3, 6, 0, 0, tzinfo=MONDAY.tzinfo)
    assert [(event, state) for event, state, _due in stored(subject)] == [
        ("lamp_looked_at", "kept"),
        ("lamp_mended", "open"),
    ]
    # 3月2日 14:00 查看，3日：3月5日 24:00。
    assert Duty.objects.get(subject=subject, event="lamp_mended", state="open").due_at == due
    assert [(duty, state) for duty, state, _due in replayed(TEXT, "lamps", subject, house.now)] == [
        ("lamp_looked_at", "kept"),
        ("lamp_mended", "open"),
    ]
    assert replayed(TEXT, "lamps", subject, house.now)[1][2] == due.isoformat()


def test_one_changed_number_changes_all_three(desks: Desks, house: Clock) -> None:
    """金科 3.2.B.1 的24小时核实改为30小时：3月2日9:00 + 30小时 = 3月3日15:00。"""
    text = (policies_folder() / "jinke.md").read_text(encoding="utf-8")
    old = "{meets: [3], who: 客户服务分部, after: received, do: verified, within: 24h"
    assert text.count(old) == 1
    changed = text.replace(old, old.replace("24h", "30h")).replace('version: "2005-05-28"', 'version: "2005-05-28.a"')
    version = publish(changed, name="jinke", by=None, at=house.now)
    put_in_force(Unit.objects.get(name="云麓集团"), "complaint", version, house.now)
    house.forward(minutes=0)
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    desk.page.goto(path)
    assert "2026-03-03 15:00" in desk.page.locator(".duties li", has_text="核实和分析投诉情况").first.inner_text()
    due = datetime(2026, 3, 3, 15, 0, tzinfo=MONDAY.tzinfo)
    called = take_in(
        Unit.objects.get(name="听松苑"),
        {"channel": "电话", "text": "渗水", "category": "一般工程质量投诉"},
        actor=actor("jingban"),
    )
    assert Duty.objects.get(subject=called, event="verified").due_at == due
    found: Any = [line for line in replayed(changed, "jinke", called, house.now) if line[0] == "verified"]
    assert found == [("verified", "open", due.isoformat())]
