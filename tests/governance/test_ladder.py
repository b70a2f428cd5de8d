"""The house's own ladder: which steps hold where (逐级上报)."""

import pytest
from django.core.exceptions import ValidationError
from tests.journal.world import FOUNDED, MONDAY, World
from tests.journal.world import world as lay

from shouwen.governance.ladder import Ladders, Rung, set_ladder
from shouwen.organisation.models import Unit


@pytest.fixture
def world(db: None) -> World:
    return lay()


def said(unit: Unit, kind: str = "complaint") -> list[tuple[int, int, str]]:
    return [(row.level, row.hours, row.post) for row in Ladders(MONDAY).of(unit, kind)]


def test_the_nearest_unit_s_steps_hold_and_the_kind_s_own_before_any(world: World) -> None:
    assert said(world.project) == []
    set_ladder(world.group, "", [Rung(24, "领导"), Rung(72, "总经理")], FOUNDED)
    assert said(world.project) == [(1, 24, "领导"), (2, 72, "总经理")]
    set_ladder(world.group, "complaint", [Rung(8, "领导")], FOUNDED)
    assert (said(world.project), said(world.project, "cause")) == (
        [(1, 8, "领导")],
        [(1, 24, "领导"), (2, 72, "总经理")],
    )
    set_ladder(world.branch, "", [Rung(4, "前台")], FOUNDED)
    assert (said(world.project), said(world.group)) == ([(1, 4, "前台")], [(1, 8, "领导")])


def test_new_steps_take_the_place_of_the_old_and_none_take_them_away(world: World) -> None:
    set_ladder(world.group, "", [Rung(24, "领导")], FOUNDED)
    set_ladder(world.group, "", [Rung(2, "前台")], MONDAY)
    assert said(world.group) == [(1, 2, "前台")]
    set_ladder(world.group, "", [], MONDAY)
    assert said(world.group) == []


@pytest.mark.parametrize(
    "rungs", [[Rung(24, "领导"), Rung(24, "前台")], [Rung(24, "领导"), Rung(8, "前台")], [Rung(24, "  ")]]
)
def test_steps_that_do_not_rise_are_refused(world: World, rungs: list[Rung]) -> None:
    with pytest.raises(ValidationError):
        set_ladder(world.group, "", rungs, FOUNDED)
    assert said(world.group) == []
