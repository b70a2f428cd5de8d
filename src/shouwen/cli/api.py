"""`shouwen api`: integrations with other systems and their tokens."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import click

from shouwen.cli.database import refuse_newer
from shouwen.house.boot import boot

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError

    from shouwen.api.models import Integration
    from shouwen.organisation.models import Post


@click.group()
def api() -> None:
    """Integrations with other systems, their tokens."""
    boot()
    refuse_newer()


@api.command()
@click.argument("name")
@click.option("--post", "posts", multiple=True, required=True, help="A post as UNIT/…/UNIT:POST; may be repeated.")
@click.option("--contact", default="", help="Sign-in name of who is told when it needs a human being.")
def integration(name: str, posts: tuple[str, ...], contact: str) -> None:
    """Makes an integration NAME that acts as a person of its own in these posts."""
    from django.core.exceptions import ValidationError

    from shouwen.api.actions import create_integration
    from shouwen.journal import clock
    from shouwen.organisation.models import Person

    now = clock.now()
    told = Person.objects.filter(username=contact).first() if contact else None
    if contact and told is None:
        raise click.BadParameter(f"nobody signs in as {contact}", param_hint="--contact")
    try:
        made = create_integration(name, [_post(text, now) for text in posts], now, contact=told)
    except ValidationError as error:
        _fail(error)
    click.echo(f"{made.name}: person {made.person_id}")


@api.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="May be repeated; `all` is every scope.")
@click.option("--rate", type=click.IntRange(min=1), default=600, show_default=True, help="Calls a minute.")
@click.option("--days", type=click.IntRange(min=1), help="Days that it holds; without it, until it is revoked.")
def token(name: str, scopes: tuple[str, ...], rate: int, days: int | None) -> None:
    """Issues a token of the integration NAME and prints it, this once."""
    from django.core.exceptions import ValidationError

    from shouwen.api.actions import issue_token
    from shouwen.api.models import Scope
    from shouwen.journal import clock

    now = clock.now()
    wanted = Scope.values if "all" in scopes else list(scopes)
    until = now + timedelta(days=days) if days else None
    try:
        issued = issue_token(_integration(name), wanted, now, until=until, rate=rate)
    except ValidationError as error:
        _fail(error)
    click.echo(issued.text)


@api.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Revokes the token that begins with PREFIX."""
    from shouwen.api.actions import revoke_token
    from shouwen.api.models import Token
    from shouwen.journal import clock

    found = Token.objects.filter(prefix=prefix).first()
    if found is None:
        raise click.ClickException(f"there is no token {prefix}")
    click.echo(f"{prefix} revoked at {revoke_token(found, clock.now()).revoked_at}")


@api.command("list")
def list_() -> None:
    """Integrations and their tokens."""
    from shouwen.api.models import Integration

    for one in Integration.objects.prefetch_related("tokens"):
        click.echo(f"{one.name}{'' if one.until is None else f'  ended {one.until:%Y-%m-%d}'}")
        for issued in one.tokens.all():
            state = "revoked" if issued.revoked_at else f"until {issued.until:%Y-%m-%d}" if issued.until else "holds"
            used = f"last used {issued.used_at:%Y-%m-%d %H:%M}" if issued.used_at else "never used"
            click.echo(f"  {issued.prefix}  {issued.rate}/min  {state}  {used}  {' '.join(issued.scopes)}")


def _integration(name: str) -> "Integration":
    from shouwen.api.models import Integration

    found = Integration.objects.filter(name=name).first()
    if found is None:
        raise click.ClickException(f"there is no integration {name}")
    return found


def _post(text: str, now: datetime) -> "Post":
    """The post that UNIT/…/UNIT:POST names."""
    from shouwen.organisation.models import Post
    from shouwen.organisation.queries import unit_named

    path, _colon, name = text.rpartition(":")
    unit = unit_named(path, now)
    post = Post.objects.holding(now).filter(unit=unit, name=name).first() if unit else None
    if post is None:
        raise click.BadParameter(f"there is no post {text}", param_hint="--post")
    return post


def _fail(error: "ValidationError") -> NoReturn:
    raise click.ClickException("; ".join(error.messages)) from error
