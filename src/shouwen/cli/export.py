"""`shouwen export`: journals as JSON Lines, as `shouwen replay` reads them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

import click
import orjson

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shouwen.journal.models import Subject
    from shouwen.organisation.models import Person


@click.command()
@click.argument("subjects", nargs=-1, metavar="[SUBJECT]...")
@click.option("--all", "everything", is_flag=True, help="The journals of all subjects.")
@click.option("--policy", help="Only what is counted under this regulation; `shouwen replay` takes one at a time.")
@click.option("--sealed", is_flag=True, help="With sealed content: personal data and the customers' own words.")
@click.option("--by", "username", help="Sign-in of who looks: only what this person may see.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead of to standard output."
)
def export(
    subjects: tuple[str, ...],
    everything: bool,
    policy: str | None,
    sealed: bool,
    username: str | None,
    output: Path | None,
) -> None:
    """Write journals as JSON Lines; SUBJECT is a number or an id.

    With --by only what that person may see; looking at sealed content needs it and is written down.

    Exit 0: written. 1: no such subject, regulation or person, or a number that stands in several units. 2: bad
    arguments.
    """
    if everything == bool(subjects):
        raise click.UsageError("give subjects, or --all")
    if sealed and not username:
        raise click.UsageError("--sealed needs --by: who looks at personal data is written down")
    boot()
    refuse_newer()
    from shouwen.journal import clock
    from shouwen.journal.models import Subject
    from shouwen.organisation.access import visible

    person = _person(username) if username else None
    among = _under(policy) if policy else Subject.objects.all()
    if person is not None:
        among = visible(person, among, clock.now())
    found = among if everything else among.filter(pk__in=[_id(name, among) for name in subjects])
    if sealed and person is not None:
        _write_down(person, None if everything and not policy else found)
    if output is None:
        _write(found, sealed, sys.stdout.buffer, shown=False)
        return
    with output.open("wb") as stream:
        _write(found, sealed, stream, shown=True)


def _write(found: QuerySet[Subject], sealed: bool, stream: BinaryIO, *, shown: bool) -> None:
    from shouwen.journal.export import entries_of, lines

    count = entries_of(found).count() if shown else 0
    with click.progressbar(length=count, label="entries", file=sys.stderr, hidden=not shown) as bar:
        for line in lines(found, sealed=sealed):
            stream.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            bar.update(1)


def _under(policy: str) -> QuerySet[Subject]:
    from shouwen.governance.models import PolicyVersion
    from shouwen.journal.models import Subject

    versions = PolicyVersion.objects.filter(name=policy)
    if not versions:
        raise click.ClickException(f"没有发布过规章 {policy}")
    return Subject.objects.filter(policy_version__in=versions)


def _id(name: str, among: QuerySet[Subject]) -> UUID:
    try:
        wanted = among.filter(pk=UUID(name))
    except ValueError:
        wanted = among.filter(number=name)
    ids = list(wanted.values_list("pk", flat=True))
    if not ids:
        raise click.ClickException(f"没有 {name}")
    if len(ids) > 1:
        raise click.ClickException(f"编号 {name} 有 {len(ids)} 件，请写标识：{'、'.join(map(str, ids))}")
    return ids[0]


def _person(username: str) -> Person:
    from shouwen.organisation.models import Person

    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise click.ClickException(f"没有此人：{username}")
    return person


def _write_down(person: Person, found: QuerySet[Subject] | None) -> None:
    from shouwen.journal import access_log
    from shouwen.journal.models import AccessKind

    what, kind = "sealed content, exported", AccessKind.EXPORTED
    if found is None:
        access_log.looked(person, None, what, kind=kind, customers=(access_log.EVERYBODY,))
        return
    for subject in found:
        access_log.looked(person, subject, what, kind=kind)
