"""Mail out of the house (RFC 5322), through whatever server the site names: notices, digests, letters to customers.

The Message-ID is made from the row's key and never changes: a server or a reader that gets it twice, because a
worker was killed between handing it over and writing so down, sees one message.
"""

from collections.abc import Iterator, Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from shouwen.channels import digests, letters
from shouwen.channels.ids import message_id
from shouwen.channels.wording import language_of
from shouwen.journal import clock
from shouwen.journal.models import Duty, Outbox
from shouwen.journal.notices import DIGEST

__all__ = ["deliver", "message_id"]

KEY = "X-Shouwen-Key"
MACHINE_MADE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""So that no absence note answers a notice (RFC 3834)."""


def deliver(rows: Sequence[Outbox]) -> Iterator[tuple[Outbox, str]]:
    """Hand each row to the mail server; gives it back with an empty text, or with what the server said.

    A digest of which nothing stands any more goes to nobody.
    """
    connection = get_connection()
    try:
        for row in rows:
            try:
                message = _message(row)
                if message is not None:
                    connection.send_messages([message])
            except (SMTPException, OSError, ValueError) as error:
                connection.close()
                yield row, f"{type(error).__name__}: {error}"
            else:
                if row.kind == DIGEST:
                    digests.done(row, clock.now())
                yield row, ""
    finally:
        connection.close()


def _message(row: Outbox) -> EmailMessage | None:
    if row.kind in letters.KINDS:
        message = letters.message(row)
    else:
        with translation.override(language_of(row.person_id)):
            title, text = _digest(row) if row.kind == DIGEST else _notice(row)
        if not text:
            return None
        message = EmailMessage(" ".join(title.split()), text, to=[row.address])
        message.extra_headers = dict(MACHINE_MADE)
    message.extra_headers |= {"Message-ID": message_id(row.key), KEY: message_id(row.key).strip("<>")}
    return message


def _notice(row: Outbox) -> tuple[str, str]:
    duty = Duty.objects.filter(subject=row.subject_id, key=row.duty).first() if row.duty else None
    context = {
        "notice": row,
        "subject": row.subject,
        "duty": duty,
        "due_at": localtime(duty.due_at) if duty and duty.due_at else None,
    }
    text = _rendered(f"{row.kind}.body", context)
    if settings.SHOUWEN_URL and row.subject_id:
        text = f"{text.rstrip()}\n\n{settings.SHOUWEN_URL}{reverse('desk:matter', args=[row.subject_id])}\n"
    return _rendered(f"{row.kind}.subject", context), text


def _digest(row: Outbox) -> tuple[str, str]:
    """Title and text; both empty where nothing stands any more."""
    waiting = digests.waiting(row).select_related("subject").order_by("pk")
    lines = [
        {
            "notice": line.notice,
            "duty": line.duty,
            "subject_template": f"channels/{line.notice.kind}.subject.txt",
            "due_at": localtime(line.due_at) if line.due_at else None,
            "late": line.due_at is not None and line.due_at < clock.now(),
            "link": _address(line.notice),
        }
        for line in digests.lines(list(waiting))
    ]
    if not lines:
        return "", ""
    context = {"lines": lines, "count": len(lines), "late": sum(1 for line in lines if line["late"])}
    return _rendered("digest.subject", context), _rendered("digest.body", context)


def _address(row: Outbox) -> str:
    known = settings.SHOUWEN_URL and row.subject_id
    return f"{settings.SHOUWEN_URL}{reverse('desk:matter', args=[row.subject_id])}" if known else ""


def _rendered(name: str, context: dict[str, Any]) -> str:
    return str(render_to_string(f"channels/{name}.txt", context))
