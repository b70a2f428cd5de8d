"""What-if (若改为): journals under two policies, compared duty by duty (``docs/engine.md``, 13).

What happened stays what it was: nobody acts otherwise because a limit is another. Only what was owed, until when, and
which gates stood shut, is counted anew.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shouwen.calendars import CalendarError
from shouwen.engine.answers import Breach, Owed
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program, Update
from shouwen.engine.standing import Standing
from shouwen.policy.model import Policy

OUTCOMES = ("kept", "late", "overdue", "open", "lifted")
"""How a duty stands: kept in time, kept late, not kept and past its time, open or paused, waived or excused."""
CHANGES = ("turned_late", "turned_timely", "moved", "new", "vanished")
"""What is otherwise of a duty: in time before and late or overdue after; the reverse; due at another instant with the
same outcome; owed after alone; owed before alone. A duty owed under both is the same rule and instance of it."""
SIDES = ("before", "after")
FIGURES = tuple(f"{side}.{name}" for side in SIDES for name in (*OUTCOMES, "breaches")) + CHANGES
"""``breaches``: entries that pass a gate that is shut; as acts they would have been refused."""
BEHIND = 100
"""Matters kept behind one figure of one cell."""

_WIDTH = len(OUTCOMES) + 1
_BREACHES = len(OUTCOMES)
_CHANGED = {name: 2 * _WIDTH + place for place, name in enumerate(CHANGES)}
_PLACE = {"kept": 0, "late": 1, "overdue": 2, "open": 3, "paused": 3, "waived": 4, "excused": 4}
_BAD = frozenset({"late", "overdue"})
_HOUR = timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)
_UNKNOWN = "未定"
Categories = tuple[tuple[str, str], ...]
Group = tuple[str, str, Categories]
CellKey = tuple[Group, str, str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Journal:
    """One subject's entries, with the unit whose it is, as it is to be shown; ``name`` is its id or number."""

    name: str
    kind: str
    unit: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Pair:
    """One duty under both policies; None: not owed there."""

    before: Owed | None
    after: Owed | None

    @property
    def change(self) -> str:
        """One of ``CHANGES``; empty where nothing is otherwise."""
        old, new = self.before, self.after
        if old is None or new is None:
            return "new" if old is None else "vanished"
        if (old.state in _BAD) != (new.state in _BAD):
            return "turned_late" if new.state in _BAD else "turned_timely"
        return "moved" if old.due_at != new.due_at else ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One subject under both: its duties, and the entries that pass a shut gate."""

    journal: Journal
    categories: Categories
    duties: tuple[Pair, ...]
    breaches: tuple[tuple[Breach, ...], tuple[Breach, ...]]


class Cell:
    """Figures of duties of one group of subjects under one clause, owed by one role, kept by the same events."""

    __slots__ = ("behind", "counts", "late")

    def __init__(self) -> None:
        self.counts = [0] * len(FIGURES)
        self.late: tuple[array[float], array[float]] = (array("d"), array("d"))
        self.behind: dict[int, list[int]] = {}

    def add(self, figure: int, subject: int) -> None:
        self.counts[figure] += 1
        known = self.behind.get(figure)
        if known is None:
            self.behind[figure] = [subject]
        elif len(known) < BEHIND and known[-1] != subject:
            known.append(subject)


@dataclass
class Carried:
    """What was said under the one policy and how far the other takes it; counts of entries, of ``left_out``,
    ``taken_as`` and ``open_axes`` of subjects."""

    events: Counter[str] = field(default_factory=Counter)
    """Events that the other does not know: they count for nothing there."""
    values: Counter[str] = field(default_factory=Counter)
    """``axis=value`` that the other's category does not know: it stays unknown there, and its presumption holds."""
    posts: Counter[str] = field(default_factory=Counter)
    """Roles that the other does not have: such an act keeps nothing that only certain roles may keep."""
    taken_as: Counter[str] = field(default_factory=Counter)
    """``kind→kind``: a matter of a kind that the other does not have goes as its first kind of matter."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Kinds of other subjects that the other does not have: not compared at all."""
    open_axes: Counter[str] = field(default_factory=Counter)
    """Categories of the other that nothing in the journal decides."""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    events: Mapping[str, object]
    axes: Mapping[str, tuple[Update, ...]]
    roles: frozenset[str]

    @classmethod
    def of(cls, program: Program) -> _Vocabulary:
        roles = program.policy.roles.values()
        axes = {event: tuple(one for one in all_ if one.values) for event, all_ in program.updates.items()}
        names = frozenset(name for role in roles for name in (role.name, *role.also))
        return cls(program.policy.events, {event: found for event, found in axes.items() if found}, names)


