"""Which policy holds where, ready to run; kept in each process by text, readings and calendar."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import uuid4

from shouwen.calendars.calendar import Calendar
from shouwen.engine import Program, compile_policy
from shouwen.governance.calendar_versions import kept
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.organisation.models import Unit
from shouwen.organisation.snapshot import stamp_now
from shouwen.policy import Policy, load_text
from shouwen.policy.joined import joined

KEPT_POLICIES = 64
KEPT_PROGRAMS = 256
KEPT_FORCES = 4096

Readings = tuple[tuple[str, str], ...]


class NoPolicy(LookupError):  # noqa: N818  said as what it is
    """No policy is in force for this kind of subject in the unit or above it (无规章可依)."""


@dataclass(frozen=True)
class Held:
    """What a subject is under: a version, and the readings under which it holds there."""

    version: PolicyVersion
    readings: Readings


@dataclass(frozen=True)
class Ruled:
    """All that ever held for one kind of subject in a unit: ``rows`` of that kind, ``around`` of other kinds whose
    clauses take the place of others."""

    unit: Unit
    rows: tuple[InForce, ...]
    around: tuple[InForce, ...]

    def rows_at(self, at: datetime) -> list[InForce]:
        """Those of the unit's own that hold at ``at``, else the nearest superior's. The leading one comes first: whose
        clauses take the place of the others', else what has held longest."""
        return sorted(_nearest(self.rows, self.unit, at), key=lambda row: (-_leads(row, self.rows), row.since, row.pk))

    def at(self, at: datetime) -> Held | None:
        """What a subject that opens at ``at`` is under; None: nothing holds."""
        rows = self.rows_at(at)
        if not rows:
            return None
        without = self._without(rows, at) if self.around else {}
        if len(rows) == 1 and not without:
            return Held(rows[0].policy_version, tuple(sorted(rows[0].readings.items())))
        return Held(_composed(rows, without), ())

    def _without(self, rows: Sequence[InForce], at: datetime) -> dict[str, str]:
        """Clauses of these policies that do not run because of what holds there for other kinds."""
        names = {row.policy for row in rows}
        kinds = {row.kind for row in self.around}
        beside = [one for kind in kinds for one in _nearest([r for r in self.around if r.kind == kind], self.unit, at)]
        return {
            cited: clause
            for row in sorted(beside, key=lambda row: row.pk)
            if row.policy not in names
            for way, cited, clause in row.policy_version.links
            if way == "replaces" and cited.partition("/")[0] in names
        }


def ruled(unit: Unit, kind: str) -> Ruled:
    """What ever held for the kind in the unit or above it, kept in each process until any of it changes."""
    return Ruled(unit, *_ever(_stamp(), unit.line, kind))


def in_force(unit: Unit, kind: str, at: datetime) -> InForce | None:
    """What holds for the kind at ``at``: the unit's own, else the nearest superior's; of several the leading one."""
    return next(iter(ruled(unit, kind).rows_at(at)), None)


@lru_cache(maxsize=KEPT_FORCES)
def _ever(stamp: str, line: tuple[int, ...], kind: str) -> tuple[tuple[InForce, ...], tuple[InForce, ...]]:
    found = InForce.objects.filter(unit__in=line).select_related("policy_version").defer("policy_version__text")
    rows = list(found.order_by("pk"))
    around = (row for row in rows if row.kind != kind and row.policy_version.links)
    return tuple(row for row in rows if row.kind == kind), tuple(around)


def _stamp() -> str:
    """What is in force renews the organisation's stamp; before there is one, nothing is kept."""
    return stamp_now() or uuid4().hex


def _nearest(rows: Iterable[InForce], unit: Unit, at: datetime) -> list[InForce]:
    """Those of ``rows`` that hold at ``at`` in the unit nearest to ``unit``."""
    holding = [row for row in rows if row.since <= at and (row.until is None or at < row.until)]
    nearest = max((unit.line.index(row.unit_id) for row in holding), default=-1)
    return [row for row in holding if unit.line.index(row.unit_id) == nearest]


def _leads(row: InForce, rows: Iterable[InForce]) -> int:
    """How many clauses of the others it takes the place of."""
    names = {one.policy for one in rows} - {row.policy}
    return sum(way == "replaces" and cited.partition("/")[0] in names for way, cited, _by in row.policy_version.links)


def _composed(rows: Sequence[InForce], without: Mapping[str, str]) -> PolicyVersion:
    """The version that several come to; made when the first subject is under it."""
    composition = {"parts": [[row.policy_version_id, row.readings] for row in rows], "without": dict(without)}
    digest = sha256(json.dumps(composition, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    first = rows[0].policy_version
    made, _new = PolicyVersion.objects.get_or_create(
        digest=digest,
        defaults={
            "name": first.name,
            "title": " + ".join(row.policy_version.title for row in rows)[:200],
            "version": f"{first.version[:50]} + {digest[:8]}",
            "effective": first.effective,
            "published_at": max(row.policy_version.published_at for row in rows),
            "composition": composition,
        },
    )
    return made


def program_for(unit: Unit, kind: str, at: datetime) -> Program:
    """The program for a subject of this kind that opens in the unit at ``at``. Raises NoPolicy."""
    held = ruled(unit, kind).at(at)
    if held is None:
        raise NoPolicy(kind)
    return program_held(held, unit)


def program_held(held: Held, unit: Unit) -> Program:
    """The program of what is in force, on the unit's calendar as it is now."""
    return _program(held.version.digest, held.readings, calendar_for(unit))


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
    if version.composition is not None:
        # Its readings are those of its parts.
        return version.digest, ()
    rows = InForce.objects.filter(policy_version=version, unit__in=line)
    nearest = max(rows, key=lambda row: line.index(row.unit_id), default=None)
    return version.digest, tuple(sorted(nearest.readings.items())) if nearest else ()


def policy_of(version: PolicyVersion) -> Policy:
    """The policy that a version's text says."""
    return _policy(version.digest)


@lru_cache(maxsize=KEPT_POLICIES)
def _policy(digest: str) -> Policy:
    version = PolicyVersion.objects.get(digest=digest)
    if version.composition is None:
        return load_text(version.text, f"{version.name}.md", version.name)
    parts = PolicyVersion.objects.in_bulk([pk for pk, _readings in version.composition["parts"]])
    policies = [policy_of(parts[pk]).with_readings(readings) for pk, readings in version.composition["parts"]]
    return replace(joined(policies), displaced=version.composition["without"])


@lru_cache(maxsize=KEPT_PROGRAMS)
def _program(digest: str, readings: Readings, calendar: Calendar) -> Program:
    return compile_policy(_policy(digest).with_readings(dict(readings)), calendar)
