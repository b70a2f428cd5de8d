"""Which policy holds where, ready to run; kept in each process by text, readings and calendar."""

from datetime import datetime
from functools import lru_cache

from shouwen.calendars.calendar import Calendar
from shouwen.engine import Program, compile_policy
from shouwen.governance.calendar_versions import kept
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.organisation.models import Unit
from shouwen.policy import Policy, load_text

KEPT_POLICIES = 64
KEPT_PROGRAMS = 256

Readings = tuple[tuple[str, str], ...]


class NoPolicy(LookupError):  # noqa: N818  said as what it is
    """No policy is in force for this kind of subject in the unit or above it (无规章可依)."""


def in_force(unit: Unit, kind: str, at: datetime) -> InForce | None:
    """What holds for the kind at ``at``: the unit's own, else the nearest superior's; one query."""
    candidates = InForce.objects.holding(at).filter(unit__in=unit.line, kind=kind)
    found = candidates.select_related("policy_version").defer("policy_version__text")
    return max(found, key=lambda row: unit.line.index(row.unit_id), default=None)


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
    """The program of a policy version on a kept calendar, under the readings with which it came into force in the
    unit or at the nearest superior.

    Without a ``calendar_version`` on the unit's calendar as it is now: for what was never counted.
    Raises PolicyVersion.DoesNotExist, CalendarVersion.DoesNotExist, UnsoundCalendar.
    """
    calendar = calendar_for(unit) if calendar_version is None else kept(calendar_version)
    version = PolicyVersion.objects.defer("text").get(pk=version_id)
    rows = InForce.objects.filter(policy_version=version, unit__in=unit.line)
    nearest = max(rows, key=lambda row: unit.line.index(row.unit_id), default=None)
    return _run(version, nearest.readings if nearest else {}, calendar)


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
