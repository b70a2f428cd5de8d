"""An officer before the browser, and the house's clock in a test's hand."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from shouwen.demonstration.seed import PASSWORD
from shouwen.journal import clock

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""2026-03-02, a working Monday."""


class Clock:
    """The house's clock, which a test moves."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.set(MONDAY)

    def set(self, instant: datetime) -> None:
        self.now = instant
        self._stack.enter_context(clock.at(instant))

    def forward(self, **length: float) -> None:
        self.set(self.now + timedelta(**length))


class Desk:
    """One officer before the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, username: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.get_by_role("heading", name="工作台").wait_for()

    def take_in(self, customer: str, category: str, text: str, **more: str) -> str:
        """A complaint by mouse; gives the path of its page."""
        self.page.goto("/matters/new/")
        self.page.locator("#id_d-customer").fill(customer)
        self.page.locator("#id_d-customer-list [role=option]").first.click()
        self.fill("category", category, "form[data-intake]")
        self.page.locator("#id_d-text").fill(text)
        self.page.get_by_role("button", name="受理").click()
        self.page.get_by_role("heading", name="投诉-").wait_for()
        return self.page.url.removeprefix(self.page.url.split("/matters/")[0])

    def open(self, title: str) -> None:
        """The form behind a button of the matter's page."""
        main = self.page.locator("main")
        button = main.get_by_role("link", name=title, exact=True)
        if not button.first.is_visible():
            main.get_by_text("移交、中止计时").click()
        button.first.click()
        self.page.locator("#act form").wait_for()

    def fill(self, name: str, value: str | list[str], within: str = "#act") -> None:
        """One field of the open form, by whatever control it has."""
        form = self.page.locator(within)
        box = form.locator(f'[name="d-{name}"], [name="d-{name}_0"]').first
        kind = box.get_attribute("type")
        if box.evaluate("one => one.tagName") == "SELECT":
            assert isinstance(value, str)
            box.select_option(value)
        elif kind in ("radio", "checkbox"):
            wanted = [value] if isinstance(value, str) else value
            assert form.locator(f'input[name^="d-{name}"][value="{wanted[0]}"]').count() == 1
            for one in form.locator(f'input[name="d-{name}"], input[name="d-{name}_0"]').all():
                chosen = one.get_attribute("value") in wanted
                if chosen != one.is_checked() and (chosen or kind == "checkbox"):
                    label = one.locator("xpath=ancestor::label")
                    if not label.is_visible():
                        one.locator("xpath=ancestor::details").locator("summary").click()
                    label.click()
        else:
            box.fill(value if isinstance(value, str) else "\n".join(value))
            box.press("Tab")  # as people go on: the calendar of a date closes

    def send(self) -> None:
        self.page.locator("#act form").get_by_role("button", name="登记").click()

    def do(self, path: str, title: str, **fields: str | list[str]) -> None:
        """Opens the form behind the button, fills it, sends it, and sees that it was written."""
        self.page.goto(path)
        self.open(title)
        for name, value in fields.items():
            self.fill(name, value)
        self.send()
        self.page.get_by_text(f"已登记：{title}。").wait_for()

    def state(self, path: str) -> str:
        self.page.goto(path)
        return self.page.locator(".desk-head .chip").nth(1).inner_text()


Desks = Callable[[str], Desk]
