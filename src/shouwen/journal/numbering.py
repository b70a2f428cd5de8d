"""Numbers of subjects (编号): by the kind's rule, counted by kind, unit and year (or month, or day), without gaps.

The counter is raised in the transaction that opens the subject: a number is given with it or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Max

from shouwen.journal.models import Numbering, Subject
from shouwen.journal.statements import prepared
from shouwen.policy.numbering import number, series

_Counter = tuple[str, int, int, int]
"""Kind, unit, year and part of the year."""


def give_numbers(asked: Sequence[tuple[Subject, str]]) -> None:
    """Give each subject the next number by its template, in the order given.

    Must run within the transaction that writes the subjects. Counters are taken in one order, so that two calls never
    wait for each other in a ring.
    """
    wanted = Counter(_counter(subject, template) for subject, template in asked)
    last = {counter: _raise(counter, wanted[counter]) - wanted[counter] for counter in sorted(wanted)}
    for subject, template in asked:
        counter = _counter(subject, template)
        last[counter] += 1
        subject.number = number(template, subject.unit.name, _day(subject), last[counter])


def _day(subject: Subject) -> date:
    return subject.opened_at.astimezone(ZoneInfo(subject.unit.zone)).date()


def _counter(subject: Subject, template: str) -> _Counter:
    return subject.kind, subject.unit_id, *series(template, _day(subject))


def _raise(counter: _Counter, by: int) -> int:
    """The counter's new last number. One statement, which also locks the row until the transaction ends."""
    table = Numbering._meta.db_table
    kind, unit, year, _part = counter
    # Numbers without a date were once counted by year: the one count goes on after the highest of them.
    past = Numbering.objects.filter(kind=kind, unit=unit) if not year else Numbering.objects.none()
    before = past.aggregate(most=Max("last"))["most"] or 0
    with prepared() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, unit_id, year, part, last) VALUES (%s, %s, %s, %s, %s) "  # noqa: S608  own name
            f"ON CONFLICT (kind, unit_id, year, part) DO UPDATE SET last = {table}.last + %s RETURNING last",
            [*counter, by + before, by],
        )
        row: tuple[int] = cursor.fetchone()
    return row[0]
