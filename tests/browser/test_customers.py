"""The customers' pages in a browser: axe-core finds nothing, none is too wide; a reveal is for one view."""

from tests.browser.officer import Clock, Desks
from tests.browser.walks import looked_at

from shouwen.customers import actions, merging
from shouwen.customers.models import Customer
from shouwen.journal.models import AccessLog
from shouwen.organisation.models import Unit


def test_no_finding_on_any_page(desks: Desks, house: Clock) -> None:
    page = desks("jingban").page
    zhang = Customer.objects.get(name="张明远")
    phone = zhang.contacts.get().value
    project = Unit.objects.get(name="望江台")
    merged, twin = (actions.register(project, "张明远", house.now, phones=[phone]) for _ in range(2))
    merging.merge(merged, zhang, reason="电话相同")
    own = f"/customers/{zhang.pk}/"
    places = [
        "/customers/", "/customers/?q=nobody", "/customers/export/", "/customers/new/", "/customers/duplicates/",
        "/customers/looks/", own, f"{own}looks/", f"{own}history/", f"{own}merge/", f"{own}merge/{twin.pk}/",
        f"{own}do/rename/", f"{own}do/hold/", f"{own}do/contact/", f"{own}do/unmerge/?row={merged.pk}",
    ]  # fmt: skip
    assert looked_at(page, places) == []


def test_a_reveal_by_keyboard_is_for_one_view_and_written_down(desks: Desks, house: Clock) -> None:
    page = desks("jingban").page
    zhang = Customer.objects.get(name="张明远")
    page.goto(f"/customers/{zhang.pk}/")
    assert page.get_by_role("heading", level=1).inner_text() == "张**"
    page.locator("details.reveal summary").press("Enter")
    page.get_by_role("radio", name="联系客户").press("Space")
    page.get_by_role("button", name="显示全部").press("Enter")
    page.get_by_role("heading", name="张明远").wait_for()
    page.goto(f"/customers/{zhang.pk}/")
    page.get_by_role("heading", name="张**").wait_for()
    revealed = AccessLog.objects.filter(customer=str(zhang.pk), kind="revealed")
    assert list(revealed.values_list("person__username", "reason")) == [("jingban", "联系客户")]
