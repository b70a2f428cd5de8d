"""`shouwen whatif`: journals under another policy, version, parameter or reading."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import orjson

from shouwen.calendars import Calendar, CalendarError, Limit, from_content, statutory_calendar
from shouwen.cli.policy import chosen_readings, read_policy, under_readings
from shouwen.cli.whatif_told import Told, Written, progress_bar, show
from shouwen.engine import report
from shouwen.house.boot import boot
from shouwen.policy import Policy
from shouwen.policy.altered import numbers

if TYPE_CHECKING:
    from shouwen.engine import Compared, Comparison
    from shouwen.insight.whatif import Change

LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Asked:
    """What the command's options say."""

    policy: str | None
    version: str | None
    was: str | None
    words: dict[str, str]
    readings: dict[str, str]
    limits: tuple[tuple[str, str], ...]
    unit: str | None
    since: datetime | None
    until: datetime | None
    now: datetime | None
    journals: Path | None
    calendar: Path | None


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, sign, said = value.partition("=")
        if not sign:
            raise click.BadParameter(f"{value}：应为 参数=期限，如 及时=24h；没有期限写作 及时=")
        found[name] = said
    return found


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(value), clock_time(), LOCAL)
    except ValueError:
        raise click.BadParameter(f"{value}：应为日期，如 2026-03-01") from None


def _instant(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"不是时间：{value}") from None
    if found is not None and found.tzinfo is None:
        raise click.BadParameter(f"没有时区：{value}")
    return found


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--policy", help="The other regulation: a name in policies/ or published here, or a policy file.")
@click.option("--version", help="This published version of it.")
@click.option("--from", "was", help="With --journals: the regulation that they are under; by default --policy.")
@click.option("--set", "words", multiple=True, callback=_pairs, metavar="PARAM=VALUE", help="Another limit of a word.")
@click.option("--reading", "readings", multiple=True, callback=chosen_readings, metavar="READING=LABEL")
@click.option("--clause", "clauses", multiple=True, metavar="ID", help="A clause, or one rule of it, for --within.")
@click.option(
    "--within", "limits", multiple=True, metavar="LIMIT", help="8h, 3wd: what is due within the clause's limit."
)
@click.option("--unit", help="Only this unit and what is below it, as GROUP/BRANCH.")
@click.option("--since", callback=_day, metavar="DATE", help="Only what opened on this day or later.")
@click.option("--until", callback=_day, metavar="DATE", help="Only what opened before this day.")
@click.option("--now", callback=_instant, metavar="INSTANT", help="As of this instant; by default now.")
@click.option("--journals", type=_FILE, help="A file from `shouwen export` instead of this house's journals.")
@click.option("--calendar", type=_FILE, help="With --journals: a calendar from `shouwen calendar export`.")
@click.option(
    "--export",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write figures and every duty there: .xlsx or .json.",
)
def whatif(
    policy: str | None,
    version: str | None,
    was: str | None,
    words: dict[str, str],
    readings: dict[str, str],
    clauses: tuple[str, ...],
    limits: tuple[str, ...],
    unit: str | None,
    since: datetime | None,
    until: datetime | None,
    now: datetime | None,
    journals: Path | None,
    calendar: Path | None,
    output: Path | None,
) -> None:
    """How duties, lateness and workload would change under another policy, version, parameter or reading.

    What happened stays as it was: nobody acts otherwise. Nothing in the house changes. Without --policy only what is
    counted under the changed regulation is compared, else all.

    Exit 0: compared. 1: a policy, journal or calendar has errors, or there is nothing to compare. 2: bad arguments.
    """
    if len(clauses) != len(limits):
        raise click.UsageError("--clause and --within come in pairs")
    if was and not journals:
        raise click.UsageError("--from goes with --journals: in the house every subject has a regulation of its own")
    if output is not None and output.suffix not in (".xlsx", ".json"):
        raise click.BadParameter(f"{output}：应以 .xlsx 或 .json 结尾", param_hint="--export")
    pairs = tuple(zip(clauses, limits, strict=True))
    asked = Asked(policy, version, was, words, readings, pairs, unit, since, until, now, journals, calendar)
    boot()
    from django.utils import translation

    # Entries and standings hold no rings: looking for some among a million takes a third of the time.
    gc.disable()
    with translation.override("zh-hans"), Written(output) as written:
        began = time.process_time()
        found, told = _of_file(asked, written) if journals else _of_house(asked, written)
        if not found.subjects:
            left = sum(found.carried.left_out.values())
            click.echo(f"没有可比的对象：略去 {left}，算不了 {sum(found.unfit.values())}", err=True)
            sys.exit(1)
        counted = report(found)
        show(counted, told)
        written.finish(told, counted)
        click.echo(f"{found.entries:,} 条记录，处理器用时 {time.process_time() - began:.1f} 秒")


# --- what is compared ---------------------------------------------------------------------


def _change(asked: Asked, policy: Policy) -> Change:
    from shouwen.insight.whatif import Change

    try:
        limits = {key: Limit.parse(within) for clause, within in asked.limits for key in _keys(policy, clause)}
        words = {word: Limit.parse(limit) if limit else None for word, limit in asked.words.items()}
    except CalendarError as error:
        raise click.ClickException(str(error)) from None
    unknown = [word for word in words if word not in policy.words]
    if unknown:
        raise click.ClickException(f"没有参数 {'、'.join(unknown)}；已有：{'、'.join(policy.words) or '无'}")
    under_readings(policy, asked.readings)
    return Change(asked.readings, limits, words)


