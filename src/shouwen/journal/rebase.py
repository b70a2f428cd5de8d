"""Counting anew (重新计时): open duties move to another calendar, or to another version of the policy (改用新版), by an
act that says so, never by themselves.

Every subject names the calendar and the policy version that it was last counted under. When a table has changed, or
another version holds, `preview` says what would move, and `apply` writes one ``rebased`` entry into each journal that
is still counted under what was before. What was kept, waived or excused stays as it was counted; a subject in which
nothing is open any more is not touched. To another policy only what is open goes: what has ended keeps the version of
its opening, a period that of its first day, and nothing is asked after the event.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind
from shouwen.engine import Entry as Step
from shouwen.engine import Owed, Program, Standing
from shouwen.governance.calendar_versions import keep, kept
from shouwen.governance.calendars import calendars_for
from shouwen.governance.programs import policy_of, program_of, program_on, ruled
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.duties import computed
from shouwen.journal.errors import Invalid, NotAllowed, NotRecorded
from shouwen.journal.models import Duty, DutyState, Subject, SubjectState
from shouwen.journal.pen import COUNTED, REBASED, is_countable
from shouwen.journal.record import record_batch
from shouwen.journal.rows import steps_of
from shouwen.organisation.administration import administers
from shouwen.organisation.models import Person, Unit

CHUNK = 100
"""Subjects that one transaction counts anew."""
POWER = "governance.change_calendartable"
"""The permission of who administers the calendars; superusers have it."""


@dataclass(frozen=True)
class DayChange:
    """A day that counts otherwise than before: what the older calendar and the newer one say of it."""

    date: date
    before: str
    after: str


@dataclass(frozen=True)
class Move:
    """An open duty whose due instant changes, in the unit's zone.

    ``before`` None: it opens only now; ``after`` None: it falls away.
    """

    subject: UUID
    number: str
    duty: str
    title: str
    clause: str
    role: str
    before: datetime | None
    after: datetime | None
    days: tuple[DayChange, ...]


@dataclass(frozen=True)
class Preview:
    """What counting anew does: ``confirmed`` duties lose their provisional mark and keep their due instant,
    ``provisional`` ones still rest on a year without an official calendar. ``unfit`` subjects speak of what the other
    policy does not know, and stay."""

    subjects: int = 0
    duties: int = 0
    confirmed: int = 0
    provisional: int = 0
    unfit: int = 0
    moves: tuple[Move, ...] = ()

    def __add__(self, other: "Preview") -> "Preview":
        return Preview(
            self.subjects + other.subjects,
            self.duties + other.duties,
            self.confirmed + other.confirmed,
            self.provisional + other.provisional,
            self.unfit + other.unfit,
            self.moves + other.moves,
        )


def waiting(unit: Unit | None = None, *, policies: bool = False) -> int:
    """How many subjects `apply` would count anew."""
    return _work(unit, clock.now(), policies=policies).count()


def preview(
    unit: Unit | None = None,
    *,
    now: datetime | None = None,
    most: int | None = None,
    policies: bool = False,
    progress: Callable[[Preview], None] = lambda done: None,
) -> Preview:
    """What `apply` would do in the unit and below it, or in the whole house; nothing is written.

    ``most``: stop when so many subjects, rounded up to `CHUNK`, were looked at. ``progress`` hears of each `CHUNK`.
    """
    work, found = _work(unit, now or clock.now(), policies=policies), Preview()
    last = UUID(int=0)
    while (most is None or found.subjects < most) and (subjects := work.chunk(last)):
        step = _sum(work.counted(subjects, ""))
        found += step
        progress(step)
        last = subjects[-1].pk
    return found


def apply(
    *,
    by: Person,
    reason: str,
    unit: Unit | None = None,
    now: datetime | None = None,
    policies: bool = False,
    progress: Callable[[Preview], None] = lambda done: None,
) -> Preview:
    """Count anew whatever is counted under an older calendar than its unit's; gives what was done.

    ``policies``: instead, whatever is open goes on under the policy version that holds in its unit now.

    `CHUNK` journals a transaction: after an interruption the same call goes on. Done twice it does nothing.
    ``progress`` hears of each transaction. Raises NotAllowed (`by` has not the `POWER` and does not administer the
    unit), Invalid (no reason).
    """
    if not by.has_perm(POWER) and not administers(by, unit, now or clock.now()):
        raise NotAllowed(_("Only who administers the calendars counts duties anew."))
    if not reason.strip():
        raise Invalid({"reason": _("This is required.")})
    work, done = _work(unit, now or clock.now(), policies=policies), Preview()
    last = UUID(int=0)
    while True:
        with transaction.atomic():
            subjects = work.chunk(last, lock=True)
            if not subjects:
                return done
            step = work.write(subjects, by, reason.strip())
        done += step
        progress(step)
        last = subjects[-1].pk


Counted = Iterator[tuple[Draft | None, Preview]]


def _work(unit: Unit | None, now: datetime, *, policies: bool) -> "_Recount":
    return _Policies(unit, now) if policies else _Calendars(unit, now)


def _sum(counted: Iterable[tuple[Draft | None, Preview]]) -> Preview:
    return sum((told for _draft, told in counted), Preview())


class _Recount(ABC):
    """One run: what holds at its beginning holds for all of it."""

    tolerant = False
    """Whether a journal that the program cannot read stays as it is."""

    def __init__(self, stale: QuerySet[Subject], now: datetime) -> None:
        self._stale, self._now = stale, now

    @abstractmethod
    def program(self, subject: Subject) -> Program:
        """What the subject goes on under."""

    @abstractmethod
    def keep(self, subjects: Sequence[Subject]) -> None:
        """What these go on under is kept, so that their journals may name it."""

    def named(self, subject: Subject) -> dict[str, str]:
        """What the entry says beside the calendars."""
        return {}

    def count(self) -> int:
        return self._stale.count()

    def chunk(self, after: UUID, *, lock: bool = False) -> list[Subject]:
        subjects = self._stale.filter(pk__gt=after).order_by("pk").select_related("unit")
        return list((subjects.select_for_update(of=("self",)) if lock else subjects)[:CHUNK])

    def counted(self, subjects: Sequence[Subject], reason: str) -> Counted:
        """The entry for each subject, and what it does."""
        steps = steps_of(subjects)
        rows: dict[UUID, dict[str, Duty]] = {subject.pk: {} for subject in subjects}
        for row in Duty.objects.filter(subject__in=subjects):
            rows[row.subject_id][row.key] = row
        for subject in subjects:
            assert subject.calendar_version_id is not None
            try:
                standing = Standing(self.program(subject), str(subject.pk), subject.kind)
                standing.take(steps[subject.pk])
                told = _told(subject, rows[subject.pk], steps[subject.pk], standing, self._now)
            except (KeyError, ValueError):
                if not self.tolerant:
                    raise
                yield None, Preview(1, unfit=1)
                continue
            data = {"from": subject.calendar_version_id, "to": standing.program.calendar.version, "reason": reason}
            yield Draft(subject, REBASED, data | self.named(subject) | _lists(told.moves)), told

    def write(self, subjects: Sequence[Subject], by: Person, reason: str) -> Preview:
        """Must run in a transaction."""
        counted = list(self.counted(subjects, reason))
        self.keep(subjects)
        actor = Actor(by, "", None, system=True)
        calls = [[draft] for draft, _told in counted if draft is not None]
        for result in record_batch(calls, actor=actor, now=self._now):
            if isinstance(result, NotRecorded):
                raise result
        return _sum(counted)


class _Calendars(_Recount):
    """To the calendars as they are now."""

    def __init__(self, unit: Unit | None, now: datetime) -> None:
        countable = _countable(unit)
        units = Unit.objects.in_bulk(countable.order_by().values_list("unit", flat=True).distinct())
        self._programs: dict[tuple[int, int, str], Program] = {}
        self._calendars = calendars_for(units.values())
        super().__init__(countable.filter(_older(self._calendars)), now)

    def program(self, subject: Subject) -> Program:
        return self._program(subject, self._calendars[subject.unit_id])

    def keep(self, subjects: Sequence[Subject]) -> None:
        for calendar in {self._calendars[subject.unit_id] for subject in subjects}:
            keep(calendar)

    def _program(self, subject: Subject, calendar: Calendar) -> Program:
        assert subject.policy_version_id is not None
        key = (subject.policy_version_id, subject.unit_id, calendar.version)
        if key not in self._programs:
            self._programs[key] = program_on(subject.policy_version_id, subject.unit, calendar)
        return self._programs[key]


class _Policies(_Recount):
    """To the policy versions that hold now, each on the calendar that it was counted under."""

    tolerant = True

    def __init__(self, unit: Unit | None, now: datetime) -> None:
        subjects = Subject.objects.filter(
            state=SubjectState.OPEN, policy_version__isnull=False, calendar_version__isnull=False
        )
        if unit is not None:
            subjects = subjects.filter(unit__path__startswith=unit.path)
        places = list(subjects.order_by().values_list("unit", "kind").distinct())
        units = Unit.objects.in_bulk({pk for pk, _kind in places})
        self._held: dict[tuple[int, str], int] = {}
        for pk, kind in places:
            held = ruled(units[pk], kind).at(now)
            known = policy_of(held.version).kinds.get(kind) if held is not None else None
            if held is not None and known is not None and known.period is None:
                self._held[pk, kind] = held.version.pk
        super().__init__(subjects.filter(self._others()), now)

    def _others(self) -> Q:
        """Under another version than the one that holds in the unit for the kind."""
        units: dict[tuple[str, int], list[int]] = {}
        for (unit, kind), version in self._held.items():
            units.setdefault((kind, version), []).append(unit)
        found = Q(pk__in=[])
        for (kind, version), those in units.items():
            found |= Q(kind=kind, unit__in=those) & ~Q(policy_version=version)
        return found

    def program(self, subject: Subject) -> Program:
        return program_of(self._held[subject.unit_id, subject.kind], subject.unit, subject.calendar_version_id)

    def named(self, subject: Subject) -> dict[str, str]:
        held = self._held[subject.unit_id, subject.kind]
        return {"policy_from": str(subject.policy_version_id), "policy_to": str(held)}

    def keep(self, subjects: Sequence[Subject]) -> None:
        """A published version and a kept calendar are there already."""


def _countable(unit: Unit | None) -> QuerySet[Subject]:
    """Subjects that go on, or in which something is still owed."""
    owing = Duty.objects.filter(subject=OuterRef("pk"), state__in=COUNTED)
    subjects = Subject.objects.filter(policy_version__isnull=False, calendar_version__isnull=False)
    if unit is not None:
        subjects = subjects.filter(unit__path__startswith=unit.path)
    return subjects.filter(Q(state=SubjectState.OPEN) | Exists(owing))


def _older(calendars: Mapping[int, Calendar]) -> Q:
    """Counted under another calendar than the unit's."""
    units: dict[str, list[int]] = {}
    for unit, calendar in calendars.items():
        units.setdefault(calendar.version, []).append(unit)
    older = Q(pk__in=[])
    for version, those in units.items():
        older |= Q(unit__in=those) & ~Q(calendar_version=version)
    return older


