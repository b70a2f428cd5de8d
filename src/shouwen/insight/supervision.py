"""Supervision (督办): what is stuck, overdue, due next or standing still, by unit; every figure with its list.

A figure and its list come from one condition over the same visible rows: `Scope.duties`, `.matters` and `.entries`,
narrowed by `FIGURES`. Counting and listing never filter apart.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.journal.models import Duty, DutyState, Entry, Subject, SubjectState
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit, line_of
from shouwen.organisation.seats import seats

STANDING = (DutyState.OPEN, DutyState.PAUSED, DutyState.OVERDUE)
ZONE = "Asia/Shanghai"
"""Whose day ends today where no unit is chosen."""
PERIOD = timedelta(days=30)
"""Figures that look back look back so far."""
WEEK = timedelta(days=7)
STILL = (3, 7, 14, 30)
"""Days without movement to choose from."""
TOP = 10
"""Lines of a breakdown; the rest is in the list."""


@dataclass(frozen=True)
class Scope:
    """What one person looks at: at ``now``, in ``unit`` and below it (None: everything he sees).

    ``direct``: in the unit itself, without those below it. ``still``: days without movement that count as standing
    still. ``kind``: of subjects of this kind alone.
    """

    person: Person
    now: datetime
    unit: Unit | None = None
    direct: bool = False
    still: int = 7
    kind: str = ""

    @cached_property
    def duties(self) -> QuerySet[Duty]:
        """What the house owes; what outside parties are waited for is not theirs to be pressed for."""
        rows = visible(self.person, Duty.objects.filter(outside=False), self.now)
        return rows.filter(self._here("place"), self._of_kind("subject__kind"))

    @cached_property
    def subjects(self) -> QuerySet[Subject]:
        return visible(self.person, Subject.objects.all(), self.now).filter(self._here("unit"), self._of_kind("kind"))

    @property
    def entries(self) -> QuerySet[Entry]:
        return Entry.objects.filter(subject__in=self.subjects)

    def _of_kind(self, lookup: str) -> Q:
        return Q((lookup, self.kind)) if self.kind else Q()

    def _here(self, lookup: str) -> Q:
        if self.unit is None:
            return Q()
        return Q((lookup, self.unit)) if self.direct else Q((f"{lookup}__path__prefix", self.unit.path))

    @property
    def end_of_day(self) -> datetime:
        zone = ZoneInfo(self.unit.zone if self.unit else ZONE)
        return self.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    @property
    def since(self) -> datetime:
        return self.now - PERIOD


@dataclass(frozen=True)
class Figure:
    """One number: what it counts, under which condition. ``bad``: to be looked at wherever it is not nought."""

    of: Literal["duties", "matters", "entries"]
    title: str | Promise
    keeps: Callable[[Scope], Q]
    bad: bool = False


def _standing(scope: Scope) -> Q:
    return Q(state__in=STANDING)


def _fell_due(scope: Scope) -> Q:
    """Due in the period; waived, excused and void ones are nobody's merit or fault."""
    counted = (DutyState.KEPT, DutyState.LATE, DutyState.OPEN, DutyState.OVERDUE)
    return Q(state__in=counted, due_at__gt=scope.since, due_at__lte=scope.now)


def _event(*names: str) -> Callable[[Scope], Q]:
    return lambda scope: Q(type__in=names, at__gt=scope.since, at__lte=scope.now)


def _open(scope: Scope) -> Q:
    """Open matters; of another kind of subject, where one is chosen, what is open of it."""
    return Q(state=SubjectState.OPEN) if scope.kind else Q(matter=True, state=SubjectState.OPEN)


FIGURES: Mapping[str, Figure] = {
    "open": Figure("matters", _("Open matters"), _open),
    "overdue": Figure("duties", _("Overdue"), lambda scope: _standing(scope) & Q(due_at__lte=scope.now), bad=True),
    "stuck": Figure("duties", _("Stuck at a gate"), lambda scope: _standing(scope) & ~Q(gate=""), bad=True),
    "today": Figure(
        "duties",
        _("Still due today"),
        lambda scope: _standing(scope) & Q(due_at__gt=scope.now, due_at__lt=scope.end_of_day),
    ),
    "week": Figure(
        "duties",
        _("Due within 7 days"),
        lambda scope: _standing(scope) & Q(due_at__gt=scope.now, due_at__lte=scope.now + WEEK),
    ),
    "still": Figure(
        "matters",
        _("Without movement"),
        lambda scope: _open(scope) & Q(moved_at__lte=scope.now - timedelta(days=scope.still)),
        bad=True,
    ),
    "offered": Figure(
        "matters", _("Hand-overs not accepted"), lambda scope: _open(scope) & Q(offered_to__isnull=False), bad=True
    ),
    "late": Figure(
        "matters", _("With late records"), lambda scope: Q(late_at__gt=scope.since, late_at__lte=scope.now), bad=True
    ),
    "breached": Figure("entries", _("Breaches of gates"), _event("breached"), bad=True),
    "lifted": Figure("entries", _("Excused or waived"), _event("excused", "waived")),
    "extended": Figure("entries", _("Extended or suspended"), _event("extended", "suspended")),
    "fell_due": Figure("duties", _("Fell due"), _fell_due),
    "in_time": Figure("duties", _("Kept in time"), lambda scope: _fell_due(scope) & Q(state=DutyState.KEPT)),
    "standing": Figure("duties", _("Standing duties"), _standing),
}
OF_TREE = ("open", "overdue", "stuck", "today", "fell_due", "in_time")
OF_DUTIES = tuple(name for name, figure in FIGURES.items() if figure.of == "duties")
OF_ENTRIES = tuple(name for name, figure in FIGURES.items() if figure.of == "entries")


