"""A full disk under SQLite: a clear message, nothing half done, and it goes on once there is room (issue: Bad input).

On PostgreSQL the same journal is written to without trouble: a server's disk is not ours to fill.
"""

import pytest
from django.db import connection
from tests.journal.world import INTAKE, MONDAY, World
from tests.journal.world import world as lay

from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NoRoom
from shouwen.journal.models import Content, Duty, Entry, Outbox, Subject
from shouwen.journal.verify import verify

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
