"""Periods (期间): a unit's month, a person's quarter. The calendar opens them; they owe like any subject.

A policy's kind with a ``period`` says for whom: ``of`` a role, for every unit with a post of it, or ``per`` person for
everybody who holds it; without ``of`` for the unit where the policy is in force. A period is somebody's if, at its
first instant in the unit's zone, everything that makes it his was there: policy, unit, post, appointment. It keeps the
policy version of that instant (Meaning 12). So which periods there are does not hang on when anybody looked: what
began while no worker ran is opened later, the oldest first, also for who is there no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Max

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.periods import Period, PeriodKind
from shouwen.governance import programs
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce
from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE, Draft, NewSubject
from shouwen.journal.errors import NotRecorded
from shouwen.journal.models import Entry, Subject, SubjectState
from shouwen.journal.record import record_batch
from shouwen.organisation.models import Person, Post, Unit
from shouwen.organisation.snapshot import snapshot, stamp_now
from shouwen.policy.model import Kind, Role

BACK = 60
"""So many periods are looked back upon for what began while no worker ran."""
BATCH = 200
"""So many are opened, or ended, in one look: due times and notices have their turn in between."""
AGAIN = timedelta(hours=1)
"""So long at most nothing is looked for."""
PREFIX = "period:"
_log = structlog.get_logger(__name__)


class _Dated(Protocol):
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class _Owner:
    """Whose periods of a kind are, so long as one policy version makes them his."""

    kind: Kind
    unit: Unit
    person: Person | None
    force: InForce
    since: datetime
    until: datetime | None
    calendar: Calendar

    @property
    def whose(self) -> str:
        whose = f"{self.unit.pk}" if self.person is None else f"{self.unit.pk}:{self.person.pk}"
        return f"{PREFIX}{self.kind.name}:{whose}"

    def key(self, period: Period) -> str:
        return f"{self.whose}:{period.key}"

    def holds(self, at: datetime) -> bool:
        """Whether a period that begins at ``at`` is his under this version."""
        if not (self.since <= at and (self.until is None or at < self.until)):
            return False
        return programs.in_force(self.unit, self.kind.name, at) == self.force

    def now(self, at: datetime) -> Period:
        assert self.kind.period is not None
        return Period.containing(PeriodKind(self.kind.period), at.astimezone(ZoneInfo(self.unit.zone)).date())

    def begun(self, now: datetime) -> Iterator["_Begun"]:
        """Those that had begun by ``now``, the newest first."""
        period = self.now(now)
        for back in range(BACK):
            begins = period.opens(self.calendar)
            if begins < self.since:
                return
            if self.holds(begins):
                yield _Begun(self, period, begins, back == 0)
            period = period.shifted(-1)


@dataclass(frozen=True)
class _Begun:
    owner: _Owner
    period: Period
    begins: datetime
    running: bool

    @property
    def key(self) -> str:
        return self.owner.key(self.period)


def number_of(kind: Kind, unit: Unit, period: Period, person: Person | None = None) -> str:
    """分部月度-江城公司-2026-03; of a person's his name, with his id where another in the house bears it too."""
    names = [kind.title, unit.name]
    if person is not None:
        alike = sum(one.name == person.name for one in snapshot().people.values()) > 1
        names.append(f"{person.name}{person.pk}" if alike else person.name)
    return "-".join([*names, period.key])


_looked: tuple[str | None, datetime] | None = None
"""Up to when nothing begins, for one state of the organisation and of what is in force."""


def open_periods() -> int:
    """Opens what has begun and is not open yet, once, and ends what a unit's end cuts off; how many.

    At most ``BATCH`` of each, the oldest first; any number of workers may do so at once.
    """
    global _looked  # noqa: PLW0603  what is known until something changes, kept by each process
    now, stamp = clock.now(), stamp_now()
    if _looked is not None and stamp is not None and _looked[0] == stamp and _looked[1] > now:
        return 0
    owners = list(_owners(now))
    wanted = _not_open(owners, now)
    written = _written([_opening(one) for one in wanted[:BATCH]])
    cut = _cut_off(owners, now)
    written += _written([_ending(one) for one in cut[:BATCH]])
    if len(wanted) > BATCH:
        _log.warning("periods opened", opened=BATCH, waiting=len(wanted) - BATCH)
    ends = (owner.now(now).ends(owner.calendar) for owner in owners)
    # What could not be opened is tried again at once; who comes into office by a date changes no row on that day.
    done = written == len(wanted) + len(cut)
    _looked = (stamp, min([*ends, now + AGAIN])) if done else None
    return written


def _opening(one: _Begun) -> Draft:
    owner = one.owner
    data = {"kind": owner.kind.name, "period": one.period.key}
    if owner.person is not None:
        data["person"] = str(owner.person.pk)
    subject = NewSubject(
        owner.kind.name, owner.unit, number=number_of(owner.kind, owner.unit, one.period, owner.person)
    )
    return Draft(subject, "opened", data, at=one.begins, key=one.key, as_fact=True)


def _ending(subject: Subject) -> Draft:
    data = {"kind": subject.kind}
    return Draft(subject, "ended", data, at=subject.unit.until, key=f"{PREFIX}ended:{subject.pk}", as_fact=True)


