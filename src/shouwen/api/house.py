"""The API as a whole: its operations, its form of errors, its description."""

from functools import cache
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from shouwen.api.problems import BY_STATUS, CATALOGUE, MEDIA_TYPE, ProblemError, answer
from shouwen.api.refusals import from_schema, refusal
from shouwen.api.routes import customers, duties, files, me, organisation, policies, recording, webhooks
from shouwen.api.schemas import Fault, Problem
from shouwen.api.strict import make_strict
from shouwen.api.tokens import Bearer
from shouwen.journal.errors import NotRecorded

JSON_LIMIT = 8 * 1024 * 1024
"""Bytes of a JSON body."""
PREFIX = "/api/v1/"
DESCRIPTION = """
Read and record what happens to matters, by the regulations in force.

- **Instants** carry an offset (RFC 3339); those of a matter stand in the zone of its unit. A due instant may be null:
  no limit, or paused. **Sums** are strings of yuan with two decimals. **Sizes** are bytes.
- **Who sees what**: an integration acts as a person of its own; what that person's posts see is what it sees. What it
  may not see is a 404.
- **Pages** go by cursor: follow `next` until it is null.
- **Idempotency-Key**: the same key with the same body is done once and answered alike.
- **Errors** are problem details (RFC 9457) in the language of `Accept-Language` (zh or en).
""".strip()


class OrjsonRenderer(BaseRenderer):
    """Chinese as it is, instants with their offsets."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


class OrjsonParser(Parser):
    """Reads JSON that says it is JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise ProblemError("unsupported-media-type")
        if int(request.headers.get("Content-Length") or 0) > JSON_LIMIT:
            raise ProblemError("too-large")
        try:
            return orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            said = _("The body is not JSON: line %(line)d, column %(column)d.")
            raise ProblemError("malformed", said % {"line": error.lineno, "column": error.colno}) from None


class Description(OpenAPISchema):
    """OpenAPI 3.1 with what the library leaves out: scopes, and the problems that each operation answers."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        found = super().operation_security(operation)
        scopes = [one.scope.value for one in operation.auth_callbacks if isinstance(one, Bearer) and one.scope]
        return [{name: scopes} for one in found for name in one] if found else None

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = super().operation_details(operation)
        found["responses"] = {str(status): one for status, one in found["responses"].items()}
        for status in _statuses(operation, body="requestBody" in found):
            found["responses"][status] = {"$ref": f"#/components/responses/{status}"}
        return found

    def get_components(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_components()
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        problem.pop("$defs")
        found["schemas"] |= {"Problem": problem, "Fault": Fault.model_json_schema()}
        found["responses"] = {str(status): _response(status) for status in BY_STATUS}
        return found


def _statuses(operation: Operation, *, body: bool) -> list[str]:
    """What an operation may answer besides its own."""
    found = [400, 401, 403, 404, 422, 429, 500, 507]
    if body:
        found += [409, 413, 415]
    return [str(status) for status in sorted(found)]


def _response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in CATALOGUE.values() if kind.status == status]
    found: dict[str, Any] = {
        "description": "Problem: " + ", ".join(f"`{kind.slug}`" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        found["headers"] = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    return found


class HouseAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        return _described(path_prefix or self.get_root_path(path_params or {}))


@cache
def _described(prefix: str) -> OpenAPISchema:
    return Description(api, prefix)


api = HouseAPI(
    title="Shouwen (首问)",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    renderer=OrjsonRenderer(),
    parser=OrjsonParser(),
)
for one in (recording, duties, files, customers, organisation, policies, webhooks, me):
    api.add_router("", one.router)
for bound in api._get_bound_routers():
    for view in bound.path_operations.values():
        for operation in view.operations:
            make_strict(operation)


@api.exception_handler(ProblemError)
def _problem(request: HttpRequest, problem: ProblemError) -> HttpResponse:
    return answer(request, problem)


@api.exception_handler(NotRecorded)
def _not_recorded(request: HttpRequest, reason: NotRecorded) -> HttpResponse:
    return answer(request, refusal(reason))


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if request.content_type != "multipart/form-data" and any(one["loc"][0] == "file" for one in error.errors):
        return answer(request, ProblemError("unsupported-media-type"))
    return answer(request, from_schema(error.errors))


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return answer(request, ProblemError("token-needed"))


@api.exception_handler(HttpError)
def _of_library(request: HttpRequest, error: HttpError) -> HttpResponseBase:
    """ninja reads the body before us: what it cannot, a parser has said already, as the cause."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ProblemError):
        return answer(request, cause)
    return answer(request, ProblemError(BY_STATUS.get(error.status_code, "malformed")))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return answer(request, ProblemError("too-large"))


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return answer(request, ProblemError("not-found"))
