"""Several processes on one database: nothing lost, nothing twice, whoever is killed (issue: Journal, matters, worker).

SHOUWEN_KILLS  how often a process is killed (30 in CI)
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.channels.postbox import postbox
from tests.journal.processes import ROOT, Crew, crew
from tests.journal.world import world as lay

from shouwen.channels.mail import message_id
from shouwen.journal import clock
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("SHOUWEN_KILLS", "5"))
OFFICER = str(ROOT / "tests" / "journal" / "officer.py")
WORKER = ("-m", "shouwen", "worker", "--every", "0.2", "--lease", "2")


def until_quiet(processes: Crew) -> None:
    """Until nothing waits any more: no due time unnoticed, no message unsent."""
    quiet = 0
    while quiet < 3:
        processes.check()
        soon = clock.now() + timedelta(seconds=10)
        late = Subject.objects.filter(wakes_at__lt=soon)
        coming = Duty.objects.filter(state="open", due_at__lt=soon)
        waiting = Outbox.objects.filter(sent_at__isnull=True)
        quiet = 0 if late.exists() or coming.exists() or waiting.exists() else quiet + 1
        time.sleep(0.5)


def test_killed_at_random_points_nothing_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    lay()
    chance = random.Random(20261121)
    said, stop = tmp_path / "said", tmp_path / "stop"
    with postbox() as (box, mail), crew(tmp_path, mail) as processes:
        processes.start("one", *WORKER)
        processes.start("two", *WORKER)
        processes.start("desk", OFFICER, "intakes", "clerk", str(said), str(stop))
        while not said.exists():
            processes.check()
            time.sleep(0.1)
        for _round in range(KILLS):
            time.sleep(chance.uniform(0.5, 4))
            processes.kill(chance.choice(("one", "two", "desk")))
        time.sleep(3)
        stop.touch()
        assert processes.wait("desk") == 0
        del processes.running["desk"]
        until_quiet(processes)
        assert [processes.stop(name) for name in ("one", "two")] == [0, 0]

    acknowledged = [line.split()[1] for line in said.read_text().splitlines()]
    subjects = {str(pk): number for pk, number in Subject.objects.values_list("pk", "number")}
    assert len(set(acknowledged)) == len(acknowledged) > 0
    assert set(acknowledged) == set(subjects)
    counted = sorted(int(number.rpartition("-")[2]) for number in subjects.values())
    assert counted == list(range(1, len(subjects) + 1))

    passed = Duty.objects.filter(state__in=("overdue", "late")).values_list("subject_id", "key")
    overdue = Entry.objects.filter(type="overdue").values_list("subject_id", "data__duty")
    assert sorted(overdue) == sorted(passed)
    assert len(passed) > 0

    told = {message_id(key) for key in Outbox.objects.filter(channel="mail").values_list("key", flat=True)}
    assert set(box.ids) == told
    assert list(verify()) == []


def test_two_officers_at_once_write_one_journal_after_the_other(tmp_path: Path) -> None:
    world = lay()
    subject = world.intake(clock.now())
    with crew(tmp_path) as officers:
        for who in ("clerk", "second"):
            officers.start(who, OFFICER, "notes", who, str(subject.pk), "15")
        assert [officers.wait(who) for who in ("clerk", "second")] == [0, 0]
    written = Entry.objects.filter(subject=subject).order_by("seq")
    assert [entry.seq for entry in written] == list(range(1, 32))
    assert {entry.by_id: len([e for e in written[1:] if e.by_id == entry.by_id]) for entry in written[1:]} == {
        world.clerk.pk: 15,
        world.second.pk: 15,
    }
    assert list(verify()) == []


def test_the_same_request_from_several_processes_is_one(tmp_path: Path) -> None:
    lay()
    with crew(tmp_path) as officers:
        for name in ("a", "b", "c"):
            officers.start(name, OFFICER, "same", "clerk", "form-1", "5")
        assert [officers.wait(name) for name in ("a", "b", "c")] == [0, 0, 0]
    assert (Subject.objects.count(), Entry.objects.filter(type="received").count()) == (1, 1)
    assert Subject.objects.get().number.endswith("-0001")