# --- what moves --------------------------------------------------------------------------


def _told(
    subject: Subject, rows: Mapping[str, Duty], steps: Sequence[Step], standing: Standing, now: datetime
) -> Preview:
    owed = {one.key: one for one in standing.duties(max(now, steps[-1].recorded_at))}
    moves: list[Move] = []
    duties = confirmed = provisional = 0
    for key in [*rows, *(key for key in owed if key not in rows)]:
        row, one = rows.get(key), owed.get(key)
        if row is not None and not is_countable(row):
            continue
        columns = computed(one, standing, now) if one is not None else {}
        if not _is_open(row, columns):
            continue
        duties += 1
        provisional += bool(columns.get("provisional"))
        if (row.due_at if row else None) != columns.get("due_at"):
            moves.append(_move(subject, key, row, one, columns, standing.program))
        elif row is not None and row.provisional and not columns.get("provisional"):
            confirmed += 1
    return Preview(1, duties, confirmed, provisional, moves=tuple(moves))


def _is_open(row: Duty | None, columns: Mapping[str, Any]) -> bool:
    return (row is not None and row.state in COUNTED) or columns.get("state") in (DutyState.OPEN, DutyState.PAUSED)


def _move(
    subject: Subject, key: str, row: Duty | None, one: Owed | None, columns: Mapping[str, Any], program: Program
) -> Move:
    zone = program.calendar.tz
    before, after = (
        moment and moment.astimezone(zone) for moment in (row.due_at if row else None, columns.get("due_at"))
    )
    event = program.policy.events[one.rule.act.event].title if one else ""
    opened_at = row.opened_at if row else columns["opened_at"]
    assert subject.calendar_version_id is not None
    days = _days(kept(subject.calendar_version_id), program.calendar, opened_at, before, after)
    return Move(
        subject=subject.pk,
        number=subject.number,
        duty=key,
        title=row.title if row else (one.rule.title if one else "") or event,
        clause=row.clause if row else columns["clause"],
        role=row.role if row else one.who if one else "",
        before=before,
        after=after,
        days=days,
    )


