"""A what-if on its page (若改为): its figures as tables, each leading to the matters behind it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouwen.desk.administration.tables import Cell, Column, Section, Table
from shouwen.engine.whatif import SIDES
from shouwen.insight.models import WhatIf
from shouwen.insight.whatif_book import count_of
from shouwen.insight.whatif_kept import tried
from shouwen.insight.whatif_words import CARRIED, CHANGES, OUTCOMES, TABLES

SHOWN = 12
"""Rows of a table, those that change most; the others are folded away."""
ROLES, BARS = 2, 26
"""Roles whose workload is drawn, and months of them all together, the latest."""
NAMED = 12
HEAD = ("turned_late", "turned_timely", "late", "overdue", "duties", "breaches")
"""Figures that stand at the top."""


@dataclass(frozen=True)
class Figure:
    """One figure of the whole; ``before`` None where it is of the change itself."""

    title: str
    before: int | None
    after: int
    url: str
    bad: bool


def figures(asked: WhatIf) -> list[Figure]:
    found = []
    total = asked.summary["total"]
    for name in HEAD:
        url = _behind(asked, "total", 0, name)
        if name in CHANGES:
            n = count_of(total, name)
            found.append(Figure(str(CHANGES[name]), None, n, url, bad=n > 0 and name == "turned_late"))
        else:
            before, after = (count_of(total, f"{side}.{name}") for side in SIDES)
            found.append(Figure(str(OUTCOMES[name]), before, after, url, bad=after > before and name != "duties"))
    return found


@dataclass(frozen=True)
class Figured:
    """A table of what changes most, and the other rows, folded away."""

    section: Section
    rest: Table | None
    folded: int


def tables(asked: WhatIf) -> Iterator[Figured]:
    """By kind, category, unit, clause and role; figures that are nowhere are left out."""
    for by, title in TABLES.items():
        rows = asked.summary["tables"][by]
        if rows and not (by == "kind" and len(rows) == 1):
            yield _figured(asked, by, str(title), rows)


def _figured(asked: WhatIf, by: str, title: str, rows: Sequence[Mapping[str, Any]]) -> Figured:
    sides = [name for name in OUTCOMES if any(count_of(row, f"{side}.{name}") for row in rows for side in SIDES)]
    changed = [name for name in CHANGES if any(count_of(row, name) for row in rows)]
    columns = [Column(_("Figures of")), *(Column(OUTCOMES[name]) for name in sides)]
    columns += [*(Column(CHANGES[name]) for name in changed), Column(_("Mean hours late"))]
    most = sorted((n for n in range(len(rows)) if _moves(rows[n])), key=lambda n: -_moves(rows[n]))[:SHOWN]
    cells = [_cells(asked, by, n, row, sides, changed) for n, row in enumerate(rows)]
    shown = [cells[n] for n in sorted(most)]
    folded = [row for n, row in enumerate(cells) if n not in most]
    section = Section(title, Table(columns, shown), _("Nothing changes."))
    return Figured(section, Table(columns, folded) if folded else None, len(folded))


def _moves(row: Mapping[str, Any]) -> int:
    gates = abs(count_of(row, "after.breaches") - count_of(row, "before.breaches"))
    return gates + sum(count_of(row, name) for name in CHANGES)


def _cells(
    asked: WhatIf, by: str, n: int, row: Mapping[str, Any], sides: Sequence[str], changed: Sequence[str]
) -> list[Cell]:
    said = "：".join(row["label"]) or "—"
    if by == "kind":
        known = tried(asked).kinds.get(said)
        said = known.title if known and known.title else said
    cells = [Cell(said, _clause(row["label"][0]) if by == "clause" else "")]
    for name in sides:
        before, after = (count_of(row, f"{side}.{name}") for side in SIDES)
        url = _behind(asked, by, n, name) if before or after else ""
        cells.append(Cell(_both(before, after), "" if name == "unsaid" else url, number=True))
    for name in changed:
        count = count_of(row, name)
        cells.append(Cell(f"{count:,}" if count else "—", _behind(asked, by, n, name) if count else "", number=True))
    late = [row["lateness"][side] for side in SIDES]
    hours = [f"{one[0]:,.1f}" if one else "—" for one in late]
    return [*cells, Cell(hours[0] if hours[0] == hours[1] else f"{hours[0]} → {hours[1]}", number=True)]


def _both(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,}"


def _clause(clause: str) -> str:
    return reverse("desk:clause", args=[clause]) if "/" in clause else ""


def _behind(asked: WhatIf, by: str, row: int, figure: str) -> str:
    return f"{reverse('desk:admin-whatif-matters', args=[asked.pk])}?by={by}&row={row}&figure={figure}"


@dataclass(frozen=True)
class Bar:
    """Duties of a role that fall due in a month, before and after; widths in percent of the most."""

    role: str
    period: str
    before: int
    after: int
    wide_before: float
    wide_after: float


def bars(asked: WhatIf) -> list[Bar]:
    """Workload by month of the roles for which it changes most."""
    loads = asked.summary["months"]
    changes: Counter[str] = Counter()
    for role, _period, before, after in loads:
        changes[role] += abs(after - before)
    roles = [role for role, n in changes.most_common(ROLES) if n]
    shown = [load for load in loads if load[0] in roles]
    most = max((max(load[2], load[3]) for load in shown), default=0)
    return [Bar(*load, *(round(100 * n / most, 1) for n in load[2:])) for load in shown[-BARS:]]


def not_carried(asked: WhatIf) -> list[tuple[str, str]]:
    """What the other regulation does not take, and what could not be counted; each with how many."""
    found = []
    for name, title in CARRIED.items():
        counted = asked.summary["carried"][name]
        if counted:
            more = " …" if len(counted) > NAMED else ""
            found.append((str(title), "、".join(f"{what} {n:,}" for what, n in list(counted.items())[:NAMED]) + more))
    unfit = asked.summary["unfit"]
    if unfit:
        found.append((_("Could not be counted"), "；".join(f"{why} {n:,}" for why, n in unfit.items())))
    return found


def behind(asked: WhatIf, by: str, row: int, figure: str) -> dict[str, tuple[int, list[str]]] | None:
    """By side (or ``""`` for a change): how many duties there are, and ids of matters. None: no such figure."""
    rows = [asked.summary["total"]] if by == "total" else asked.summary["tables"].get(by, [])
    if row >= len(rows) or (figure not in CHANGES and figure not in OUTCOMES):
        return None
    kept, line, subjects = asked.behind["tables"][by][row], rows[row], asked.behind["subjects"]
    if figure in CHANGES:
        return {"": (count_of(line, figure), [subjects[place] for place in kept.get(figure, [])])}
    return {
        side: (
            count_of(line, f"{side}.{figure}"),
            list(dict.fromkeys(subjects[place] for name in _parts(figure, side) for place in kept.get(name, []))),
        )
        for side in SIDES
    }


def _parts(figure: str, side: str) -> list[str]:
    return [f"{side}.{one}" for one in OUTCOMES] if figure == "duties" else [f"{side}.{figure}"]
