"""What this room stores, one module a channel."""

from shouwen.channels.models.webhooks import Webhook, WebhookDelivery

__all__ = ["Webhook", "WebhookDelivery"]
