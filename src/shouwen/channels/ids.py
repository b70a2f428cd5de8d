"""Names of messages for ever (RFC 5322, 3.6.4)."""

from email.utils import parseaddr
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings


def message_id(key: str) -> str:
    """Under the sender's domain, which is the same on every worker of a house."""
    return f"<{uuid5(NAMESPACE_URL, key)}@{own_address().rpartition('@')[2]}>"


def own_address() -> str:
    """The address that the house's mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
