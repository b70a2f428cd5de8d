"""A full disk is said in words, whatever page met it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shouwen.desk.views.errors import no_room
from shouwen.journal.errors import NoRoom, is_full


class NoRoomMiddleware:
    """Answers 507 where a view ends for want of room on the disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NoRoom) or is_full(exception):
            return no_room(request, NoRoom())
        return None
