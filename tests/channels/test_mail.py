"""Notices go out by mail, at least once, each under its key, none dropped (design: How one event flows)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings
from tests.channels.postbox import Postbox, postbox, subject_of
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.channels.mail import message_id
from shouwen.journal import clock
from shouwen.journal.anchors import daily_anchor
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Anchor, Delivery, Duty, Outbox
from shouwen.journal.outbox import deliver_due
from shouwen.journal.sweep import sweep
from shouwen.organisation import actions as organisation

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


def deliver(when: str) -> int:
    with clock.at(at(when)):
        return deliver_due()


def test_a_new_duty_is_told_once_to_who_owes_it_and_not_to_who_made_it(world: World, box: Postbox) -> None:
    subject = world.intake()
    assert (deliver("2026-03-02 09:01"), deliver("2026-03-02 09:02")) == (1, 0)
    (message,) = box.messages
    assert (message["To"], subject_of(message)) == ("second@example.org", f"待办：核实 — {subject.number}")
    assert message.get_content().splitlines() == ["核实（desk/1）应由您办理。", "到期：2026-03-03 09:00"]
    assert box.ids == [message_id(Outbox.objects.get().key)]


def test_mail_comes_from_the_house_and_leads_to_the_matter(world: World, box: Postbox, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "首问 <shouwen@example.org>"
    settings.SHOUWEN_URL = "https://desk.example.org"
    subject = world.intake()
    deliver("2026-03-02 09:01")
    (message,) = box.messages
    assert parseaddr(str(message["From"])) == ("首问", "shouwen@example.org")
    assert box.ids[0].endswith("@example.org>")
    assert message.get_content().splitlines()[-2:] == ["", f"https://desk.example.org/matters/{subject.pk}/"]


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({}, "shouwen@localhost"),
        ({"SHOUWEN_HOSTS": "*,.desk.example.org"}, "shouwen@desk.example.org"),
        ({"SHOUWEN_HOSTS": "desk.example.org", "SHOUWEN_MAIL_FROM": "care@example.org"}, "care@example.org"),
    ],
)
def test_the_sender_is_named_by_the_site(given: dict[str, str], sender: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOUWEN_")}
    env = {**kept, "DJANGO_SETTINGS_MODULE": "shouwen.house.settings", "SHOUWEN_HOME": str(tmp_path), **given}
    code = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL, settings.SHOUWEN_URL)"
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [sender]


def test_an_overdue_duty_is_told_to_all_who_hold_the_post(world: World, box: Postbox) -> None:
    world.intake()
    Outbox.objects.all().delete()
    with clock.at(at("2026-03-03 09:01")):
        assert sweep() == 1
        assert deliver_due() == 2
    assert sorted(str(message["To"]) for message in box.messages) == ["clerk@example.org", "second@example.org"]
    assert subject_of(box.messages[0]).startswith("逾期：核实")


def test_a_warning_comes_before_the_due_time(world: World, box: Postbox) -> None:
    world.intake()
    Outbox.objects.all().delete()
    with clock.at(at("2026-03-03 07:01")):
        assert (sweep(), deliver_due(), sweep()) == (1, 2, 0)
    assert subject_of(box.messages[0]).startswith("即将到期：核实")


def test_who_has_no_address_finds_it_on_the_desk(world: World, box: Postbox) -> None:
    world.second.email = ""
    world.second.save()
    world.intake()
    notice = Outbox.objects.get()
    assert (notice.channel, notice.sent_at, deliver("2026-03-02 09:01")) == ("desk", MONDAY, 0)


def test_a_refused_message_is_tried_again_ever_later_and_stops_no_other(world: World, box: Postbox) -> None:
    box.refusing.add("second@example.org")
    subject = world.intake()
    world.take(Draft(subject, "handover_offered", {"to": world.boss.pk}), now=at("2026-03-02 09:00"))
    assert deliver("2026-03-02 09:01") == 1
    assert [message["To"] for message in box.messages] == ["boss@example.org"]
    waiting = Outbox.objects.get(sent_at__isnull=True)
    assert (waiting.attempts, waiting.try_at) == (1, at("2026-03-02 09:02"))
    attempt = Delivery.objects.get(outbox=waiting)
    assert (attempt.delivered, "550" in attempt.error) == (False, True)
    assert deliver("2026-03-02 09:01") == 0
    box.refusing.clear()
    assert deliver("2026-03-02 09:02") == 1
    assert len(box.messages) == 2


def test_a_killed_workers_row_is_taken_again_when_its_lease_has_run_out(world: World, box: Postbox) -> None:
    world.intake()
    Outbox.objects.update(leased_by="killed", leased_until=MONDAY + timedelta(seconds=60))
    assert (deliver("2026-03-02 09:00"), deliver("2026-03-02 09:01")) == (0, 1)


def test_what_has_gone_out_twice_has_one_id(world: World, box: Postbox) -> None:
    world.intake()
    deliver("2026-03-02 09:01")
    Outbox.objects.update(sent_at=None, try_at=MONDAY)
    deliver("2026-03-02 09:02")
    assert (len(box.ids), len(set(box.ids))) == (2, 1)


def test_the_daily_anchor_is_mailed_to_auditors_once(world: World, box: Postbox) -> None:
    world.intake()
    Outbox.objects.all().delete()
    auditor = organisation.create_person("auditor", "审计")
    auditor.email, auditor.auditor = "auditor@example.org", True
    auditor.save()
    with clock.at(at("2026-03-03 00:00")):
        assert (daily_anchor(), daily_anchor(), deliver_due()) == (1, 0, 1)
    (message,) = box.messages
    assert f'"root":"{Anchor.objects.get().root}"' in message.get_content()


@pytest.mark.parametrize("kind", ["duty", "warning", "overdue"])
def test_a_time_of_a_year_without_an_official_calendar_is_marked(kind: str) -> None:
    context = {"duty": Duty(title="核实", clause="desk/1", provisional=True), "due_at": at("2027-10-08 00:00")}
    text = render_to_string(f"channels/{kind}.body.txt", context)
    assert "(暂定：尚无官方日历)" in text.splitlines()[-1]
