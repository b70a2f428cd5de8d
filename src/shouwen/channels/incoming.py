"""What becomes of a mail that has come (来信处理): a matter, an entry on its matter, a failed delivery, or a question
for somebody to look at. Each mail once, whole in one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.channels import letters, returns
from shouwen.channels.mailboxes import Box, own_addresses
from shouwen.channels.models import Incoming, Letter, Outcome, Returned
from shouwen.channels.reading import Read
from shouwen.customers.models import Contact, ContactKind, Customer, Holding, served_within
from shouwen.journal import attachments
from shouwen.journal.drafts import HOUSE, Actor, Draft
from shouwen.journal.errors import Invalid, NoRoom, NotRecorded, room
from shouwen.journal.fields import TEXT_LIMIT
from shouwen.journal.models import Subject
from shouwen.journal.notices import Notices, tell
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit

CHANNEL = "邮件"
WRITTEN = "written"
DELAY = timedelta(minutes=5)
"""Read so much later than it arrived, an entry says why it is recorded late."""
MATTERS_A_DAY = 20
"""New matters from one address; more look like a loop."""
FILES_LIMIT = 50
REASONS: Mapping[str, str | Promise] = {
    "machine": gettext_lazy("A machine has written it"),
    "own": gettext_lazy("It comes from an address of the house itself"),
    "sender": gettext_lazy("It names no sender"),
    "empty": gettext_lazy("Nothing is in it"),
    "loop": gettext_lazy("Too many mails from this address today"),
    "refused": gettext_lazy("It could not be recorded"),
    "large": gettext_lazy("It is too large"),
    "broken": gettext_lazy("It cannot be read"),
}


@dataclass(frozen=True)
class Arrival:
    """A mail, the mailbox it came into with its unit, when it arrived there, and when it is read."""

    mail: Read
    box: Box
    unit: Unit
    arrived_at: datetime
    now: datetime


def take(arrival: Arrival) -> Incoming | None:
    """Do what is to be done about a mail; None where that was done before. Raises NoRoom."""
    if Incoming.objects.filter(key=arrival.mail.key).exists():
        return None
    with room(), transaction.atomic():
        # The row first: of two workers with the same mail one waits here, and finds it done.
        row, created = Incoming.objects.get_or_create(key=arrival.mail.key, defaults=_columns(arrival))
        if not created:
            return None
        _decide(row, arrival)
        row.save()
    return row


def _columns(arrival: Arrival) -> dict[str, Any]:
    mail, box = arrival.mail, arrival.box
    return {
        "mailbox": box.name,
        "kind": box.kind,
        "unit": arrival.unit,
        "message_id": mail.message_id,
        "references": list(mail.references[-30:]),
        "sender": mail.sender,
        "title": mail.title[:500],
        "text": mail.text[:TEXT_LIMIT],
        "arrived_at": arrival.arrived_at,
        "read_at": arrival.now,
        "outcome": Outcome.LOOK,
    }


def _decide(row: Incoming, arrival: Arrival) -> None:
    mail = arrival.mail
    row.subject = _about(mail)
    if returns.take(mail, arrival.now):
        row.outcome = Outcome.RETURNED
        _forget(row)
        return
    row.reason = _why_not(mail, arrival.now)
    if row.reason:
        row.said = mail.machine
        row.refused = [
            {"name": name[:255], "why": _("left in the mailbox")} for name, _content in mail.files[:FILES_LIMIT]
        ]
        return
    Returned.objects.filter(address=mail.sender).delete()
    row.files, row.refused = _files(mail.files)
    try:
        with transaction.atomic():
            if row.subject is None:
                _open(row, arrival)
            else:
                _add(row, row.subject, arrival)
    except NoRoom:
        raise
    except NotRecorded as why:
        row.reason, row.said = "refused", _told(why)[:500]


def _why_not(mail: Read, now: datetime) -> str:
    """A name of ``REASONS``; empty where a person has written to us."""
    if not mail.sender:
        return "sender"
    if mail.sender in own_addresses():
        return "own"
    if mail.machine:
        return "machine"
    if not mail.text.strip() and not mail.title and not mail.files:
        return "empty"
    since = now - timedelta(days=1)
    opened = Incoming.objects.filter(sender=mail.sender, read_at__gt=since, outcome=Outcome.MATTER)
    return "loop" if opened.count() >= MATTERS_A_DAY else ""


def _told(why: NotRecorded) -> str:
    return "；".join(f"{name}: {text}" for name, text in why.errors.items()) if isinstance(why, Invalid) else str(why)


def _about(mail: Read) -> Subject | None:
    """The matter that a mail answers: by what it refers to, else by the token in its subject or address."""
    rows = Letter.objects.select_related("subject__unit")
    found = rows.filter(message_id__in=mail.references).order_by("-pk").first() if mail.references else None
    if found is None and mail.references:
        earlier = Incoming.objects.filter(message_id__in=mail.references, subject__isnull=False, sender=mail.sender)
        one = earlier.select_related("subject__unit").order_by("-pk").first()
        if one is not None:
            return one.subject
    found = found or (rows.filter(token__in=mail.tokens).order_by("-pk").first() if mail.tokens else None)
    return found.subject if found else None


def _files(files: Sequence[tuple[str, bytes]]) -> tuple[list[str], list[dict[str, str]]]:
    """Ids of those taken in; name and reason of those that are not."""
    kept: list[str] = []
    refused: list[dict[str, str]] = []
    for name, content in files[:FILES_LIMIT]:
        try:
            kept.append(str(attachments.keep(BytesIO(content), name, None).pk))
        except Invalid as why:
            refused.append({"name": name[:255], "why": "；".join(why.errors.values())})
    refused += [{"name": name[:255], "why": _("Too many files.")} for name, _content in files[FILES_LIMIT:]]
    return kept, refused


def to_look_at(person: Person, now: datetime) -> QuerySet[Incoming]:
    """What waits for somebody and the person may see: of a matter that is known, what comes with the matter; else what
    came into a mailbox of the person's units."""
    rows = Incoming.objects.filter(outcome=Outcome.LOOK)
    matter = visible(person, Subject.objects.filter(pk=OuterRef("subject")), now)
    unknown = visible(person, Incoming.objects.filter(pk=OuterRef("pk"), subject=None), now)
    return rows.filter(Exists(matter) | Exists(unknown))


