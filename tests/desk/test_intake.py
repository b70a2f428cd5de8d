"""Intake: a fresh form each time, and whose telephone it is that a new customer gave."""

from collections.abc import Callable

from django.test import Client

from shouwen.customers.models import Contact, Customer
from shouwen.journal.models import AccessLog, Subject

SignedIn = Callable[[str], Client]


def test_a_form_is_never_kept(signed_in: SignedIn) -> None:
    """One key makes one matter: a form that a browser kept would hide the second complaint behind the first."""
    client = signed_in("qiantai")
    first, second = (client.get("/matters/new/") for _ in range(2))
    assert "no-store" in first.headers["Cache-Control"]
    assert len({page.context["form"]["key"].value() for page in (first, second)}) == 2


def test_the_telephone_of_a_new_customer_that_is_a_known_ones(signed_in: SignedIn, matter: Subject) -> None:
    customer = Customer.objects.get(name="张明远")
    phone = Contact.objects.filter(customer=customer).first()
    assert phone is not None
    client = signed_in("qiantai")
    page = client.post("/matters/new/repeats/", {"new_name": "张先生", "new_phone": f"+86 {phone.value}"})
    assert [one.pk for one in page.context["owners"]] == [customer.pk]
    assert [one.subject.pk for one in page.context["repeats"]] == [matter.pk]
    assert f'data-offer="{customer.pk}"' in page.content.decode()
    assert "这个电话在 张明远 的档案里" in page.content.decode()
    looks = AccessLog.objects.filter(person__username="qiantai", what="customer by phone")
    assert list(looks.values_list("kind", "customer")) == [("searched", str(customer.pk))]


def test_no_owner_is_offered_without_the_whole_number_or_beyond_ones_posts(signed_in: SignedIn) -> None:
    phone = Contact.objects.filter(customer__name="张明远").first()
    assert phone is not None
    asked = {"qiantai": phone.value[-8:], "nanhu": phone.value, "jingban": ""}
    for name, number in asked.items():
        page = signed_in(name).post("/matters/new/repeats/", {"new_phone": number})
        assert (name, page.context["owners"]) == (name, [])


def test_who_sends_before_the_homes_have_come_gets_the_customers_first(signed_in: SignedIn) -> None:
    """What the page would have chosen holds; "none of them" is an answer too and stays."""
    customer = Customer.objects.get(name="张明远")
    client = signed_in("qiantai")
    for number, chosen in enumerate(({}, {"d-asset": ""})):
        key = client.get("/matters/new/").context["form"]["key"].value()
        given = {"key": key, "d-customer": str(customer.pk), "d-customer_label": "张明远", "d-channel_0": "电话"}
        sent = client.post(
            "/matters/new/", {**given, **chosen, "d-category": "一般工程质量投诉", "d-text": f"渗水 {number}"}
        )
        assert sent.status_code == 302
    home = customer.holdings.get().asset
    found = [(one.unit.name, one.brought.asset) for one in Subject.objects.order_by("number")]
    assert found == [("听松苑", str(home.pk)), ("江城公司", "")]
