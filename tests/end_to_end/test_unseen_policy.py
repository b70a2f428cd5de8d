"""A regulation that no code has seen, carried through the browser, through `record()` and through replay.

Every instant that is expected was worked out by hand; the arithmetic stands beside it. The station works Monday to
Friday 08:30-12:00 and 13:30-17:30; it is shut on Wednesday 2026-03-04; a day ends at 17:30.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.browser.officer import Clock, Desk, Desks
from tests.end_to_end.liftcare import POLICY, READING, House, lay
from tests.end_to_end.three_ways import (
    Line,
    as_shown,
    at,
    replayed,
    rows,
    shown,
    when,
    written,
    written_calendar,
)

from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Invalid, Refused
from shouwen.journal.models import Entry, Subject
from shouwen.journal.record import record
from shouwen.journal.sweep import sweep
from shouwen.matters.actions import take_in

INTAKE: dict[str, Any] = {"channel": "电话", "text": "2号梯停在九层，有人被困。", "lift": "2号梯", "trapped": 2}
TITLES = {
    "graded": "评定危险程度",
    "attended": "到场处置",
    "diagnosed": "故障诊断",
    "quoted": "报价",
    "customer_agreed": "使用单位同意",
    "part_ordered": "订购配件",
    "locked_out": "断电挂牌",
    "part_replaced": "更换配件",
    "load_tested": "载荷试验",
    "service_resumed": "恢复运行",
    "closed": "办结",
}


@pytest.fixture
def house(house_clock: Clock) -> House:
    return lay()


class Twins:
    """Two matters with one story: one carried by mouse, the other by calls."""

    def __init__(self, house: House, clock: Clock, desks: Desks, folder: Path) -> None:
        self.house, self.clock, self.desks, self.folder = house, clock, desks, folder
        self.policy = folder / "liftcare.md"
        self.policy.write_text(POLICY, encoding="utf-8")
        self.path = ""
        self.by_mouse = self.by_call = Subject()

    def actor(self, username: str, post: str = "") -> Actor:
        unit = self.house.group if username == "zhuguan" else self.house.station
        return Actor(self.house.people[username], post, unit)

    def take_in(self, moment: str) -> None:
        self.clock.set(at(moment))
        desk = self.desks("zhiban")
        intake_without_what_is_required(desk)
        desk.fill("trapped", str(INTAKE["trapped"]), "form[data-intake]")
        desk.page.get_by_role("button", name="受理").click()
        desk.page.get_by_role("heading", name="梯修-2026-001").wait_for()
        self.path = desk.page.url.partition("/matters/")[2].join(("/matters/", ""))
        self.by_mouse = Subject.objects.get()
        data = {**INTAKE, "customer": str(self.house.customer.pk), "asset": str(self.house.lift.pk)}
        with pytest.raises(Invalid) as refused:
            take_in(
                self.house.station,
                {**data, "trapped": None},
                actor=self.actor("zhiban", "维保值班室"),
                kind="lift_fault",
            )
        assert list(refused.value.errors) == ["trapped"]
        self.by_call = take_in(self.house.station, data, actor=self.actor("zhiban", "维保值班室"), kind="lift_fault")
        assert self.by_call.number == "梯修-2026-002"

    def do(self, moment: str, username: str, post: str, event: str, **data: Any) -> None:
        self.clock.set(at(moment))
        self.desks(username).do(self.path, TITLES[event], **{name: typed(value) for name, value in data.items()})
        record(Draft(self.by_call, event, data, post=post), actor=self.actor(username, post))

    def refused(self, moment: str, username: str, post: str, event: str, *said: str, **data: Any) -> None:
        """The act is refused both ways, with the clause; nothing is written."""
        self.clock.set(at(moment))
        before = Entry.objects.count()
        desk = self.desks(username)
        desk.page.goto(self.path)
        desk.open(TITLES[event])
        for name, value in data.items():
            desk.fill(name, typed(value))
        desk.send()
        told = desk.page.get_by_role("alert").filter(has_text="不予办理：关口未开，没有写入任何内容。")
        told.wait_for()
        for words in said:
            assert words in told.inner_text()
        with pytest.raises(Refused) as refusal:
            record(Draft(self.by_call, event, data, post=post), actor=self.actor(username, post))
        assert [shut.clause for shut in refusal.value.shut] == [said[0]]
        assert Entry.objects.count() == before

    def sweep(self, moment: str) -> None:
        """What the worker does by itself."""
        self.clock.set(at(moment))
        sweep()

    def compare(self, lines: list[Line], breaches: tuple[Line, ...] = ()) -> None:
        """Rows, page and replay say the same of both matters at this instant."""
        expected = sorted(lines)
        assert rows(self.by_mouse) == expected
        assert rows(self.by_call) == expected
        clocks = sorted(as_shown(line, TITLES[line.event]) for line in expected)
        assert shown(self.desks("zhiban"), self.path) == clocks
        journal = written(self.by_mouse, self.by_call, folder=self.folder)
        calendar = written_calendar("清禾电梯服务公司/城东维保站", self.folder)
        found = replayed(
            journal, self.policy, self.clock.now, "--reading", "=".join(READING), "--calendar", str(calendar)
        )
        both = sorted([*expected, *breaches])
        assert found == {str(self.by_mouse.pk): both, str(self.by_call.pk): both}


def typed(value: Any) -> str | list[str]:
    """What an officer types or chooses for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else str(value)


