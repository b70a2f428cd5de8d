"""`shouwen policy …`: checks, shows, prints and compares policies, and measures them against a ledger."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from shouwen.calendars import statutory_calendar
from shouwen.cli import library, publication, scenarios
from shouwen.cli.coverage import KIND_TITLES, demand_line, outstanding, summary_table
from shouwen.cli.prove import prove
from shouwen.engine.mutate import held_rules
from shouwen.engine.scenarios import ScenarioError, load_cases
from shouwen.policy import Policy, PolicyErrors, load, load_named, policy_names, speaking_of
from shouwen.policy.compare import changes
from shouwen.policy.coverage import Coverage, cases_by_clause, cover
from shouwen.policy.ledger import read_ledger
from shouwen.policy.links import names_linked, problems_between
from shouwen.policy.sentences import SORT_TITLES, clause_sentences, link_sentences


@click.group()
def policy() -> None:
    """Regulations as files: check, show, print, search, compare, coverage, test, mutate."""


policy.add_command(scenarios.test)
policy.add_command(scenarios.mutate)
policy.add_command(prove)
for one in publication.COMMANDS:
    policy.add_command(one)
policy.add_command(library.search)
policy.add_command(library.compare)


def read_policy(name: str) -> Policy:
    """The policy of that name or in that file; all its errors and exit code 1 where it cannot be read."""
    try:
        return load(name) if name.endswith(".md") else load_named(name)
    except PolicyErrors as errors:
        for problem in errors.problems:
            click.echo(str(problem), err=True)
        sys.exit(1)
    except OSError as error:
        raise click.ClickException(str(error)) from None


@policy.command()
@click.argument("policies", nargs=-1, metavar="[NAME|FILE]…")
def check(policies: tuple[str, ...]) -> None:
    """Check policies, by default all: every mistake with file, line, clause and what was expected.

    Exit code 1 where one has a mistake.
    """
    failed = False
    sound = []
    for name in policies or _all_names():
        try:
            found = load(name) if name.endswith(".md") else load_named(name)
        except PolicyErrors as errors:
            failed = True
            for problem in errors.problems:
                click.echo(str(problem), err=True)
            click.echo(f"{name}：{len(errors.problems)} 处错误", err=True)
        except OSError as error:
            failed = True
            click.echo(f"{name}：{error}", err=True)
        else:
            rules = sum(len(clause.rules) for clause in found.clauses)
            click.echo(f"{name}：{len(found.clauses)} 条，{rules} 条规则，没有错误")
            sound.append(found)
    for problem in problems_between([*sound, *_named_by(sound)]):
        failed = True
        click.echo(str(problem), err=True)
    sys.exit(1 if failed else 0)


def _named_by(policies: Sequence[Policy]) -> list[Policy]:
    """The policies of the folder of whose clauses these say something."""
    known = {one.name for one in policies}
    names = set().union(*map(names_linked, policies)) - known
    found = []
    for name in sorted(names):
        try:
            found.append(load_named(name))
        except (PolicyErrors, OSError) as error:
            raise click.ClickException(f"{name}：{error}") from None
    return found


def _all_names() -> list[str]:
    try:
        return policy_names()
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from None


def chosen_readings(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Options of the form READING=LABEL."""
    return chosen(values)


def chosen(values: tuple[str, ...]) -> dict[str, str]:
    """Readings and the labels chosen, of READING=LABEL. Raises click.BadParameter for what is not so written."""
    found = {}
    for value in values:
        name, sign, label = value.partition("=")
        if not sign:
            raise click.BadParameter(f"{value}：应为 读法=选项")
        found[name] = label
    return found


def under_readings(found: Policy, readings: dict[str, str]) -> Policy:
    """The policy under the chosen readings. Raises click.ClickException for one that it does not have."""
    try:
        return found.with_readings(readings)
    except KeyError as error:
        known = "；".join(f"{one.name}={'|'.join(one.choices)}" for one in found.readings.values())
        raise click.ClickException(f"没有读法或选项“{error.args[0]}”；已有：{known}") from None


