"""The database itself refuses to change or delete what was recorded (design: The entry)."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests.journal.world import World, at

from shouwen.journal.drafts import Draft
from shouwen.journal.models import Content, Entry

pytestmark = pytest.mark.django_db


def refused(sql: str, *params: object) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET post = 'x'",
        "UPDATE journal_entry SET data = '{}'",
        "DELETE FROM journal_entry",
    ],
)
def test_an_envelope_is_neither_changed_nor_deleted(world: World, sql: str) -> None:
    world.intake()
    assert "entries are never changed or deleted" in refused(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_content SET body = '{}'",
        "UPDATE journal_content SET body = NULL, salt = ''",
        "DELETE FROM journal_content",
    ],
)
def test_content_is_neither_changed_nor_blanked_without_an_erased_entry(world: World, sql: str) -> None:
    world.intake()
    assert "only blanked, by an erased entry" in refused(sql)


def test_an_erased_entry_of_another_journal_blanks_nothing(world: World) -> None:
    mine, theirs = world.intake(), world.intake()
    world.take(Draft(theirs, "erased", {"entry": "1", "reason": "客户要求"}), now=at("2026-03-02 10:00"))
    eraser = Entry.objects.get(subject=theirs, type="erased")
    own = Content.objects.get(entry__subject=mine)
    said = refused(
        "UPDATE journal_content SET body = NULL, salt = '', erased_by_id = %s WHERE entry_id = %s", eraser.pk, own.pk
    )
    assert "only blanked, by an erased entry" in said


def test_erasing_takes_the_content_and_its_salt_and_leaves_envelope_and_standing(world: World) -> None:
    subject = world.intake()
    before = Entry.objects.get(subject=subject, seq=1)
    world.take(Draft(subject, "erased", {"entry": "1", "reason": "客户要求"}), now=at("2026-03-02 10:00"))
    content = Content.objects.get(entry=before)
    assert (content.body, content.salt, content.erased_by) == (None, "", Entry.objects.get(subject=subject, seq=2))
    after = Entry.objects.get(subject=subject, seq=1)
    assert (after.hash, after.content_digest, after.data) == (before.hash, before.content_digest, before.data)
    assert subject.duties.count() == 2
