"""Periods (期间): a unit's month, a person's quarter. The calendar opens them; they owe like any subject.

A policy's kind with a ``period`` says for whom: ``of`` a role, for every unit with a post of it that stands, or ``per``
person for everybody who holds it; without ``of`` for the unit where the policy is in force. A period begins with its
first instant in the unit's zone and keeps the policy version of its first day (Meaning 12). The first one of an owner
is the first that begins after everything that makes it his is there; what began while no worker ran is opened later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.periods import Period, PeriodKind
from shouwen.governance import programs
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce
from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE, Draft, NewSubject
from shouwen.journal.errors import NotRecorded
from shouwen.journal.models import Entry, Subject
from shouwen.journal.record import record_batch
from shouwen.organisation.models import Appointment, Person, Post, Unit
from shouwen.organisation.snapshot import holding, snapshot, stamp_now
from shouwen.policy.model import Kind, Role

BACK = 60
"""So many periods are looked back upon for what began while no worker ran."""
BATCH = 200
AGAIN = timedelta(hours=1)
"""So long at most nothing is looked for."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Owner:
    """Whose a period is, and since when he has been."""

    kind: Kind
    unit: Unit
    person: Person | None
    since: datetime
    calendar: Calendar

    def key(self, period: Period) -> str:
        whose = f"{self.unit.pk}" if self.person is None else f"{self.unit.pk}:{self.person.pk}"
        return f"period:{self.kind.name}:{whose}:{period.key}"

    def number(self, period: Period) -> str:
        names = [self.kind.title, self.unit.name]
        if self.person is not None:
            names.append(f"{self.person.name}{self.person.pk}")
        return "-".join([*names, period.key])

    def now(self, at: datetime) -> Period:
        assert self.kind.period is not None
        return Period.containing(PeriodKind(self.kind.period), at.astimezone(ZoneInfo(self.unit.zone)).date())


_looked: tuple[str | None, datetime] | None = None
"""Up to when nothing begins, for one state of the organisation and of what is in force."""


def open_periods() -> int:
    """Opens what has begun and is not open yet, once; how many. Any number of workers may do so at once."""
    global _looked  # noqa: PLW0603  what is known until something changes, kept by each process
    now, stamp = clock.now(), stamp_now()
    if _looked is not None and stamp is not None and _looked[0] == stamp and _looked[1] > now:
        return 0
    owners = list(_owners(now))
    wanted = _not_open(owners, now)
    opened = sum(_open(wanted[start : start + BATCH]) for start in range(0, len(wanted), BATCH))
    ends = (owner.now(now).ends(owner.calendar) for owner in owners)
    # What could not be opened is tried again at once; who comes into office by a date changes no row on that day.
    _looked = (stamp, min([*ends, now + AGAIN])) if opened == len(wanted) else None
    return opened


def _open(wanted: list[tuple[_Owner, Period]]) -> int:
    """How many could be opened."""
    calls = []
    for owner, period in wanted:
        data = {"kind": owner.kind.name, "period": period.key}
        if owner.person is not None:
            data["person"] = str(owner.person.pk)
        subject = NewSubject(owner.kind.name, owner.unit, number=owner.number(period))
        begins = period.opens(owner.calendar)
        calls.append([Draft(subject, "opened", data, at=begins, key=owner.key(period), as_fact=True)])
    refused = 0
    for call, result in zip(calls, record_batch(calls, actor=HOUSE), strict=True):
        if isinstance(result, NotRecorded):
            refused += 1
            _log.error("period not opened", key=call[0].key, reason=str(result))
    return len(calls) - refused


def _not_open(owners: list[_Owner], now: datetime) -> list[tuple[_Owner, Period]]:
    """The oldest first. Of past ones only those since the last that was opened: no house begins with its past."""
    begun = {owner: _begun(owner, now) for owner in owners}
    keys = [owner.key(period) for owner, periods in begun.items() for period in periods]
    known = {*_known(keys), *_opened_otherwise(owners, now)}
    wanted = []
    for owner, periods in begun.items():
        missed: list[tuple[_Owner, Period]] = []
        for period in periods:
            if owner.key(period) in known:
                wanted += missed
                break
            missed.append((owner, period))
        else:
            wanted += missed[:1]
    return sorted(wanted, key=lambda one: (one[1].opens(one[0].calendar), one[0].key(one[1])))


def _begun(owner: _Owner, now: datetime) -> list[Period]:
    """The newest first."""
    found: list[Period] = []
    period = owner.now(now)
    while len(found) < BACK and period.opens(owner.calendar) >= owner.since:
        found.append(period)
        period = period.shifted(-1)
    return found


def _known(keys: list[str]) -> Iterator[str]:
    for start in range(0, len(keys), 500):
        yield from map(str, Entry.objects.filter(key__in=keys[start : start + 500]).values_list("key", flat=True))


def _opened_otherwise(owners: list[_Owner], now: datetime) -> Iterator[str]:
    """Periods of units that an import or somebody's hand has opened: there is one, whoever opened it."""
    units: dict[tuple[str, int], _Owner] = {(one.kind.name, one.unit.pk): one for one in owners if one.person is None}
    kinds, places = {kind for kind, _unit in units}, {unit for _kind, unit in units}
    first = (min([*_begun(one, now), one.now(now)]).opens(one.calendar) for one in units.values())
    since = min(first, default=now)
    rows = Subject.objects.filter(kind__in=kinds, unit__in=places, opened_at__gte=since)
    for kind, unit, opened_at in rows.values_list("kind", "unit_id", "opened_at"):
        owner = units.get((kind, unit))
        if owner is not None:
            yield owner.key(owner.now(opened_at))


def _owners(now: datetime) -> Iterator[_Owner]:
    for force in InForce.objects.holding(now).select_related("policy_version", "unit").defer("policy_version__text"):
        policy = programs.policy_of(force.policy_version)
        kind = policy.kinds.get(force.kind)
        if kind is None or kind.period is None:
            continue
        for unit, person, since in _whose(kind, policy.roles.get(kind.of or ""), force, now):
            if programs.in_force(unit, kind.name, now) == force:
                calendar = calendar_for(unit)
                yield _Owner(kind, unit, person, max(since, force.since), calendar)


def _whose(
    kind: Kind, role: Role | None, force: InForce, now: datetime
) -> Iterator[tuple[Unit, Person | None, datetime]]:
    house = snapshot()
    if role is None:
        yield house.units[force.unit_id], None, house.units[force.unit_id].since
        return
    for post in _posts(role, force, now):
        unit = house.units[post.unit_id]
        if kind.per == "unit":
            yield unit, None, max(post.since, unit.since)
            continue
        held: Iterable[Appointment] = holding(house.holders.get(post.pk, ()), now)
        for one in held:
            if one.person.is_active:
                yield unit, one.person, max(one.since, unit.since)


def _posts(role: Role, force: InForce, now: datetime) -> Iterator[Post]:
    """The posts of the role that stand where the policy is in force or below."""
    names = (role.of, *role.also)
    house = snapshot()
    for unit_id, posts in house.posts.items():
        if house.units[unit_id].path.startswith(house.units[force.unit_id].path):
            yield from (post for post in holding(posts, now) if post.name in names)
