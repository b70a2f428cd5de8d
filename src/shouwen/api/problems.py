"""Problem details (RFC 9457): every refusal as ``application/problem+json``, in the caller's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
"""Where the pages that explain the types lie."""


@dataclass(frozen=True)
class Kind:
    """One type of problem: its title, its status, and what to do about it."""

    slug: str
    status: int
    title: str | Promise
    meaning: str | Promise


CATALOGUE: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("malformed", 400, _("The request cannot be read"),
             _("The body is not JSON, or the request is not HTTP as it should be. Mend it; nothing was done.")),
        Kind("token-needed", 401, _("A token is needed"),
             _("There is no token, or it is unknown, over or revoked. Send `Authorization: Bearer swn_…`.")),
        Kind("scope-missing", 403, _("The token lacks a scope"),
             _("`scope` names it. Ask the house's administrator for a token that has it.")),
        Kind("not-allowed", 403, _("The act belongs to others"),
             _("The regulation gives this act to `roles`; the integration's person holds none of their posts.")),
        Kind("not-found", 404, _("There is no such thing"),
             _("Nothing lies at this address, or the integration's person may not see it.")),
        Kind("method-not-allowed", 405, _("This method is not for this address"),
             _("The header `Allow` names those that are.")),
        Kind("gate-shut", 409, _("A gate shuts the act"),
             _("`gates` names each gate, its clause, what is missing, the roles who can open it and the event that "
               "would. Record what is missing first.")),
        Kind("stale", 409, _("Others have written meanwhile"),
             _("`since` holds their entries. Read them and send again with the new `seq`.")),
        Kind("conflict", 409, _("It does not fit what stands"),
             _("The call contradicts the state of what it is about; `detail` says how.")),
        Kind("too-large", 413, _("The request is too large"),
             _("A JSON body has at most 8 MB, a file 20 MB.")),
        Kind("unsupported-media-type", 415, _("This type of content is not read here"),
             _("Send `Content-Type: application/json`; files as `multipart/form-data`.")),
        Kind("invalid", 422, _("Some fields do not fit"),
             _("`errors` says for each what is wrong and where it stands: a JSON pointer into the body, the name of a "
               "parameter or of a header. Nothing was done.")),
        Kind("key-reused", 422, _("The idempotency key was used for another call"),
             _("Each call that is to have an effect of its own needs a key of its own.")),
        Kind("too-many-requests", 429, _("Too many calls"),
             _("Wait for as many seconds as the header `Retry-After` says.")),
        Kind("internal-error", 500, _("Something broke on our side"),
             _("It was logged. With an Idempotency-Key the call may be repeated without harm.")),
        Kind("no-room", 507, _("The disk is full"),
             _("Nothing was saved. Repeat the call later, under the same Idempotency-Key.")),
    )
}  # fmt: skip
BY_STATUS: Mapping[int, str] = {
    400: "malformed", 401: "token-needed", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed",
    409: "conflict", 413: "too-large", 415: "unsupported-media-type", 422: "invalid", 429: "too-many-requests",
    500: "internal-error", 507: "no-room",
}  # fmt: skip
"""The type of an answer that nothing here made."""


class ProblemError(Exception):
    """A refusal by the API itself. ``members`` are further members of the answer."""

    def __init__(
        self,
        slug: str,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail or slug)
        self.kind = CATALOGUE[slug]
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.members = members


def wrong(detail: str, *, pointer: str = "", parameter: str = "", header: str = "") -> ProblemError:
    """``invalid`` for one place of the request."""
    places = {"pointer": pointer, "parameter": parameter, "header": header}
    return ProblemError("invalid", errors=[{"detail": detail} | {k: v for k, v in places.items() if v}])


def body_of(problem: ProblemError, instance: str) -> dict[str, Any]:
    kind = problem.kind
    found: dict[str, Any] = {
        "type": TYPES + kind.slug,
        "title": str(kind.title),
        "status": kind.status,
        "detail": problem.detail or str(kind.meaning),
        "instance": instance,
    }
    if problem.errors:
        found["errors"] = list(problem.errors)
    return found | problem.members


def answer(request: HttpRequest, problem: ProblemError) -> HttpResponse:
    body = body_of(problem, quote(request.path))
    response = HttpResponse(orjson.dumps(body), status=problem.kind.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    if problem.kind.slug == "token-needed":
        response["WWW-Authenticate"] = "Bearer"
    return response


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer that Django or a library made, as a problem; its ``Allow`` and ``Retry-After`` stay."""
    slug = BY_STATUS.get(response.status_code)
    if slug is None:
        phrase = HTTPStatus(response.status_code).phrase
        body = {"type": "about:blank", "title": phrase, "status": response.status_code, "instance": request.path}
        made = HttpResponse(orjson.dumps(body), status=response.status_code, content_type=MEDIA_TYPE)
    else:
        made = answer(request, ProblemError(slug))
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response:
            made[name] = response[name]
    return made
