"""What this room stores, one module a channel."""

from shouwen.channels.models.mail import Incoming, Letter, Mailbox, Outcome, Returned
from shouwen.channels.models.notices import Preferences, Progress, Sample
from shouwen.channels.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Incoming",
    "Letter",
    "Mailbox",
    "Outcome",
    "Preferences",
    "Progress",
    "Returned",
    "Sample",
    "Webhook",
    "WebhookDelivery",
]
