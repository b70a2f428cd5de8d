"""Which gate a stored duty is stuck at and since when: written with the entry, recomputed by verify (关口)."""

import pytest
from tests.journal.world import POLICY, SHANGHAI, World, at
from tests.journal.world import world as lay

from shouwen.governance.actions import publish, put_in_force
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Duty, Subject
from shouwen.journal.sweep import sweep
from shouwen.journal.verify import verify

FINISH = "- {id: finish, who: 前台, after: received, do: closed, within: 10d, title: 办结}\n"
ACCEPTED = {
    "gate": "desk/2:accepted",
    "clause": "desk/2",
    "reason": "须先有：业主验收",
    "opens": [],
}


@pytest.fixture
def world(db: None) -> World:
    """The house, where closing is owed too, and its gate stands before it."""
    made = lay()
    text = POLICY.read_text(encoding="utf-8").replace("- {who: 首问人", FINISH + "- {who: 首问人", 1)
    version = publish(
        text.replace('version: "2026-01-01"', 'version: "2026-02-01"'), name="desk", by=None, at=at("2026-02-01 00:00")
    )
    put_in_force(made.group, "complaint", version, at("2026-02-01 00:00"))
    return made


def stands(subject: Subject) -> tuple[list[dict[str, object]], str, str]:
    row = Duty.objects.get(subject=subject, rule="desk/1:finish")
    since = row.stuck_since.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if row.stuck_since else ""
    return row.stuck, row.gate, since


def moved(subject: Subject) -> tuple[str, str]:
    subject.refresh_from_db()
    found = (subject.moved_at, subject.late_at)
    moments = [one.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if one else "" for one in found]
    return moments[0], moments[1]


def test_a_duty_is_stuck_from_its_opening_and_freed_by_what_opens_the_gate(world: World) -> None:
    subject = world.intake()
    assert stands(subject) == ([ACCEPTED], "desk/2:accepted", "03-02 09:00")
    world.take(Draft(subject, "accepted_by_customer", {"accepted": True}), now=at("2026-03-04 10:00"))
    assert stands(subject) == ([], "", "")
    assert list(verify()) == []


def test_a_retraction_sticks_it_again_from_then_on(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "accepted_by_customer", {"accepted": True}), now=at("2026-03-04 10:00"))
    world.take(Draft(subject, "retracted", {"entry": "2", "reason": "误记"}), now=at("2026-03-05 11:00"), by=world.boss)
    assert stands(subject)[1:] == ("desk/2:accepted", "03-05 11:00")
    assert list(verify()) == []


def test_what_is_done_is_stuck_no_more(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "accepted_by_customer", {"accepted": True}), now=at("2026-03-04 10:00"))
    world.take(Draft(subject, "closed", {"result": "办完"}), now=at("2026-03-04 11:00"), by=world.boss)
    assert Duty.objects.filter(subject=subject).exclude(gate="").count() == 0


def test_a_row_that_says_otherwise_is_found(world: World) -> None:
    subject = world.intake()
    Duty.objects.filter(subject=subject, rule="desk/1:finish").update(gate="", stuck_since=None)
    (finding,) = verify()
    assert str(finding).endswith("the duty desk/1:finish is not what the journal gives: stuck_since, gate")
    Duty.objects.filter(subject=subject, rule="desk/1:finish").update(stuck=[])
    Subject.objects.filter(pk=subject.pk).update(moved_at=at("2026-03-03 09:00"))
    assert [str(one).partition(": ")[2] for one in verify()] == [
        "when it last moved, or was last recorded late, is not what the journal gives",
        "the duty desk/1:finish is not what the journal gives: stuck, stuck_since, gate",
    ]


def test_what_people_do_moves_a_matter_and_what_the_house_writes_does_not(world: World) -> None:
    subject = world.intake()
    assert moved(subject) == ("03-02 09:00", "")
    with clock.at(at("2026-03-03 09:01")):
        sweep()
    assert subject.entries.filter(type="overdue").count() == 1
    assert moved(subject) == ("03-02 09:00", "")
    world.take(Draft(subject, "urged", {"duty": "verified"}), now=at("2026-03-03 10:00"), by=world.boss)
    assert moved(subject) == ("03-02 09:00", "")
    world.take(Draft(subject, "verified"), now=at("2026-03-03 11:00"))
    assert moved(subject) == ("03-03 11:00", "")


def test_a_late_record_is_remembered_until_it_is_taken_back(world: World) -> None:
    subject = world.intake()
    late = Draft(subject, "verified", at=at("2026-03-02 12:00"), reason="停电")
    world.take(late, now=at("2026-03-09 10:00"))
    assert moved(subject) == ("03-02 12:00", "03-09 10:00")
    world.take(Draft(subject, "retracted", {"entry": "2", "reason": "误记"}), now=at("2026-03-09 11:00"), by=world.boss)
    assert moved(subject) == ("03-09 11:00", "")
    assert list(verify()) == []


def test_a_duty_keeps_its_subject_s_unit_and_secrecy(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "accepted_by_customer", {"accepted": True}), now=at("2026-03-04 10:00"))
    restriction = {"people": [str(world.clerk.pk)], "reason": "保密"}
    world.take(Draft(subject, "restricted", restriction, as_fact=True), now=at("2026-03-04 11:00"))
    rows = Duty.objects.filter(subject=subject)
    assert set(rows.values_list("place", "confidential")) == {(world.project.pk, True)}
    world.take(Draft(subject, "unrestricted", {"reason": "已了"}), now=at("2026-03-04 12:00"))
    assert set(rows.values_list("place", "confidential")) == {(world.project.pk, False)}
    rows.filter(event="verified").update(place=world.other.pk, confidential=True)
    (finding,) = verify()
    assert str(finding).endswith("the duty desk/1:verified is not what the journal gives: confidential, place")