@dataclass
class Branch:
    """A unit of the tree with what lies in it and below it; ``own``: in the unit itself."""

    unit: Unit
    figures: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    own: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    below: int = 0
    """Units below it that stand or have something."""

    @property
    def in_time(self) -> int | None:
        """Of what fell due, the per cent kept in time, rounded down; None where nothing fell due."""
        return percent(self.figures)


def percent(figures: Mapping[str, int]) -> int | None:
    due = figures.get("fell_due", 0)
    return figures.get("in_time", 0) * 100 // due if due else None


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: what it is about, how many, since when the oldest, and the address' parameters."""

    title: str
    n: int
    since: datetime | None
    query: Mapping[str, Any]
    clause: str = ""
    version: int | None = None


@dataclass(frozen=True)
class Board:
    """The page's figures."""

    totals: Mapping[str, int]
    branches: list[Branch]
    own: Branch | None
    """What lies in the unit itself of whose parts the branches are."""

    @property
    def in_time(self) -> int | None:
        return percent(self.totals)


def board(scope: Scope) -> Board:
    """All figures, and the units one step below the chosen one, or below the topmost that the person sees if it is one
    alone; else the topmost."""
    counts = _by_unit(scope, scope.duties, "place", ("standing", "fell_due"), OF_DUTIES)
    for basis, names in (("open", ("open", "still", "offered")), ("late", ("late",))):
        for unit, found in _by_unit(scope, scope.subjects, "unit", (basis,), names).items():
            counts[unit].update(found)
    totals: dict[str, int] = defaultdict(int)
    for found in counts.values():
        for name, n in found.items():
            totals[name] += n
    totals.update(_entries(scope))
    branches, own = _tree(scope, counts)
    return Board(totals, branches, own)


def _by_unit(
    scope: Scope, rows: QuerySet[Any], unit: str, bases: Iterable[str], names: Iterable[str]
) -> dict[int, dict[str, int]]:
    """Figures by unit, in one query. `bases`: those of which all the others are parts; they say where to look."""
    tests = {name: FIGURES[name].keeps(scope) for name in names}
    looked_at = reduce(or_, (FIGURES[name].keeps(scope) for name in bases))
    counted = {f"n_{name}": Count("pk", filter=test) for name, test in tests.items()}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows.filter(looked_at).order_by().values(unit).annotate(**counted):
        found[row[unit]] = {name: row[f"n_{name}"] for name in tests}
    return found


def _entries(scope: Scope) -> dict[str, int]:
    tests = {name: FIGURES[name].keeps(scope) for name in OF_ENTRIES}
    found: dict[str, int] = scope.entries.filter(
        type__in=("breached", "excused", "waived", "extended", "suspended"), at__gt=scope.since
    ).aggregate(**{name: Count("pk", filter=test) for name, test in tests.items()})
    return found


def _tree(scope: Scope, counts: Mapping[int, Mapping[str, int]]) -> tuple[list[Branch], Branch | None]:
    """The topmost units, or those right below the chosen one, each with the sums of all below it."""
    standing = Unit.objects.holding(scope.now)
    if scope.unit is not None:
        standing = standing.filter(path__prefix=scope.unit.path)
    known = {unit.pk: unit for unit in standing.order_by("pk")}
    missing = counts.keys() - known.keys()
    known |= Unit.objects.in_bulk(sorted(missing)) if missing else {}
    tops = _tops(scope, known, counts.keys())
    focus = scope.unit
    if focus is None and len(tops) == 1 and (below := _below(known, tops[0])):
        focus, tops = known[tops[0]], below
    branches = {pk: Branch(known[pk]) for pk in tops}
    own = Branch(focus) if focus is not None else None
    for pk, unit in known.items():
        branch = next((branches[one] for one in line_of(unit.path) if one in branches), None)
        if branch is None:
            if own is not None and pk == own.unit.pk:
                _add(own.figures, counts.get(pk, {}))
            continue
        _add(branch.figures, counts.get(pk, {}))
        if pk == branch.unit.pk:
            _add(branch.own, counts.get(pk, {}))
        else:
            branch.below += 1
    return list(branches.values()), own


def _below(known: Mapping[int, Unit], pk: int) -> list[int]:
    return [one for one, unit in known.items() if unit.parent_id == pk]


