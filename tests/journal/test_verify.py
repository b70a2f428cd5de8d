"""`shouwen verify`: what was changed, removed, inserted or moved is found (design: The entry)."""

import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from pytest_django import Settings
from tests.guards import lifted
from tests.journal.world import World, at

from shouwen.cli.verify import verify as command
from shouwen.journal import chain
from shouwen.journal.anchors import UnreadableAnchor, read_anchor, write_anchor
from shouwen.journal.attachments import keep, stored_at
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Attachment, Duty, Entry, Subject
from shouwen.journal.verify import verify

pytestmark = pytest.mark.django_db


def tamper(sql: str, *params: object) -> None:
    """What somebody with the database's password can do."""
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, params)


def lived(world: World) -> Subject:
    subject = world.intake()
    for hour, event in ((10, "verified"), (11, "noted"), (12, "plan_made")):
        data = {"text": "已记"} if event == "noted" else {}
        world.take(Draft(subject, event, data), now=at(f"2026-03-02 {hour}:00"))
    return subject


def found(anchor: Path | None = None) -> list[tuple[str, int | None, str]]:
    return [(one.subject, one.seq, one.what) for one in verify(read_anchor(anchor) if anchor else None)]


def test_what_was_recorded_is_found_sound(world: World, tmp_path: Path) -> None:
    subject = lived(world)
    world.take(Draft(subject, "erased", {"entry": "3", "reason": "客户要求"}), now=at("2026-03-02 13:00"))
    write_anchor(tmp_path / "a.jsonl")
    assert found() == []
    assert found(tmp_path / "a.jsonl") == []


def test_a_changed_envelope_is_named(world: World) -> None:
    subject = lived(world)
    tamper("UPDATE journal_entry SET post = 'x' WHERE subject_id = %s AND seq = 2", key(subject))
    assert found() == [(str(subject.pk), 2, "the envelope was changed")]


def test_changed_content_is_named(world: World) -> None:
    subject = lived(world)
    tamper(
        "UPDATE journal_content SET body = '{}' WHERE entry_id = (SELECT id FROM journal_entry "
        "WHERE subject_id = %s AND seq = 3)",
        key(subject),
    )
    assert found() == [(str(subject.pk), 3, "the sealed content was changed")]


def test_a_removed_envelope_is_named(world: World) -> None:
    subject = lived(world)
    entry = Entry.objects.get(subject=subject, seq=2)
    tamper("DELETE FROM journal_entry WHERE id = %s", entry.pk)
    assert found()[0] == (str(subject.pk), 2, "an entry is missing or out of place: found #3")


def test_a_removed_last_envelope_is_named(world: World) -> None:
    subject = lived(world)
    tamper("DELETE FROM journal_entry WHERE subject_id = %s AND seq = 4", key(subject))
    assert found()[0] == (str(subject.pk), 3, "the journal does not end where its subject says (#4)")


def test_an_envelope_moved_to_another_journal_is_named_in_both(world: World) -> None:
    one, other = lived(world), world.intake()
    tamper("UPDATE journal_entry SET subject_id = %s, seq = 2 WHERE subject_id = %s AND seq = 4", key(other), key(one))
    names = {(name, what) for name, _seq, what in found()}
    assert (str(one.pk), "the journal does not end where its subject says (#4)") in names
    assert (str(other.pk), "the envelope was changed") in names


def rewrite(subject: Subject, **columns: Any) -> None:
    """Change the second entry and give the whole journal, and its subject's head, new hashes."""
    previous = ""
    with lifted(connection):
        for entry in Entry.objects.filter(subject=subject).order_by("seq"):
            if entry.seq == 2:
                for name, value in columns.items():
                    setattr(entry, name, value)
            entry.previous_hash = previous
            entry.hash = previous = chain.entry_hash(entry)
            entry.save()
    Subject.objects.filter(pk=subject.pk).update(head_hash=previous)


