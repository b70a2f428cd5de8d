"""One transaction writes an entry and all that follows from it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journal.world import INTAKE, MONDAY, World, at

from shouwen.journal.drafts import Actor, Draft, Recorded
from shouwen.journal.errors import Invalid, NotAllowed, Refused, Stale
from shouwen.journal.models import Content, Duty, Entry, Outbox, Subject
from shouwen.journal.record import look_again, record_batch
from shouwen.journal.verify import verify

pytestmark = pytest.mark.django_db


def test_an_intake_opens_duties_owner_number_and_notices(world: World) -> None:
    subject = world.intake()
    subject = Subject.objects.get(pk=subject.pk)
    assert (subject.number, subject.owner_person, subject.owner_post) == ("投诉-云栖一期-2026-0001", world.clerk, None)
    assert (subject.head_seq, subject.state, subject.axes) == (1, "open", {"nature": None})
    duties = Duty.objects.filter(subject=subject).order_by("event")
    # 3月2日9:00 + 24小时 = 3月3日9:00；答复没有时限。
    assert [(d.event, d.state, d.due_at, d.post, d.person) for d in duties] == [
        ("answered", "open", None, world.desk, world.clerk),
        ("verified", "open", at("2026-03-03 09:00"), world.desk, None),
    ]
    assert subject.wakes_at == at("2026-03-03 07:00")
    assert [(o.kind, o.person, o.channel) for o in Outbox.objects.all()] == [("duty", world.second, "mail")]


def test_a_second_intake_has_the_next_number(world: World) -> None:
    assert [world.intake().number[-4:], world.intake().number[-4:]] == ["0001", "0002"]


def test_the_next_act_keeps_its_duty_and_opens_the_next(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"))
    assert list(Duty.objects.filter(subject=subject).order_by("opened_at", "event").values_list("event", "state")) == [
        ("answered", "open"), ("verified", "kept"), ("plan_made", "open"),
    ]  # fmt: skip
    assert Entry.objects.filter(subject=subject).count() == 2


def types(subject: Subject) -> list[str]:
    return list(Entry.objects.filter(subject=subject).order_by("seq").values_list("type", flat=True))


class TestGatesAndPowers:
    def test_an_act_is_refused_by_a_shut_gate_and_nothing_is_written(self, world: World) -> None:
        subject = world.intake()
        with pytest.raises(Refused) as refused:
            world.take(Draft(subject, "closed"), by=world.boss, now=at("2026-03-02 10:00"))
        assert [(shut.gate.id, shut.clause) for shut in refused.value.shut] == [("desk/2:accepted", "desk/2")]
        assert types(subject) == ["received"]

    def test_an_act_beyond_the_actors_power_names_those_who_have_it(self, world: World) -> None:
        subject = world.intake()
        with pytest.raises(NotAllowed) as refused:
            world.take(Draft(subject, "closed"), now=at("2026-03-02 10:00"))
        assert refused.value.roles == ("领导",)

    def test_an_open_gate_lets_it_pass_in_the_role_that_may(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "accepted_by_customer", {"accepted": True}), now=at("2026-03-02 10:00"))
        world.take(Draft(subject, "closed", {"result": "已修复"}), by=world.boss, now=at("2026-03-02 11:00"))
        last = Entry.objects.get(subject=subject, type="closed")
        assert (last.post, last.by, last.unit) == ("领导", world.boss, world.project)
        assert Subject.objects.get(pk=subject.pk).state == "ended"

    def test_a_fact_is_always_written_and_with_it_the_breach(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "work_started", {"order": "O1"}), now=at("2026-03-02 10:00"))
        assert types(subject) == ["received", "work_started", "breached"]
        breach = Entry.objects.get(subject=subject, type="breached")
        assert breach.data == {"entry": "2", "gate": "desk/2:signed", "clause": "desk/2", "instance": "O1"}
        world.take(Draft(subject, "noted"), now=at("2026-03-02 11:00"))
        assert types(subject).count("breached") == 1

    def test_who_does_not_see_a_subject_writes_nothing_there(self, world: World) -> None:
        subject = world.intake()
        with pytest.raises(NotAllowed):
            world.take(Draft(subject, "noted"), by=world.outsider, now=at("2026-03-02 10:00"))

    def test_anybody_of_the_house_takes_in_what_is_brought_to_him_and_owns_it(self, world: World) -> None:
        subject = world.take(Draft(world.new(), "received", INTAKE), by=world.outsider).subject
        assert Subject.objects.get(pk=subject.pk).owner_person == world.outsider

    def test_an_exception_is_refused_where_the_clause_allows_none(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "verified"), now=at("2026-03-02 10:00"))
        with pytest.raises(Invalid) as invalid:
            world.take(Draft(subject, "excused", {"duties": ["answered"], "reason": "台风"}))
        assert invalid.value.errors == {"duties": "条款没有规定例外：desk/1。"}
        excuse = Draft(subject, "excused", {"duties": ["plan_made"], "reason": "台风"})
        world.take(excuse, by=world.boss, now=at("2026-03-02 11:00"))
        assert Duty.objects.get(subject=subject, event="plan_made").state == "excused"


class TestTheSameAgain:
    def test_the_same_key_gives_the_first_result_and_writes_nothing(self, world: World) -> None:
        draft = Draft(world.new(), "received", INTAKE, key="form-1")
        first = world.take(draft)
        again = world.take(Draft(world.new(), "received", INTAKE, key="form-1"), now=at("2026-03-02 10:00"))
        assert (again.repeated, again.subject.pk, again.entries) == (True, first.subject.pk, first.entries)
        assert Subject.objects.count() == 1

    def test_a_stale_form_is_shown_what_others_wrote(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "verified"), now=at("2026-03-02 10:00"), by=world.second)
        with pytest.raises(Stale) as stale:
            world.take(Draft(subject, "plan_made", seen=1), now=at("2026-03-02 10:05"))
        assert [(entry.seq, entry.type, entry.by) for entry in stale.value.since] == [(2, "verified", world.second)]
        world.take(Draft(subject, "plan_made", seen=2), now=at("2026-03-02 10:06"))
        assert types(subject) == ["received", "verified", "plan_made"]

    def test_what_the_house_wrote_itself_makes_no_form_stale(self, world: World) -> None:
        subject = world.intake()
        look_again([subject.pk], at("2026-03-04 09:00"))
        world.take(Draft(subject, "answered", seen=1), now=at("2026-03-04 10:00"))
        assert types(subject) == ["received", "overdue", "proposed", "answered"]

    def test_all_drafts_of_a_call_are_written_or_none(self, world: World) -> None:
        new = world.new()
        with pytest.raises(Refused):
            world.take(Draft(new, "received", INTAKE), Draft(new, "closed"), by=world.boss)
        assert (Subject.objects.count(), Entry.objects.count(), Outbox.objects.count()) == (0, 0, 0)


class TestTime:
    def test_late_recording_needs_a_reason_and_is_marked(self, world: World) -> None:
        subject = world.intake()
        # 迟记：默认超过24小时；3月2日10:00发生，3月4日10:00才记。
        late = Draft(subject, "verified", at=at("2026-03-02 10:00"))
        with pytest.raises(Invalid) as invalid:
            world.take(late, now=at("2026-03-04 10:00"))
        assert list(invalid.value.errors) == ["reason"]
        world.take(
            Draft(subject, "verified", at=at("2026-03-02 10:00"), reason="现场无网络"), now=at("2026-03-04 10:00")
        )
        assert Entry.objects.get(subject=subject, type="verified").marks == ["late"]
        assert Duty.objects.get(subject=subject, event="verified").state == "kept"

    def test_recorded_time_never_runs_back_in_a_journal(self, world: World) -> None:
        subject = world.intake(at("2026-03-02 12:00"))
        world.take(Draft(subject, "noted"), now=at("2026-03-02 11:00"))
        entry = Entry.objects.get(subject=subject, seq=2)
        assert (entry.recorded_at, entry.at) == (at("2026-03-02 12:00"), at("2026-03-02 12:00"))
        assert entry.marks == ["clock_set_back"]

    def test_a_duty_kept_late_is_late_and_the_house_says_that_it_was_passed(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "verified"), now=at("2026-03-03 10:00"))
        duty = Duty.objects.get(subject=subject, event="verified")
        assert (duty.state, duty.kept_at) == ("late", at("2026-03-03 10:00"))
        assert types(subject) == ["received", "verified", "overdue", "proposed"]
        overdue = Entry.objects.get(subject=subject, type="overdue")
        assert overdue.data == {"duty": "desk/1:verified", "clause": "desk/1", "due_at": "2026-03-03T01:00:00.000000Z"}

    def test_an_act_at_the_due_instant_is_in_time(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "verified"), now=at("2026-03-03 09:00"))
        assert Duty.objects.get(subject=subject, event="verified").state == "kept"
        assert types(subject) == ["received", "verified"]


class TestMending:
    def test_a_correction_takes_its_place_and_what_was_written_stays(self, world: World) -> None:
        subject = world.intake(amount="100")
        fixed = {"entry": "1", "reason": "笔误", "data": {"amount": "12000", "text": "内墙渗水"}}
        world.take(Draft(subject, "corrected", fixed), now=at("2026-03-02 10:00"))
        entry = Entry.objects.get(subject=subject, seq=2)
        assert entry.data == {"entry": "1", "reason": "笔误", "data": {"amount": "12000.00"}}
        assert Content.objects.get(entry=entry).body == '{"data":{"text":"内墙渗水"}}'
        assert Entry.objects.get(subject=subject, seq=1).data["amount"] == "100.00"

    def test_a_retracted_trigger_leaves_a_void_duty(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "verified"), now=at("2026-03-02 10:00"))
        world.take(Draft(subject, "retracted", {"entry": "2", "reason": "记错"}), now=at("2026-03-02 11:00"))
        states = dict(Duty.objects.filter(subject=subject).values_list("event", "state"))
        assert states == {"verified": "open", "answered": "open", "plan_made": "void"}


class TestBatch:
    def test_a_batch_writes_the_same_rows_and_one_bad_call_hinders_no_other(self, world: World) -> None:
        subject = world.intake()
        calls = [
            [Draft(world.new(), "received", INTAKE, key="row-1")],
            [Draft(world.new(), "received", {"channel": "电话"}, key="row-2")],
            [Draft(subject, "verified")],
            [Draft(world.new(), "received", INTAKE, key="row-1")],
        ]
        with CaptureQueriesContext(connection) as queries:
            results = record_batch(calls, actor=world.actor(), now=at("2026-03-02 10:00"))
        one, bad, act, again = results
        assert isinstance(bad, Invalid)
        assert bad.errors == {"text": "必填。"}
        assert isinstance(one, Recorded)
        assert isinstance(act, Recorded)
        assert isinstance(again, Recorded)
        assert again.subject == one.subject
        assert len(queries) < 40
        assert list(verify()) == []
        assert Duty.objects.filter(subject=one.subject).count() == 2
        assert types(subject) == ["received", "verified"]

    def test_history_is_fact_and_nobody_is_told(self, world: World) -> None:
        new = world.new()
        call = [
            Draft(new, "received", INTAKE, at=at("2025-03-03 09:00")),
            Draft(new, "verified", at=at("2025-03-05 09:00"), post="前台"),
            Draft(new, "closed", at=at("2025-03-06 09:00"), post="前台"),
        ]
        (result,) = record_batch([call], actor=Actor(world.boss, "", world.group), now=MONDAY, history=True)
        assert isinstance(result, Recorded)
        subject = Subject.objects.get(pk=result.subject.pk)
        assert types(subject) == ["received", "verified", "closed", "breached"]
        # 值班岗位是首问；核实迟了一天，方案从未做。
        assert (subject.owner_post, subject.owner_person, subject.state) == (world.desk, None, "ended")
        assert dict(Duty.objects.filter(subject=subject).values_list("event", "state")) == {
            "verified": "late", "answered": "open", "plan_made": "overdue",
        }  # fmt: skip
        assert (Outbox.objects.count(), subject.wakes_at) == (0, None)
        look_again([subject.pk], at("2026-03-03 09:00"))
        assert types(subject) == ["received", "verified", "closed", "breached"]
        assert list(verify()) == []
