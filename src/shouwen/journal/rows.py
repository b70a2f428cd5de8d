"""Between rows of the database and what the engine reads."""

from collections.abc import Iterable
from typing import Any

import orjson

from shouwen.engine import Entry as Step
from shouwen.journal.models import Content, Entry, Subject
from shouwen.journal.statements import values_by


def step(subject: Subject, entry: Entry, name: str = "") -> Step:
    """The envelope as the engine reads it; an entry's name in its journal is its sequence number.

    `name`: the subject's id as a text, where it is at hand.
    """
    return Step(
        id=str(entry.seq),
        subject=name or str(subject.id),
        kind=subject.kind,
        type=entry.type,
        at=entry.at,
        recorded_at=entry.recorded_at,
        seq=entry.seq,
        by="" if entry.by_id is None else str(entry.by_id),
        post=entry.post,
        unit="" if entry.unit_id is None else str(entry.unit_id),
        data=entry.data,
    )


_COLUMNS = ("subject_id", "seq", "type", "at", "recorded_at", "by_id", "post", "unit_id", "data")


def steps_of(subjects: Iterable[Subject]) -> dict[Any, list[Step]]:
    """The journals of these subjects by their ids, in the order of recording; one query."""
    by_id = {subject.pk: subject for subject in subjects}
    found: dict[Any, list[Step]] = {pk: [] for pk in by_id}
    rows = values_by(Entry, _COLUMNS, "subject_id", list(by_id), ("subject_id", "seq"))
    names = {pk: str(pk) for pk in by_id}
    for pk, seq, kind_of_event, at, recorded_at, by, post, unit, data in rows:
        found[pk].append(
            Step(
                str(seq),
                names[pk],
                by_id[pk].kind,
                kind_of_event,
                at,
                recorded_at,
                seq,
                "" if by is None else str(by),
                post,
                "" if unit is None else str(unit),
                data,
            )
        )
    return found


def sealed_of(subject: Subject, seq: int) -> dict[str, Any]:
    """The sealed content of one entry; empty where it has none or it was erased."""
    body = Content.objects.filter(entry__subject=subject, entry__seq=seq).values_list("body", flat=True).first()
    found: dict[str, Any] = orjson.loads(body) if body else {}
    return found
