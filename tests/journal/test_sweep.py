"""The sweep: what time brings about is written once, and one bad row stops no other."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.guards import lifted
from tests.journal.processes import crew
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.leases import claim, pushed
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.sweep import sweep


def swept(when: str) -> int:
    with clock.at(at(when)):
        return sweep()


def types(subject: Subject) -> list[str]:
    return list(Entry.objects.filter(subject=subject).order_by("seq").values_list("type", flat=True))


@pytest.mark.django_db
class TestSweep:
    def test_one_overdue_entry_a_passed_duty_however_often_it_sweeps(self, world: World) -> None:
        subject = world.intake()
        # 到期3月3日9:00；到点所为仍为按时，过点方为逾期。
        assert swept("2026-03-03 09:00") == 1
        assert types(subject) == ["received"]
        assert (swept("2026-03-03 09:01"), swept("2026-03-03 09:02"), swept("2026-03-03 10:00")) == (1, 0, 0)
        assert types(subject) == ["received", "overdue", "proposed"]
        assert Duty.objects.get(subject=subject, event="verified").state == "overdue"
        assert Entry.objects.get(subject=subject, type="proposed").data == {
            "proposal": "desk/2:fine@1",
            "propose": "penalised",
            "clause": "desk/2",
            "against": ["前台"],
            "decide": "领导",
            "evidence": ["2"],
            "points": "3",
        }

    def test_an_extended_duty_that_passes_again_is_told_again(self, world: World) -> None:
        subject = world.intake()
        swept("2026-03-03 09:01")
        extension = {"duties": ["verified"], "until": "2026-03-04T12:00:00+08:00", "reason": "停电"}
        world.take(Draft(subject, "extended", extension), by=world.boss, now=at("2026-03-03 10:00"))
        assert Duty.objects.get(subject=subject, event="verified").state == "open"
        swept("2026-03-04 12:01")
        assert types(subject).count("overdue") == 2

    def test_a_timer_opens_its_duty(self, world: World) -> None:
        subject = world.intake()
        # 三日届满：3月2日不算，3月5日24:00 = 3月6日0:00；届满后二十四小时内上报。
        swept("2026-03-03 09:01")
        swept("2026-03-06 00:01")
        duty = Duty.objects.get(subject=subject, event="reported_up")
        assert (duty.state, duty.opened_at, duty.due_at) == ("open", at("2026-03-06 00:00"), at("2026-03-07 00:00"))
        assert Outbox.objects.filter(kind="duty", person=world.boss).count() == 1

    def test_what_recurs_opens_day_by_day_until_it_ends(self, world: World) -> None:
        subject = world.intake()
        world.take(Draft(subject, "work_started", {"order": "O1"}), now=at("2026-03-02 10:00"))
        swept("2026-03-03 00:01")
        swept("2026-03-04 00:01")
        world.take(Draft(subject, "work_finished", {"order": "O1"}), now=at("2026-03-04 10:00"))
        swept("2026-03-06 00:01")
        # 3日没有告知，逾期；4日10:00完工，当日的不再需要，以后也不再有。
        daily = Duty.objects.filter(subject=subject, event="progress_told").order_by("key")
        assert [(duty.key, duty.state, duty.due_at) for duty in daily] == [
            ("desk/1:daily@2026-03-03", "overdue", at("2026-03-04 00:00")),
            ("desk/1:daily@2026-03-04", "void", at("2026-03-05 00:00")),
        ]
        told = Outbox.objects.filter(duty__startswith="desk/1:daily", person=world.clerk).order_by("made_at", "kind")
        assert [(one.kind, one.duty) for one in told] == [
            ("duty", "desk/1:daily@2026-03-03"),
            ("duty", "desk/1:daily@2026-03-04"),
            ("overdue", "desk/1:daily@2026-03-03"),
        ]

    def test_a_subject_that_fails_is_pushed_forward_and_stops_no_other(self, world: World) -> None:
        bad, good = world.intake(), world.intake()
        with lifted(connection), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_entry SET type = 'overdue' WHERE subject_id = %s",
                [bad.pk if connection.vendor == "postgresql" else bad.pk.hex],
            )
        assert swept("2026-03-03 09:01") == 1
        assert types(good) == ["received", "overdue", "proposed"]
        pushed_row = Subject.objects.get(pk=bad.pk)
        assert (pushed_row.failures, pushed_row.leased_until) == (1, at("2026-03-03 09:02"))
        assert swept("2026-03-03 09:01") == 0

    def test_two_workers_never_get_the_same_row(self, world: World) -> None:
        for _ in range(5):
            world.intake()
        waiting, lease = Subject.objects.filter(wakes_at__isnull=False), timedelta(seconds=60)
        one = claim(waiting, "wakes_at", MONDAY, lease, 3)
        other = claim(waiting, "wakes_at", MONDAY, lease, 3)
        assert (len(one), len(other), {s.pk for s in one} & {s.pk for s in other}) == (3, 2, set())
        assert len(claim(waiting, "wakes_at", MONDAY + lease, lease, 9)) == 5

    def test_a_failing_row_waits_ever_longer_but_is_never_given_up(self) -> None:
        waits = [pushed(MONDAY, failures) - MONDAY for failures in (1, 2, 3, 1000)]
        assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=6)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_refuses_a_database_of_a_newer_version(tmp_path: Path) -> None:
    lay()
    recorder = MigrationRecorder(connection)
    recorder.record_applied("journal", "9999_of_the_future")
    try:
        with crew(tmp_path) as processes:
            processes.start("worker", "-m", "shouwen", "worker")
            assert processes.wait("worker") == 1
    finally:
        recorder.record_unapplied("journal", "9999_of_the_future")