def intake_without_what_is_required(desk: Desk) -> None:
    """All but the number of people trapped: the form comes back, and nothing was taken in."""
    desk.page.goto("/matters/new/")
    desk.page.locator("#id_d-customer").fill("东篱")
    desk.page.locator("#id_d-customer-list [role=option]").first.click()
    desk.page.locator("#known [name=asset], #known [name=d-asset]").first.wait_for(state="attached")
    desk.page.locator("#id_d-text").fill(INTAKE["text"])
    assert offered(desk, "lift", "form[data-intake]") == ["1号梯", "2号梯", "3号梯"]
    desk.fill("lift", INTAKE["lift"], "form[data-intake]")
    desk.page.get_by_role("button", name="受理").click()
    desk.page.locator("#id_d-trapped[aria-invalid=true]").wait_for()
    assert Subject.objects.count() == 0


def offered(desk: Desk, field: str, within: str = "#act") -> list[str]:
    """The values that the form offers as choices for a field."""
    return [
        str(one.get_attribute("value"))
        for one in desk.page.locator(f"{within} input[name='d-{field}']").all()
        if one.get_attribute("value")
    ]


def duty(
    opened: str,
    clause: str,
    event: str,
    who: str,
    due: str,
    state: str = "open",
    kept: str = "",
    instance: str = "",
    also: tuple[str, ...] = (),
) -> Line:
    return Line(at(opened), f"liftcare/{clause}", event, instance, also, who, when(due), state, when(kept))


def ordered(due: str, state: str, kept: str, part: str) -> Line:
    return duty("2026-03-03 10:00", "2", "part_ordered", "维保班组", due, state, kept, part)


def replaced(opened: str, due: str, state: str, kept: str, number: str) -> Line:
    """The row of the list fixes the time, the rule stands beside it."""
    return duty(opened, "4", "part_replaced", "维保班组", due, state, kept, number, ("liftcare/3",))


