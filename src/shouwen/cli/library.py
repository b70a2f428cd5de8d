"""`shouwen policy search` and `shouwen policy compare`: all policies of the folder, read together."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from shouwen.policy import Policy, PolicyErrors, load_named, policy_names
from shouwen.policy.contrast import Contrast, Told
from shouwen.policy.search import Searched, words_of
from shouwen.policy.sentences import SORT_TITLES
from shouwen.policy.subjects import OTHERS, STEPS, Topic, topic


def _read(names: tuple[str, ...]) -> Iterator[Policy]:
    """The policies named, else all; exits with 1 where one cannot be read."""
    try:
        for name in names or policy_names():
            yield load_named(name)
    except PolicyErrors as errors:
        click.echo(str(errors), err=True)
        sys.exit(1)
    except OSError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--policy", "names", multiple=True, metavar="NAME", help="Only this policy; may be repeated.")
def search(words: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Find the clauses in whose text or rules all WORDS stand, each of two characters or more.

    Exit code 1 where there is none.
    """
    try:
        wanted = words_of(" ".join(words))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="WORDS") from None
    found = 0
    for policy in _read(names):
        for hit in Searched(policy).hits(wanted):
            found += 1
            click.echo(f"{hit.clause.id} {hit.clause.ref}")
            if hit.stretch:
                click.echo(f"  {hit.stretch}")
            for rule, said in hit.rules:
                click.echo(f"  {SORT_TITLES[type(rule)]}：{said}")
    click.echo(f"{found} 条")
    sys.exit(0 if found else 1)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--event", default="", help="A step (first, verified, planned, settled, replied, called_back, closed), "
              "late, reports, kept, or an event of the vocabulary; without it the limits of every step.")  # fmt: skip
def compare(names: tuple[str, ...], event: str) -> None:
    """Put policies, by default all, side by side: how fast each answers, who, who signs, who is told, if late."""
    try:
        wanted = (topic(event),) if event else STEPS
    except KeyError:
        known = "、".join(one.name for one in (*STEPS, *OTHERS))
        raise click.BadParameter(f"没有“{event}”；可用：{known}，或共用词汇里的事件", param_hint="--event") from None
    for policy in _read(names):
        contrast = Contrast(policy)
        lines = list(_of_topic(contrast, wanted[0]) if event else _overview(contrast))
        if lines:
            click.echo(f"{policy.name} {policy.title}（{policy.trade}）")
        for title, told in lines:
            click.echo(f"  {title}：{_line(told)}")


def _overview(contrast: Contrast) -> Iterator[tuple[str, Told]]:
    """The limits of every step."""
    for step in STEPS:
        for told in contrast.cells(step).get("fast", ()):
            yield step.title, told


def _of_topic(contrast: Contrast, chosen: Topic) -> Iterator[tuple[str, Told]]:
    """All that is said of one topic, column by column."""
    for column, cells in contrast.cells(chosen).items():
        for told in cells:
            yield chosen.columns[column], told


def _line(told: Told) -> str:
    since = f"（自接诉起{told.since}）" if told.since else ""
    limit = f"：{told.limit}" if told.limit else ""
    return f"{told.text}{limit}{since}{'（待执行）' if told.waits else ''} [{told.clause}]"
