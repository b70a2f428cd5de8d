"""The whole organisation as it is stored, kept in memory until any of it changes.

Who sits where is asked several times for every entry that is recorded, and the organisation changes a few times a day.
The database writes a new stamp whenever a row of it changes, whoever changes it and by whatever statement
(``stamps.py``); what is kept here is good for one stamp. So nothing can be stale: a rolled back
transaction takes its stamp back with it, and a stamp is never given twice.

What is found here is shared: nobody may change it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL

from shouwen.organisation.models import Absence, Appointment, Authority, Delegation, Person, Post, Unit, UnitKind


class Dated(Protocol):
    since: datetime
    until: datetime | None


D = TypeVar("D", bound=Dated)


class Snapshot(NamedTuple):
    """Rows of all times, each list in the order of ids; ask `holding` for those of an instant."""

    units: Mapping[int, Unit]
    people: Mapping[int, Person]
    departments: Mapping[int, list[Unit]]
    """By the unit that they belong to."""
    posts: Mapping[int, list[Post]]
    """By unit, the duty post first."""
    held_by: Mapping[int, list[Appointment]]
    """By person."""
    holders: Mapping[int, list[Appointment]]
    """By post."""
    absences: Mapping[int, list[Absence]]
    delegated: Mapping[int, list[Delegation]]
    """By who delegates."""
    deputed: Mapping[int, list[Delegation]]
    """By deputy."""
    authorities: Mapping[int, list[Authority]]
    """By post."""

    def away(self, person: int, at: datetime) -> bool:
        return bool(holding(self.absences.get(person, ()), at))


def holding(rows: Iterable[D], at: datetime) -> list[D]:
    """Those that hold at ``at`` (aware)."""
    return [row for row in rows if row.since <= at and (row.until is None or row.until > at)]


V = TypeVar("V")


class Kept(Generic[V]):
    """What rooms below read of tables of theirs that renew the stamp too (``stamps.stamp_table``), kept like these."""

    def __init__(self, read: Callable[[], V]) -> None:
        self._read = read
        self._kept: tuple[str, V] | None = None

    def __call__(self) -> V:
        stamp, kept = stamp_now(), self._kept
        if kept is not None and kept[0] == stamp:
            return kept[1]
        found = self._read()
        if stamp is not None and stamp == stamp_now():
            self._kept = (stamp, found)
        return found


_steady: ContextVar[list[str | None] | None] = ContextVar("steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Within it the stamp is read once: for a transaction that changes nothing of what is kept here."""
    if _steady.get() is not None:
        yield
        return
    token = _steady.set([])
    try:
        yield
    finally:
        _steady.reset(token)


STAMP = RawSQL("SELECT value FROM organisation_stamp", ())
"""The stamp, to be read beside other rows: `stamp_read` then keeps it."""


def stamp_read(stamp: str | None) -> None:
    """Within ``steady`` the stamp that was read with who is signed in is the one, if none was read before."""
    read = _steady.get()
    if read is not None and not read:
        read.append(stamp)


def stamp_now() -> str | None:
    """The stamp of the organisation and of what is in force in it; None before anything was ever written."""
    read = _steady.get()
    if read:
        return read[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM organisation_stamp")
        row: tuple[str] | None = cursor.fetchone()
    stamp = row[0] if row else None
    if read is not None:
        read.append(stamp)
    return stamp


def _read() -> Snapshot:
    units = Unit.objects.in_bulk()
    people = Person.objects.defer("password").in_bulk()
    posts = Post.objects.in_bulk()
    for post in posts.values():
        post.unit = units[post.unit_id]
    appointments = list(Appointment.objects.order_by("pk"))
    for one in appointments:
        one.person, one.post = people[one.person_id], posts[one.post_id]
    delegations = list(Delegation.objects.order_by("pk"))
    for link in delegations:
        link.person, link.deputy = people[link.person_id], people[link.deputy_id]
    departments = [unit for unit in units.values() if unit.kind == UnitKind.DEPARTMENT]
    return Snapshot(
        units=units,
        people=people,
        departments=_by(sorted(departments, key=lambda unit: unit.pk), "parent_id"),
        posts=_by(sorted(posts.values(), key=lambda post: (not post.is_duty_post, post.pk)), "unit_id"),
        held_by=_by(appointments, "person_id"),
        holders=_by(appointments, "post_id"),
        absences=_by(Absence.objects.order_by("pk"), "person_id"),
        delegated=_by(delegations, "person_id"),
        deputed=_by(delegations, "deputy_id"),
        authorities=_by(Authority.objects.order_by("pk"), "post_id"),
    )


R = TypeVar("R")


def _by(rows: Iterable[R], column: str) -> Mapping[int, list[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return dict(found)


snapshot = Kept(_read)
"""The organisation as this transaction sees it; one short query while nothing changes."""