def _written(drafts: Sequence[Draft]) -> int:
    """How many could be."""
    if not drafts:
        return 0
    refused = 0
    for draft, result in zip(drafts, record_batch([[draft] for draft in drafts], actor=HOUSE), strict=True):
        if isinstance(result, NotRecorded):
            refused += 1
            _log.error("period not written", type=draft.type, key=draft.key, reason=str(result))
    return len(drafts) - refused


def _not_open(owners: Sequence[_Owner], now: datetime) -> list[_Begun]:
    """Those that began since the first of the owner's that was opened, or since the newest that was opened for
    anybody, and those that run: no house begins with its past.
    """
    begun = {one.key: one for owner in owners for one in owner.begun(now)}
    ours, theirs = set(_known(list(begun))), set(_opened_otherwise(owners, now))
    floors: dict[str, datetime] = {}
    for key in (*ours, *theirs):
        if (one := begun.get(key)) is not None:
            floors[one.owner.whose] = min(one.begins, floors.get(one.owner.whose, one.begins))
    for key in theirs - ours:
        # What an import has brought before a gap, it has brought as it was.
        if (one := begun.get(key)) is not None:
            floors[one.owner.whose] = max(one.begins, floors[one.owner.whose])
    newest = _newest({owner.kind.name for owner in owners})

    def missed(one: _Begun) -> bool:
        floor = floors.get(one.owner.whose, newest)
        return one.running or (floor is not None and one.begins >= floor)

    found = [one for key, one in begun.items() if key not in ours | theirs and missed(one)]
    # In the first look of all the newest come first: what it leaves to the next is then no older than what it opened.
    return sorted(found, key=lambda one: (one.begins, one.key), reverse=newest is None)


def _known(keys: list[str]) -> Iterator[str]:
    for start in range(0, len(keys), 500):
        yield from map(str, Entry.objects.filter(key__in=keys[start : start + 500]).values_list("key", flat=True))


def _newest(kinds: Iterable[str]) -> datetime | None:
    """When the newest began that a worker has opened."""
    first = Entry.objects.filter(subject__kind__in=sorted(kinds), seq=1, key__startswith=PREFIX)
    found: datetime | None = first.aggregate(at=Max("at"))["at"]
    return found


def _opened_otherwise(owners: Iterable[_Owner], now: datetime) -> Iterator[str]:
    """Periods of units that an import has opened: there is one, whoever opened it."""
    units: dict[tuple[str, int], _Owner] = {(one.kind.name, one.unit.pk): one for one in owners if one.person is None}
    if not units:
        return
    kinds, places = {kind for kind, _unit in units}, {unit for _kind, unit in units}
    since = min(one.now(now).shifted(-BACK).opens(one.calendar) for one in units.values())
    rows = Subject.objects.filter(kind__in=kinds, unit__in=places, opened_at__gte=since)
    for kind, unit, opened_at in rows.values_list("kind", "unit_id", "opened_at"):
        owner = units.get((kind, unit))
        if owner is not None:
            yield owner.key(owner.now(opened_at))


def _cut_off(owners: Sequence[_Owner], now: datetime) -> list[Subject]:
    """Periods whose unit has ended while they ran: nothing comes round in them any more, what was owed stays owed."""
    kinds = {owner.kind.name for owner in owners}
    rows = Subject.objects.filter(kind__in=kinds, state=SubjectState.OPEN, unit__until__lte=now).select_related("unit")
    return list(rows.order_by("opened_at", "pk")[: BATCH + 1])


# --- whose they are ----------------------------------------------------------------------------


def _owners(now: datetime) -> Iterator[_Owner]:
    """Whoever owns or owned periods, once for each policy version and appointment that made them his."""
    for force in InForce.objects.filter(since__lte=now).select_related("policy_version").defer("policy_version__text"):
        policy = programs.policy_of(force.policy_version)
        kind = policy.kinds.get(force.kind)
        if kind is None or kind.period is None:
            continue
        for unit, person, spans in _whose(kind, policy.roles.get(kind.of or ""), force):
            since = max(span.since for span in (force, *spans))
            until = min((span.until for span in (force, *spans) if span.until is not None), default=None)
            if since <= now and (until is None or since < until):
                yield _Owner(kind, unit, person, force, since, until, calendar_for(unit))


def _whose(kind: Kind, role: Role | None, force: InForce) -> Iterator[tuple[Unit, Person | None, tuple[_Dated, ...]]]:
    """(unit, person, what besides the policy must be there)"""
    house = snapshot()
    if role is None:
        yield house.units[force.unit_id], None, (house.units[force.unit_id],)
        return
    for post in _posts(role, force):
        unit = house.units[post.unit_id]
        if kind.per == "unit":
            yield unit, None, (unit, post)
            continue
        for one in house.holders.get(post.pk, ()):
            if one.person.is_active:
                yield unit, one.person, (unit, post, one)


def _posts(role: Role, force: InForce) -> Iterator[Post]:
    """The posts of the role where the policy is in force or below."""
    names = (role.of, *role.also)
    house = snapshot()
    for unit_id, posts in house.posts.items():
        if house.units[unit_id].path.startswith(house.units[force.unit_id].path):
            yield from (post for post in posts if post.name in names)
