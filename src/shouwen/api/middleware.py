"""What Django itself answers under the API's address, as problem details in the caller's language."""

from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.log import log_response

from shouwen.api.problems import MEDIA_TYPE, ProblemError, answer, as_problem
from shouwen.api.tokens import Caller

PREFIX = "/api/"
DJANGOS = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)
"""What Django answers with a status of its own."""


class ProblemMiddleware:
    """Stands within the LocaleMiddleware, so that an answer is made while the caller's language is on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        if response.status_code >= 400 and response.get("Content-Type", "") != MEDIA_TYPE:
            response = as_problem(request, response)
        who = getattr(request, "api_caller", None)
        if isinstance(who, Caller):
            response["RateLimit-Limit"] = str(who.token.rate)
            response["RateLimit-Remaining"] = str(who.left)
            response["RateLimit-Reset"] = str(who.resets_in)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What broke in an operation, logged with its trace and told without it; no page is made for it."""
        if not request.path.startswith(PREFIX) or isinstance(exception, DJANGOS):
            return None
        response = answer(request, ProblemError("internal-error"))
        log_response(
            "%s: %s",
            response.reason_phrase,
            request.path,
            response=response,
            request=request,
            exception=exception,
        )
        return response
