"""Bodies that do not say their length are read all the same (RFC 9112, 7.1)."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest

from shouwen.house.wsgi import LONGEST, measured


def seen(**environ: Any) -> tuple[str | None, bytes]:
    """The length that the application is told, and what it reads."""
    told: list[tuple[str | None, bytes]] = []

    def application(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        told.append((environ.get("CONTENT_LENGTH"), environ["wsgi.input"].read()))
        return []

    measured(application)(environ, lambda *_words: None)  # type: ignore[arg-type, return-value]
    return told[0]


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 100_000])
def test_a_body_in_pieces_is_given_its_length(body: bytes) -> None:
    given = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
    assert seen(**given) == (str(len(body)), body)


def test_of_a_body_without_end_so_much_is_read_that_it_is_refused() -> None:
    given = {"wsgi.input": BytesIO(b"x" * (LONGEST + 5)), "wsgi.input_terminated": True}
    assert seen(**given)[0] == str(LONGEST + 1)


def test_what_says_its_length_and_what_may_never_end_is_left_alone() -> None:
    assert seen(**{"wsgi.input": BytesIO(b"{}"), "wsgi.input_terminated": True, "CONTENT_LENGTH": "2"}) == ("2", b"{}")
    assert seen(**{"wsgi.input": BytesIO(b"{}")}) == (None, b"{}")