def _tops(scope: Scope, known: Mapping[int, Unit], counted: Collection[int]) -> list[int]:
    """The units of his posts (the roots, for who sees everything), and those of what he sees besides, as somebody
    addressed or handling it: each under its own unit."""
    if scope.unit is not None:
        return _below(known, scope.unit.pk)
    everything = scope.person.is_superuser or scope.person.auditor
    paths = {seat.unit.path for seat in seats(scope.person, scope.now)} if not everything else set()
    found: list[int] = []
    for pk, unit in sorted(known.items(), key=lambda pair: pair[1].path):
        line = line_of(unit.path)
        if any(one in found for one in line):
            continue
        if everything or unit.path in paths or pk in counted:
            found.append(pk)
    return found


def _add(sums: dict[str, int], figures: Mapping[str, int]) -> None:
    for name, n in figures.items():
        sums[name] += n


# --- breakdowns --------------------------------------------------------------------------

BY: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "clause": (_("By clause"), ("clause",)),
    "unit": (_("By unit"), ("unit", "unit__name")),
    "post": (_("By post"), ("post", "post__name", "unit__name")),
    "person": (_("By person"), ("person", "person__name")),
}


def overdue_by(scope: Scope, by: str) -> list[Line]:
    """What is overdue, by whose or by which clause it is, the most first."""
    rows = scope.duties.filter(FIGURES["overdue"].keeps(scope))
    columns = BY[by][1]
    counted = (
        rows.order_by().values(*columns).annotate(n=Count("pk"), oldest=Min("due_at"), version=Max("policy_version"))
    )
    return [
        Line(
            " · ".join(str(row[name]) for name in reversed(columns[1:]) if row[name]),
            row["n"],
            row["oldest"],
            {"figure": "overdue", _PARAMETER[by]: row[columns[0]] or "none"},
            row["clause"] if by == "clause" else "",
            row["version"],
        )
        for row in counted.order_by("-n", "oldest")[:TOP]
    ]


_PARAMETER = {"clause": "clause", "unit": "owing", "post": "post", "person": "holder"}


def stuck_by_gate(scope: Scope) -> list[Line]:
    """What is stuck, by the first gate in its way, the longest first."""
    rows = scope.duties.filter(FIGURES["stuck"].keeps(scope)).order_by()
    counted = rows.values("gate").annotate(n=Count("pk"), since=Min("stuck_since"), version=Max("policy_version"))
    found = list(counted.order_by("since")[:TOP])
    titles = gate_titles({row["gate"]: row["version"] for row in found})
    return [
        Line(
            titles[row["gate"]][0],
            row["n"],
            row["since"],
            {"figure": "stuck", "gate": row["gate"]},
            titles[row["gate"]][1],
            row["version"],
        )
        for row in found
    ]


def gate_titles(gates: Mapping[str, int | None]) -> dict[str, tuple[str, str]]:
    """What each gate says and its clause, by the policy version that shuts it; one query."""
    versions = PolicyVersion.objects.defer("text").in_bulk({pk for pk in gates.values() if pk is not None})
    found = {}
    for gate, pk in gates.items():
        rules = policy_of(versions[pk]).rules if pk in versions else ()
        rule = next((rule for rule in rules if rule.id == gate), None)
        found[gate] = (rule.title or gate, rule.clause) if rule else (gate, "")
    return found


def due_next(scope: Scope) -> list[Duty]:
    """What becomes due next, the soonest first."""
    rows = scope.duties.filter(FIGURES["week"].keeps(scope)).select_related("subject__unit", "unit", "post", "person")
    return list(rows.order_by("due_at", "pk")[:TOP])


# --- lists -----------------------------------------------------------------------------


def duties_of(scope: Scope, figure: str) -> QuerySet[Duty]:
    """The very rows that the figure counts, what has waited longest first."""
    rows = scope.duties.filter(FIGURES[figure].keeps(scope)).select_related("subject__unit", "unit", "post", "person")
    if figure == "stuck":
        return rows.order_by("stuck_since", "pk")
    return rows.order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk")


def every_duty(scope: Scope) -> QuerySet[Duty]:
    """All that the house owes or owed there, the latest first."""
    rows = scope.duties.select_related("subject__unit", "unit", "post", "person")
    return rows.order_by("-opened_at", "-pk")


def matters_of(scope: Scope, figure: str) -> QuerySet[Subject]:
    rows = scope.subjects.filter(FIGURES[figure].keeps(scope)).select_related(
        "unit", "owner_person", "owner_post", "offered_to"
    )
    order = {"still": "moved_at", "offered": "offered_at", "late": "-late_at"}.get(figure, "opened_at")
    return rows.order_by(order, "pk")


def entries_of(scope: Scope, figure: str) -> QuerySet[Entry]:
    rows = scope.entries.filter(FIGURES[figure].keeps(scope)).select_related("subject__unit", "by")
    return rows.order_by("-at", "-pk")


def shown(units: Iterable[Branch]) -> list[Branch]:
    """The units by what is worst in them."""
    return sorted(units, key=lambda one: (-one.figures["overdue"], -one.figures["stuck"], one.unit.path))
