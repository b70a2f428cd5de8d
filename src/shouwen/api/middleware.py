"""What Django itself answers under the API's address, as problem details in the caller's language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shouwen.api.problems import MEDIA_TYPE, as_problem
from shouwen.api.tokens import Caller

PREFIX = "/api/"


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
