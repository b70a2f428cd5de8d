"""Notices by mail (RFC 5322), through whatever server the site names.

The Message-ID is made from the notice's key and never changes: a server or a reader that gets it twice, because a
worker was killed between handing it over and writing so down, sees one message.
"""

from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from smtplib import SMTPException
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from shouwen.journal.models import Duty, Outbox


def message_id(key: str) -> str:
    """Under the sender's domain, which is the same on every worker of a house."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid5(NAMESPACE_URL, key)}@{domain}>"


def deliver(rows: Sequence[Outbox]) -> Iterator[tuple[Outbox, str]]:
    """Hand each notice to the mail server; gives it back with an empty text, or with what the server said."""
    connection = get_connection()
    try:
        for row in rows:
            try:
                connection.send_messages([_message(row)])
            except (SMTPException, OSError, ValueError) as error:
                connection.close()
                yield row, f"{type(error).__name__}: {error}"
            else:
                yield row, ""
    finally:
        connection.close()


def _message(row: Outbox) -> EmailMessage:
    with translation.override(settings.LANGUAGE_CODE):
        duty = Duty.objects.filter(subject=row.subject_id, key=row.duty).first() if row.duty else None
        context = {
            "notice": row,
            "subject": row.subject,
            "duty": duty,
            "due_at": localtime(duty.due_at) if duty and duty.due_at else None,
        }
        title = render_to_string(f"channels/{row.kind}.subject.txt", context)
        text = str(render_to_string(f"channels/{row.kind}.body.txt", context))
    if settings.SHOUWEN_URL and row.subject_id:
        text = f"{text.rstrip()}\n\n{settings.SHOUWEN_URL}{reverse('desk:matter', args=[row.subject_id])}\n"
    message = EmailMessage(" ".join(title.split()), text, to=[row.address])
    message.extra_headers = {"Message-ID": message_id(row.key), "X-Shouwen-Key": message_id(row.key).strip("<>")}
    return message
