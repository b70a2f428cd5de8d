"""What whole journals say, read from entries and sealed contents: where it cannot be added to, only made anew."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from shouwen.insight.reading import said_in
from shouwen.journal.models import Content, Entry, Subject
from shouwen.policy.model import EventType


def said_of(subjects: Sequence[Subject], events: Mapping[UUID, Mapping[str, EventType]]) -> dict[UUID, str]:
    """What the entries of each subject say, as they stand now, erased contents left out; two queries."""
    found = {subject.pk: "" for subject in subjects}
    entries = list(Entry.objects.filter(subject__in=list(found)).order_by("subject", "seq"))
    sealed = _sealed(entries)
    for entry in entries:
        found[entry.subject_id] += said_in(entry, sealed.get(entry.pk, {}), events[entry.subject_id])
    return found


def _sealed(entries: Sequence[Entry]) -> dict[int, dict[str, Any]]:
    ids = [entry.pk for entry in entries if entry.content_digest]
    bodies = Content.objects.filter(pk__in=ids, body__isnull=False).values_list("pk", "body")
    return {pk: orjson.loads(body or "{}") for pk, body in bodies}
