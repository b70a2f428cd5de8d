"""Drafts lie on the officer's own device; the house only says which form has been recorded."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse

COOKIE = "recorded"
R = TypeVar("R", bound=HttpResponse)


def recorded(response: R, key: str) -> R:
    """Let the device forget its draft of the form with this key; by the next page, within two minutes."""
    response.set_cookie(COOKIE, key, max_age=120, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
