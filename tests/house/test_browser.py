"""The shipped pages in a real browser: their own files, nothing of another host."""

from typing import Any


def test_sign_in_page_opens_in_chromium(page: Any) -> None:
    assert page.goto("/accounts/login/").status == 200
    assert page.locator("input[name=login]").count() == 1
