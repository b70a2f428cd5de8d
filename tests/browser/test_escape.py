"""What the keyboard closes, and where the focus goes."""

from tests.browser.officer import Clock, Desks

from shouwen.customers.models import Contact, Customer


def test_escape_closes_the_form_and_gives_the_focus_back(desks: Desks, house: Clock) -> None:
    desk = desks("qiantai")
    desk.page.goto("/matters/new/")
    desk.page.locator("#id_d-customer").fill("zmy")
    desk.page.locator("[role=option]").first.wait_for()
    desk.page.keyboard.press("Enter")
    desk.page.locator("#id_d-text").fill("主卧飘窗渗水。")
    desk.page.keyboard.press("Control+Enter")
    desk.page.get_by_text("已受理，编号").wait_for()
    button = desk.page.locator(".acts a.btn").first
    name = button.inner_text()
    button.focus()
    desk.page.keyboard.press("Enter")
    desk.page.locator("#act form").wait_for()
    desk.page.keyboard.press("Escape")
    assert desk.page.locator("#act form").count() == 0
    assert desk.page.evaluate("document.activeElement.innerText") == name


def test_the_owner_of_a_telephone_is_taken_instead(desks: Desks, house: Clock) -> None:
    customer = Customer.objects.get(name="张明远")
    phone = Contact.objects.filter(customer=customer).values_list("value", flat=True)[0]
    desk = desks("qiantai")
    desk.page.goto("/matters/new/")
    desk.page.locator("[data-new] summary").click()
    desk.page.locator("#id_new_phone").press_sequentially(phone)
    desk.page.get_by_role("button", name="选这位客户").click()
    desk.page.locator("#known input[type=radio]").first.wait_for()
    assert desk.page.locator("[name=d-customer]").input_value() == str(customer.pk)
    assert desk.page.locator("#id_d-customer").input_value() == "张明远"
