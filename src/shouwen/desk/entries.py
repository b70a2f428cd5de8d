"""A journal's entries as a page reads them: the envelopes with what is sealed in them, in one query."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from shouwen.engine import Entry as Step
from shouwen.journal.models import Entry, Subject
from shouwen.journal.rows import step
from shouwen.organisation.snapshot import snapshot


def entries_of(subject: Subject) -> list[Entry]:
    """All entries in the order in which things happened, with who wrote them; one query.

    What is sealed is read with them: whoever shows it writes the look down first (``access_log.looked``).
    """
    house = snapshot()
    rows = subject.entries.select_related("content").order_by("at", "recorded_at", "seq")
    entries = list(rows)
    for entry in entries:
        entry.by = None if entry.by_id is None else house.people[entry.by_id]
        entry.unit = None if entry.unit_id is None else house.units[entry.unit_id]
    return entries


def steps_in(subject: Subject, entries: Iterable[Entry]) -> list[Step]:
    """The same as the engine reads them, in the order of recording."""
    return [step(subject, entry) for entry in sorted(entries, key=lambda entry: entry.seq)]


def sealed_in(entries: Iterable[Entry]) -> Mapping[int, Mapping[str, Any]]:
    """Sealed content by the entry's number; erased ones are empty."""
    contents = ((entry.seq, getattr(entry, "content", None)) for entry in entries)
    return {seq: orjson.loads(one.body) if one.body else {} for seq, one in contents if one is not None}