def _keys(policy: Policy, said: str) -> list[str]:
    """The limits within which something is due under a clause, or of one rule."""
    id_ = said if said.startswith(f"{policy.name}/") else f"{policy.name}/{said}"
    clause = id_.partition(":")[0]
    if clause not in policy.by_id:
        raise click.ClickException(f"没有条款 {clause}")
    here = [one for one in numbers(policy) if one.clause == clause]
    found = [one.key for one in here if one.key == id_ or (id_ == clause and one.sort != "passed")]
    if not found:
        known = "\n".join(f"  {one.key}：{one.text}" for one in here)
        raise click.ClickException(f"{id_} 没有可改的期限" + (f"；这一条有：\n{known}" if known else ""))
    return found


def _described(was: str, before: Policy | None, after: Policy) -> Told:
    from shouwen.policy.compare import changes

    same = before is not None and before.name == after.name
    said = [line for change in changes(before, after) for line in change.lines()] if before and same else []
    return Told(was, f"{after.title} {after.version}", said)


def _of_file(asked: Asked, written: Written) -> tuple[Comparison, Told]:
    from shouwen.engine import Comparison, JournalError, compile_policy, journals_of, read_journal

    assert asked.journals is not None
    if asked.version:
        raise click.UsageError("--version is of a house; with --journals give a policy file")
    name = asked.policy or asked.was
    if name is None:
        raise click.UsageError("--journals needs --policy")
    before, other = read_policy(asked.was or name), read_policy(name)
    after = _change(asked, other).upon(other)
    try:
        calendar = _calendar(asked.calendar) if asked.calendar else statutory_calendar(before.zone)
        with asked.journals.open("rb") as stream:
            entries = read_journal(stream, before)
    except (JournalError, CalendarError) as errors:
        click.echo(str(errors), err=True)
        sys.exit(1)
    now = asked.now or datetime.now(UTC)
    old, new = compile_policy(before, calendar), compile_policy(after, calendar)
    found = Comparison(now)
    journals = [one for one in journals_of(entries) if _wanted(asked, one.unit, one.entries[0].at)]
    with progress_bar() as progress:
        task = progress.add_task("对象", total=len(journals))
        for done, journal in enumerate(journals, 1):
            compared = found.take(journal, old, new)
            if compared is not None:
                written.take(compared, before, journal.name, after)
            if done % 1000 == 0:
                progress.update(task, completed=done)
    return found, _described(f"{before.title} {before.version}", before, after)


def _wanted(asked: Asked, unit: str, at: datetime) -> bool:
    if asked.unit and not f"{unit}/".startswith(f"{asked.unit}/"):
        return False
    return (asked.since is None or at >= asked.since) and (asked.until is None or at < asked.until)


def _of_house(asked: Asked, written: Written) -> tuple[Comparison, Told]:
    from shouwen.cli.calendar import unit_at
    from shouwen.governance.models import PolicyVersion
    from shouwen.governance.programs import policy_of
    from shouwen.insight.whatif import among, compare
    from shouwen.journal import clock
    from shouwen.journal.models import Subject

    other = _published(asked)
    change = _change(asked, other)
    after = change.upon(other)
    unit = unit_at(asked.unit) if asked.unit else None
    rows = among(unit, asked.since, asked.until, "" if asked.policy else other.name)
    versions = {one.pk: one for one in PolicyVersion.objects.filter(subjects__in=rows).distinct()}
    policies = {pk: policy_of(one) for pk, one in versions.items()}
    with progress_bar() as progress:
        task = progress.add_task("对象", total=rows.count())

        def each(subject: Subject, compared: Compared) -> None:
            assert subject.policy_version_id is not None
            written.take(compared, policies[subject.policy_version_id], subject.number or str(subject.pk), after)

        now = asked.now or clock.now()
        found = compare(rows, after, now, progress=lambda n: progress.advance(task, n), each=each)
    was = "、".join(sorted({str(one) for one in versions.values()})) or "—"
    before = next(iter(policies.values())) if len(policies) == 1 else None
    return found, _described(was, before, after)


def _published(asked: Asked) -> Policy:
    """The version named; else the newest published under the name, under the readings with which it holds; else a
    file."""
    from shouwen.governance.models import InForce, PolicyVersion
    from shouwen.governance.programs import policy_of

    if asked.policy and asked.policy.endswith(".md"):
        return read_policy(asked.policy)
    name = asked.policy or _name(asked)
    rows = PolicyVersion.objects.filter(name=name, composition__isnull=True)
    if asked.version:
        rows = rows.filter(version=asked.version)
    version = rows.first()
    if version is None and asked.version:
        raise click.ClickException(f"没有发布过 {name} 的 {asked.version} 版")
    if version is None:
        return read_policy(name)
    force = InForce.objects.filter(policy_version=version).order_by("-since").first()
    return policy_of(version).with_readings(force.readings if force else {})


def _name(asked: Asked) -> str:
    """The regulation whose clause or parameter is meant: said with the clause, or the only one of the house."""
    from shouwen.governance.models import PolicyVersion

    said = {clause.partition("/")[0] for clause, _within in asked.limits if "/" in clause}
    known = said or set(PolicyVersion.objects.values_list("name", flat=True))
    if len(known) != 1:
        raise click.UsageError(f"--policy 或写全的条款：{'、'.join(sorted(known)) or '没有发布过规章'}")
    return known.pop()


def _calendar(file: Path) -> Calendar:
    try:
        return from_content(orjson.loads(file.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise CalendarError(f"{file} 不是 JSON：{error}") from error
