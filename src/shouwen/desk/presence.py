"""Colleagues who have the same matter open: told by each page every few seconds."""

from datetime import datetime, timedelta

from shouwen.desk.models import Presence
from shouwen.journal.models import Subject
from shouwen.organisation.models import Person

EVERY = timedelta(seconds=20)
GONE = timedelta(seconds=50)
"""Two tellings missed: the page is closed."""


def tell(subject: Subject, person: Person, now: datetime, *, writing: bool) -> list[Presence]:
    """Say that `person` has it open (`writing`: and a form in it); who else has, longest here first."""
    Presence.objects.update_or_create(subject=subject, person=person, defaults={"seen_at": now, "writing": writing})
    others = Presence.objects.filter(subject=subject, seen_at__gt=now - GONE).exclude(person=person)
    return list(others.select_related("person").order_by("pk"))


def forget(now: datetime) -> None:
    """Drop what is old."""
    Presence.objects.filter(seen_at__lt=now - GONE).delete()
