"""Letters to customers (去信): an act upon the matter, and the mail that carries it, whole in one transaction."""

import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from shouwen.channels.ids import message_id
from shouwen.channels.models import Incoming, Letter
from shouwen.journal import attachments, clock, post, queue
from shouwen.journal.drafts import Actor, Draft, Recorded
from shouwen.journal.errors import Invalid, room
from shouwen.journal.models import Attachment, Content, Outbox, Subject
from shouwen.journal.notices import MAIL
from shouwen.journal.record import record

LETTER, RECEIPT = "letter", "receipt"
KINDS = frozenset({LETTER, RECEIPT})
BY_MAIL = "邮件"
EVENTS = ("answered", "progress_told")
"""Acts that tell the customer something in words."""
RECEIPTS_A_DAY = 3
"""To one address: two machines that answer each other end here."""
TOKEN_LENGTH = 10


@dataclass(frozen=True)
class Addressed:
    """Where a letter goes, what it says, and the mail of the customer's that it answers."""

    to: str
    text: str
    files: Sequence[Attachment] = ()
    answers: Incoming | None = None


def send(
    subject: Subject,
    letter: Addressed,
    *,
    actor: Actor,
    event: str = "answered",
    key: str | None = None,
    seen: int | None = None,
    post: str = "",
) -> Recorded:
    """Answer the customer by mail: the act is recorded and the mail put into the outbox, both or neither.

    Raises what ``record`` raises; Invalid (``to``, ``text``, ``files``) for what cannot be sent.
    """
    address = _checked(letter)
    data = {"form": BY_MAIL, "text": letter.text}
    with room(), transaction.atomic():
        done = record(Draft(subject, event, data, key=key, seen=seen, post=post), actor=actor)
        if not done.repeated:
            about: dict[str, Any] = {"files": [str(one.pk) for one in letter.files]}
            _post(LETTER, subject, address, done.entries[0].seq, about, letter.answers)
    return done


def _checked(letter: Addressed) -> str:
    address = letter.to.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid({"to": _("This is no e-mail address.")}) from error
    if not letter.text.strip():
        raise Invalid({"text": _("This is required.")})
    if sum(one.size for one in letter.files) > attachments.SIZE_LIMIT:
        raise Invalid({"files": _("Together the files are larger than %(limit)d MB.") % {"limit": 20}})
    return address


def send_receipt(subject: Subject, mail: Incoming) -> bool:
    """Tell the sender that the mail has arrived and under which number (收件回执); whether it was done."""
    since = clock.now() - timedelta(days=1)
    sent = Outbox.objects.filter(kind=RECEIPT, address=mail.sender, made_at__gt=since).count()
    if sent >= RECEIPTS_A_DAY:
        return False
    _post(RECEIPT, subject, mail.sender, None, {}, mail)
    return True


def _post(
    kind: str, subject: Subject, address: str, entry: int | None, about: dict[str, Any], answers: Incoming | None
) -> None:
    now = clock.now()
    row = post.put_one(
        Outbox(
            key=f"{kind}:{subject.pk}:{entry or (answers.pk if answers else 0)}",
            kind=kind,
            channel=MAIL,
            address=address,
            subject=subject,
            data={**about, "entry": entry},
            made_at=now,
            try_at=now,
        )
    )
    Letter.objects.create(
        outbox=row,
        subject=subject,
        entry=entry,
        message_id=message_id(row.key),
        token=token_of(subject),
        answers=answers,
        made_at=now,
    )
    transaction.on_commit(queue.tick, robust=True)


def token_of(subject: Subject) -> str:
    """What an answer finds its matter by where its mail program drops the threading headers; nobody can guess it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"letter:" + subject.pk.bytes, sha256).digest()
    return b32encode(digest).decode()[:TOKEN_LENGTH]


def message(row: Outbox) -> EmailMessage:
    """The mail of a row: its text is that of the entry, which alone keeps it."""
    letter = Letter.objects.select_related("answers", "subject").get(outbox=row)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("On matter %(number)s") % {"number": letter.subject}
        text = _text(row, letter)
    made = EmailMessage(f"{title} [SW-{letter.token}]", text, to=[row.address])
    if letter.answers is not None and letter.answers.message_id:
        earlier = [one for one in letter.answers.references if one != letter.answers.message_id]
        made.extra_headers["In-Reply-To"] = letter.answers.message_id
        made.extra_headers["References"] = " ".join([*earlier[-20:], letter.answers.message_id])
    if row.kind == RECEIPT:
        made.extra_headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    for one in Attachment.objects.filter(pk__in=row.data.get("files", ()), erased_at__isnull=True):
        with attachments.opened(one) as file:
            made.attach(one.name, file.read(), one.media_type)
    return made


def _text(row: Outbox, letter: Letter) -> str:
    if row.kind == RECEIPT:
        return str(render_to_string("channels/receipt.body.txt", {"subject": letter.subject}))
    content = Content.objects.get(entry__subject=letter.subject, entry__seq=letter.entry or 0)
    return str(orjson.loads(content.body or "{}").get("text", ""))
