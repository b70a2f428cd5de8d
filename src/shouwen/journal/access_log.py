"""Who looked at personal data (查阅记录), whose, and who may ask that."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from shouwen.journal import clock
from shouwen.journal.errors import room
from shouwen.journal.models import AccessKind, AccessLog, Entry, Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Appointment, Person
from shouwen.organisation.seats import seats

EVERYBODY = "*"
"""The customer of a look at everybody's data: it is one at each."""
NAMING = ("received", "corrected")
"""Events that name the customer of a matter."""


def looked(
    person: Person,
    subject: Subject | None,
    what: str,
    *,
    kind: AccessKind = AccessKind.LOOKED,
    customers: Iterable[str] | None = None,
    reason: str = "",
) -> None:
    """Write down that `person` looked at `what` of `subject` (None: a list or search that shows several).

    One row for each of `customers` (their ids; ``EVERYBODY`` for all), so that it can be asked by customer who saw
    what; None: the customers whom the subject's journal names.
    Raises NoRoom where the disk is full: then nothing personal is shown.
    """
    now = clock.now()
    ids = list(dict.fromkeys(_named_in(subject) if customers is None else customers))
    with room():
        AccessLog.objects.bulk_create(
            (
                AccessLog(
                    at=now,
                    person=person,
                    subject=subject,
                    customer=one,
                    kind=kind,
                    what=what[:200],
                    reason=reason[:200],
                )
                for one in ids or ("",)
            ),
            batch_size=500,
        )


def _named_in(subject: Subject | None) -> list[str]:
    """Ids of the customers whom a journal names, in its envelopes; one query."""
    if subject is None:
        return []
    rows = Entry.objects.filter(subject=subject, type__in=NAMING).values_list("type", "data").order_by("seq")
    found = [
        data.get("customer") if kind == "received" else data.get("data", {}).get("customer") for kind, data in rows
    ]
    return [one for one in found if isinstance(one, str) and one]


def looks_at(customers: Iterable[str], person: Person, at: datetime) -> QuerySet[AccessLog]:
    """Looks at these customers' data (their ids), for `person` who sees them; latest first."""
    return _without_secrets(AccessLog.objects.filter(customer__in=[*customers, EVERYBODY]), person, at)


def looks_by(person: Person, at: datetime) -> QuerySet[AccessLog]:
    """The looks that `person` may ask about, latest first: the own ones and those of people in posts below the own.

    Superusers and auditors may ask about everybody's.
    """
    rows = AccessLog.objects.all()
    if not (person.is_superuser or person.auditor):
        rows = rows.filter(Q(person=person) | Q(person__in=people_below(person, at)))
    return _without_secrets(rows, person, at)


def people_below(person: Person, at: datetime) -> QuerySet[Person]:
    """Who holds a post in a unit below one of the person's; superusers and auditors: everybody."""
    if person.is_superuser or person.auditor:
        return Person.objects.all()
    below = Q(pk__in=[])
    for path in {seat.unit.path for seat in seats(person, at)}:
        below |= Q(post__unit__path__prefix=path) & ~Q(post__unit__path=path)
    return Person.objects.filter(pk__in=Appointment.objects.holding(at).filter(below).values("person"))


def _without_secrets(rows: QuerySet[AccessLog], person: Person, at: datetime) -> QuerySet[AccessLog]:
    """Without what was looked at in confidential matters that the person does not see."""
    open_ = Q(subject__isnull=True) | Q(subject__confidential=False)
    seen = visible(person, Subject.objects.filter(confidential=True), at)
    return rows.filter(open_ | Q(subject__in=seen)).order_by("-at", "-pk")
