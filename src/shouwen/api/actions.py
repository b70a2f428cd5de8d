"""What is done to integrations and tokens: one function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.api.models import Integration, Scope, Token
from shouwen.api.tokens import MARK, digest_of
from shouwen.organisation import actions as organisation
from shouwen.organisation.models import Person, Post

PREFIX = 6
SECRET = 32
"""Random bytes behind the prefix."""
RATE = 600
"""Calls a minute where nothing else is said."""


@dataclass(frozen=True)
class Issued:
    """A new token with its text, which is told this once."""

    token: Token
    text: str


@transaction.atomic
def create_integration(
    name: str, posts: Collection[Post], since: datetime, *, contact: Person | None = None
) -> Integration:
    """A new integration with a person of its own in these posts; nobody can sign in as that person."""
    if Integration.objects.filter(name=name.strip()).exists():
        raise ValidationError({"name": _("There is an integration of this name.")})
    person = organisation.create_person(f"api-{secrets.token_hex(4)}", name)
    for post in posts:
        organisation.appoint(person, post, since)
    made = Integration(name=name.strip(), person=person, contact=contact, since=since)
    made.full_clean()
    made.save()
    return made


@transaction.atomic
def end_integration(integration: Integration, at: datetime) -> Integration:
    """From ``at`` on none of its tokens opens anything."""
    integration.until = at
    integration.save(update_fields=["until"])
    return integration


@transaction.atomic
def issue_token(
    integration: Integration,
    scopes: Collection[str],
    since: datetime,
    *,
    until: datetime | None = None,
    rate: int = RATE,
) -> Issued:
    """A new token. Its text cannot be asked for again."""
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        raise ValidationError({"scopes": _("Scopes are: %(scopes)s.") % {"scopes": ", ".join(Scope.values)}})
    prefix = f"{MARK}{secrets.token_hex(PREFIX)}"
    text = f"{prefix}_{secrets.token_urlsafe(SECRET)}"
    token = Token(
        integration=integration,
        prefix=prefix,
        digest=digest_of(text),
        scopes=[scope for scope in Scope.values if scope in scopes],
        rate=rate,
        since=since,
        until=until,
    )
    token.full_clean()
    token.save()
    return Issued(token, text)


@transaction.atomic
def revoke_token(token: Token, at: datetime) -> Token:
    """The token opens nothing from ``at`` on; one revoked earlier stays as it is."""
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None or token.revoked_at > at:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token
