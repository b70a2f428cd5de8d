"""Meaning 7: nobody gives himself more time, nor lets himself off, unless a clause says that he may."""

from typing import Any

import pytest
from django.utils import translation
from tests.journal.world import FOUNDED, POLICY, World, at

from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Duty, Entry, Subject
from shouwen.journal.record import record_batch
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db

TEN = at("2026-03-02 10:00")
UNTIL = "2026-03-06T18:00:00+08:00"
ANOTHER = "须由别人决定。 本单位别的岗位或上级可以办理。"


def easing(subject: Subject, event: str, *duties: str) -> Draft:
    data: dict[str, Any] = {"reason": "停电"} | ({"duties": list(duties)} if duties else {})
    return Draft(subject, event, data | ({"until": UNTIL} if event == "extended" else {}))


def refused(world: World, draft: Draft, by: Person) -> tuple[str, tuple[str, ...]]:
    before = Entry.objects.count()
    with translation.override("zh-hans"), pytest.raises(NotAllowed) as reason:
        world.take(draft, by=by, now=TEN)
    assert Entry.objects.count() == before
    return str(reason.value), reason.value.roles


def with_powers(world: World, *powers: str) -> None:
    """The house's policy from now on, with further powers under its first clause."""
    lines = "".join(f"- {power}\n" for power in powers)
    text = POLICY.read_text(encoding="utf-8").replace("powers:\n", f"powers:\n{lines}", 1)
    version = publish(text.replace('version: "2026-01-01"', 'version: "2026-02-01"'), name="desk", by=None, at=FOUNDED)
    put_in_force(world.group, "complaint", version, at("2026-02-01 00:00"))


@pytest.mark.parametrize(("event", "title"), [("suspended", "中止计时"), ("extended", "延期"), ("waived", "免除")])
def test_the_one_who_owes_a_duty_does_not_lighten_it(world: World, event: str, title: str) -> None:
    subject = world.intake()
    for who in (world.clerk, world.second):
        said = refused(world, easing(subject, event, "verified"), who)
        assert said == (f"“核实”（desk/1）由您自己承担，“{title}”{ANOTHER}", ())
    world.take(easing(subject, event, "verified"), by=world.boss, now=TEN)
    state = {"suspended": "paused", "extended": "open", "waived": "waived"}[event]
    assert Duty.objects.get(subject=subject, event="verified").state == state


def test_nor_has_it_excepted(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "verified"), now=at("2026-03-02 09:30"))
    said = refused(world, easing(subject, "excused", "plan_made"), world.clerk)
    assert said == (f"“拟定方案”（desk/1）由您自己承担，“认定特殊情况”{ANOTHER}", ())
    world.take(easing(subject, "excused", "plan_made"), by=world.boss, now=TEN)
    assert Duty.objects.get(subject=subject, event="plan_made").state == "excused"


@pytest.mark.parametrize("name", ["desk/1:verified", "1:verified", "desk/1", "1", "verified"])
def test_under_whatever_name(world: World, name: str) -> None:
    assert refused(world, easing(world.intake(), "extended", name), world.clerk)[0].startswith("“")


def test_stopping_every_clock_stops_one_s_own(world: World) -> None:
    subject = world.intake()
    assert refused(world, easing(subject, "suspended"), world.clerk)[0].endswith(ANOTHER)
    world.take(easing(subject, "suspended"), by=world.boss, now=TEN)
    states = Duty.objects.filter(subject=subject).values_list("event", "state")
    assert dict(states)["verified"] == "paused"
    # To let one's own clock run on is no favour.
    world.take(Draft(subject, "resumed"), by=world.clerk, now=at("2026-03-02 11:00"))
    # 停一小时：3月3日9:00 + 1小时。
    assert Duty.objects.get(subject=subject, event="verified").due_at == at("2026-03-03 10:00")


def test_what_somebody_owes_himself_is_not_his_colleagues(world: World) -> None:
    """首问人的答复是他本人的；同岗的人可以替他延期。"""
    subject = world.intake()
    assert refused(world, easing(subject, "extended", "answered"), world.clerk)[0].startswith("“答复”（desk/1）")
    world.take(easing(subject, "extended", "answered"), by=world.second, now=TEN)
    assert Duty.objects.get(subject=subject, event="answered").due_at == at("2026-03-06 18:00")


def test_what_fell_to_a_superior_is_his_own(world: World) -> None:
    """工程部无人，5日内整改完成落到领导：领导不能自己延期，前台可以。"""
    subject = world.intake()
    world.take(Draft(subject, "rectification_ordered", {"order": "O1", "item": "漏水"}), now=at("2026-03-02 09:30"))
    assert refused(world, easing(subject, "extended", "O1"), world.boss)[0].startswith("“整改完成”（desk/1）")
    world.take(easing(subject, "extended", "O1"), by=world.clerk, now=TEN)
    assert Duty.objects.get(subject=subject, event="work_finished").due_at == at("2026-03-06 18:00")


def test_a_power_upon_one_s_own_duties_goes_before(world: World) -> None:
    with_powers(
        world, "{who: 前台, may: [extended], own: true}", "{who: 前台, may: [waived]}", "{who: 领导, may: [suspended]}"
    )
    subject = world.intake()
    world.take(easing(subject, "extended", "verified"), by=world.clerk, now=TEN)
    assert Duty.objects.get(subject=subject, event="verified").due_at == at("2026-03-06 18:00")
    alone = "须由别人决定。 别的岗位都没有这项职权：义务照旧，请报上级处理。"
    assert refused(world, easing(subject, "waived", "verified"), world.clerk) == (
        f"“核实”（desk/1）由您自己承担，“免除”{alone}",
        (),
    )
    assert refused(world, easing(subject, "suspended", "verified"), world.clerk) == (
        "这件事应由 领导 办理。",
        ("领导",),
    )


def test_others_who_have_the_power_are_named(world: World) -> None:
    with_powers(world, "{who: 前台, may: [extended]}", "{who: 领导, may: [extended]}")
    said = refused(world, easing(world.intake(), "extended", "verified"), world.clerk)
    assert said == ("“核实”（desk/1）由您自己承担，“延期”须由别人决定。", ("领导",))


def test_history_is_written_as_it_was(world: World) -> None:
    subject = world.intake()
    record_batch([[easing(subject, "extended", "verified")]], actor=world.actor(), now=TEN, history=True)
    assert Entry.objects.filter(subject=subject, type="extended").count() == 1