@policy.command()
@click.argument("name")
@click.option("--clause", "clauses", multiple=True, metavar="ID", help="Only this clause; may be repeated.")
@click.option("--reading", "readings", multiple=True, callback=chosen_readings, metavar="READING=LABEL")
def show(name: str, clauses: tuple[str, ...], readings: dict[str, str]) -> None:
    """Say each rule of a policy as a plain Chinese sentence, made from the rule."""
    found = under_readings(read_policy(name), readings)
    wanted = {clause if "/" in clause else f"{found.name}/{clause}" for clause in clauses}
    unknown = wanted - found.by_id.keys()
    if unknown:
        raise click.ClickException(f"没有条款 {'、'.join(sorted(unknown))}")
    for clause in found.clauses:
        if wanted and clause.id not in wanted:
            continue
        click.echo(f"{clause.id} {clause.ref}")
        for title, words in link_sentences(found, clause):
            click.echo(f"  {title}：{words}")
        for rule, words in clause_sentences(found, clause):
            click.echo(f"  {SORT_TITLES[type(rule)]}：{words}")


@policy.command()
@click.argument("name")
@click.option(
    "--ledger",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the ledger NAME.yaml.",
)
@click.option("--allow-unplaced", is_flag=True, help="Demands without a fitting rule do not fail.")
@click.option("--summary", is_flag=True, help="Only the table and what is outstanding.")
@click.option("--levels", is_flag=True, help="Act the cases out in a house of their own: what comes about, is proven.")
@click.option("--json", "plain", is_flag=True, help="With --levels: one JSON object a demand.")
@click.option("--reading", "readings", multiple=True, callback=chosen_readings, metavar="READING=LABEL")
def coverage(
    name: str, ledger: Path, allow_unplaced: bool, summary: bool, levels: bool, plain: bool, readings: dict[str, str]
) -> None:
    """For each demand of the ledger: the rule that serves it, whether it is carried out, what proves it.

    Exit code 1 for a citation that does not exist, a text that differs, or a demand that is not placed; with --levels
    also for one that must be proven and is not.
    """
    found = under_readings(read_policy(name), readings)
    try:
        cases = cases_by_clause(found, Path(found.clauses[0].place.file).parent / "scenarios" / found.name)
        report = cover(found, read_ledger(ledger, found.name), cases, speaking_of(found.name))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if levels:
        _show_levels(found, report, readings, plain)
    if not summary:
        for line in report.lines:
            click.echo(demand_line(line))
    out = Console(highlight=False)
    out.print(summary_table(report))
    for text in outstanding(report):
        click.echo(text)
    for fault in report.faults:
        click.echo(fault, err=True)
    unplaced = any(not line.placed for line in report.lines)
    sys.exit(1 if report.faults or (unplaced and not allow_unplaced) else 0)


def _show_levels(found: Policy, report: Coverage, readings: dict[str, str], plain: bool) -> NoReturn:
    from shouwen.trial.levels import Levels
    from shouwen.trial.shown import TrialError, as_json, evidence_of, lacking, level_table, room_table

    file = Path(found.clauses[0].place.file)
    calendar = statutory_calendar(found.zone)
    try:
        evidence = evidence_of(file, readings)
        cases = load_cases(found, file.parent / "scenarios" / found.name, calendar)
    except (TrialError, ScenarioError) as error:
        raise click.ClickException(str(error)) from None
    reached = Levels(found, evidence, held_rules(found, cases, calendar)).of(report)
    missing = list(lacking(reached))
    if plain:
        click.echo(json.dumps(as_json(reached), ensure_ascii=False, indent=1))
    else:
        out = Console(highlight=False)
        out.print(level_table(reached, KIND_TITLES))
        out.print(room_table(reached))
    for text in (*missing, *evidence.problems, *report.faults):
        click.echo(text, err=True)
    unplaced = any(not line.placed for line in report.lines)
    sys.exit(1 if missing or evidence.problems or report.faults or unplaced else 0)


@policy.command("print")
@click.argument("name")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .pdf or .html file.")
@click.option("--reading", "readings", multiple=True, callback=chosen_readings, metavar="READING=LABEL")
def print_edition(name: str, output: Path, readings: dict[str, str]) -> None:
    """Print a policy on A4: its text, and beside it each rule as a sentence."""
    from shouwen.policy.edition import html, pdf

    if output.suffix not in (".pdf", ".html"):
        raise click.BadParameter(f"{output}：应以 .pdf 或 .html 结尾", param_hint="--output")
    found = under_readings(read_policy(name), readings)
    made = pdf(found) if output.suffix == ".pdf" else html(found).encode()
    try:
        output.write_bytes(made)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{output}：{len(made)} 字节")


@policy.command()
@click.argument("before", metavar="NAME|FILE")
@click.argument("after", metavar="NAME|FILE")
def diff(before: str, after: str) -> None:
    """Compare two policies in sentences. Exit code 1 where they differ."""
    found = list(changes(read_policy(before), read_policy(after)))
    for change in found:
        for line in change.lines():
            click.echo(line)
    sys.exit(1 if found else 0)
