"""`shouwen demo`: the demonstration's house and its sign-ins, and what it shows."""

from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

import click

from shouwen.house.boot import boot

if TYPE_CHECKING:
    from shouwen.demonstration.coverage import Coverage


def padded(text: str, width: int) -> str:
    """Padded to columns of a terminal, where a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(1, width - taken)


@click.command()
@click.option(
    "--matters", type=click.IntRange(min=100), help="How many matters of the last year; counts where none is laid yet."
)
@click.option("--table", is_flag=True, help="Print how often each path, category, gate and state occurs.")
@click.option("--everybody", is_flag=True, help="Print all sign-ins, not one for each post.")
def demo(matters: int | None, table: bool, everybody: bool) -> None:
    """Lays an invented group into the database, if it is not there, carries it on to the present, prints sign-ins.

    With --table the exit code is 1 where anything that the regulations know occurs less than five times.
    """
    boot()
    from shouwen.demonstration.seed import MATTERS, PASSWORD, carry_on, lay, sign_ins
    from shouwen.house.database import bring_up
    from shouwen.journal import clock

    bring_up()
    started = time.perf_counter()
    now = clock.now()

    def tell(line: str) -> None:
        click.echo(f"… {line}")

    laid = lay(now, tell, matters=matters or MATTERS)
    if laid is not None:
        took = time.perf_counter() - started
        click.echo(f"云麓集团：示范数据已建立 / the demonstration's house is laid: {laid.done} acts in {took:.0f} s")
    else:
        click.echo(f"云麓集团：续到今天 / carried on to today: {carry_on(now, tell).done} acts")
    if table:
        from shouwen.demonstration.coverage import coverage

        found = coverage(clock.now())
        _print(found)
        if found.short:
            raise SystemExit(1)
        return
    click.echo(f"\n密码 password: {PASSWORD}")
    for username, name, unit, posts in sign_ins(everybody=everybody):
        click.echo(f"  {padded(username, 17)}{padded(name, 8)}{padded(unit, 18)}{posts}")


def _print(found: Coverage) -> None:
    for section in found.sections:
        click.echo(f"\n== {section.title}")
        for name, count in section.counts.items():
            click.echo(f"{count:7}  {name}{'   ← 少于 5' if name in section.short else ''}")
    click.echo("\n== 路径 × 类别 × 关口 × 状态")
    for row in found.rows:
        states = "，".join(f"{state} {count}" for state, count in row.states.most_common())
        gates = "，".join(f"{gate.partition('/')[2]} {count}" for gate, count in row.gates.most_common()) or "—"
        click.echo(f"{padded(row.path, 46)}{padded(row.category, 26)}{gates}\n{'':8}{states}")
    click.echo(f"\n少于 5：{'；'.join(found.short) or '无'}")