class Comparison:
    """Takes journals in one by one; ``cells`` and ``workload`` hold the figures, ``subjects`` the names behind them.

    ``workload`` counts duties by role and by the day on which they fall due (its ordinal), before and after.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.entries = 0
        self.subjects: list[str] = []
        self.unfit: Counter[str] = Counter()
        self.cells: dict[CellKey, Cell] = {}
        self.workload: tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]] = (Counter(), Counter())
        self.seen: set[str] = set()
        self.carried = Carried()
        self._vocabularies: dict[int, _Vocabulary] = {}
        self._programs: dict[int, Program] = {}
        self._acts: dict[int, tuple[object, frozenset[str]]] = {}

    def take(self, journal: Journal, before: Program, after: Program) -> Compared | None:
        """Compare one subject. None where the other policy has no such kind of subject, or where one of the two cannot
        be counted (``unfit``, by reason: no working hours in the calendar)."""
        kind = self._kind(journal.kind, before.policy, after)
        if kind is None:
            self.carried.left_out[journal.kind] += 1
            return None
        try:
            old = _stood(before, journal, journal.kind, self.now)
            new = _stood(after, journal, kind, self.now)
            owed = _owed(old, self.now), _owed(new, self.now)
        except (CalendarError, KeyError, ValueError) as reason:
            self.unfit[str(reason)] += 1
            return None
        if after.policy.events is not before.policy.events or after.policy.axes is not before.policy.axes:
            self._carry(journal.entries, new)
        self.seen.update(entry.type for entry in journal.entries)
        categories = _categories(old)
        found = Compared(
            journal, categories, _paired(*owed, before.policy, after.policy), (tuple(old.breaches), tuple(new.breaches))
        )
        self._count(found)
        return found

    # --- carrying ---------------------------------------------------------------

    def _kind(self, kind: str, policy: Policy, after: Program) -> str | None:
        if kind in after.policy.kinds:
            return kind
        known = policy.kinds.get(kind)
        if known is None or not known.matter or not after.matter_kinds:
            return None
        self.carried.taken_as[f"{kind}→{after.default_kind}"] += 1
        return after.default_kind

    def _carry(self, entries: Sequence[Entry], standing: Standing) -> None:
        program = standing.program
        words = self._vocabularies.get(id(program))
        if words is None:
            words = self._vocabularies[id(program)] = _Vocabulary.of(program)
            self._programs[id(program)] = program  # an id is its own only while its owner lives
        for entry in entries:
            if entry.type not in words.events:
                self.carried.events[entry.type] += 1
            for update in words.axes.get(entry.type, ()):
                value = entry.data.get(update.key)
                if value is not None and value not in update.values:
                    self.carried.values[f"{update.name}={value}"] += 1
            if entry.post and entry.post not in words.roles:
                self.carried.posts[entry.post] += 1
        for name, axis in program.policy.axes.items():
            if standing.values[name] is None:
                self.carried.open_axes[axis.title or name] += 1

    # --- counting ---------------------------------------------------------------

    def _count(self, found: Compared) -> None:
        subject = len(self.subjects)
        self.subjects.append(found.journal.name)
        self.entries += len(found.journal.entries)
        group = (found.journal.kind, found.journal.unit, found.categories)
        for pair in found.duties:
            cells = [self._side(group, side, owed, subject) for side, owed in enumerate((pair.before, pair.after))]
            if change := pair.change:
                cell = cells[1] or cells[0]
                assert cell is not None
                cell.add(_CHANGED[change], subject)
        for side, breaches in enumerate(found.breaches):
            for breach in breaches:
                self._cell((group, breach.clause, breach.post, _NO_ACT)).add(side * _WIDTH + _BREACHES, subject)

    def _side(self, group: Group, side: int, owed: Owed | None, subject: int) -> Cell | None:
        if owed is None:
            return None
        cell = self._cell((group, owed.clause, owed.who, self._keeping(owed)))
        cell.add(side * _WIDTH + _PLACE[owed.state], subject)
        if owed.due_at is not None:
            # What is due at 00:00 is due at 24:00 of the day before.
            self.workload[side][owed.who, (owed.due_at - _INSTANT).toordinal()] += 1
            if owed.state == "late" and owed.kept_at is not None:
                cell.late[side].append((owed.kept_at - owed.due_at) / _HOUR)
        return cell

    def _keeping(self, owed: Owed) -> frozenset[str]:
        known = self._acts.get(id(owed.rule))
        if known is None:
            acts = frozenset(happening.event for happening in owed.rule.act.happenings)
            known = self._acts[id(owed.rule)] = (owed.rule, acts)
        return known[1]

    def _cell(self, key: CellKey) -> Cell:
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
        return cell


_NO_ACT: frozenset[str] = frozenset()


def _stood(program: Program, journal: Journal, kind: str, now: datetime) -> Standing:
    standing = Standing(program, journal.name, kind)
    standing.take(journal.entries, now)
    return standing


def _owed(standing: Standing, now: datetime) -> dict[str, Owed]:
    """What is or was owed; a duty that its condition, a merger or a withdrawal made void is not."""
    return {owed.key: owed for owed in standing.duties(now) if owed.state != "void"}


def _paired(old: Mapping[str, Owed], new: Mapping[str, Owed], before: Policy, after: Policy) -> tuple[Pair, ...]:
    if before.name != after.name:
        return (*(Pair(owed, None) for owed in old.values()), *(Pair(None, owed) for owed in new.values()))
    keys = dict.fromkeys((*old, *new)) if old.keys() != new.keys() else old
    return tuple(Pair(old.get(key), new.get(key)) for key in keys)


def _categories(standing: Standing) -> Categories:
    axes = standing.program.policy.axes
    return tuple((axis.title or name, _said(standing.values[name])) for name, axis in axes.items())


def _said(value: Any) -> str:
    if value is None:
        return _UNKNOWN
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def hours_late(owed: Owed | None) -> float | None:
    """How many hours after its due time a duty was kept; None where it was not kept late."""
    if owed is None or owed.state != "late" or owed.kept_at is None or owed.due_at is None:
        return None
    return (owed.kept_at - owed.due_at) / _HOUR


def journals_of(entries: Sequence[Entry]) -> Iterator[Journal]:
    """The journals in a file's entries, in the order in which their subjects first appear; a subject's unit is that of
    its first entry."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.subject, []).append(entry)
    for name, own in found.items():
        yield Journal(name, own[0].kind, own[0].unit, own)
