"""Webhooks, their deliveries, and the messages that are sent."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shouwen.api.schemas.common import EventName, Given, Key, Next, UnitId, Zoned


class NewWebhook(Given):
    url: str = Field(
        min_length=8, max_length=500, description="Where to send", examples=["https://example.org/shouwen"]
    )
    events: list[EventName] = Field(default_factory=list, max_length=100, description="Events; empty: all")
    kinds: list[EventName] = Field(default_factory=list, max_length=20, description="Kinds of subject; empty: all")
    unit: Key | None = Field(None, description="This unit and all below; null: all that the integration sees")


class ChangedWebhook(Given):
    url: str | None = Field(None, min_length=8, max_length=500, description="Where to send; null: as it is")
    events: list[EventName] | None = Field(None, max_length=100, description="Events; empty: all; null: as it is")
    kinds: list[EventName] | None = Field(None, max_length=20, description="Kinds; empty: all; null: as it is")
    active: bool | None = Field(None, description="True also ends a switching-off by the house: what waited goes out")


class Webhook(BaseModel):
    """订阅."""

    id: int = Field(description="Id of the webhook")
    url: str = Field(description="Where it is sent")
    events: list[str] = Field(description="Events; empty: all")
    kinds: list[str] = Field(description="Kinds of subject; empty: all")
    unit: int | None = Field(description="This unit and all below; null: all that the integration sees")
    active: bool = Field(description="False: the integration has switched it off")
    disabled_at: datetime | None = Field(description="When the house switched it off because nothing arrived any more")
    failing_since: datetime | None = Field(description="Since when nothing has arrived; null: the last one did")
    waiting: int = Field(description="Deliveries not yet accepted")


class NewSecret(Webhook):
    secret: str = Field(description="Shown this once")


class Webhooks(BaseModel):
    items: list[Webhook] = Field(description="All of them")


class WebhookDelivery(BaseModel):
    """投递记录: one request."""

    id: int = Field(description="Id of the delivery")
    message: str = Field(description="The `webhook-id`: the same each time that it is sent")
    at: datetime = Field(description="When it was sent")
    status: int | None = Field(description="HTTP status of the answer; null: none came")
    delivered: bool = Field(description="It was answered with 2xx")
    error: str = Field(description="What went wrong; empty: nothing")
    answer: str = Field(description="First 2,000 characters of the answer")
    milliseconds: int = Field(description="How long the exchange took")


class WebhookDeliveries(BaseModel):
    items: list[WebhookDelivery] = Field(description="One page of them, the latest first")
    next: Next


class Queued(BaseModel):
    message: str = Field(description="The `webhook-id` under which it goes out")


class Told(BaseModel):
    """The envelope of the entry, and whose it is. Nothing personal."""

    matter: UUID = Field(description="Id of the matter")
    number: str = Field(description="编号 of the matter")
    kind: str = Field(description="Kind of subject")
    unit: UnitId
    seq: int = Field(description="Number of the entry")
    event: str = Field(description="What happened")
    at: Zoned = Field(description="When it happened")
    recorded_at: Zoned = Field(description="When it was written")
    by: int | None = Field(description="Person who wrote it; null is the house itself")
    post: str = Field(description="Role whose act it is")
    data: dict[str, Any] = Field(description="Fields of the event that are not personal")


class Message(BaseModel):
    """What a webhook is sent, signed by Standard Webhooks 1.0."""

    id: str = Field(description="As the header `webhook-id`")
    type: Literal["shouwen.entry", "shouwen.ping"] = Field(description="A ping has no `data`")
    webhook: int = Field(description="Id of the webhook that asked for it")
    timestamp: Zoned = Field(description="When the entry was written, or the ping asked for")
    data: Told | None = Field(None, description="The entry")
