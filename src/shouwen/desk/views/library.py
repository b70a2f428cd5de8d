"""The library of regulations (规章库): all of them, search over their clauses, and side by side by topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from shouwen.desk import library, sheets
from shouwen.desk.library import Edition
from shouwen.desk.words import duty_words
from shouwen.governance.queries import published
from shouwen.journal import clock
from shouwen.journal.typed import typed
from shouwen.organisation.models import Person
from shouwen.policy.contrast import Told
from shouwen.policy.search import Hit, words_of
from shouwen.policy.sentences import SORT_TITLES
from shouwen.policy.subjects import OTHERS, STEPS, Topic, topic, topics

PAGE = 50
IN_CELL = 2
"""Limits of a step that the overview shows; the topic's own table has them all."""
TITLES: Mapping[str, str | Promise] = {
    "first": gettext_lazy("First response"),
    "verified": gettext_lazy("Verification"),
    "planned": gettext_lazy("Plan"),
    "settled": gettext_lazy("Solution"),
    "replied": gettext_lazy("Reply"),
    "called_back": gettext_lazy("Call-back"),
    "closed": gettext_lazy("Closing"),
    "late": gettext_lazy("What lateness costs"),
    "reports": gettext_lazy("Periodic reports"),
    "kept": gettext_lazy("How long records are kept"),
}
COLUMNS: Mapping[str, str | Promise] = {
    "fast": gettext_lazy("How fast"),
    "who": gettext_lazy("Who acts"),
    "signs": gettext_lazy("Who signs"),
    "told": gettext_lazy("Who is told"),
    "late": gettext_lazy("If late"),
    "what": gettext_lazy("What it says"),
}


def titled(one: Topic) -> str:
    """The topic's name in the page's language."""
    return str(TITLES[one.name]) if one.name in TITLES else duty_words(one.name, one.title)


def _asked(request: HttpRequest, name: str, limit: int = 60) -> str:
    return typed(request.GET.get(name, ""), limit)


@login_required
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """What holds where one works, then all that can be read, with what each holds and where it is in force."""
    found = library.editions(cast("Person", request.user), clock.now())
    trade = _asked(request, "trade")
    context = {
        "holding": [one for one in found if one.force],
        "editions": library.narrowed(found, trade),
        "trades": library.trades(found),
        "trade": trade,
        "versions": published(),
    }
    return render(request, "desk/policies.html", context)


# --- search ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A clause that was found, as the page has it; ``first`` of its regulation on the page."""

    edition: Edition
    hit: Hit
    address: str
    first: bool

    @property
    def rules(self) -> list[tuple[str, str]]:
        return [(SORT_TITLES[type(rule)], said) for rule, said in self.hit.rules]


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Clauses of all regulations in which the words stand, in the text or in the rules' sentences."""
    asked, trade, name = _asked(request, "q"), _asked(request, "trade"), _asked(request, "name")
    everything = library.editions(cast("Person", request.user), clock.now())
    refused, hits = "", []
    if asked:
        try:
            words = words_of(asked)
        except ValueError:
            refused = _("Search for words of at least two characters.")
        else:
            kept = library.narrowed(everything, trade, [name] if name else [])
            hits = [(one, hit) for one in kept for hit in one.volume.searched.hits(words)]
    page = Paginator(hits, PAGE).get_page(request.GET.get("page"))
    shown = []
    for number, (one, hit) in enumerate(page):
        first = number == 0 or page[number - 1][0] is not one
        shown.append(Shown(one, hit, address_of(one, hit.clause.id, asked), first))
    context = {
        "q": asked,
        "trade": trade,
        "name": name,
        "refused": refused,
        "page": page,
        "shown": shown,
        "regulations": len({one.name for one, _hit in hits}),
        "trades": library.trades(everything),
        "editions": everything,
    }
    return render(request, "desk/clause_search.html", context)


def address_of(one: Edition, clause: str, words: str = "") -> str:
    """Where a clause of it stands in the reader."""
    query = {"version": one.key} | ({"q": words} if words else {})
    return f"{reverse('desk:policy', args=[one.name])}?{urlencode(query)}#{clause}"


