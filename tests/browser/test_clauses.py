"""A clause's address leads to the clause, with nothing lying over it, at two widths."""

import pytest
from tests.browser.officer import Clock, Desks

OVER_IT = """
() => {
  const block = document.getElementById("jinke/3.2.B.1").querySelector("h3");
  const place = block.getBoundingClientRect();
  return document.elementFromPoint(place.left + 2, place.top + 2) === block && place.top < 200;
}
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_clause_is_shown_whole(desks: Desks, house: Clock, width: int) -> None:
    page = desks("jingban").page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/clauses/jinke/3.2.B.1")
    page.locator(".clause-block:target").wait_for()
    assert page.evaluate(OVER_IT) is True
