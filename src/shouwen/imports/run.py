"""Carries an import out (执行导入): some hundred rows a transaction, each row whole or not at all.

The key of every entry is made of the source's name and the row's own key, so that a file imported again, or gone
on with after an interruption, adds only what is not there yet.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from shouwen.engine import Program
from shouwen.governance import programs
from shouwen.governance.queries import policies_for
from shouwen.imports.customers import Customers
from shouwen.imports.fitting import check_fit
from shouwen.imports.mapping import Mapping
from shouwen.imports.outcome import NO_LIMIT, Outcome, Tally
from shouwen.imports.problems import BadRow, RowRefused
from shouwen.imports.rows import Planned, Translator
from shouwen.imports.tables import Row, Table
from shouwen.imports.units import Units
from shouwen.imports.workbooks import as_text
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.errors import NotRecorded, room
from shouwen.journal.models import Duty, DutyState, Entry, Subject
from shouwen.journal.record import record_batch
from shouwen.organisation.models import Person, Unit
from shouwen.policy.vocabulary import shared_events

CHUNK = 200
"""Rows a transaction: on SQLite others wait for so long."""
FIRST_ROWS = 3


class Import:
    """One run over one table. `dry`: all of it is done and rolled back. `live`: as if done at a desk today, gates hold
    and people are notified; else it is history. Raises MappingErrors where the mapping does not fit.
    """

    def __init__(
        self, mapping: Mapping, table: Table, *, by: Person | None = None, dry: bool = False, live: bool = False
    ) -> None:
        self.mapping = mapping
        self.table = table
        self.dry = dry
        self.live = live
        self.outcome = Outcome()
        self._now = clock.now()
        self._actor = Actor(by, "", None, system=True)
        self._units = Units(mapping, self._now)
        self._customers = Customers(mapping.customer, self._now)
        self._lines: dict[str, int] = {}
        program = _program(self._units.first, mapping.kind, self._now)
        check_fit(mapping, table.columns, program)
        self.events = program.policy.events if program else shared_events()
        self.axes = program.policy.axes if program else {}
        self._translator = Translator(mapping, table.columns, self.events)

    def run(self, told: Callable[[Outcome], None] = lambda _outcome: None) -> Outcome:
        """Reads to the end; `told` hears after each transaction. Raises NoRoom, FileRefused: what was done stays."""
        for rows in _chunks(self.table.rows, CHUNK):
            self._carry_out([one for row in rows if (one := self._plan(row)) is not None])
            told(self.outcome)
        self.outcome.unmapped = self._translator.unmapped
        self.outcome.refused.sort(key=lambda bad: bad.line)
        return self.outcome

    # --- one row ------------------------------------------------------------------------

    def _plan(self, row: Row | BadRow) -> Planned | None:
        self.outcome.rows += 1
        if isinstance(row, BadRow):
            self.outcome.refused.append(row)
            return None
        try:
            if (why := self._translator.skipped(row)) is not None:
                self.outcome.skipped[why] += 1
                return None
            planned = self._translator.plan(row)
        except RowRefused as reason:
            self._refuse(row, str(reason))
            return None
        earlier = self._lines.setdefault(planned.key, row.line)
        if earlier != row.line:
            self._refuse(row, f"与第 {earlier} 行的 {'、'.join(self.mapping.key)} 相同")
            return None
        if len(self.outcome.first) < FIRST_ROWS:
            self.outcome.first.append(planned)
        return planned

    def _refuse(self, row: Row | Planned, reason: str) -> None:
        self.outcome.refused.append(BadRow(row.line, reason, tuple(map(as_text, row.cells))))

    # --- one transaction ----------------------------------------------------------------

    def _carry_out(self, planned: list[Planned]) -> None:
        """Write the rows of a chunk; where the database itself refuses one, by halves until that one is found."""
        if not planned:
            return
        try:
            with room(), transaction.atomic():
                tally = self._write(planned)
                if self.dry:
                    transaction.set_rollback(True)
        except IntegrityError as error:
            self._unmake()
            if len(planned) == 1:
                self._refuse(planned[0], _said(planned[0], error))
                return
            half = len(planned) // 2
            self._carry_out(planned[:half])
            self._carry_out(planned[half:])
            return
        self.outcome.made_units |= set(self._units.made)
        self.outcome.made_customers += len(self._customers.made)
        if self.dry:
            self._unmake()
        self._units.made.clear()
        self._customers.made.clear()
        for row in planned:
            if row.line in tally.refused:
                self._refuse(row, tally.refused[row.line])
        self.outcome.add(tally)

    def _write(self, planned: list[Planned]) -> Tally:
        """Nothing is made for the sake of a row that is then refused: without it, all is done again."""
        refused: dict[int, str] = {}
        while True:
            point = transaction.savepoint()
            tally = self._try([row for row in planned if row.line not in refused])
            refused |= tally.refused
            if not tally.refused or not (self._units.made or self._customers.made):
                transaction.savepoint_commit(point)
                tally.refused = refused
                return tally
            transaction.savepoint_rollback(point)
            self._unmake()

    def _unmake(self) -> None:
        self._units.unmake()
        self._customers.unmake()

    def _try(self, planned: list[Planned]) -> Tally:
        tally = Tally()
        keys = [entry.key for row in planned for entry in row.entries]
        known = dict(Entry.objects.filter(key__in=keys).values_list("key", "subject"))
        there = self._subjects_to_go_on_with(planned, known)
        calls: list[list[Draft]] = []
        rows: list[Planned] = []
        for row in planned:
            if all(entry.key in known for entry in row.entries):
                tally.known += 1
                continue
            try:
                calls.append(self._drafts(row, known, there))
                rows.append(row)
            except RowRefused as reason:
                tally.refused[row.line] = str(reason)
        written: list[UUID] = []
        results = record_batch(calls, actor=self._actor, now=self._now, history=not self.live)
        for row, call, result in zip(rows, calls, results, strict=True):
            if isinstance(result, NotRecorded):
                tally.refused[row.line] = str(result)
            else:
                written.append(result.subject.pk)
                _count(tally, result, new=isinstance(call[0].subject, NewSubject))
        _count_duties(tally, written)
        return tally

    def _subjects_to_go_on_with(self, planned: list[Planned], known: dict[str | None, UUID]) -> dict[UUID, Subject]:
        """Subjects of rows of which some entries are there and others are not yet."""
        partly = set()
        for row in planned:
            found = {known[entry.key] for entry in row.entries if entry.key in known}
            if found and any(entry.key not in known for entry in row.entries):
                partly |= found
        return Subject.objects.select_related("unit").in_bulk(partly) if partly else {}

    def _drafts(self, row: Planned, known: dict[str | None, UUID], there: dict[UUID, Subject]) -> list[Draft]:
        begun = next((known[entry.key] for entry in row.entries if entry.key in known), None)
        if begun is not None:
            subject: Subject | NewSubject = there[begun]
            customer = None
        else:
            unit = self._units.of(row.unit)
            subject = NewSubject(self.mapping.kind, unit, number=row.number)
            customer = self._customers.of(unit, row.customer)
        drafts = []
        for place, entry in enumerate(row.entries):
            if entry.key in known:
                continue
            whose = {"customer": customer.pk} if customer is not None and place == 0 else {}
            drafts.append(
                Draft(
                    subject,
                    entry.type,
                    {**entry.data, **whose},
                    at=entry.at,
                    post=entry.post,
                    key=entry.key,
                    as_fact=not self.live,
                    reason=f"导入 {self.mapping.title}" if self.live else "",
                )
            )
        return drafts


def _program(unit: Unit | None, kind: str, now: datetime) -> Program | None:
    """The policy for the kind; where none is in force, another one of the unit's, by which the mistake is seen."""
    rows = policies_for(unit, now) if unit is not None else []
    row = next((row for row in rows if row.kind == kind), rows[0] if rows else None)
    held = programs.ruled(unit, row.kind).at(now) if row is not None and unit is not None else None
    return programs.program_held(held, unit) if held is not None and unit is not None else None


