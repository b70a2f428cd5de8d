"""Mail that came back (退信): the delivery failed, the address is doubtful, and whose matter it is is told."""

from datetime import datetime, timedelta

from shouwen.channels.ids import message_id
from shouwen.channels.models import Letter, Returned
from shouwen.channels.reading import ROBOTS, Failure, Read
from shouwen.journal import post
from shouwen.journal.models import Outbox
from shouwen.journal.notices import MAIL, Notices, tell
from shouwen.organisation.models import Person

RETURNED = "returned"
SINCE = timedelta(days=14)
"""How long after it was sent a mail may come back."""


def take(mail: Read, now: datetime) -> bool:
    """Write down that a mail of ours did not arrive; False where this tells of none."""
    failures = mail.failures or _by_its_words(mail)
    for failure in failures:
        letter = _letter(mail)
        row = letter.outbox if letter else _notice(failure, mail.original, now)
        if row is not None:
            _mark(row, letter, failure, now)
    return bool(mail.failures) or bool(failures)


def _by_its_words(mail: Read) -> tuple[Failure, ...]:
    """Servers that do not write RFC 3464 still name the mail that they could not deliver."""
    told = mail.machine and not mail.original and ROBOTS.match(mail.sender)
    letter = _letter(mail) if told else None
    return (Failure(letter.outbox.address, "", mail.title[:400]),) if letter else ()


def _letter(mail: Read) -> Letter | None:
    named = [mail.original] if mail.original else list(mail.references)
    return Letter.objects.filter(message_id__in=named).select_related("outbox", "subject").first() if named else None


def _notice(failure: Failure, original: str, now: datetime) -> Outbox | None:
    """The notice to one of our own people that came back."""
    people = Person.objects.filter(email__iexact=failure.recipient) if failure.recipient else Person.objects.none()
    rows = Outbox.objects.filter(person__in=people, channel=MAIL, made_at__gt=now - SINCE)
    return next((row for row in rows.order_by("-made_at")[:1000] if message_id(row.key) == original), None)


def _mark(row: Outbox, letter: Letter | None, failure: Failure, now: datetime) -> None:
    said = " ".join(part for part in (failure.status, failure.said) if part)
    post.failed(row, now, said)
    address = (failure.recipient or row.address).lower()
    told = {"at": now, "status": failure.status, "said": failure.said}
    Returned.objects.update_or_create(address=address, defaults=told)
    if letter is None:
        return
    Letter.objects.filter(pk=letter.pk).update(returned_at=now, returned=said[:500])
    notices = Notices(now)
    notices.owner(RETURNED, letter.subject, {"entry": str(letter.entry or 0)})
    tell(notices)
