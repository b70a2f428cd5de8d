"""What is done to webhooks: one function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from shouwen.channels.models import Webhook, WebhookDelivery
from shouwen.channels.sending import check_url
from shouwen.channels.webhooks import CHANNEL, MARK, PING
from shouwen.journal import post, queue
from shouwen.journal.models import Outbox
from shouwen.organisation.models import Person, Unit

OVERLAP = timedelta(hours=24)
"""How long the secret before a rotation still signs beside the new one."""
BYTES = 24


def new_secret() -> str:
    return MARK + base64.b64encode(secrets.token_bytes(BYTES)).decode()


@transaction.atomic
def subscribe(
    person: Person,
    url: str,
    now: datetime,
    *,
    events: Sequence[str] = (),
    kinds: Sequence[str] = (),
    unit: Unit | None = None,
    contact: Person | None = None,
) -> Webhook:
    """A new webhook with its secret; it is told of what is recorded from now on."""
    _check(url)
    return Webhook.objects.create(
        person=person,
        contact=contact,
        url=url,
        events=list(dict.fromkeys(events)),
        kinds=list(dict.fromkeys(kinds)),
        unit=unit,
        secret=new_secret(),
        made_at=now,
    )


@transaction.atomic
def change(
    hook: Webhook,
    now: datetime,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Change what is given. Switched on, it also gets what has waited while the house had switched it off."""
    if url is not None:
        _check(url)
        hook.url = url
    if events is not None:
        hook.events = list(dict.fromkeys(events))
    if kinds is not None:
        hook.kinds = list(dict.fromkeys(kinds))
    if active is not None:
        hook.active = active
    if active:
        hook.disabled_at = hook.failing_since = hook.rests_until = None
        hook.failures = 0
        waiting(hook).update(try_at=now)
    hook.save()
    return hook


@transaction.atomic
def rotate(hook: Webhook, now: datetime) -> Webhook:
    """A new secret; the one before signs beside it for a day, so that the other side can change over."""
    hook.secret_before, hook.before_until = hook.secret, now + OVERLAP
    hook.secret = new_secret()
    hook.save(update_fields=["secret", "secret_before", "before_until"])
    return hook


@transaction.atomic
def unsubscribe(hook: Webhook, now: datetime) -> Webhook:
    """Nothing is sent any more, not even what waits; the record of deliveries stays."""
    hook.active, hook.ended_at = False, now
    hook.save(update_fields=["active", "ended_at"])
    waiting(hook).update(try_at=None)
    return hook


@transaction.atomic
def ping(hook: Webhook, now: datetime) -> Outbox:
    """Send a message that says nothing, by the same way as all others."""
    key = f"{CHANNEL}:{hook.pk}:ping:{uuid4()}"
    row = post.put_one(Outbox(key=key, kind=PING, channel=CHANNEL, data={"webhook": hook.pk}, made_at=now, try_at=now))
    transaction.on_commit(queue.tick, robust=True)
    return row


@transaction.atomic
def redeliver(delivery: WebhookDelivery, now: datetime) -> Outbox:
    """Send the message of a delivery once more, under the same ``webhook-id``."""
    row = Outbox.objects.select_for_update().get(pk=delivery.outbox_id)
    row.sent_at, row.try_at, row.leased_by, row.leased_until = None, now, "", None
    row.save(update_fields=["sent_at", "try_at", "leased_by", "leased_until"])
    Webhook.objects.filter(pk=delivery.webhook_id).update(rests_until=None)
    transaction.on_commit(queue.tick, robust=True)
    return row


def waiting(hook: Webhook) -> QuerySet[Outbox]:
    """What the webhook has yet to accept."""
    return Outbox.objects.filter(channel=CHANNEL, sent_at__isnull=True, data__webhook=hook.pk)


def _check(url: str) -> None:
    wrong = check_url(url)
    if wrong:
        raise ValidationError({"url": wrong})
