"""The browser's fixtures serve here too; a test lays a house of its own by naming its fixture `house`."""

from tests.browser.conftest import desks, house, house_clock

__all__ = ["desks", "house", "house_clock"]