def test_a_journal_rewritten_with_all_its_hashes_is_found_by_the_anchor_alone(world: World, tmp_path: Path) -> None:
    subject, anchor = lived(world), tmp_path / "a.jsonl.gz"
    write_anchor(anchor)
    rewrite(subject, post="x")
    assert found() == []
    assert found(anchor) == [
        (str(subject.pk), 4, "the journal was rewritten up to this entry since the anchor was written"),
        ("-", None, "the journals that the anchor covers are not what they were"),
    ]


def test_the_first_line_of_an_anchor_tells_that_something_differs(world: World, tmp_path: Path) -> None:
    subject, anchor = lived(world), tmp_path / "a.jsonl"
    write_anchor(anchor)
    anchor.write_text(anchor.read_text().splitlines()[0] + "\n")
    assert found(anchor) == []
    rewrite(subject, post="x")
    assert found(anchor) == [("-", None, "the journals that the anchor covers are not what they were")]


def test_a_journal_removed_whole_is_found_by_the_anchor_alone(world: World, tmp_path: Path) -> None:
    subject, anchor = lived(world), tmp_path / "a.jsonl"
    lived(world)
    write_anchor(anchor)
    with lifted(connection), connection.cursor() as cursor:
        for table in ("duty", "outbox", "entry"):
            if table == "entry":
                cursor.execute(
                    "DELETE FROM journal_content WHERE entry_id IN "
                    "(SELECT id FROM journal_entry WHERE subject_id = %s)",
                    [key(subject)],
                )
            cursor.execute(f"DELETE FROM journal_{table} WHERE subject_id = %s", [key(subject)])
        cursor.execute(
            "DELETE FROM insight_text WHERE line_id IN (SELECT id FROM insight_line WHERE subject_id = %s)",
            [key(subject)],
        )
        for table in ("insight_line", "matters_brought"):
            cursor.execute(f"DELETE FROM {table} WHERE subject_id = %s", [key(subject)])
        cursor.execute("DELETE FROM journal_subject WHERE id = %s", [key(subject)])
    assert found() == []
    assert found(anchor) == [
        (str(subject.pk), None, "this journal was removed since the anchor was written"),
        ("-", None, "the journals that the anchor covers are not what they were"),
    ]


def test_an_anchor_goes_on_holding_while_journals_grow(world: World, tmp_path: Path) -> None:
    subject, anchor = lived(world), tmp_path / "a.jsonl"
    write_anchor(anchor)
    world.take(Draft(subject, "noted", {"text": "后来"}), now=at("2026-03-02 15:00"))
    world.intake(at("2026-03-02 16:00"))
    assert found(anchor) == []


def test_duties_and_owner_that_the_journal_does_not_give_are_named(world: World) -> None:
    subject = lived(world)
    Duty.objects.filter(subject=subject, event="verified").update(state="late")
    Duty.objects.filter(subject=subject, event="answered").delete()
    Subject.objects.filter(pk=subject.pk).update(owner_person=world.boss)
    assert sorted(what for _name, _seq, what in found()) == [
        "the duty desk/1:answered is not stored",
        "the duty desk/1:verified is not what the journal gives: state",
        "the owner is not whom the journal says",
    ]


def test_state_and_categories_that_the_journal_does_not_give_are_named(world: World) -> None:
    subject = lived(world)
    Subject.objects.filter(pk=subject.pk).update(state="ended", axes={"nature": "重大"})
    assert found() == [
        (str(subject.pk), None, "the state is not what the journal gives"),
        (str(subject.pk), None, "the categories are not what the journal gives"),
    ]


