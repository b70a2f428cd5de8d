"""The pages of administration in a browser: axe-core finds nothing, none is wider than the screen, keys lead there."""

import os
from typing import Any

import pytest
from tests.browser.officer import Clock, Desks
from tests.browser.walks import findings

from shouwen.demonstration.seed import PASSWORD

PLACES = """units/ units/add/ units/{unit}/ units/{unit}/end/ people/ people/{person}/ people/{person}/deputy/ import/
calendars/ calendars/year/ calendars/import/ calendars/day/ calendars/hours/
policies/ policies/{force}/ policies/publish/ policies/put/ policies/move/ readings/
publications/ publications/{publication}/ publications/{publication}/approve/
whatif/ whatif/new/{version}/
readings/{force}/ numbering/ terms/ terms/add/ log/ tasks/ integrations/ integrations/add/ integrations/webhooks/
../me/away/ ../me/away/deputy/"""


@pytest.fixture
def head(house: Clock) -> Any:
    from shouwen.organisation.models import Person

    return Person.objects.create_superuser("root", name="管理员", password=PASSWORD)


def ids() -> dict[str, int]:
    from shouwen.governance.models import InForce, PolicyVersion, Publication
    from shouwen.governance.publication import Where, propose
    from shouwen.journal import clock
    from shouwen.organisation.models import Person, Unit

    force = InForce.objects.order_by("pk").select_related("policy_version", "unit")[0]
    text = force.policy_version.text.replace("\nversion:", "\nversion: 2099-01 # ", 1).replace(
        "within: 24h", "within: 8h"
    )
    proposer = Person.objects.create_superuser("proposer", name="提出人")
    where = Where(force.unit, [force.kind])
    propose(text, name=force.policy, where=where, reason="从严：二十四小时改为八小时", by=proposer, at=clock.now())
    first = {
        "unit": Unit,
        "person": Person,
        "force": InForce,
        "version": PolicyVersion,
        "publication": Publication,
    }
    return {
        name: model._default_manager.order_by("pk").values_list("pk", flat=True)[0] for name, model in first.items()
    }


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "zh-hans"), (390, "dark", "en")])
def test_no_finding_on_any_page(desks: Desks, head: Any, width: int, theme: str, language: str) -> None:
    page = desks("root").page
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/administration/units/")
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.evaluate("location.origin")}])
    found = []
    for place in PLACES.format(**ids()).split():
        answer = page.goto(f"/administration/{place}")
        assert (place, answer and answer.status) == (place, 200)
        page.wait_for_load_state("networkidle")
        found += findings(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{place}: {wide} pixels wide"] if wide > width else []
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/{width}-{place.replace('/', '_')}.png", full_page=True)
    assert found == []
