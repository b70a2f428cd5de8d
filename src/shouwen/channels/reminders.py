"""Reminders before due (提醒) where the regulation asks for none: so many hours before, by each person's choice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from shouwen.channels.models import Preferences, Progress
from shouwen.journal import clock
from shouwen.journal.models import Duty, DutyState
from shouwen.journal.notices import Notices, tell
from shouwen.organisation.models import Person

NAME = "reminders"
EVERY = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
"""After a worker has stood still: what has come near before that is seen on the workbench."""


def remind() -> int:
    """A step of the worker: tell of every duty that has come so near; how many were told. One worker at a time."""
    now = clock.now()
    if Progress.objects.filter(name=NAME, at__gt=now - EVERY).exists():
        return 0
    with transaction.atomic():
        row, created = Progress.objects.select_for_update().get_or_create(name=NAME, defaults={"at": now})
        if created or now - row.at < EVERY:
            return 0
        since = max(row.at, now - LONGEST)
        row.at = now
        row.save(update_fields=["at"])
        return sum(_at_distance(hours, since, now) for hours in _distances())


def _distances() -> set[int]:
    chosen = set(Preferences.objects.values_list("remind_hours", flat=True).distinct())
    return (chosen | {Preferences().remind_hours}) - {0}


def _at_distance(hours: int, since: datetime, now: datetime) -> int:
    """Tell those who want so many hours; who has chosen nothing gets the usual."""
    ahead = timedelta(hours=hours)
    nearing: QuerySet[Duty] = Duty.objects.filter(
        state=DutyState.OPEN, warn_at__isnull=True, due_at__gt=since + ahead, due_at__lte=now + ahead, outside=False
    )
    # What opened within the distance was told then.
    duties = [
        duty for duty in nearing.select_related("subject") if duty.due_at and duty.opened_at < duty.due_at - ahead
    ]
    if not duties:
        return 0
    others = set(Preferences.objects.exclude(remind_hours=hours).values_list("person", flat=True))
    usual = hours == Preferences().remind_hours
    wanting = set() if usual else set(Preferences.objects.filter(remind_hours=hours).values_list("person", flat=True))

    def wants(person: Person) -> bool:
        return person.pk not in others if usual else person.pk in wanting

    notices = Notices(now, among=wants)
    for duty in duties:
        notices.duty("warning", duty)
    return tell(notices)
