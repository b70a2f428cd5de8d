"""Which policy holds where, ready to run; kept in each process by text, readings and calendar."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from uuid import uuid4

from shouwen.calendars.calendar import Calendar
from shouwen.engine import Program, compile_policy
from shouwen.governance.calendar_versions import kept
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.organisation.models import Unit
from shouwen.organisation.snapshot import stamp_now
from shouwen.policy import Policy, load_text

KEPT_POLICIES = 64
KEPT_PROGRAMS = 256
KEPT_FORCES = 4096

Readings = tuple[tuple[str, str], ...]


class NoPolicy(LookupError):  # noqa: N818  said as what it is
    """No policy is in force for this kind of subject in the unit or above it (无规章可依)."""


def in_force(unit: Unit, kind: str, at: datetime) -> InForce | None:
    """What holds for the kind at ``at``: the unit's own, else the nearest superior's; one query."""
    return nearest_at(in_force_ever(unit, kind), unit, at)


def in_force_ever(unit: Unit, kind: str) -> list[InForce]:
    """All that ever held for the kind in the unit or above it, kept in each process until any of it changes."""
    return list(_ever(_stamp(), unit.line, kind))


@lru_cache(maxsize=KEPT_FORCES)
def _ever(stamp: str, line: tuple[int, ...], kind: str) -> tuple[InForce, ...]:
    found = InForce.objects.filter(unit__in=line, kind=kind).select_related("policy_version")
    return tuple(found.defer("policy_version__text"))


def _stamp() -> str:
    """What is in force renews the organisation's stamp; before there is one, nothing is kept."""
    return stamp_now() or uuid4().hex


def nearest_at(rows: Iterable[InForce], unit: Unit, at: datetime) -> InForce | None:
    """The one of ``rows`` that holds at ``at``, the nearest to the unit."""
    holding = [row for row in rows if row.since <= at and (row.until is None or at < row.until)]
    return max(holding, key=lambda row: unit.line.index(row.unit_id), default=None)


def program_for(unit: Unit, kind: str, at: datetime) -> Program:
    """The program for a subject of this kind that opens in the unit at ``at``. Raises NoPolicy."""
    found = in_force(unit, kind, at)
    if found is None:
        raise NoPolicy(kind)
    return program_under(found, unit)


def program_under(found: InForce, unit: Unit) -> Program:
    """The program of what is in force, on the unit's calendar as it is now."""
    return _run(found.policy_version, found.readings, calendar_for(unit))


def program_of(version_id: int, unit: Unit, calendar_version: str | None) -> Program:
    """`program_on` a kept calendar; without a ``calendar_version``, for what was never counted, on today's.

    Raises PolicyVersion.DoesNotExist, CalendarVersion.DoesNotExist, UnsoundCalendar.
    """
    return program_on(version_id, unit, calendar_for(unit) if calendar_version is None else kept(calendar_version))


def program_on(version_id: int, unit: Unit, calendar: Calendar) -> Program:
    """The program of a policy version on a calendar, under the readings with which it came into force in the unit or
    at the nearest superior. Raises PolicyVersion.DoesNotExist.
    """
    digest, readings = _said(_stamp(), version_id, unit.line)
    return _program(digest, readings, calendar)


@lru_cache(maxsize=KEPT_FORCES)
def _said(stamp: str, version_id: int, line: tuple[int, ...]) -> tuple[str, Readings]:
    """The digest of a version and the readings under which it holds on this line of units."""
    version = PolicyVersion.objects.defer("text").get(pk=version_id)
    rows = InForce.objects.filter(policy_version=version, unit__in=line)
    nearest = max(rows, key=lambda row: line.index(row.unit_id), default=None)
    return version.digest, tuple(sorted(nearest.readings.items())) if nearest else ()


def policy_of(version: PolicyVersion) -> Policy:
    """The policy that a version's text says."""
    return _policy(version.digest)


def _run(version: PolicyVersion, readings: dict[str, str], calendar: Calendar) -> Program:
    return _program(version.digest, tuple(sorted(readings.items())), calendar)


@lru_cache(maxsize=KEPT_POLICIES)
def _policy(digest: str) -> Policy:
    version = PolicyVersion.objects.get(digest=digest)
    return load_text(version.text, f"{version.name}.md", version.name)


@lru_cache(maxsize=KEPT_PROGRAMS)
def _program(digest: str, readings: Readings, calendar: Calendar) -> Program:
    return compile_policy(_policy(digest).with_readings(dict(readings)), calendar)
