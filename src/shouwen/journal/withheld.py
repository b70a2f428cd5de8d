"""What was told of a matter before it was restricted is taken back from those who may not know of it (限制知悉)."""

from collections.abc import Sequence
from datetime import datetime

from shouwen.journal.involved import RESTRICTED
from shouwen.journal.models import Outbox, Subject
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person


def withhold(journals: Sequence[OpenJournal], now: datetime) -> None:
    """Notices of matters restricted just now leave the desks of others, and those that wait are not sent.

    Must run once everything that the restriction names is written.
    """
    for journal in journals:
        if journal.subject.confidential and any(entry.type == RESTRICTED for entry in journal.added):
            _withhold(journal.subject, now)


def _withhold(subject: Subject, now: datetime) -> None:
    told = Outbox.objects.filter(subject=subject, person__isnull=False)
    itself = Subject.objects.filter(pk=subject.pk)
    others = [
        person.pk
        for person in Person.objects.filter(pk__in=told.values("person"))
        if not visible(person, itself, now).exists()
    ]
    told.filter(person__in=others).update(on_desk=False)
    told.filter(person__in=others, sent_at__isnull=True).update(sent_at=now, try_at=None)
