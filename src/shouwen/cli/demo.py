"""`shouwen demo`: the demonstration's house and its sign-ins."""

import unicodedata

import click

from shouwen.house.boot import boot


def padded(text: str, width: int) -> str:
    """Padded to columns of a terminal, where a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(1, width - taken)


@click.command()
def demo() -> None:
    """Lays a small invented house into the database, if it is not there, and prints its sign-ins."""
    boot()
    from shouwen.demonstration.seed import PASSWORD, lay, sign_ins
    from shouwen.house.database import bring_up
    from shouwen.journal import clock

    bring_up()
    if lay(clock.now(), lambda line: click.echo(f"… {line}")):
        click.echo("云麓集团：示范数据已建立 / the demonstration's house is laid")
    click.echo(f"\n密码 password: {PASSWORD}")
    for username, name, unit, posts in sign_ins():
        click.echo(f"  {padded(username, 12)}{padded(name, 8)}{padded(unit, 18)}{posts}")
