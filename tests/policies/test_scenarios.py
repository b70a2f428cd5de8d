"""Every scenario beside every policy holds, and every rule is held by a scenario that names its clause."""

import pytest

from shouwen.calendars import statutory_calendar
from shouwen.engine.mutate import survivors
from shouwen.engine.scenarios import Case, Programs, load_cases, run_case
from shouwen.policy import load_named, policies_folder, policy_names

POLICIES = {name: load_named(name) for name in policy_names()}
CALENDAR = statutory_calendar("Asia/Shanghai")
CASES = {
    name: load_cases(policy, policies_folder() / "scenarios" / name, CALENDAR) for name, policy in POLICIES.items()
}
PROGRAMS = {name: Programs(policy, CALENDAR) for name, policy in POLICIES.items()}


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(name, case, id=case.name) for name, cases in CASES.items() for case in cases]
)
def test_case_holds(name: str, case: Case) -> None:
    assert [str(failure) for failure in run_case(case, PROGRAMS[name])] == []


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_no_mutant_survives(name: str) -> None:
    alive = [str(mutant) for mutant, survives in survivors(POLICIES[name], CASES[name], CALENDAR) if survives]
    assert alive == []


@pytest.mark.parametrize(("name", "least"), [("jinke", 60), ("greentown", 15)])
def test_there_are_enough_cases(name: str, least: int) -> None:
    assert len(CASES[name]) >= least
