"""Signed webhooks with retries and a log, against a real server on loopback (Standard Webhooks 1.0)."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson
import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings
from tests.channels.postbox import postbox, subject_of
from tests.channels.receiver import Receiver, receiver
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.channels import hooks, sending, webhooks
from shouwen.channels.models import Webhook, WebhookDelivery
from shouwen.channels.sending import check_url, is_allowed
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Outbox, Subject
from shouwen.journal.outbox import deliver_due
from shouwen.journal.record import record_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return lay()


@pytest.fixture
def other(settings: Settings) -> Iterator[Receiver]:
    """Another system; the test's house allows loopback."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiver() as told:
        yield told


@pytest.fixture
def hook(world: World, other: Receiver) -> Webhook:
    return hooks.subscribe(world.clerk, other.url, MONDAY, contact=world.boss)


def deliver(when: str | datetime) -> int:
    """Only the webhooks: mails of the same rounds are not looked at here."""
    Outbox.objects.exclude(channel="webhook").delete()
    with clock.at(at(when) if isinstance(when, str) else when):
        return deliver_due()


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """By the letter of Standard Webhooks: base64 of HMAC-SHA256 over id.timestamp.payload."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_an_entry_is_told_signed_and_without_anything_personal(world: World, hook: Webhook, other: Receiver) -> None:
    subject = world.intake()
    assert (deliver("2026-03-02 09:01"), deliver("2026-03-02 09:02")) == (1, 0)
    ((headers, body),) = other.got
    assert headers["webhook-signature"] == signature(hook.secret, headers, body)
    assert headers["webhook-timestamp"] == str(int(at("2026-03-02 09:01").timestamp()))
    told = orjson.loads(body)
    assert (told["id"], told["type"]) == (headers["webhook-id"], "shouwen.entry")
    data = told["data"]
    assert (data["matter"], data["number"], data["event"], data["seq"]) == (
        str(subject.pk),
        subject.number,
        "received",
        1,
    )
    assert (data["at"], data["data"]["channel"]) == ("2026-03-02T09:00:00+08:00", "电话")
    assert "渗水" not in body.decode()
    log = WebhookDelivery.objects.get()
    assert (log.status, log.delivered, log.answer, log.error) == (200, True, "answered 200", "")


def test_only_what_was_asked_for(world: World, other: Receiver) -> None:
    hooks.subscribe(world.clerk, other.url, MONDAY, events=["verified"])
    hooks.subscribe(world.clerk, other.url, MONDAY, kinds=["cause"])
    hooks.subscribe(world.boss, other.url, MONDAY, unit=world.other)
    subject = world.intake()
    world.take(Draft(subject, "verified", {"result": "属实"}), now=at("2026-03-02 09:05"))
    deliver("2026-03-02 09:06")
    assert [orjson.loads(body)["data"]["event"] for _headers, body in other.got] == ["verified"]


def test_only_what_its_person_sees_when_it_is_sent(world: World, other: Receiver) -> None:
    hooks.subscribe(world.outsider, other.url, MONDAY)
    hooks.subscribe(world.second, other.url, MONDAY)
    subject = world.intake()
    Subject.objects.filter(pk=subject.pk).update(confidential=True)
    world.second.is_active = False
    world.second.save()
    assert deliver("2026-03-02 09:01") == 2
    assert (other.got, WebhookDelivery.objects.count()) == ([], 0)


def test_history_is_told_to_nobody(world: World, hook: Webhook) -> None:
    record_batch(
        [[Draft(world.new(), "received", {"channel": "电话", "text": "旧"})]], actor=world.actor(), history=True
    )
    assert Outbox.objects.filter(channel="webhook").count() == 0


@pytest.mark.parametrize(
    ("behaviour", "status", "error"),
    [
        (500, 500, "HTTP 500"),
        (404, 404, "HTTP 404"),
        ("redirect", 302, "HTTP 302"),
        ("garbage", None, "BadStatusLine"),
    ],
)
def test_what_is_not_accepted_is_tried_again_ever_later(
    world: World, hook: Webhook, other: Receiver, behaviour: int | str, status: int | None, error: str
) -> None:
    other.behaviour = behaviour
    world.intake()
    assert deliver("2026-03-02 09:01") == 0
    log = WebhookDelivery.objects.get()
    assert (log.status, log.delivered, log.error.startswith(error)) == (status, False, True)
    hook.refresh_from_db()
    assert (hook.failing_since, hook.rests_until) == (at("2026-03-02 09:01"), at("2026-03-02 09:02"))
    assert deliver("2026-03-02 09:01") == 0
    other.behaviour = 200
    assert deliver("2026-03-02 09:02") == 1
    hook.refresh_from_db()
    assert (hook.failing_since, hook.failures, hook.rests_until) == (None, 0, None)
    assert len(set(other.ids)) == 1


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_who_hangs_holds_nobody_up(
    world: World, hook: Webhook, other: Receiver, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CONNECT", 0.3)
    monkeypatch.setattr(sending, "WHOLE", 0.6)
    other.behaviour = behaviour
    for _n in range(3):
        world.intake()
    with receiver() as good:
        hooks.subscribe(world.clerk, good.url, MONDAY)
        world.intake()
        assert deliver("2026-03-02 09:01") == 1
    # One try shows that it hangs; what else waits for it rests with it.
    assert (len(other.got), len(good.got)) == (1, 1)
    assert WebhookDelivery.objects.filter(webhook=hook).count() == 1


def test_who_is_slow_rests_twice_as_long_and_loses_nothing(
    world: World, hook: Webhook, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "SLOW", timedelta(0))
    world.intake()
    world.intake()
    assert deliver("2026-03-02 09:01") == 1
    hook.refresh_from_db()
    assert hook.rests_until is not None
    assert (hook.failures, hook.rests_until > at("2026-03-02 09:01")) == (0, True)
    assert (deliver("2026-03-02 09:01"), deliver("2026-03-02 09:02")) == (0, 1)
    assert len(set(other.ids)) == 2


def test_a_round_ends_in_time_and_the_next_goes_on(world: World, hook: Webhook, other: Receiver) -> None:
    """Due times have their turn between rounds, however much is to be delivered."""
    for _n in range(3):
        world.intake()
    Outbox.objects.exclude(channel="webhook").delete()
    with clock.at(at("2026-03-02 09:01")):
        assert deliver_due(longest=timedelta(seconds=-1)) == 0
        assert deliver_due() == 3


def test_a_closed_port_is_no_answer(world: World, settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiver() as gone:
        hooks.subscribe(world.clerk, gone.url, MONDAY)
    world.intake()
    assert deliver("2026-03-02 09:01") == 0
    assert WebhookDelivery.objects.get().error.startswith("ConnectionRefusedError")


def test_of_a_long_answer_the_beginning_is_kept(world: World, hook: Webhook, other: Receiver) -> None:
    other.behaviour = "long"
    world.intake()
    deliver("2026-03-02 09:01")
    assert WebhookDelivery.objects.get().answer == "好" * 2000


def test_a_rotated_secret_signs_beside_the_one_before_for_a_day(world: World, hook: Webhook, other: Receiver) -> None:
    old = hook.secret
    hooks.rotate(hook, MONDAY)
    world.intake()
    deliver("2026-03-03 08:59")
    headers, body = other.got[0]
    both = [signature(secret, headers, body) for secret in (hook.secret, old)]
    assert headers["webhook-signature"].split() == both
    hooks.ping(hook, at("2026-03-03 09:00"))
    deliver("2026-03-03 09:00")
    headers, body = other.got[1]
    assert headers["webhook-signature"] == signature(hook.secret, headers, body)
    assert orjson.loads(body)["type"] == "shouwen.ping"


def test_a_message_sent_again_has_its_id(world: World, hook: Webhook, other: Receiver) -> None:
    world.intake()
    deliver("2026-03-02 09:01")
    hooks.redeliver(WebhookDelivery.objects.get(), at("2026-03-02 10:00"))
    assert deliver("2026-03-02 10:00") == 1
    assert (len(other.ids), len(set(other.ids))) == (2, 1)


def test_who_has_not_answered_for_three_days_is_switched_off_and_somebody_told(
    world: World, hook: Webhook, other: Receiver, settings: Settings
) -> None:
    other.behaviour = 500
    world.intake()
    deliver("2026-03-02 09:01")
    deliver("2026-03-05 09:00")
    hook.refresh_from_db()
    assert hook.disabled_at is None
    with postbox() as (box, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        deliver("2026-03-05 18:00")
    hook.refresh_from_db()
    assert hook.disabled_at == at("2026-03-05 18:00")
    (message,) = box.messages
    assert (message["To"], subject_of(message)) == ("boss@example.org", "一个回调已被停用")
    assert hook.url in message.get_content()


def test_nothing_is_lost_while_it_is_switched_off(world: World, hook: Webhook, other: Receiver) -> None:
    Webhook.objects.update(disabled_at=MONDAY)
    world.intake()
    world.intake()
    assert (deliver("2026-03-03 09:00"), other.got) == (0, [])
    hook.refresh_from_db()
    hooks.change(hook, at("2026-03-03 10:00"), active=True)
    assert deliver("2026-03-03 10:00") == 2


def test_what_was_taken_away_gets_nothing_more(world: World, hook: Webhook, other: Receiver) -> None:
    world.intake()
    hooks.unsubscribe(hook, at("2026-03-02 09:01"))
    world.intake()
    assert (deliver("2026-03-02 09:02"), other.got) == (0, [])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "http:///x",
        "example.org",
        "http://user:pass@example.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.1.1:8080/",
        "http://0.0.0.0/",
        "http://100.64.0.1/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://[::7f00:1]/",
        "http://224.0.0.1/",
        "http://例子.org/",
        "http://example.org:99999/",
        "http://example.org/a b",
    ],
)
def test_addresses_inside_the_house_are_not_taken(world: World, url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        hooks.subscribe(world.clerk, url, MONDAY)
    assert list(raised.value.message_dict) == ["url"]


def test_addresses_that_are_taken(settings: Settings) -> None:
    assert [check_url(url) for url in ("https://example.org/hook?a=1", "http://8.8.8.8:8080/")] == ["", ""]
    settings.WEBHOOK_NETWORKS = ["10.1.0.0/16"]
    assert [is_allowed(one) for one in ("10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1")] == [True, True, False]
    assert [is_allowed(one) for one in ("2606:4700::1111", "64:ff9b::808:808")] == [True, True]


def test_a_name_that_leads_into_the_house_is_not_called(world: World, settings: Settings) -> None:
    """localhost is a name: what it leads to is seen only when something is sent."""
    hooks.subscribe(world.clerk, "http://localhost:1/", MONDAY)
    world.intake()
    deliver("2026-03-02 09:01")
    assert WebhookDelivery.objects.get().error == "OSError: 不调用内网地址。"


def test_the_pause_grows_and_ends(world: World, hook: Webhook, other: Receiver) -> None:
    other.behaviour = 503
    world.intake()
    now, pauses = at("2026-03-02 09:01"), []
    for _n in range(6):
        deliver(now)
        hook.refresh_from_db()
        assert hook.rests_until is not None
        pauses.append(hook.rests_until - now)
        now = hook.rests_until
    assert pauses == [timedelta(seconds=30 * 2**n) for n in range(1, 7)]
