"""`shouwen policy propose|proposals|approve|refuse|withdraw|move`: what holds in the house, each step an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from shouwen.cli.calendar import print_counted, unit_at
from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot
from shouwen.policy import PolicyErrors
from shouwen.policy.problems import Problem

if TYPE_CHECKING:
    from shouwen.governance.models import Publication
    from shouwen.organisation.models import Person

BY = click.option("--by", "username", required=True, help="Sign-in of who does it.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "path", required=True, help="Where it is to hold, as GROUP/BRANCH, and below.")
@click.option("--kind", "kinds", multiple=True, help="Only for this kind of subject; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this date on; default: from the approval on.")
@click.option("--reason", required=True)
@BY
def propose(file: Path, path: str, kinds: tuple[str, ...], since: datetime | None, reason: str, username: str) -> None:
    """Propose the policy in FILE; says what it changes, in sentences. Somebody else approves it.

    Exit code 1: a mistake in the file (all of them with their lines), a clash with what holds there, or no power.
    """
    boot()
    refuse_newer()
    from shouwen.governance import publication as publishing
    from shouwen.governance.publication import Where
    from shouwen.journal import clock

    unit, by = unit_at(path), _person(username)
    begins = None if since is None else since.replace(tzinfo=ZoneInfo(unit.zone))

    def act() -> Publication:
        text = file.read_text(encoding="utf-8-sig")
        where = Where(unit, kinds, begins)
        return publishing.propose(text, name=file.stem, where=where, reason=reason, by=by, at=clock.now())

    made = _done(act, by, "policy.propose")
    for change in publishing.differences(made):
        for line in change.lines():
            click.echo(line)
    click.echo(f"{made.pk}：{made} 待批准")


@click.command()
def proposals() -> None:
    """What was proposed, the latest first: id, version, unit, state, who."""
    boot()
    from shouwen.governance.models import Publication

    for one in Publication.objects.select_related("unit", "proposed_by", "decided_by"):
        decided = f" {one.decided_by.name}：{one.opinion}" if one.decided_by else ""
        click.echo(f"{one.pk} {one} {one.unit.name} {one.get_state_display()} {one.proposed_by.name}{decided}")


@click.command()
@click.argument("number", type=int)
@click.option("--opinion", default="")
@BY
def approve(number: int, opinion: str, username: str) -> None:
    """Approve the proposal NUMBER: it is published and comes into force. Never one's own. Exit code 1: refused."""
    _decide(number, "approve", opinion, username)


@click.command()
@click.argument("number", type=int)
@click.option("--opinion", required=True, help="Why.")
@BY
def refuse(number: int, opinion: str, username: str) -> None:
    """Refuse the proposal NUMBER. Exit code 1: no power, or decided on already."""
    _decide(number, "refuse", opinion, username)


@click.command()
@click.argument("number", type=int)
@BY
def withdraw(number: int, username: str) -> None:
    """Take back the proposal NUMBER, which one made oneself. Exit code 1: somebody else's, or decided on already."""
    _decide(number, "withdraw", "", username)


@click.command()
@click.option("--unit", "path", help="Only this unit and what is below it, as GROUP/BRANCH.")
@click.option("--by", "username", help="Sign-in of who administers the unit; needed unless --dry-run.")
@click.option("--reason", help="Why, for the journals; needed unless --dry-run.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would move; nothing is written.")
def move(path: str | None, username: str | None, reason: str | None, dry: bool) -> None:
    """Let open matters go on under the versions that hold now; one entry in each journal.

    What was done, what has ended and periods stay as they are. Exit 0: done, or nothing to do; after an interruption
    the same command goes on. 1: no such unit or person, no reason, or no power.
    """
    boot()
    refuse_newer()
    from shouwen.journal import rebase
    from shouwen.journal.errors import NotRecorded

    unit = unit_at(path) if path else None
    if dry:
        print_counted(rebase.preview(unit, policies=True))
        click.echo("试运行：没有写入。")
        return
    if not username or not reason:
        raise click.UsageError("--by and --reason are needed: the journals say who and why")
    try:
        done = rebase.apply(by=_person(username), reason=reason, unit=unit, policies=True)
    except NotRecorded as error:
        raise click.ClickException(str(error)) from error
    print_counted(done)


COMMANDS = (propose, proposals, approve, refuse, withdraw, move)


def _decide(number: int, what: str, opinion: str, username: str) -> None:
    boot()
    refuse_newer()
    from shouwen.governance import publication as publishing
    from shouwen.governance.models import Publication
    from shouwen.journal import clock

    found = Publication.objects.filter(pk=number).first()
    if found is None:
        raise click.ClickException(f"没有第 {number} 号")
    by = _person(username)
    act = {"approve": publishing.approve, "refuse": publishing.refuse, "withdraw": publishing.withdraw}[what]
    made = _done(lambda: act(found, by=by, at=clock.now(), opinion=opinion), by, f"policy.{what}")
    click.echo(f"{made.pk}：{made} {made.get_state_display()}")


def _done(act: Callable[[], Publication], by: Person, what: str) -> Publication:
    """The act with its entry, all or nothing."""
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.db import transaction

    from shouwen.insight.whatif_kept import attach_to
    from shouwen.journal import clock
    from shouwen.journal.administration import administered
    from shouwen.journal.errors import NotRecorded
    from shouwen.organisation.administration import APPROVAL, AUTHORITY

    authority = APPROVAL if what in ("policy.approve", "policy.refuse") else AUTHORITY
    try:
        with transaction.atomic():
            made = act()
            attach_to(made)
            after = f"{made.name} {made.version} | {made.state} | {made.opinion or made.reason}"
            administered(
                by, made.unit, what, f"publication {made.pk}", before=str(made.before or ""), after=after,
                now=clock.now(), authority=authority,
            )  # fmt: skip
    except PolicyErrors as errors:
        raise click.ClickException(_lines(errors.problems)) from None
    except ValidationError as error:
        raise click.ClickException("\n".join(error.messages)) from None
    except (PermissionDenied, NotRecorded, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from None
    return made


def _lines(problems: Sequence[Problem]) -> str:
    return "\n".join(map(str, problems))


def _person(username: str) -> Person:
    from shouwen.organisation.models import Person

    person = Person.objects.filter(username=username).first()
    if person is None:
        raise click.ClickException(f"没有此人：{username}")
    return person
