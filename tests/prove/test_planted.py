"""Each sort of fault is found when it is planted into each regulation; and none of them has it by itself."""

import pytest
from tests.prove.planting import SEEDS, Ground

from shouwen.calendars import statutory_calendar
from shouwen.engine.prove import SORTS, prove
from shouwen.policy import load_named, policy_names

CALENDAR = statutory_calendar("Asia/Shanghai")


@pytest.mark.parametrize("name", policy_names())
def test_the_regulation_holds_but_for_what_it_knows(name: str) -> None:
    policy = load_named(name)
    proof = prove(policy, CALENDAR)
    assert (proof.faults, proof.unproven, proof.stale) == ([], [], [])
    assert {(fault.sort, fault.rule) for fault, _ in proof.known} == {(one.fault, one.rule) for one in policy.known}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", policy_names())
def test_a_planted_fault_is_found(name: str, sort: str) -> None:
    for plant in SEEDS[sort]:
        planted, at_fault = plant(Ground(load_named(name)))
        found = prove(planted, CALENDAR, sorts={sort})
        assert (sort, at_fault) in {(one.sort, one.rule) for one in found.faults}
