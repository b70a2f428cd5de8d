"""A full disk under SQLite: a clear message, nothing half done, and it goes on once there is room (issue: Bad input).

On PostgreSQL the same journal is written to without trouble: a server's disk is not ours to fill.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from tests.journal.world import INTAKE, MONDAY, World
from tests.journal.world import world as lay

from shouwen.journal import access_log
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NoRoom, room
from shouwen.journal.models import AccessLog, Content, Duty, Entry, Outbox, Subject
from shouwen.journal.verify import verify
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> list[int]:
    return [model.objects.count() for model in (Subject, Entry, Content, Duty, Outbox)]  # type: ignore[attr-defined]


def limit(pages: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {pages}")


def fill(world: World) -> None:
    """Intakes of long texts until the pages are used up; each is written whole or not at all."""
    text = {**INTAKE, "text": "漏" * 20_000}
    before = rows()
    for _ in range(50):
        try:
            world.take(Draft(world.new(), "received", text))
        except NoRoom:
            assert rows() == before
            raise
        before = rows()


def test_a_full_disk_leaves_nothing_half_done() -> None:
    world = lay()
    world.intake()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            used = cursor.fetchone()[0]
        limit(used + 40)
        try:
            with pytest.raises(NoRoom) as full:
                fill(world)
            assert str(full.value) == "磁盘已满，什么都没有保存。请告知管理员。"
        finally:
            limit(2**30)
    world.intake(MONDAY)
    assert list(verify()) == []


@pytest.fixture
def full(transactional_db: None) -> Iterator[Callable[[int], World]]:
    """A house whose disk has so many pages left; the limit is lifted in the end."""

    def fill_up(pages: int) -> World:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            limit(cursor.fetchone()[0] + pages)
        return world

    world = lay()
    world.intake()
    yield fill_up
    limit(2**30)


def use_up() -> None:
    """Take the last pages: rows of the access log, ever smaller, until there is no room for another."""
    person = Person.objects.get(username="clerk")
    for size in (200, 20, 1):
        with suppress(NoRoom):
            while True:
                access_log.looked(person, None, "x" * size)


def many_at_once(world: World) -> None:
    """Intakes in one transaction around them all, as the intake page has one around customer and matter."""
    with room(), transaction.atomic():
        for _ in range(20):
            world.take(Draft(world.new(), "received", {**INTAKE, "text": "漏" * 20_000}))


@pytest.mark.sqlite
def test_full_at_the_commit_of_an_outer_transaction_is_said_too(full: Callable[[int], World]) -> None:
    world = full(3)
    before = rows()
    with pytest.raises(NoRoom):
        many_at_once(world)
    assert rows() == before


@pytest.mark.sqlite
def test_looking_goes_on_without_what_is_sealed(full: Callable[[int], World], client: Client) -> None:
    """A look that cannot be written down shows nothing personal, but the page is there."""
    world = full(0)
    client.force_login(world.clerk)
    page = reverse("desk:matter", args=[Subject.objects.get().pk])
    assert "外墙渗水" in client.get(page).content.decode()
    use_up()
    looks = AccessLog.objects.count()
    shown = client.get(page)
    assert (shown.status_code, "外墙渗水" in shown.content.decode()) == (200, False)
    assert "磁盘已满" in shown.content.decode()
    revealed = client.post(reverse("desk:reveal", args=[Subject.objects.get().pk]))
    assert (revealed.status_code, "磁盘已满" in revealed.content.decode()) == (507, True)
    assert AccessLog.objects.count() == looks
    limit(2**30)
    assert "外墙渗水" in client.get(page).content.decode()
