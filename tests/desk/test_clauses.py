"""Addresses of clauses."""

from collections.abc import Callable

import pytest
from django.test import Client

SignedIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("clause", "status"), [("jinke/3.2.B.1", 302), ("jinke/unknown", 404), ("jinke", 404), ("nobody/1", 404)]
)
def test_only_clauses_that_are_there_have_an_address(signed_in: SignedIn, clause: str, status: int) -> None:
    assert signed_in("jingban").get(f"/clauses/{clause}").status_code == status