# --- the entries -----------------------------------------------------------------------


def _open(row: Incoming, arrival: Arrival) -> None:
    subject = open_matter(row, arrival.unit, HOUSE, arrival.now, arrival.mail)
    if arrival.box.receipt:
        letters.send_receipt(subject, row)


def open_matter(row: Incoming, unit: Unit, actor: Actor, now: datetime, mail: Read | None = None) -> Subject:
    """A new matter from this mail: by the house, or by who has looked at it. Raises NotRecorded."""
    customer = customer_by(row.sender, unit, now)
    held = list(Holding.objects.on(now.date()).filter(customer=customer).select_related("asset__unit")[:2])
    asset = held[0].asset if customer is not None and len(held) == 1 else None
    at_home = asset is not None and asset.unit.path.startswith(unit.path)
    name = mail.sender_name if mail else ""
    data: dict[str, Any] = {
        "channel": CHANNEL,
        "text": said(row),
        "contact": f"{name} <{row.sender}>".strip() if name else row.sender,
        "files": row.files,
    }
    if customer is not None:
        data["customer"] = str(customer.pk)
    if asset is not None and at_home:
        data["asset"], unit = str(asset.pk), asset.unit
    late = _late(row, now)
    subject = take_in(unit, data, actor=actor, kind=row.kind, at=row.arrived_at, reason=late, now=now)
    row.outcome, row.subject, row.entry = Outcome.MATTER, subject, 1
    _forget(row)
    return subject


def _add(row: Incoming, subject: Subject, arrival: Arrival) -> None:
    add_to(row, subject, HOUSE, arrival.now)
    notices = Notices(arrival.now)
    notices.owner(WRITTEN, subject, {"entry": str(row.entry)})
    tell(notices)


def add_to(row: Incoming, subject: Subject, actor: Actor, now: datetime) -> None:
    """Write what the customer says into the journal of the matter that it is about. Raises NotRecorded."""
    data = {"text": f"{row.sender}\n{said(row)}"[:TEXT_LIMIT], "files": row.files}
    at = max(row.arrived_at, subject.opened_at)
    late = _late(row, now)
    done = record(Draft(subject, "noted", data, at=at, as_fact=True, reason=late), actor=actor, now=now)
    row.outcome, row.subject, row.entry = Outcome.ENTRY, subject, done.entries[0].seq
    _forget(row)


def said(row: Incoming) -> str:
    """Subject and text of the mail, and which attachments were not taken in, as one text."""
    refused = [_("Not taken in: %(name)s (%(why)s)") % one for one in row.refused]
    whole = "\n\n".join(part for part in (row.title, row.text, "\n".join(refused)) if part.strip())
    return whole[:TEXT_LIMIT] or "—"


def _late(row: Incoming, now: datetime) -> str:
    return _("The mail arrived then; the mailbox was read later.") if now - row.arrived_at > DELAY else ""


def _forget(row: Incoming) -> None:
    """What the mail says stands sealed in its entry now, and nowhere else."""
    row.title = row.text = ""


def customer_by(address: str, unit: Unit, now: datetime) -> Customer | None:
    """The one customer of this unit or below who is reached by this address; None for nobody or several."""
    contacts = Contact.objects.on(now.date()).filter(kind=ContactKind.EMAIL, value__iexact=address)
    served = Customer.objects.filter(served_within(unit.path))
    files = {
        contact.customer.survivor_id or contact.customer_id
        for contact in contacts.filter(customer__in=served).select_related("customer")
    }
    if len(files) != 1:
        return None
    with suppress(Customer.DoesNotExist):
        return Customer.objects.get(pk=files.pop())
    return None
