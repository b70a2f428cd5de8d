"""Webhooks (回调): entries told to other systems through the outbox, signed, at least once, none dropped.

Signed as Standard Webhooks 1.0 has it: ``webhook-id`` is the same each time that a message is sent,
``webhook-timestamp`` seconds since 1970, ``webhook-signature`` one ``v1,BASE64`` for each secret that holds, each
HMAC-SHA256 over ``ID.TIMESTAMP.BODY``. The body is the entry's envelope: nothing sealed, nothing personal. Whether the
integration may see the subject is asked when it is sent, not when it was written.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import orjson
from django.db import transaction

from shouwen.channels.models import Webhook, WebhookDelivery
from shouwen.channels.sending import Answer, Unreachable, send
from shouwen.journal import clock, post
from shouwen.journal.leases import pushed
from shouwen.journal.models import Entry, Outbox, Subject
from shouwen.journal.notices import DESK, MAIL
from shouwen.journal.pen import HISTORY, OpenJournal
from shouwen.journal.settle import Settled
from shouwen.organisation.access import visible
from shouwen.organisation.snapshot import Kept

CHANNEL = "webhook"
ENTRY = "entry"
PING = "ping"
GIVEN_UP = timedelta(days=3)
"""An address at which nothing has arrived for so long is switched off."""
SLOW = timedelta(seconds=2)
ANSWER = 2_000
"""Characters of an answer that are kept."""
MARK = "whsec_"


listening = Kept(lambda: list(Webhook.objects.filter(active=True, ended_at__isnull=True).select_related("unit")))
"""Webhooks that are told of entries."""


def follow(settled: Sequence[tuple[OpenJournal, Settled]]) -> None:
    """Put what a batch has written into the outbox, for each webhook that asked for it.

    Of history that is brought in nobody is told.
    """
    hooks = listening()
    if not hooks:
        return
    added = [(journal, entry) for journal, _settled in settled for entry in journal.added if HISTORY not in entry.marks]
    rows = [
        _row(hook, journal.subject, entry)
        for hook in hooks
        for journal, entry in added
        if fits(hook, journal.subject, entry)
    ]
    if rows:
        post.put(rows)


def fits(hook: Webhook, subject: Subject, entry: Entry) -> bool:
    """Whether the webhook asked for such entries."""
    wanted = not hook.events or entry.type in hook.events
    kind = not hook.kinds or subject.kind in hook.kinds
    return wanted and kind and (hook.unit is None or subject.unit.path.startswith(hook.unit.path))


def _row(hook: Webhook, subject: Subject, entry: Entry) -> Outbox:
    return Outbox(
        key=f"{CHANNEL}:{hook.pk}:{subject.pk}:{entry.seq}",
        kind=ENTRY,
        channel=CHANNEL,
        subject=subject,
        data={"webhook": hook.pk, "seq": entry.seq},
        made_at=entry.recorded_at,
        try_at=None if hook.disabled_at else entry.recorded_at,
    )


def message_id(key: str) -> str:
    """The ``webhook-id``: by the outbox's key, so the same each time."""
    return f"msg_{uuid5(NAMESPACE_URL, key).hex}"


# --- delivering --------------------------------------------------------------------------


def deliver(rows: Sequence[Outbox]) -> Iterator[tuple[Outbox, str]]:
    """Send each row; gives it back with an empty text, or with what went wrong.

    After a failure the address rests, and all that waits for it with it: it takes no worker's time from others.
    """
    now = clock.now()
    hooks = Webhook.objects.select_related("person", "unit").in_bulk({row.data["webhook"] for row in rows})
    for row in rows:
        hook = hooks[row.data["webhook"]]
        if hook.ended_at is not None or hook.disabled_at is not None:
            _hold(row, None)
        elif hook.rests_until is not None and hook.rests_until > now:
            _hold(row, hook.rests_until)
        else:
            yield row, _deliver(hook, row, now)


def _hold(row: Outbox, until: datetime | None) -> None:
    """Let the row wait; it is not given back, so nobody counts an attempt."""
    post.hold(row, until)