class TestFiles:
    """What entries attach is covered through the ids by which they name it."""

    @pytest.fixture(autouse=True)
    def _own_folder(self, settings: Settings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path / "attachments"

    def attached(self, world: World, text: bytes = b"1203") -> tuple[Subject, Attachment]:
        subject = world.intake()
        file = keep(io.BytesIO(text), "证据.txt", world.clerk)
        world.take(Draft(subject, "noted", {"text": "见附件", "files": [str(file.pk)]}), now=at("2026-03-02 10:00"))
        return subject, Attachment.objects.get(pk=file.pk)

    def test_sound_files_are_found_sound_also_once_erased(self, world: World) -> None:
        subject, _file = self.attached(world)
        self.attached(world)
        assert found() == []
        world.take(Draft(subject, "erased", {"entry": "2", "reason": "客户要求"}), now=at("2026-03-02 11:00"))
        assert found() == []

    def test_an_overwritten_and_a_lost_file_are_named(self, world: World) -> None:
        subject, file = self.attached(world)
        stored_at(file.sha256).write_bytes(b"9999")
        assert found() == [(str(subject.pk), None, f"the file of the attachment {file.pk} was changed")]
        stored_at(file.sha256).unlink()
        assert found() == [(str(subject.pk), None, f"the file of the attachment {file.pk} cannot be read")]

    def test_a_row_turned_to_another_file_is_named(self, world: World) -> None:
        subject, file = self.attached(world)
        _other, forged = self.attached(world, b"9999")
        Attachment.objects.filter(pk=file.pk).update(sha256=forged.sha256)
        assert found() == [(str(subject.pk), None, f"the row of the attachment {file.pk} was changed")]

    def test_a_removed_row_and_one_given_to_another_journal_are_named(self, world: World) -> None:
        subject, file = self.attached(world)
        other, moved = self.attached(world, b"9999")
        Attachment.objects.filter(pk=moved.pk).update(subject=subject)
        assert found() == [(str(subject.pk), None, f"the attachment {moved.pk} is not named by this journal")]
        Attachment.objects.filter(pk=moved.pk).update(subject=other)
        Attachment.objects.filter(pk=file.pk).delete()
        assert found() == [(str(subject.pk), 2, f"the attachment {file.pk} was removed")]

    def test_a_row_erased_by_hand_is_named(self, world: World) -> None:
        subject, file = self.attached(world)
        Attachment.objects.filter(pk=file.pk).update(erased_at=at("2026-03-02 11:00"))
        assert found() == [(str(subject.pk), None, f"the attachment {file.pk} was erased without an erased entry")]


def test_the_command_ends_with_a_code_and_says_what_it_cannot_prove(world: World, tmp_path: Path) -> None:
    subject, anchor = lived(world), str(tmp_path / "a.jsonl")
    sound = CliRunner().invoke(command, [])
    assert (sound.exit_code, sound.stdout) == (0, "everything is as it was recorded\n")
    assert "that no journal was removed as a whole" in sound.stderr
    assert CliRunner().invoke(command, ["--write-anchor", anchor]).exit_code == 0
    held = CliRunner().invoke(command, ["--anchor", anchor]).stderr
    assert ("cannot be proven" in held, "which unit" in held, "the access log" in held) == (False, True, True)
    tamper("UPDATE journal_entry SET post = 'x' WHERE subject_id = %s AND seq = 2", key(subject))
    changed = CliRunner().invoke(command, ["--anchor", anchor])
    assert (changed.exit_code, changed.stdout) == (1, f"{subject.pk} #2: the envelope was changed\n1 findings\n")
    assert CliRunner().invoke(command, ["--anchor", str(tmp_path / "none")]).exit_code == 2


def test_a_changed_anchor_is_no_anchor(world: World, tmp_path: Path) -> None:
    lived(world)
    anchor = tmp_path / "a.jsonl"
    write_anchor(anchor)
    anchor.write_text(anchor.read_text().replace('"seq":4', '"seq":3'))
    with pytest.raises(UnreadableAnchor):
        read_anchor(anchor)


def key(subject: Subject) -> object:
    """A subject's id as the database's own statements take it."""
    return subject.pk if connection.vendor == "postgresql" else subject.pk.hex
