"""Numbers of subjects (编号): by the kind's rule, counted by kind, unit and year, without gaps.

The counter is raised in the transaction that opens the subject: a number is given with it or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from shouwen.journal.models import Numbering, Subject
from shouwen.journal.statements import prepared

_Counter = tuple[str, int, int]


def give_numbers(asked: Sequence[tuple[Subject, str]]) -> None:
    """Give each subject the next number by its template, in the order given.

    A template is text with ``{unit}``, ``{year}``, ``{month}`` and ``{n}`` (``{n:04}`` for four digits). Must run
    within the transaction that writes the subjects. Counters are taken in one order, so that two calls never wait for
    each other in a ring.
    """
    wanted = Counter(_counter(subject) for subject, _template in asked)
    last = {counter: _raise(counter, wanted[counter]) - wanted[counter] for counter in sorted(wanted)}
    for subject, template in asked:
        counter = _counter(subject)
        last[counter] += 1
        month = subject.opened_at.astimezone(ZoneInfo(subject.unit.zone)).month
        subject.number = template.format(unit=subject.unit.name, year=counter[2], month=month, n=last[counter])


def _counter(subject: Subject) -> _Counter:
    return subject.kind, subject.unit_id, subject.opened_at.astimezone(ZoneInfo(subject.unit.zone)).year


def _raise(counter: _Counter, by: int) -> int:
    """The counter's new last number. One statement, which also locks the row until the transaction ends."""
    table = Numbering._meta.db_table
    with prepared() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, unit_id, year, last) VALUES (%s, %s, %s, %s) "  # noqa: S608  own table's name
            f"ON CONFLICT (kind, unit_id, year) DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [*counter, by],
        )
        row: tuple[int] = cursor.fetchone()
    return row[0]
