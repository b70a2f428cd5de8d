"""`shouwen policy prove`: what holds of a policy whatever happens, and the shortest story where it does not."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from shouwen.calendars import statutory_calendar
from shouwen.engine.prove import SORTS, Fault, Posts, Proof, everybody, story_sentences
from shouwen.engine.prove import prove as prove_policy
from shouwen.engine.prove.walk import STATES
from shouwen.policy import Policy, policy_names


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|FILE]…")
@click.option(
    "--organisation",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A workbook as for `organisation import`: posts that nobody holds count as nobody.",
)
@click.option("--reading", "readings", multiple=True, metavar="READING=LABEL", help="Prove it under another reading.")
@click.option("--only", multiple=True, type=click.Choice(list(SORTS)), help="Only this; may be repeated.")
@click.option(
    "--states", default=STATES, show_default=True, help="Bound of each walk; one that is reached proves nothing."
)
def prove(
    names: tuple[str, ...], organisation: Path | None, readings: tuple[str, ...], only: tuple[str, ...], states: int
) -> None:
    """Prove of policies, by default all, that they can be carried out.

    That every category can be closed, every gate opened, every duty done by some post and kept in time; that every
    clock is started, no rule is set off by its own lateness, none asks the contrary of another, none is dead; that
    tables have no gap and no overlap. Exit code 1 where something fails that the policy does not name under `known`,
    or is not proven.
    """
    from shouwen.cli.policy import chosen, read_policy, under_readings

    posts = everybody if organisation is None else _posts(organisation)
    failed = False
    for name in names or tuple(policy_names()):
        policy = under_readings(read_policy(name), chosen(readings))
        began = time.process_time()
        proof = prove_policy(policy, statutory_calendar(policy.zone), posts, only or SORTS, states)
        _print(policy, proof, only or tuple(SORTS), time.process_time() - began)
        failed = failed or not proof.proven
    sys.exit(1 if failed else 0)


def _print(policy: Policy, proof: Proof, sorts: tuple[str, ...], seconds: float) -> None:
    click.echo(f"{policy.name} {policy.title}")
    for part in proof.parts:
        category = f"（{part.category}）" if part.category else ""
        click.echo(f"  {part.kind}{category}：走了 {part.states} 个状态")
    for sort, claim in SORTS.items():
        if sort in sorts:
            click.echo(f"  {_verdict(proof, sort)}：{claim}")
            _tell(policy, [one for one in proof.faults if one.sort == sort], "毛病")
            _tell(policy, [one for one in proof.unproven if one.sort == sort], "未证明")
            for fault, why in (one for one in proof.known if one[0].sort == sort):
                click.echo(f"    已知 {fault.clause} {fault.rule}：{fault.what}。保留的理由：{why}")
    for stale in proof.stale:
        click.echo(f"  known 写了“{stale.fault}”（{stale.rule}），已经不是毛病，请删去")
    if policy.optional:
        free = "、".join(f"{policy.events[name].title}（{why}）" for name, why in policy.optional.items())
        click.echo(f"  读法：自行决定、没有人有义务做的事 {len(policy.optional)} 件：{free}")
    click.echo(
        "  约简：没有规则提到的行为不走；每个问题只走它的影响范围；数和日期按规章自己的比较切段；"
        f"同一行为的实例走两个、计数到最大的比较值为止。共 {proof.states} 个状态，{seconds:.1f} 秒"
    )


def _verdict(proof: Proof, sort: str) -> str:
    if any(one.sort == sort for one in proof.faults):
        return "不成立"
    if any(one.sort == sort for one in proof.unproven):
        return "未证明"
    return "除已知的以外成立" if any(one.sort == sort for one, _ in proof.known) else "成立"


def _tell(policy: Policy, faults: list[Fault], word: str) -> None:
    for fault in faults:
        click.echo(f"    {word} {fault.clause} {fault.rule}：{fault.what}")
        for number, sentence in enumerate(story_sentences(policy, fault.story), 1):
            click.echo(f"      {number}. {sentence}")


def _posts(path: Path) -> Posts:
    """The posts that somebody holds today by the workbook, and the authorities that such posts have."""
    from shouwen.house.boot import boot

    boot()
    from shouwen.imports.organisation_sheets import read_book
    from shouwen.imports.problems import FileRefused

    try:
        book = read_book(path)
    except FileRefused as refused:
        raise click.ClickException(str(refused)) from None
    if book.faults:
        raise click.ClickException("\n".join(str(fault) for fault in book.faults))
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    gone = {row["username"] for row in book.rows.get("people", ()) if row["disabled"]}
    held = {
        (row["unit"], row["post"])
        for row in book.rows.get("appointments", ())
        if row["username"] not in gone and (row["until"] is None or row["until"] >= today)
    }
    kinds = {row["kind"] for row in book.rows.get("authorities", ()) if (row["unit"], row["post"]) in held}
    return Posts({post for _, post in held}, kinds)
