"""Idempotency keys (幂等键): the same call twice has one effect and one answer."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouwen.api.models import Answer
from shouwen.api.problems import ProblemError, wrong
from shouwen.api.tokens import caller
from shouwen.channels.models import Progress
from shouwen.journal import clock
from shouwen.journal.errors import room

HEADER = "Idempotency-Key"
LONGEST = 128
KEY = re.compile(rf"[!-~]{{1,{LONGEST}}}")
KEPT = timedelta(days=30)
"""How long a call is answered alike: longer than any holiday after which a queue is worked off."""
EVERY = timedelta(hours=1)
NAME = "answers"


@dataclass(frozen=True)
class Done:
    """What a call has to answer."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


def once(
    request: HttpRequest, model: Any, work: Callable[[str | None], Done], *, dry_run: bool = False, body: bytes = b""
) -> HttpResponse:
    """Do ``work`` in one transaction, at most once under the caller's key.

    ``work`` is given the key for ``record()``, None where the caller sent none. ``model``: schema of the answer.
    ``body`` stands for the request's body where that is not the same twice (multipart). Under ``dry_run`` all is
    done and taken back. A refusal is not kept: the same call may be tried again.
    """
    given = request.headers.get(HEADER)
    if given is not None and KEY.fullmatch(given) is None:
        raise wrong(_("A key has 1 to %(limit)d printable ASCII characters.") % {"limit": LONGEST}, header=HEADER)
    if dry_run or given is None:
        return _answer(_within(work, None, dry_run=dry_run), model)
    print_ = _fingerprint(request, body)
    integration = caller(request).token.integration_id
    try:
        with room(), transaction.atomic():
            # The journal keeps its keys for ever. With the fingerprint in it, a key that is used for something else
            # once the kept answer has gone is a call of its own, and the same call still has no second effect.
            done = work(f"api:{integration}:{given}:{print_[:16]}")
            response = _answer(done, model)
            Answer.objects.create(
                integration_id=integration,
                key=given,
                fingerprint=print_,
                status=done.status,
                body=response.content.decode(),
                headers=dict(done.headers),
                made_at=caller(request).now,
            )
            return response
    except (IntegrityError, ProblemError):
        # Most calls come once: whether this one came before is asked when its place is taken, or when it is refused.
        kept = Answer.objects.filter(integration=integration, key=given).first()
        if kept is None:
            raise
        return _repeated(kept, print_)


def _within(work: Callable[[str | None], Done], key: str | None, *, dry_run: bool) -> Done:
    with room(), transaction.atomic():
        done = work(key)
        if dry_run:
            transaction.set_rollback(True)
        return done


def _fingerprint(request: HttpRequest, body: bytes) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(body or request.body)
    return digest.hexdigest()


def _answer(done: Done, model: Any) -> HttpResponse:
    told = model.model_validate(done.body).model_dump(exclude_unset=True)
    response = HttpResponse(orjson.dumps(told), status=done.status, content_type="application/json")
    for name, value in done.headers:
        response[name] = value
    return response


def _repeated(kept: Answer, print_: str) -> HttpResponse:
    if kept.fingerprint != print_:
        raise ProblemError("key-reused")
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
    for name, value in (*kept.headers.items(), ("Idempotent-Replayed", "true")):
        response[name] = value
    return response


def forget() -> int:
    """A step of the worker: answers that were kept long enough go; how many."""
    now = clock.now()
    if Progress.objects.filter(name=NAME, at__gt=now - EVERY).exists():
        return 0
    Progress.objects.update_or_create(name=NAME, defaults={"at": now})
    return Answer.objects.filter(made_at__lt=now - KEPT).delete()[0]
