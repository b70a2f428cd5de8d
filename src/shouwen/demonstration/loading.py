"""Many matters laid down at once, for measuring: journals of matters that were acted out, told anew of other customers
at other times, chained, folded and written by the journal's own code.

Nothing tells their rows from `record()`'s but that nobody was notified. What is left out is what an act is asked before
it is written: may he, is it shut. The journals that are told anew have been asked all that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from shouwen.customers.models import Holding
from shouwen.demonstration.writing import Writer
from shouwen.engine import Program
from shouwen.governance.ladder import Ladders
from shouwen.governance.programs import program_of
from shouwen.journal import clock
from shouwen.journal.chain import instant
from shouwen.journal.ids import new_id
from shouwen.journal.models import Duty, Entry, Subject, SubjectState
from shouwen.journal.notices import Notices
from shouwen.journal.pen import OpenJournal
from shouwen.journal.save import save
from shouwen.journal.settle import Settled, settle
from shouwen.organisation.models import Post, Unit, UnitKind
from shouwen.organisation.resolve import Directory, Holder
from shouwen.organisation.snapshot import steady
from shouwen.policy.model import Role

CHUNK = 250
YEAR = timedelta(days=365)
WEEK = timedelta(weeks=1)
CONCERNING_OTHERS = ("joined", "left", "linked", "unlinked", "merged", "unmerged", "split")


@dataclass(frozen=True)
class Template:
    """A matter that was acted out: its subject, its entries in order, what each sealed, who holds its duties."""

    subject: Subject
    entries: Sequence[Entry]
    sealed: Mapping[int, Mapping[str, Any]]
    holders: Mapping[str, Holder]


class Loader:
    """Tells matters anew. `rng` decides of whom, where and when: the same seed gives the same house."""

    def __init__(self, seed: str) -> None:
        self._rng = Random(seed)  # noqa: S311  nothing secret
        self._now = clock.now()
        self._places = _places()
        self._programs: dict[tuple[int, int, str | None], Program] = {}
        self._directories: dict[int, Directory] = {}
        self._ladders = Ladders(self._now)

    def load(self, count: int, progress: Callable[[int], None] = lambda done: None) -> None:
        """So many matters of the last year, told after those that are there."""
        templates = list(_templates())
        for start in range(0, count, CHUNK):
            wanted = [self._rng.choice(templates) for _ in range(min(CHUNK, count - start))]
            self._write([self._told(template, self._shift(template)) for template in wanted])
            progress(len(wanted))

    def load_due(self, count: int, due_at: datetime, within: timedelta) -> None:
        """So many matters that have only just come in, whose first due time falls within so long after `due_at`."""
        first, due = _fresh()
        for start in range(0, count, CHUNK):
            shifts = [due_at - due + within * (number / count) for number in range(start, min(start + CHUNK, count))]
            self._write([self._told(first, shift, 1) for shift in shifts])

    def _shift(self, template: Template) -> timedelta:
        """What has ended may have ended weeks earlier, on the same days of the week; what is open, hours earlier."""
        opened = template.subject.opened_at
        if template.subject.state == SubjectState.OPEN:
            return -timedelta(minutes=self._rng.randrange(60))
        weeks = max(0, int((opened - (self._now - YEAR)) / WEEK))
        return -WEEK * self._rng.randint(0, weeks) - timedelta(seconds=self._rng.randrange(600))

    # --- telling -----------------------------------------------------------------------

    def _told(self, template: Template, shift: timedelta, length: int | None = None) -> tuple[OpenJournal, Settled]:
        known = template.subject
        unit, (customer, asset) = self._place(known.unit)
        subject = Subject(
            kind=known.kind,
            matter=known.matter,
            unit=unit,
            policy_version_id=known.policy_version_id,
            calendar_version_id=known.calendar_version_id,
            opened_at=known.opened_at + shift,
            recorded_at=known.recorded_at + shift,
            folded_at=self._now,
        )
        journal = OpenJournal(subject, self._program(subject), [], fresh=True)
        calls: dict[UUID, UUID] = {}
        for entry in template.entries[:length]:
            data = _moved(entry.data, shift) | {
                name: str(value) for name, value in (("customer", customer), ("asset", asset)) if entry.data.get(name)
            }
            twin = Entry(
                type=entry.type,
                at=entry.at + shift,
                recorded_at=entry.recorded_at + shift,
                by_id=entry.by_id,
                post=entry.post,
                unit_id=entry.unit_id,
                data=data,
                marks=list(entry.marks),
                key=_key(entry.type, subject, data),
                call=calls.setdefault(entry.call, new_id()),
            )
            journal.append(twin, self._sealed(template, entry))

        def resolve(one: OpenJournal, role: Role) -> Holder:
            return self._holder(template, one, role)

        return journal, settle(journal, self._now, new_id(), resolve, Notices(self._now), False, self._ladders)

    def _sealed(self, template: Template, entry: Entry) -> dict[str, Any]:
        sealed = dict(template.sealed.get(entry.seq, {}))
        if entry.type == "received" and "text" in sealed:
            sealed["text"] = Writer(self._rng).fill("{quality}{again}") if len(sealed["text"]) > 30 else sealed["text"]
        return sealed

    def _place(self, unit: Unit) -> tuple[Unit, tuple[int, int]]:
        """Another project of the same branch, and a customer there with his home."""
        siblings = self._places[unit.parent_id or 0]
        chosen, homes = self._rng.choice(siblings)
        return chosen, self._rng.choice(homes)

    def _program(self, subject: Subject) -> Program:
        assert subject.policy_version_id is not None
        key = (subject.policy_version_id, subject.unit_id, subject.calendar_version_id)
        if key not in self._programs:
            self._programs[key] = program_of(key[0], subject.unit, key[2])
        return self._programs[key]

    def _holder(self, template: Template, journal: OpenJournal, role: Role) -> Holder:
        """Who held it in the journal that is told anew: the branch is the same."""
        known = template.holders.get(role.name)
        if known is not None:
            return known
        unit = journal.subject.unit
        if unit.pk not in self._directories:
            roles = journal.program.policy.roles if journal.program else {}
            self._directories[unit.pk] = Directory(unit, self._now, roles)
        return self._directories[unit.pk].holder(role)

    def _write(self, told: Sequence[tuple[OpenJournal, Settled]]) -> None:
        with transaction.atomic(), steady():
            save([journal for journal, _ in told], [settled for _, settled in told], [])


def _places() -> dict[int, list[tuple[Unit, list[tuple[int, int]]]]]:
    """The projects of each branch, each with (customer, asset) of who lives there."""
    homes: dict[int, list[tuple[int, int]]] = {}
    for unit, customer, asset in Holding.objects.filter(until=None).values_list("asset__unit", "customer", "asset"):
        homes.setdefault(unit, []).append((customer, asset))
    found: dict[int, list[tuple[Unit, list[tuple[int, int]]]]] = {}
    for project in Unit.objects.filter(kind=UnitKind.PROJECT, pk__in=homes):
        found.setdefault(project.parent_id or 0, []).append((project, homes[project.pk]))
    return found


def _templates() -> Iterator[Template]:
    """The matters that were acted out and concern no other; what is due soon is not told twice."""
    acted = Subject.objects.filter(matter=True, entries__seq=1, entries__key__startswith="demo/")
    alone = acted.exclude(entries__type__in=CONCERNING_OTHERS).exclude(number="")
    for subject in alone.select_related("unit").order_by("opened_at").iterator(chunk_size=200):
        yield _template(subject)


def _fresh() -> tuple[Template, datetime]:
    """The newest matter of which hardly more than its intake is known, and when the first that this demands was due."""
    demanded = Duty.objects.filter(subject__matter=True, triggered_by=1, due_at__isnull=False)
    first = demanded.select_related("subject__unit").order_by("subject__head_seq", "-subject__opened_at", "due_at")[0]
    assert first.due_at is not None
    return _template(first.subject), first.due_at


def _template(subject: Subject) -> Template:
    entries = list(Entry.objects.filter(subject=subject).select_related("content").order_by("seq"))
    sealed = {}
    for entry in entries:
        content = getattr(entry, "content", None)
        if content is not None and content.body is not None:
            sealed[entry.seq] = orjson.loads(content.body)
    duties = Duty.objects.filter(subject=subject).select_related("unit", "post", "person")
    holders = {duty.role: _held(duty) for duty in duties if duty.post_id is not None or duty.outside}
    return Template(subject, entries, sealed, holders)


def _held(duty: Duty) -> Holder:
    assert duty.unit is not None
    post: Post | None = duty.post
    return Holder(duty.role, duty.unit, post, duty.person, party=duty.role if duty.outside else "")


def _moved(value: Any, shift: timedelta) -> Any:
    """The data with every instant in it moved."""
    if isinstance(value, Mapping):
        return {key: _moved(one, shift) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, shift) for one in value]
    if isinstance(value, str) and len(value) >= 16 and value[4:5] == "-" and value[10:11] == "T":
        moved = datetime.fromisoformat(value) + shift
        return instant(moved) if value.endswith("Z") else moved.isoformat()
    return value


def _key(event: str, subject: Subject, data: Mapping[str, Any]) -> str | None:
    """What the house itself writes it writes once, under a key of its own."""
    if event == "overdue":
        return f"overdue:{subject.pk}:{data['duty']}:{data['due_at']}"
    if event == "proposed":
        return f"proposed:{subject.pk}:{data['proposal']}"
    return None
