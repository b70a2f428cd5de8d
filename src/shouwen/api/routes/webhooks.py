"""Webhooks: subscribe, change, rotate the secret, try, look at deliveries, send again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from shouwen.api import schemas
from shouwen.api.cursors import page, whole
from shouwen.api.filters import Paging
from shouwen.api.models import Scope
from shouwen.api.once import Done, once
from shouwen.api.problems import wrong
from shouwen.api.refusals import from_models
from shouwen.api.routes.recording import WITH_KEY
from shouwen.api.seeing import one_of
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain
from shouwen.channels import hooks
from shouwen.channels.models import Webhook, WebhookDelivery
from shouwen.channels.webhooks import message_id
from shouwen.organisation.access import visible
from shouwen.organisation.models import Unit

router = Router(tags=["webhooks"])
MANAGE = Bearer(Scope.WEBHOOKS_MANAGE)


def _own(who: Caller) -> QuerySet[Webhook]:
    return Webhook.objects.filter(person=who.person, ended_at__isnull=True)


@router.get("/webhooks", auth=MANAGE, response=schemas.Webhooks)
def list_webhooks(request: HttpRequest) -> Plain:
    """The integration's webhooks."""
    return {"items": [hook_told(one) for one in _own(caller(request)).order_by("pk")]}


@router.post("/webhooks", auth=MANAGE, response={201: schemas.NewSecret}, openapi_extra=WITH_KEY)
def subscribe(request: HttpRequest, body: schemas.NewWebhook) -> HttpResponse:
    """Subscribe: from now on the address gets a POST for each entry that fits and that the integration may see."""
    who = caller(request)

    def work(_key: str | None) -> Done:
        unit = _unit(who, body.unit)
        try:
            made = hooks.subscribe(
                who.person,
                body.url,
                who.now,
                events=body.events,
                kinds=body.kinds,
                unit=unit,
                contact=who.token.integration.contact,
            )
        except ValidationError as error:
            raise from_models(error) from error
        return Done(201, hook_told(made) | {"secret": made.secret})

    return once(request, schemas.NewSecret, work)


def _unit(who: Caller, pk: int | None) -> Unit | None:
    if pk is None:
        return None
    found = visible(who.person, Unit.objects.filter(pk=pk), who.now).first()
    if found is None:
        raise wrong(_("There is no such unit within the reach of the integration's posts."), pointer="#/unit")
    return found


@router.get("/webhooks/{int:webhook}", auth=MANAGE, response=schemas.Webhook)
def read_webhook(request: HttpRequest, webhook: schemas.Pk) -> Plain:
    """One webhook, and how many deliveries wait for it."""
    return hook_told(one_of(_own(caller(request)).filter(pk=webhook)))


@router.patch("/webhooks/{int:webhook}", auth=MANAGE, response=schemas.Webhook)
def change_webhook(request: HttpRequest, webhook: schemas.Pk, body: schemas.ChangedWebhook) -> Plain:
    """Change address, events or kinds, switch off or on. Switched on after the house switched it off, it also gets
    what has waited."""
    who = caller(request)
    found = one_of(_own(who).filter(pk=webhook))
    try:
        hooks.change(found, who.now, url=body.url, events=body.events, kinds=body.kinds, active=body.active)
    except ValidationError as error:
        raise from_models(error) from error
    return hook_told(found)


@router.delete("/webhooks/{int:webhook}", auth=MANAGE, response={204: None})
def unsubscribe(request: HttpRequest, webhook: schemas.Pk) -> Any:
    """Take it away: nothing is sent any more, not even what waits."""
    who = caller(request)
    hooks.unsubscribe(one_of(_own(who).filter(pk=webhook)), who.now)
    return Status(204, None)


@router.post("/webhooks/{int:webhook}/secret", auth=MANAGE, response=schemas.NewSecret)
def rotate_secret(request: HttpRequest, webhook: schemas.Pk) -> Plain:
    """A new secret. For 24 hours each delivery is signed with the one before too."""
    who = caller(request)
    found = hooks.rotate(one_of(_own(who).filter(pk=webhook)), who.now)
    return hook_told(found) | {"secret": found.secret}


@router.post("/webhooks/{int:webhook}/ping", auth=MANAGE, response={202: schemas.Queued})
def ping(request: HttpRequest, webhook: schemas.Pk) -> Any:
    """Send a message that says nothing, signed like all others; see the deliveries for what came of it."""
    who = caller(request)
    row = hooks.ping(one_of(_own(who).filter(pk=webhook)), who.now)
    return Status(202, {"message": message_id(row.key)})


@router.get("/webhooks/{int:webhook}/deliveries", auth=MANAGE, response=schemas.WebhookDeliveries)
def list_deliveries(request: HttpRequest, webhook: schemas.Pk, paging: Query[Paging]) -> Plain:
    """The log: every request with its answer, latest first."""
    hook = one_of(_own(caller(request)).filter(pk=webhook))
    rows = WebhookDelivery.objects.filter(webhook=hook).select_related("outbox")
    found, following = page(rows, ("-pk",), paging.cursor, paging.limit, (whole,))
    return {"items": [_delivery_told(one) for one in found], "next": following}


@router.post("/webhooks/{int:webhook}/deliveries/{int:delivery}/again", auth=MANAGE, response={202: schemas.Queued})
def send_again(request: HttpRequest, webhook: schemas.Pk, delivery: schemas.Pk) -> Any:
    """Send the message of a delivery once more, under the same `webhook-id`."""
    who = caller(request)
    hook = one_of(_own(who).filter(pk=webhook))
    row = hooks.redeliver(one_of(WebhookDelivery.objects.filter(webhook=hook, pk=delivery)), who.now)
    return Status(202, {"message": message_id(row.key)})


def hook_told(hook: Webhook) -> Plain:
    return {
        "id": hook.pk,
        "url": hook.url,
        "events": hook.events,
        "kinds": hook.kinds,
        "unit": hook.unit_id,
        "active": hook.active,
        "disabled_at": hook.disabled_at,
        "failing_since": hook.failing_since,
        "waiting": hooks.waiting(hook).count(),
    }


def _delivery_told(one: WebhookDelivery) -> Plain:
    return {
        "id": one.pk,
        "message": message_id(one.outbox.key),
        "at": one.at,
        "status": one.status,
        "delivered": one.delivered,
        "error": one.error,
        "answer": one.answer,
        "milliseconds": one.milliseconds,
    }
