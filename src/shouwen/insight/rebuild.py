"""Lines and texts made anew from the journals (重建索引), and told where they differ from what is stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from shouwen.governance.programs import program_of
from shouwen.insight import index
from shouwen.insight.lines import COLUMNS, TEXTS, kept_of, line_of, named, who, write
from shouwen.insight.models import Line, Text
from shouwen.insight.reading import about, files_of, intake_of, masked, whose
from shouwen.insight.said import said_of
from shouwen.journal.models import Duty, Involved, Subject
from shouwen.journal.rows import steps_of
from shouwen.policy.model import EventType
from shouwen.policy.vocabulary import shared_events

CHUNK = 200
"""Subjects that are read at once, and locked together while they are written."""

Made = list[tuple[Line, Text]]


@dataclass(frozen=True)
class Difference:
    """A line that is not what its journal and its customer's file give: which columns."""

    subject: UUID
    number: str
    columns: tuple[str, ...]


def reindex(after: UUID | None = None, progress: Callable[[int, UUID], None] = lambda done, last: None) -> int:
    """Make all lines and texts anew; how many. Where `after` is None the index is emptied first.

    Goes through the subjects in the order of their opening, so that the ids of lines rise with time, a transaction for
    each 200 of them; `progress` is told how many were done and the last one's id: give it as `after` to go on there.
    """
    done = 0
    if after is None:
        with transaction.atomic():
            index.clear()
            Text.objects.all().delete()
            Line.objects.all().delete()
    for ids in _chunks(after):
        with transaction.atomic():
            again(ids)
        done += len(ids)
        progress(len(ids), ids[-1])
    return done


def again(ids: Sequence[UUID]) -> None:
    """Make lines and texts of these subjects anew; they are locked. Must run in a transaction."""
    locked = Subject.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    order = {pk: place for place, pk in enumerate(ids)}
    subjects = sorted(locked.order_by("pk").select_related("unit"), key=lambda one: order[one.pk])
    made, kept = _made(subjects), kept_of(ids)
    write([line for line, _text in made], [text for _line, text in made], [kept.get(one.pk) for one in subjects])


def differences(progress: Callable[[int], None] = lambda done: None) -> Iterator[Difference]:
    """Where lines and texts are not what they should be; nothing is changed."""
    for ids in _chunks(None):
        subjects = list(Subject.objects.filter(pk__in=ids).order_by("pk").select_related("unit"))
        stored = {line.subject_id: line for line in Line.objects.filter(subject__in=ids).select_related("text")}
        for subject, (line, text) in zip(subjects, _made(subjects), strict=True):
            found = stored.get(subject.pk)
            wrong = ("line",) if found is None else _differing(found, line, text)
            if wrong:
                yield Difference(subject.pk, subject.number, wrong)
        progress(len(ids))


def _differing(found: Line, line: Line, text: Text) -> tuple[str, ...]:
    columns = [name for name in COLUMNS if getattr(found, name) != getattr(line, name)]
    return (*columns, *(name for name in TEXTS if _sorted(found.text, name) != _sorted(text, name)))


def _sorted(text: Text, name: str) -> list[str] | str:
    value: str = getattr(text, name)
    return sorted(value.split()) if name in ("named", "who") else value


def left_after(after: UUID | None) -> int:
    """How many subjects come after this one; all of them for None."""
    return _later(after).count()


def _later(after: UUID | None) -> QuerySet[Subject]:
    rows = Subject.objects.order_by("opened_at", "pk")
    if after is None:
        return rows
    last = Subject.objects.get(pk=after)
    return rows.filter(Q(opened_at__gt=last.opened_at) | Q(opened_at=last.opened_at, pk__gt=last.pk))


def _chunks(after: UUID | None) -> Iterator[list[UUID]]:
    """Ids of all subjects in the order of their opening."""
    while chunk := list(_later(after).values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        after = chunk[-1]


def _made(subjects: Sequence[Subject]) -> Made:
    """Lines and texts as the journals have them, in the same order; as many queries as tables."""
    ids = [subject.pk for subject in subjects]
    steps = steps_of(subjects)
    duties, involved = _by_subject(Duty, ids), _by_subject(Involved, ids)
    events = {subject.pk: _events(subject) for subject in subjects}
    said = said_of(subjects, events)
    intakes = {pk: intake_of(steps[pk]) for pk in ids}
    files, rooms = files_of((one.customer for one in intakes.values()), (one.asset for one in intakes.values()))
    made: Made = []
    for subject in subjects:
        intake = intakes[subject.pk]
        file = files.get(intake.customer)
        line = line_of(subject, duties.get(subject.pk, []), intake)
        line.customer_name = masked(file)
        text = Text(
            said=said[subject.pk],
            about=about(subject.number, subject.axes),
            whose=whose(file, rooms.get(intake.asset, ())),
            named=named((), involved.get(subject.pk, [])),
        )
        text.who = who(line, duties.get(subject.pk, []), text.named, subject)
        made.append((line, text))
    return made


def _events(subject: Subject) -> Mapping[str, EventType]:
    version = subject.policy_version_id
    if version is None:
        return shared_events()
    return program_of(version, subject.unit, subject.calendar_version_id).policy.events


M = TypeVar("M", Duty, Involved)


def _by_subject(model: type[M], ids: Sequence[UUID]) -> dict[UUID, list[M]]:
    rows = model.objects.filter(subject__in=ids).order_by("subject", "pk")
    return {pk: list(some) for pk, some in groupby(rows, key=lambda row: row.subject_id)}