def test_a_policy_that_no_code_has_seen(house: House, house_clock: Clock, desks: Desks, tmp_path: Path) -> None:
    twins = Twins(house, house_clock, desks, tmp_path)

    # 周一16:00接报：+30分钟=16:30；危险程度未定，推定困人，+1小时=17:00。
    twins.take_in("2026-03-02 16:00")
    twins.compare(
        [
            duty("2026-03-02 16:00", "1", "graded", "值班员", "2026-03-02 16:30"),
            duty("2026-03-02 16:00", "1", "attended", "维保班组", "2026-03-02 17:00"),
        ]
    )

    desk = desks("zhiban")
    desk.page.goto(twins.path)
    desk.open("评定危险程度")
    assert offered(desk, "level") == ["困人", "停梯", "带病运行"]
    twins.do("2026-03-02 16:10", "zhiban", "值班员", "graded", level="困人")
    twins.sweep("2026-03-02 17:05")
    twins.do("2026-03-02 17:10", "banzu", "维保班组", "attended", released=True)
    desk = desks("banzu")
    desk.page.goto(twins.path)
    proposed = desk.page.locator("section[aria-labelledby=proposals-title]").inner_text()
    assert "处罚" in proposed
    assert "技术主管" in proposed
    desk.open("故障诊断")
    assert offered(desk, "parts") == ["曳引机", "门机", "控制柜", "钢丝绳"]
    twins.do(
        "2026-03-03 10:00", "banzu", "维保班组", "diagnosed", parts=["门机", "钢丝绳"], symptoms=["异响", "平层不准"]
    )
    # 规模未知：关口不开。
    door = {"number": "P1", "part": "门机", "arrives": "2026-03-05"}
    refusal = ("liftcare/2", "大修未经使用单位同意不得订购", "修理规模 或 使用单位同意")
    twins.refused("2026-03-03 10:30", "banzu", "维保班组", "part_ordered", *refusal, **door)
    twins.do("2026-03-03 11:00", "banzu", "维保班组", "quoted", price="6800.00", valid_until="2026-03-06")
    twins.refused("2026-03-03 11:30", "banzu", "维保班组", "part_ordered", *refusal, **door)
    twins.do("2026-03-03 15:00", "zhiban", "使用单位", "customer_agreed", agreed=True)
    twins.do("2026-03-03 15:30", "banzu", "维保班组", "part_ordered", **door)

    first = [
        duty("2026-03-02 16:00", "1", "graded", "值班员", "2026-03-02 16:30", "kept", "2026-03-02 16:10"),
        duty("2026-03-02 16:00", "1", "attended", "维保班组", "2026-03-02 17:00", "late", "2026-03-02 17:10"),
        # 自17:10：当日20分钟，次日上午3小时30分，午后13:30起还差10分钟。
        duty("2026-03-02 17:10", "2", "diagnosed", "维保班组", "2026-03-03 13:40", "kept", "2026-03-03 10:00"),
        # 3日不计，4日停工，5日、6日为两个工作日。
        duty("2026-03-03 10:00", "2", "quoted", "维保班组", "2026-03-06 17:30", "kept", "2026-03-03 11:00"),
        # 一日是工作日：4日停工，即5日17:30。
        ordered("2026-03-05 17:30", "kept", "2026-03-03 15:30", "门机"),
        # 报价有效期6日，止于24:00。
        duty("2026-03-03 11:00", "2", "customer_agreed", "使用单位", "2026-03-07 00:00", "kept", "2026-03-03 15:00"),
    ]
    twins.compare(
        [
            *first,
            ordered("2026-03-05 17:30", "open", "", "钢丝绳"),
            # 门机三个工作日：5日、6日、9日。
            replaced("2026-03-03 15:30", "2026-03-09 17:30", "open", "", "P1"),
        ]
    )

    twins.do("2026-03-03 15:40", "banzu", "维保班组", "part_ordered", number="P2", part="钢丝绳")
    twins.do("2026-03-05 08:40", "banzu", "维保班组", "locked_out", number="P1")
    twins.do("2026-03-05 09:00", "banzu", "维保班组", "part_replaced", number="P1")
    twins.sweep("2026-03-10 18:00")
    # 没有断电挂牌就换了：事实照记，另记一次违反。
    twins.do("2026-03-11 09:00", "banzu", "维保班组", "part_replaced", number="P2")
    twins.do("2026-03-11 10:00", "banzu", "维保班组", "load_tested", passed=False, load=1000)
    twins.refused(
        "2026-03-11 11:00",
        "zhuguan",
        "技术主管",
        "service_resumed",
        "liftcare/5",
        "载荷试验合格后方可恢复运行",
        notice="已张贴",
    )
    twins.do("2026-03-11 14:00", "banzu", "维保班组", "load_tested", passed=True, load=1250)
    twins.do("2026-03-11 15:00", "zhuguan", "技术主管", "service_resumed", notice="已广播")
    twins.do("2026-03-11 15:30", "zhiban", "值班员", "closed", result="恢复运行")
    breach = duty("2026-03-11 09:00", "3", "part_replaced", "维保班组", "", "breached", instance="P2")
    last = [
        *first,
        ordered("2026-03-05 17:30", "kept", "2026-03-03 15:40", "钢丝绳"),
        replaced("2026-03-03 15:30", "2026-03-09 17:30", "kept", "2026-03-05 09:00", "P1"),
        # 钢丝绳一周：3日加7日，10日17:30。
        replaced("2026-03-03 15:40", "2026-03-10 17:30", "late", "2026-03-11 09:00", "P2"),
        # 当日17:30。
        duty("2026-03-11 15:00", "5", "closed", "值班员", "2026-03-11 17:30", "kept", "2026-03-11 15:30"),
    ]
    twins.compare(last, (breach,))
    assert desks("zhiban").state(twins.path) == "已终结"
    assert "违反关口" in desks("zhiban").page.locator(".timeline").inner_text()
    same_journals(twins)


def same_journals(twins: Twins) -> None:
    """The two journals tell one story in the same words; the customer's own words go out only when asked for."""
    journal = written(twins.by_mouse, twins.by_call, folder=twins.folder)
    assert INTAKE["text"] not in journal.read_text(encoding="utf-8")
    stories: dict[str, list[tuple[Any, ...]]] = {str(twins.by_mouse.pk): [], str(twins.by_call.pk): []}
    sealed = written(twins.by_mouse, twins.by_call, folder=twins.folder, sealed_by="zhuguan")
    for line in map(json.loads, sealed.read_text(encoding="utf-8").splitlines()):
        kept = {key: line[key] for key in ("id", "kind", "type", "at", "by", "post", "unit", "data")}
        stories[line["matter"]].append(tuple(kept.values()))
    one, other = stories.values()
    assert one == other
    people = twins.house.people
    assert one[0][:7] == (
        "1",
        "lift_fault",
        "received",
        "2026-03-02T16:00:00+08:00",
        str(people["zhiban"].pk),
        "维保值班室",
        "清禾电梯服务公司/城东维保站",
    )
    assert one[0][7] == {
        **INTAKE,
        "customer": str(twins.house.customer.pk),
        "asset": str(twins.house.lift.pk),
        "first_asked": str(people["zhiban"].pk),
    }
