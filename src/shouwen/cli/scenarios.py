"""`shouwen policy test` and `shouwen policy mutate`: scenarios beside a policy, and whether they hold every rule."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.progress import track

from shouwen.calendars import Calendar, statutory_calendar
from shouwen.engine.mutate import mutants, survivors
from shouwen.engine.scenarios import Case, Programs, ScenarioError, load_cases, run_case
from shouwen.policy import PolicyErrors, load_named, policies_folder
from shouwen.policy.model import Policy

_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def _read(name: str) -> tuple[Policy, list[Case], Calendar]:
    """The policy, its cases, and the calendar they are worked out on; exits with 1 on errors in either."""
    try:
        policy = load_named(name)
        calendar = statutory_calendar(policy.zone)
        return policy, load_cases(policy, policies_folder() / "scenarios" / name, calendar), calendar
    except (PolicyErrors, ScenarioError) as errors:
        _err.print(str(errors), markup=False)
        sys.exit(1)


@click.command()
@click.argument("name")
@click.option("--case", "wanted", default="", help="Only cases whose name holds this text.")
def test(name: str, wanted: str) -> None:
    """Run the scenarios beside policy NAME. Exit 1 if one does not hold."""
    policy, cases, calendar = _read(name)
    cases = [case for case in cases if wanted in case.name]
    programs = Programs(policy, calendar)
    failures = [failure for case in cases for failure in run_case(case, programs)]
    for failure in failures:
        _out.print(str(failure), markup=False)
    failed = len({id(failure.case) for failure in failures})
    _out.print(f"{name}：{len(cases)} 个案例，{len(cases) - failed} 个成立，{failed} 个不成立")
    sys.exit(1 if failures else 0)


@click.command()
@click.argument("name")
def mutate(name: str) -> None:
    """Change each rule of policy NAME in turn; list the changes that no scenario notices. Exit 1 if there are any."""
    policy, cases, calendar = _read(name)
    programs = Programs(policy, calendar)
    if any(run_case(case, programs) for case in cases):
        _err.print(f"{name}：先让案例都成立（shouwen policy test {name}）")
        sys.exit(1)
    total = sum(1 for _ in mutants(policy))
    tried = track(survivors(policy, cases, calendar), "变异", total=total, console=_err, transient=True)
    alive = [mutant for mutant, survives in tried if survives]
    for mutant in alive:
        _out.print(f"存活：{mutant}", markup=False)
    _out.print(f"{name}：{total} 处变异，{total - len(alive)} 处被案例发现，{len(alive)} 处存活")
    sys.exit(1 if alive else 0)
