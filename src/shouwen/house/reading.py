"""Who only looks is shown one state of the organisation."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shouwen.organisation.snapshot import steady

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SteadyMiddleware:
    """Asks once, for a request that changes nothing, whether the organisation is still what is kept in memory."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with steady():
            return self.get_response(request)
