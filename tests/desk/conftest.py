"""The demonstration's house without its matters, its clock set, and signed-in clients."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def house(db: None) -> Iterator[datetime]:
    from shouwen.demonstration.seed import lay
    from shouwen.journal import clock

    with clock.at(MONDAY):
        lay(MONDAY, matters=0)
        yield MONDAY


@pytest.fixture
def signed_in(house: datetime) -> Callable[[str], Client]:
    """A client for each sign-in name, in Chinese."""
    from shouwen.organisation.models import Person

    def client(username: str) -> Client:
        made = Client(headers={"accept-language": "zh-hans"})
        made.force_login(Person.objects.get(username=username))
        return made

    return client


@pytest.fixture
def matter(house: datetime) -> Any:
    """A complaint about a leak, taken in by 周砚 at nine."""
    from shouwen.customers.models import Customer
    from shouwen.journal.drafts import Actor
    from shouwen.matters.actions import take_in
    from shouwen.organisation.models import Person

    customer = Customer.objects.get(name="张明远")
    holding = customer.holdings.get()
    person = Person.objects.get(username="jingban")
    post = person.appointments.get().post
    data = {
        "customer": str(customer.pk),
        "asset": str(holding.asset.pk),
        "channel": "电话",
        "text": "飘窗渗水。",
        "category": "一般工程质量投诉",
    }
    return take_in(holding.asset.unit, data, actor=Actor(person, post.name, post.unit))


@pytest.fixture
def root(house: datetime) -> Client:
    """A superuser at the desk."""
    from shouwen.organisation.models import Person

    client = Client(headers={"accept-language": "en"})
    client.force_login(Person.objects.create_superuser("root", name="管理员"))
    return client
