"""Notices: by the person's choice, at once or in a digest, urgency, quiet hours, reminders (issue: The desk)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from tests.channels.postbox import Postbox, postbox, subject_of
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.channels.models import Preferences
from shouwen.channels.reminders import remind
from shouwen.channels.routing import after_quiet, next_digest, route
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Duty, Outbox
from shouwen.journal.outbox import deliver_due
from shouwen.journal.sweep import sweep
from shouwen.journal.ways import Telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return lay()


@pytest.fixture
def box(settings: Settings) -> Iterator[Postbox]:
    with postbox() as (box, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        yield box


def wants(world: World, **given: Any) -> Preferences:
    """What the second clerk has chosen."""
    return Preferences.objects.create(person=world.second, **given)


def deliver(when: str) -> int:
    with clock.at(at(when)):
        return deliver_due()


DIGESTED = {"duty": {"mail": "digest"}, "overdue": {"mail": "digest"}}


def test_by_default_a_new_duty_is_on_the_desk_and_in_the_mail_at_once(world: World) -> None:
    world.intake()
    row = Outbox.objects.get()
    assert (row.person, row.channel, row.on_desk, row.read_at, row.try_at) == (world.second, "mail", True, None, MONDAY)


def test_what_is_switched_off_is_seen_on_the_desk_all_the_same(world: World) -> None:
    wants(world, ways={"duty": {"mail": "off"}})
    world.intake()
    row = Outbox.objects.get()
    assert (row.channel, row.on_desk, row.sent_at) == ("desk", True, MONDAY)


def test_several_ways_are_several_rows_and_one_notice_on_the_desk(world: World, settings: Settings) -> None:
    settings.SHOUWEN_SMS = settings.SHOUWEN_WECOM = "loopback:"
    world.second.phone = "13800138000"
    world.second.save()
    wants(world, wecom="jixiang", ways={"duty": {"sms": "now", "wecom": "now"}})
    world.intake()
    rows = Outbox.objects.order_by("pk").values_list("channel", "address", "on_desk")
    assert list(rows) == [
        ("mail", "second@example.org", True),
        ("sms", "13800138000", False),
        ("wecom", "jixiang", False),
    ]


def test_a_channel_that_the_site_does_not_have_is_no_way(world: World) -> None:
    world.second.phone = "13800138000"
    world.second.save()
    wants(world, ways={"duty": {"sms": "now"}})
    world.intake()
    assert list(Outbox.objects.values_list("channel", flat=True)) == ["mail"]


def test_everybody_is_routed_with_one_query(world: World) -> None:
    subject = world.intake()
    tellings = [Telling("duty", person, subject) for person in (world.clerk, world.second, world.boss) * 30]
    with CaptureQueriesContext(connection) as asked:
        assert len(route(tellings, MONDAY)) == 90
    assert len(asked) == 1


# --- digests -----------------------------------------------------------------------------


def test_many_notices_are_one_mail_at_its_hour_by_due_time(world: World, box: Postbox, settings: Settings) -> None:
    settings.SHOUWEN_URL = "https://desk.example.org"
    wants(world, ways=DIGESTED, digest_at=time(17, 30))
    later = world.intake(now=at("2026-03-02 10:00"))
    first = world.intake()
    assert deliver("2026-03-02 17:29") == 0
    assert (deliver("2026-03-02 17:30"), deliver("2026-03-02 17:31")) == (1, 0)
    (message,) = box.messages
    assert (message["To"], subject_of(message)) == ("second@example.org", "2件待办")
    text = message.get_content()
    places = [text.index(str(one.pk)) for one in (first, later)]
    assert places == sorted(places)
    assert "到期：2026-03-03 09:00" in text
    assert f"https://desk.example.org/matters/{first.pk}/" in text
    assert Outbox.objects.filter(sent_at__isnull=True).count() == 0


def test_what_is_settled_meanwhile_is_left_out_and_nothing_is_no_mail(world: World, box: Postbox) -> None:
    wants(world, ways=DIGESTED, digest_at=time(17, 30))
    done, open_one = world.intake(), world.intake(now=at("2026-03-02 09:30"))
    world.take(Draft(done, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"), by=world.second)
    Outbox.objects.filter(person=world.clerk).delete()
    deliver("2026-03-02 17:30")
    (message,) = [one for one in box.messages if one["To"] == "second@example.org"]
    assert (subject_of(message), open_one.number in message.get_content()) == ("1件待办", True)
    assert done.number not in message.get_content()
    other = world.intake(now=at("2026-03-03 09:00"))
    world.take(Draft(other, "verified", {"result": "属实"}), now=at("2026-03-03 10:00"), by=world.second)
    Outbox.objects.filter(person=world.clerk).delete()
    box.messages.clear()
    deliver("2026-03-03 17:30")
    assert (box.messages, Outbox.objects.filter(sent_at__isnull=True).count()) == ([], 0)


def test_a_digest_that_goes_out_twice_has_one_id(world: World, box: Postbox) -> None:
    """Killed between handing it over and writing so down: at least once, seen once."""
    wants(world, ways=DIGESTED, digest_at=time(17, 30))
    world.intake()
    waiting = list(Outbox.objects.values_list("pk", flat=True))
    deliver("2026-03-02 17:30")
    Outbox.objects.filter(pk__in=waiting).update(sent_at=None)
    Outbox.objects.filter(kind="digest").update(try_at=MONDAY)
    deliver("2026-03-02 17:31")
    assert (len(box.ids), len(set(box.ids))) == (2, 1)


def test_who_writes_as_the_digest_closes_writes_for_the_next(world: World) -> None:
    wanted = Preferences(digest_at=time(8, 30), second_at=time(17, 30))
    asked = ["2026-03-02 08:28", "2026-03-02 08:29", "2026-03-02 17:29", "2026-03-02 23:00"]
    told = [next_digest(wanted, at(one)) for one in asked]
    given = ["2026-03-02 08:30", "2026-03-02 17:30", "2026-03-03 08:30", "2026-03-03 08:30"]
    assert told == [at(one) for one in given]


def test_a_notice_that_came_too_late_for_its_digest_is_in_the_next(world: World, box: Postbox) -> None:
    wants(world, ways=DIGESTED, digest_at=time(17, 30))
    world.intake()
    deliver("2026-03-02 17:30")
    Outbox.objects.filter(kind="duty").update(sent_at=None)
    world.intake(now=at("2026-03-03 09:00"))
    deliver("2026-03-03 17:30")
    assert [subject_of(one) for one in box.messages] == ["1件待办", "2件待办，其中1件已逾期"]


def test_a_mail_server_that_refuses_a_digest_gets_it_again(world: World, box: Postbox) -> None:
    wants(world, ways=DIGESTED, digest_at=time(17, 30))
    world.intake()
    box.refusing.add("second@example.org")
    assert deliver("2026-03-02 17:30") == 0
    box.refusing.clear()
    assert deliver("2026-03-02 17:31") == 1
    assert subject_of(box.messages[0]) == "1件待办"


# --- urgency and quiet hours -------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "out"),
    [
        ("2026-03-02 21:59", "2026-03-02 21:59"),
        ("2026-03-02 22:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", "2026-03-03 07:00"),
    ],
)
def test_quiet_hours_reach_across_midnight(now: str, out: str) -> None:
    assert after_quiet(Preferences(quiet_from=time(22), quiet_until=time(7)), at(now)) == at(out)


def test_quiet_hours_within_a_day() -> None:
    siesta = Preferences(quiet_from=time(12), quiet_until=time(14))
    assert [after_quiet(siesta, at(f"2026-03-02 {hour}")) for hour in ("11:59", "13:00", "14:00")] == [
        at("2026-03-02 11:59"),
        at("2026-03-02 14:00"),
        at("2026-03-02 14:00"),
    ]


QUIET = {"quiet_from": time(8), "quiet_until": time(20)}


def test_overdue_breaks_through_quiet_hours_and_the_digest(world: World) -> None:
    wants(world, ways=DIGESTED, **QUIET)
    world.intake()
    with clock.at(at("2026-03-03 09:01")):
        sweep()
    rows = Outbox.objects.filter(person=world.second, kind__in=("duty", "overdue")).order_by("made_at")
    assert [(row.kind, row.digest == "", row.try_at) for row in rows] == [
        ("duty", False, None),
        ("overdue", True, at("2026-03-03 09:01")),
    ]


def test_who_wants_no_urgency_is_left_in_quiet(world: World) -> None:
    wants(world, urgent_through=False, **QUIET)
    world.intake()
    with clock.at(at("2026-03-03 09:01")):
        sweep()
    row = Outbox.objects.get(person=world.second, kind="overdue")
    assert row.try_at == at("2026-03-03 20:00")


@pytest.mark.parametrize(("hours", "out"), [(23, at("2026-03-02 20:00")), (24, MONDAY)])
def test_what_is_due_within_the_hours_chosen_is_urgent(world: World, hours: int, out: datetime) -> None:
    wants(world, urgent_hours=hours, **QUIET)
    world.intake()
    assert Outbox.objects.get(kind="duty").try_at == out


def test_what_its_axis_calls_urgent_is(world: World) -> None:
    wanted = wants(world, urgent_hours=0, **QUIET)
    subject = world.intake()
    telling = Telling("duty", world.second, subject)
    assert route([telling], MONDAY)[0][0].try_at == after_quiet(wanted, MONDAY)
    subject.axes = {"urgent": True}
    assert route([telling], MONDAY)[0][0].try_at == MONDAY


# --- what is done with -------------------------------------------------------------------


def test_a_notice_of_what_is_done_counts_as_read(world: World) -> None:
    subject = world.intake()
    other = world.intake()
    world.take(Draft(subject, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"))
    read = Outbox.objects.filter(kind="duty", duty__contains="verified", read_at__isnull=False)
    assert [(row.subject, row.read_at) for row in read] == [(subject, at("2026-03-02 10:00"))]
    assert Outbox.objects.filter(subject=other, read_at__isnull=True).count() == 1


# --- reminders ---------------------------------------------------------------------------


def reminded(when: str) -> int:
    with clock.at(at(when)):
        return remind()


def plan(world: World) -> Duty:
    """A duty for which the regulation asks no warning: due on Tuesday at ten."""
    subject = world.intake()
    world.take(Draft(subject, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"))
    Outbox.objects.all().delete()
    return Duty.objects.get(subject=subject, event="plan_made")


def test_where_the_regulation_warns_nobody_each_is_reminded_so_long_before_as_he_chose(world: World) -> None:
    wants(world, remind_hours=8)
    duty = plan(world)
    assert (duty.warn_at, duty.due_at) == (None, at("2026-03-03 10:00"))
    assert reminded("2026-03-03 01:59") == 0
    assert (reminded("2026-03-03 02:00"), reminded("2026-03-03 02:01")) == (1, 0)
    assert reminded("2026-03-03 05:59") == 0
    assert reminded("2026-03-03 06:00") == 1
    told = Outbox.objects.filter(kind="warning").order_by("made_at").values_list("person", flat=True)
    assert list(told) == [world.second.pk, world.clerk.pk]


def test_who_wants_no_reminder_gets_none_and_the_regulations_own_stays(world: World) -> None:
    wants(world, remind_hours=0)
    plan(world)
    reminded("2026-03-03 05:59")
    assert reminded("2026-03-03 06:00") == 1
    warned = Duty.objects.filter(warn_at__isnull=False)
    world.intake(now=at("2026-03-03 10:00"))
    assert warned.count() == 1
    reminded("2026-03-04 05:59")
    assert reminded("2026-03-04 06:00") == 0


def test_what_opened_within_the_hours_was_told_then(world: World) -> None:
    wants(world, remind_hours=48)
    reminded("2026-03-02 09:59")
    plan(world)
    assert reminded("2026-03-02 10:01") == 0


def test_after_a_long_standstill_the_last_hour_is_told(world: World) -> None:
    duty = plan(world)
    assert duty.due_at is not None
    reminded("2026-03-02 11:00")
    with clock.at(duty.due_at - timedelta(hours=3, minutes=1)):
        assert remind() == 2