def _days(
    old: Calendar, new: Calendar, opened_at: datetime, before: datetime | None, after: datetime | None
) -> tuple[DayChange, ...]:
    """The days on the way to the later of both ends that count otherwise; of hours only where no day does."""
    ends = [end.astimezone(new.tz).date() for end in (before, after) if end is not None]
    first = opened_at.astimezone(new.tz).date()
    days = [first + timedelta(n) for n in range((max(ends, default=first) - first).days + 1)]
    differ = [day for day in days if _counts(old, day) != _counts(new, day)]
    differ = differ or [day for day in days if old.hours_on(day) != new.hours_on(day)]
    return tuple(DayChange(day, _words(old, day), _words(new, day)) for day in differ)


def _counts(calendar: Calendar, day: date) -> tuple[bool, bool]:
    return calendar.is_workday(day), calendar.day(day).kind is DayKind.HOLIDAY


def _words(calendar: Calendar, day: date) -> str:
    hours = "、".join(map(str, calendar.hours_on(day)))
    return f"{calendar.day(day).sentence()}{f'（{hours}）' if hours else ''}"


def _lists(moves: Sequence[Move]) -> dict[str, list[str]]:
    return {
        "duties": [move.duty for move in moves],
        "due_before": [move.before.isoformat() if move.before else "" for move in moves],
        "due_after": [move.after.isoformat() if move.after else "" for move in moves],
    }
