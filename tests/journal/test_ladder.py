"""Climbing the house's ladder (逐级上报): once a step, only where the regulation has none of its own."""

import pytest
from tests.journal.world import FOUNDED, MONDAY, World, at

from shouwen.governance.ladder import Rung
from shouwen.governance.programs import program_for
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.ladder import has_own
from shouwen.journal.ladder_actions import put
from shouwen.journal.models import Outbox, Subject
from shouwen.journal.sweep import sweep


def swept(when: str) -> int:
    with clock.at(at(when)):
        return sweep()


def told() -> list[tuple[str, str, str, str]]:
    """(level, who, post, duty)."""
    rows = Outbox.objects.filter(kind="escalated").select_related("person").order_by("made_at", "person__username")
    return [(row.data["level"], row.person.username if row.person else "", row.data["post"], row.duty) for row in rows]


def planning(world: World) -> Subject:
    """A matter whose plan is due on 3 March, 10:00, and whose answer has no limit."""
    subject = world.intake()
    world.take(Draft(subject, "verified"), now=at("2026-03-02 10:00"))
    return subject


def test_each_step_is_told_once_when_it_comes(world: World) -> None:
    put(world.group, "", [Rung(4, "领导"), Rung(24, "前台")], FOUNDED)
    subject = planning(world)
    swept("2026-03-03 10:01")
    assert told() == []
    assert swept("2026-03-03 13:59") == 0
    assert (swept("2026-03-03 14:01"), swept("2026-03-03 14:02")) == (1, 0)
    assert told() == [("1", "boss", "领导", "desk/1:plan_made")]
    world.take(Draft(subject, "noted", {"text": "已报"}), now=at("2026-03-03 15:00"))
    swept("2026-03-04 10:01")
    assert told() == [
        ("1", "boss", "领导", "desk/1:plan_made"),
        ("2", "clerk", "前台", "desk/1:plan_made"),
        ("2", "second", "前台", "desk/1:plan_made"),
    ]


def test_what_was_done_before_the_step_climbs_no_further(world: World) -> None:
    put(world.group, "", [Rung(4, "领导")], FOUNDED)
    subject = planning(world)
    swept("2026-03-03 10:01")
    world.take(Draft(subject, "plan_made"), now=at("2026-03-03 12:00"))
    swept("2026-03-03 14:01")
    assert told() == []


def test_where_the_regulation_escalates_itself_the_house_does_not(world: World) -> None:
    """desk/1：三日未核实的，由领导上报；拟定方案没有这样的规定。"""
    program = program_for(world.project, "complaint", MONDAY)
    assert (has_own(program, "desk/1:verified"), has_own(program, "desk/1:plan_made")) == (True, False)
    put(world.group, "", [Rung(1, "领导")], FOUNDED)
    world.intake()
    swept("2026-03-03 09:01")
    swept("2026-03-03 12:00")
    assert told() == []


def test_a_confidential_matter_is_told_about_to_nobody(world: World) -> None:
    put(world.group, "", [Rung(4, "领导")], FOUNDED)
    subject = planning(world)
    world.take(
        Draft(subject, "restricted", {"people": [str(world.clerk.pk)], "reason": "保密"}, as_fact=True),
        now=at("2026-03-02 11:00"),
    )
    swept("2026-03-03 10:01")
    swept("2026-03-03 14:01")
    assert told() == []


def test_a_ladder_set_later_holds_for_what_is_overdue_already(world: World) -> None:
    planning(world)
    swept("2026-03-03 10:01")
    with clock.at(at("2026-03-03 12:00")):
        put(world.branch, "complaint", [Rung(1, "前台"), Rung(4, "领导")], at("2026-03-03 12:00"))
    assert swept("2026-03-03 12:01") == 1
    swept("2026-03-03 14:01")
    # 第一级在设阶梯之前已过，不补报。
    assert [(level, who) for level, who, _post, _duty in told()] == [("1", "clerk"), ("1", "second"), ("2", "boss")]


@pytest.mark.parametrize("kind", ["", "cause"])
def test_without_steps_for_its_kind_nothing_is_told(world: World, kind: str) -> None:
    if kind:
        put(world.group, kind, [Rung(1, "领导")], FOUNDED)
    planning(world)
    swept("2026-03-03 10:01")
    assert swept("2026-03-05 10:01") == 0
    assert told() == []