# --- side by side ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a cell with the address of its clause."""

    told: Told
    address: str


@dataclass(frozen=True)
class Cell:
    """What one regulation says in one column; ``more`` lines are left out and stand at ``address``."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0
    address: str = ""


@dataclass(frozen=True)
class Row:
    edition: Edition
    cells: tuple[Cell, ...]


@login_required
@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Regulations as rows: without a topic the steps of a matter's way as columns, with one all that is said of it."""
    everything = library.editions(cast("Person", request.user), clock.now())
    offered = topics(one.policy for one in everything)
    by = next((one for one in offered if one.name == _asked(request, "by")), None)
    trade, names = _asked(request, "trade"), [typed(one, 64) for one in request.GET.getlist("name")[:200]]
    kept = library.narrowed(everything, trade, names)
    rows = list(_of_topic(kept, by) if by else _overview(kept, request))
    columns = [
        str(COLUMNS[one]) if by else titled(topic(one)) for one in (by.columns if by else [s.name for s in STEPS])
    ]
    if request.GET.get("as") == "xlsx":
        title = titled(by) if by else _("Regulations side by side")
        return sheets.as_file(_sheet(title, columns, rows), f"{title}.xlsx")
    silent = [one for one in kept if one not in [row.edition for row in rows]]
    context = {
        "by": by,
        "by_title": titled(by) if by else "",
        "columns": columns,
        "rows": rows,
        "silent": silent,
        "trade": trade,
        "names": names,
        "trades": library.trades(everything),
        "editions": everything,
        "steps": [(one.name, titled(one)) for one in STEPS],
        "others": [(one.name, titled(one)) for one in OTHERS],
        "single": [(one.name, titled(one)) for one in offered if one not in (*STEPS, *OTHERS)],
    }
    return render(request, "desk/comparison.html", context)


def _of_topic(kept: Sequence[Edition], by: Topic) -> Iterator[Row]:
    """The fastest first, then those that set no limit; those that say nothing are left out."""
    saying = [(one, one.volume.of(by)) for one in kept if one.volume.of(by)]
    ranked = sorted(saying, key=lambda pair: _fastest(pair[1].get("fast", ())))
    for one, cells in ranked:
        yield Row(
            one,
            tuple(
                Cell(str(COLUMNS[column]), tuple(_line(one, told) for told in cells.get(column, ())))
                for column in by.columns
            ),
        )


def _fastest(told: Sequence[Told]) -> tuple[bool, float]:
    ranks = [one.rank for one in told if one.rank is not None]
    return (not ranks, min(ranks, default=0.0))


def _overview(kept: Sequence[Edition], request: HttpRequest) -> Iterator[Row]:
    for one in kept:
        said = [(step, one.volume.of(step).get("fast", ())) for step in STEPS]
        if not any(told for _step, told in said):
            continue
        cells = []
        for step, told in said:
            lines = tuple(_line(one, line) for line in told[:IN_CELL])
            query = urlencode({"by": step.name, "name": one.name})
            cells.append(Cell(titled(step), lines, max(0, len(told) - IN_CELL), f"{request.path}?{query}"))
        yield Row(one, tuple(cells))


def _line(one: Edition, told: Told) -> Line:
    return Line(told, address_of(one, told.clause))


def _sheet(title: str, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """One row a regulation, the clause behind each line in brackets."""
    headers = [_("Regulation"), _("Issuer"), _("Trade"), _("Version"), *columns]
    lines = []
    for row in rows:
        policy = row.edition.policy
        cells = ["\n".join(map(_written, cell.lines)) for cell in row.cells]
        lines.append([policy.title, policy.issuer, policy.trade, policy.version, *cells])
    return sheets.sheet(title, headers, lines)


def _written(line: Line) -> str:
    since = _(" (%(since)s from receipt)") % {"since": line.told.since} if line.told.since else ""
    limit = f"：{line.told.limit}" if line.told.limit else ""
    return f"{line.told.text}{limit}{since} [{line.told.clause}]"
