"""The entry for WSGI servers: `shouwen.house.wsgi:application`."""

import os
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwen.house.settings")

LONGEST = 24 * 1024 * 1024
"""Bytes of a body that are read, as ``DATA_UPLOAD_MAX_MEMORY_SIZE`` has it."""


def measured(application: "WSGIApplication") -> "WSGIApplication":
    """Bodies that do not say their length (RFC 9112, 7.1: in pieces) are given one.

    WSGI takes a body without it for empty, and many an HTTP client sends pieces. Only where the server says that what
    it hands on has an end.
    """

    def called(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read(LONGEST + 1)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return application(environ, start_response)

    return called


application = measured(get_wsgi_application())
