"""Journals of the house under another policy (若改为): which are replayed, under what (``docs/engine.md``, 13).

Every subject is counted as it is, under the version and the calendar of its own, and as it would be, under another
policy on the same calendar. Nothing in the house changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice

import orjson
from django.db.models import QuerySet

from shouwen.calendars import Limit
from shouwen.engine import Compared, Comparison, Journal, Program, compile_policy
from shouwen.governance.programs import program_of
from shouwen.journal.export import unit_paths
from shouwen.journal.models import Subject
from shouwen.journal.rows import steps_of
from shouwen.organisation.models import Unit
from shouwen.policy import Policy
from shouwen.policy.altered import altered

CHUNK = 500
"""Subjects read at once."""
Progress = Callable[[int], None]
"""Told how many more subjects are done."""
Each = Callable[[Subject, Compared], None]
"""Given every subject that was compared."""


@dataclass(frozen=True)
class Change:
    """What is tried: readings by name, limits by the keys of ``policy.altered.numbers``, limits of words (or None)."""

    readings: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    words: Mapping[str, Limit | None] = field(default_factory=dict)

    def upon(self, policy: Policy) -> Policy:
        """Raises KeyError for what the policy does not have."""
        return altered(policy.with_readings(self.readings), self.limits, self.words)

    def digest(self, digest: str) -> str:
        """Of a text with these changes; without any, the text's own."""
        said = self.as_json()
        return sha256(digest.encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest() if said else digest

    def as_json(self) -> dict[str, dict[str, str]]:
        """Only what there is; read again by ``read_change``."""
        parts = {
            "readings": dict(self.readings),
            "limits": {key: str(limit) for key, limit in self.limits.items()},
            "words": {word: "" if limit is None else str(limit) for word, limit in self.words.items()},
        }
        return {name: part for name, part in parts.items() if part}


def read_change(said: Mapping[str, Mapping[str, str]]) -> Change:
    """Raises CalendarError for a limit that cannot be read."""
    words = {word: Limit.parse(text) if text else None for word, text in said.get("words", {}).items()}
    limits = {key: Limit.parse(text) for key, text in said.get("limits", {}).items()}
    return Change(said.get("readings", {}), limits, words)


def among(
    unit: Unit | None = None, since: datetime | None = None, until: datetime | None = None, policy: str = ""
) -> QuerySet[Subject]:
    """Subjects in the unit and below it that opened from ``since`` on and before ``until`` and are counted under some
    version of this regulation; each part left out: not asked."""
    rows = Subject.objects.filter(policy_version__isnull=False)
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path)
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    if until is not None:
        rows = rows.filter(opened_at__lt=until)
    return rows.filter(policy_version__name=policy) if policy else rows


def compare(
    rows: QuerySet[Subject],
    to: Policy,
    moment: datetime,
    *,
    progress: Progress = lambda done: None,
    each: Each = lambda subject, compared: None,
) -> Comparison:
    """These subjects as they are and under ``to``, with what had been recorded at ``moment``; nothing is written."""
    found = Comparison(moment)
    paths = unit_paths()
    own: dict[tuple[int, int, str | None], Program] = {}
    other: dict[str, Program] = {}
    for subjects in _in_chunks(rows):
        steps = steps_of(subjects)
        for subject in subjects:
            assert subject.policy_version_id is not None
            key = subject.policy_version_id, subject.unit_id, subject.calendar_version_id
            before = own.get(key)
            if before is None:
                before = own[key] = program_of(key[0], subject.unit, key[2])
            after = other.get(before.calendar.version)
            if after is None:
                after = other[before.calendar.version] = compile_policy(to, before.calendar)
            entries = [step for step in steps[subject.pk] if step.recorded_at <= moment]
            journal = Journal(str(subject.pk), subject.kind, paths[subject.unit_id], entries)
            compared = found.take(journal, before, after)
            if compared is not None:
                each(subject, compared)
        progress(len(subjects))
    return found


def _in_chunks(rows: QuerySet[Subject]) -> Iterator[list[Subject]]:
    """In the order of opening. No cursor stays open: who is told of progress may write."""
    left = iter(list(rows.order_by("opened_at", "pk").values_list("pk", flat=True)))
    while chunk := list(islice(left, CHUNK)):
        found = Subject.objects.select_related("unit").in_bulk(chunk)
        yield [found[pk] for pk in chunk if pk in found]
