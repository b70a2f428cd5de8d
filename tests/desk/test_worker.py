"""A worker that stands still is seen by everybody who works."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from shouwen.journal import clock
from shouwen.journal.models import Heartbeat, Outbox, Subject

SignedIn = Callable[[str], Client]
SAID = "后台没有在运行：提醒和逾期登记会延迟"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def banner(client: Client, page: str = "/") -> bool:
    cache.clear()
    return SAID in client.get(page).content.decode()


def test_a_worker_that_stands_still_is_said_on_every_page(
    signed_in: SignedIn, matter: Subject, house: datetime
) -> None:
    """Overdue is registered by the worker: 24 hours after intake there is something to register."""
    client = signed_in("jingban")
    Outbox.objects.update(sent_at=house)
    assert not banner(client)
    with clock.at(house + timedelta(hours=25)):
        for page in ("/", "/ledger/", "/matters/new/", "/regulations/", f"/matters/{matter.pk}/"):
            assert (page, banner(client, page)) == (page, True)
        beat = Heartbeat.objects.create(worker="one", at=clock.now() - timedelta(seconds=60))
        assert not banner(client)
        Heartbeat.objects.filter(pk=beat.pk).update(at=clock.now() - timedelta(seconds=61))
        assert banner(client)


def test_a_notice_that_waits_is_something_to_do(signed_in: SignedIn, matter: Subject, house: datetime) -> None:
    client = signed_in("jingban")
    Outbox.objects.all().delete()
    Subject.objects.update(wakes_at=None)
    assert not banner(client)
    row = Outbox.objects.create(key="k", kind="told", channel="mail", made_at=house, try_at=house)
    assert banner(client)
    Outbox.objects.filter(pk=row.pk).update(sent_at=house)
    assert not banner(client)


def test_the_answer_is_kept_between_pages(signed_in: SignedIn, matter: Subject, house: datetime) -> None:
    client = signed_in("jingban")
    Outbox.objects.create(key="k", kind="told", channel="mail", made_at=house, try_at=house)
    assert banner(client)
    Heartbeat.objects.create(worker="one", at=house)
    assert SAID in client.get("/").content.decode()
