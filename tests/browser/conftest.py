"""A small house on the live server, its clock set, and officers at their desks in a real browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

# Models are imported inside fixtures: this file is read before Django is set up.


@pytest.fixture
def house_clock(transactional_db: None) -> Iterator[Any]:
    from tests.browser.officer import Clock

    with ExitStack() as stack:
        yield Clock(stack)


@pytest.fixture
def house(house_clock: Any) -> Any:
    """The demonstration's house without its matters."""
    from shouwen.demonstration.seed import lay

    lay(house_clock.now, matters=0)
    return house_clock


@pytest.fixture
def desks(house: Any, chromium: Browser, live_server: Any) -> Iterator[Callable[[str], Any]]:
    """A desk for each sign-in name, each in a browser context of its own; errors in a page fail the test."""
    from tests.browser.officer import Desk

    open_desks: dict[str, Desk] = {}
    errors: list[str] = []

    def desk(username: str) -> Desk:
        if username not in open_desks:
            context = chromium.new_context(
                base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900}
            )
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
            open_desks[username] = Desk(page)
            open_desks[username].sign_in(username)
        return open_desks[username]

    yield desk
    for one in open_desks.values():
        one.page.context.close()
    assert errors == []
