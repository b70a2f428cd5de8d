"""Pages for what cannot be shown: refused, not found, too large, broken."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, code: int, title: str, text: str) -> HttpResponse:
    return render(request, "desk/error.html", {"code": code, "title": title, "text": text}, status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where the request is too large to be read."""
    if isinstance(exception, RequestDataTooBig):
        return _page(
            request, 413, _("Too much at once"), _("What was sent is too large. Please attach long texts as files.")
        )
    return _page(request, 400, _("Not understood"), _("The request could not be read. Please go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = str(exception) or _("Your posts do not reach this. If you need it, ask whoever supervises the unit.")
    return _page(request, 403, _("Not for your post"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("There is no such page, or it is not yours to see. Numbers can be searched for on the workbench.")
    return _page(request, 404, _("Not found"), text)


def broken(request: HttpRequest) -> HttpResponse:
    text = _("Something failed on our side. Nothing was half saved. Please try again, or tell your administrator.")
    return _page(request, 500, _("An error of ours"), text)


def no_room(request: HttpRequest, reason: Exception) -> HttpResponse:
    """507: the disk is full. What a part of a page asked for gets the sentence alone."""
    if request.headers.get("HX-Request"):
        return HttpResponse(str(reason), status=507, content_type="text/plain; charset=utf-8")
    return _page(request, 507, _("No room left"), str(reason))


def csrf_failed(request: HttpRequest, reason: str = "", **_kwargs: Any) -> HttpResponse:
    text = _("The page was open for too long or cookies are refused. Please go back, reload the page and send again.")
    return _page(request, 403, _("Please send again"), text)
