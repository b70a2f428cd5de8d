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

from shouwen.api.description import ABOUT, Description
from shouwen.api.problems import BY_STATUS, ProblemError, answer
from shouwen.api.refusals import from_schema, refusal
from shouwen.api.routes import customers, duties, files, me, organisation, policies, recording, webhooks
from shouwen.api.strict import make_strict
from shouwen.journal.errors import NotRecorded

JSON_LIMIT = 8 * 1024 * 1024
"""Bytes of a JSON body."""
PREFIX = "/api/v1/"


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
    description=ABOUT,
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
