"""Who calls (调用方): the bearer token (RFC 6750), its scope, and how often it may call."""

import hashlib
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from shouwen.api.models import Scope, Token
from shouwen.api.problems import ProblemError
from shouwen.journal import clock
from shouwen.journal.statements import prepared
from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import Kept

MARK = "swn_"
"""How every token begins, so that scanners for leaked secrets know one."""
MINUTE = 60


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Caller:
    """The integration behind a call, at the call's one instant."""

    token: Token
    person: Person
    now: datetime
    left: int
    """Calls left in this minute."""

    @property
    def scopes(self) -> Collection[str]:
        scopes: Collection[str] = self.token.scopes
        return scopes

    @property
    def resets_in(self) -> int:
        """Seconds until the count begins anew."""
        return MINUTE - int(self.now.timestamp()) % MINUTE


class Bearer(HttpBearer):
    """Lets in who has a token that holds and has the scope. Nothing here reads a cookie."""

    openapi_description = "A token of an integration, as `Authorization: Bearer swn_…`. Each operation names its scope."

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        now = clock.now()
        known = tokens().get(digest_of(token))
        if known is None or not known.holds(now):
            return None
        used = _count(known, now)
        caller = Caller(known, known.integration.person, now, max(0, known.rate - used))
        request.api_caller = caller  # type: ignore[attr-defined]
        if used > known.rate:
            raise ProblemError(
                "too-many-requests",
                _("This token may call %(rate)d times a minute.") % {"rate": known.rate},
                headers={"Retry-After": str(caller.resets_in)},
            )
        if self.scope is not None:
            need(caller, self.scope)
        return caller


def need(caller: Caller, scope: Scope) -> None:
    """Raises the problem ``scope-missing`` where the token has not the scope."""
    if scope.value not in caller.scopes:
        raise ProblemError(
            "scope-missing",
            _("This token lacks the scope %(scope)s.") % {"scope": scope.value},
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope.value}"'},
            scope=scope.value,
        )


tokens = Kept(lambda: {one.digest: one for one in Token.objects.select_related("integration__person")})
"""Every token by its digest; how often it was used is not kept here but counted in the database."""


def _count(token: Token, now: datetime) -> int:
    """How many calls the token has made in this minute, this one counted: one statement, whatever the processes.

    On SQLite in a transaction, so that it takes its turn where threads do (``house.sqlite``).
    """
    minute = int(now.timestamp()) // MINUTE
    table = Token._meta.db_table
    turn = transaction.atomic() if connection.vendor == "sqlite" else nullcontext()
    with turn, prepared() as cursor:
        cursor.execute(
            f"UPDATE {table} SET used = CASE WHEN minute = %s THEN used + 1 ELSE 1 END, minute = %s, used_at = %s "  # noqa: S608  own table's name
            "WHERE id = %s RETURNING used",
            [minute, minute, _stored(now), token.pk],
        )
        rows: list[tuple[int]] = cursor.fetchall()
    return rows[0][0]


def _stored(now: datetime) -> str | datetime | None:
    """An instant as this database keeps it."""
    return connection.ops.adapt_datetimefield_value(now.astimezone(UTC))


def caller(request: HttpRequest) -> Caller:
    """Who calls."""
    found = request.api_caller  # type: ignore[attr-defined]
    assert isinstance(found, Caller)
    return found