def _chunks(rows: Iterable[Row | BadRow], size: int) -> Iterator[list[Row | BadRow]]:
    several = iter(rows)
    while chunk := list(islice(several, size)):
        yield chunk


def _said(planned: Planned, error: IntegrityError) -> str:
    if planned.number and Subject.objects.filter(number=planned.number).exists():
        return f"编号“{planned.number}”已被占用"
    return f"数据库拒绝：{error}"


def _count(tally: Tally, result: Recorded, *, new: bool) -> None:
    subject = result.subject
    if new:
        tally.added += 1
        tally.units[subject.unit.name] += 1
    else:
        tally.continued += 1
    tally.axes.update((name, "" if value is None else str(value)) for name, value in subject.axes.items())
    for entry in result.entries:
        tally.entries[entry.type] += 1
        if entry.type == "breached":
            tally.breaches[entry.data["clause"]] += 1


def _count_duties(tally: Tally, subjects: list[UUID]) -> None:
    rows = Duty.objects.filter(subject__in=subjects).values_list("clause", "title", "state")
    unlimited = Q(state=DutyState.OPEN, due_at__isnull=True)
    for limited, several in ((True, rows.exclude(unlimited)), (False, rows.filter(unlimited))):
        for clause, title, state, count in several.annotate(count=Count("pk")).order_by():
            tally.duties[clause, title, state if limited else NO_LIMIT] += count