def _deliver(hook: Webhook, row: Outbox, now: datetime) -> str:
    body = body_of(hook, row, now)
    if body is None:
        # Not to be seen (any more) by whom it was for: done with, and nothing was told.
        return ""
    started = monotonic()
    answer: Answer | None = None
    try:
        answer = send(hook.url, body, signed(hook, row, body, now))
        error = "" if answer.accepted else f"HTTP {answer.status}"
    except Unreachable as reason:
        error = str(reason)
    took = monotonic() - started
    WebhookDelivery.objects.create(
        webhook=hook,
        outbox=row,
        at=now,
        status=answer.status if answer else None,
        delivered=not error,
        error=error[:500],
        answer=answer.text[:ANSWER] if answer else "",
        milliseconds=int(took * 1000),
    )
    if error:
        _failed(hook, now)
    else:
        _accepted(hook, timedelta(seconds=took))
    return error


def _accepted(hook: Webhook, took: timedelta) -> None:
    """Who is slow rests twice as long as it took, and takes at most a third of a worker's time."""
    rests = clock.now() + 2 * took if took > SLOW else None
    if hook.failing_since is not None or hook.rests_until != rests:
        hook.failing_since, hook.failures, hook.rests_until = None, 0, rests
        hook.save(update_fields=["failing_since", "failures", "rests_until"])


def body_of(hook: Webhook, row: Outbox, now: datetime) -> bytes | None:
    """What is sent; None where the webhook's person does not see the subject."""
    told: dict[str, Any] = {"id": message_id(row.key), "type": f"shouwen.{row.kind}", "webhook": hook.pk}
    if row.kind == PING:
        return orjson.dumps(told | {"timestamp": row.made_at.isoformat()})
    assert row.subject_id is not None
    subject = visible(hook.person, Subject.objects.select_related("unit").filter(pk=row.subject_id), now).first()
    entry = Entry.objects.filter(subject=row.subject_id, seq=row.data["seq"]).first()
    if subject is None or entry is None:
        return None
    return orjson.dumps(told | {"timestamp": _local(entry.recorded_at, subject), "data": _envelope(subject, entry)})


def _envelope(subject: Subject, entry: Entry) -> dict[str, Any]:
    return {
        "matter": str(subject.pk),
        "number": subject.number,
        "kind": subject.kind,
        "unit": subject.unit_id,
        "seq": entry.seq,
        "event": entry.type,
        "at": _local(entry.at, subject),
        "recorded_at": _local(entry.recorded_at, subject),
        "by": entry.by_id,
        "post": entry.post,
        "data": entry.data,
    }


def _local(moment: datetime, subject: Subject) -> str:
    return moment.astimezone(ZoneInfo(subject.unit.zone)).isoformat()


def signed(hook: Webhook, row: Outbox, body: bytes, now: datetime) -> dict[str, str]:
    """The headers under which the body goes out."""
    name, stamp = message_id(row.key), str(int(now.timestamp()))
    secrets = [hook.secret]
    if hook.secret_before and hook.before_until is not None and now < hook.before_until:
        secrets.append(hook.secret_before)
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signature(secret, name, stamp, body) for secret in secrets),
        "content-type": "application/json",
        "user-agent": "Shouwen",
    }


def signature(secret: str, name: str, stamp: str, body: bytes) -> str:
    """``v1,…`` of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix(MARK))
    made = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


# --- failing -----------------------------------------------------------------------------


def _failed(hook: Webhook, now: datetime) -> None:
    hook.failures += 1
    hook.failing_since = hook.failing_since or now
    hook.rests_until = pushed(now, hook.failures)
    if now - hook.failing_since >= GIVEN_UP:
        hook.disabled_at = now
    with transaction.atomic():
        hook.save(update_fields=["failures", "failing_since", "rests_until", "disabled_at"])
        waiting = Outbox.objects.filter(channel=CHANNEL, sent_at__isnull=True, data__webhook=hook.pk)
        waiting.update(try_at=None if hook.disabled_at else hook.rests_until, leased_by="", leased_until=None)
        if hook.disabled_at is not None and hook.contact is not None:
            _tell(hook, now)


def _tell(hook: Webhook, now: datetime) -> None:
    """Say to who is responsible that the webhook was switched off."""
    person = hook.contact
    assert person is not None
    mailed = bool(person.email)
    row = Outbox(
        key=f"webhook_disabled:{hook.pk}:{now.isoformat()}:{person.pk}",
        kind="webhook_disabled",
        channel=MAIL if mailed else DESK,
        person=person,
        address=person.email,
        data={"url": hook.url, "since": hook.failing_since and hook.failing_since.isoformat()},
        made_at=now,
        try_at=now if mailed else None,
        sent_at=None if mailed else now,
    )
    post.put([row])
