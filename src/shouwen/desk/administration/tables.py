"""Tables of the pages of administration: filtered, sorted and paged alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise
PAGE = 50


@dataclass(frozen=True)
class Cell:
    """A text, which may lead somewhere; ``chip`` is a colour (blue, green, amber, red)."""

    text: Text
    url: str = ""
    chip: str = ""
    number: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Column:
    title: Text
    sort: str = ""
    """The name by which one sorts by it; empty: one does not."""


@dataclass(frozen=True)
class Button:
    title: Text
    url: str
    icon: str = ""
    primary: bool = False


@dataclass(frozen=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def titled(self) -> list[list[tuple[Column, Cell]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Section:
    """A part of a page: a table, or what it says where there is nothing in it."""

    title: Text
    table: Table | None = None
    empty: Text = ""
    buttons: Sequence[Button] = ()
    note: Text = ""
    task: str = ""
    """Id of the background task that works it out."""


@dataclass(frozen=True)
class Filter:
    """One thing by which a list is narrowed; without choices it is a text to search for."""

    name: str
    title: Text
    choices: Sequence[tuple[str, Text]] = ()
    hint: Text = ""


@dataclass
class Listing:
    """A page of a list, as the address asks for it."""

    title: Text
    columns: Sequence[Column]
    filters: Sequence[Filter]
    page: Page[Any]
    rows: Sequence[Sequence[Cell]]
    asked: Mapping[str, str]
    sort: str
    buttons: Sequence[Button] = ()
    empty: tuple[Text, Text] = ("", "")
    note: Text = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def titled(self) -> list[list[tuple[Column, Cell]]]:
        return Table(self.columns, self.rows).titled

    @property
    def shown_filters(self) -> list[tuple[Filter, str]]:
        return [(one, self.asked.get(one.name, "")) for one in self.filters]


def asked_of(request: HttpRequest, filters: Iterable[Filter]) -> dict[str, str]:
    """What the address asks of each filter; a choice that there is not is not asked."""
    found = {}
    for one in filters:
        value = request.GET.get(one.name, "").strip()[:100]
        if value and (not one.choices or value in {str(name) for name, _title in one.choices}):
            found[one.name] = value
    return found


def number_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


def listing(
    request: HttpRequest,
    title: Text,
    columns: Sequence[Column],
    filters: Sequence[Filter],
    asked: Mapping[str, str],
    rows: QuerySet[Any] | Sequence[Any],
    cells: Callable[[Sequence[Any]], Sequence[Sequence[Cell]]],
    sorts: Mapping[str, Sequence[str]],
    **more: Any,
) -> Listing:
    """The page asked for; ``sorts`` gives the columns of the database by the name of the sort, the first the usual."""
    sort = request.GET.get("sort", "")
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    if name not in sorts:
        name, backwards, sort = next(iter(sorts), ""), False, ""
    if isinstance(rows, QuerySet) and name:
        order = [_turned(one) if backwards else one for one in sorts[name]]
        rows = rows.order_by(*order)
    page = Paginator(rows, PAGE).get_page(number_of(request))
    return Listing(title, columns, filters, page, cells(list(page.object_list)), asked, sort or name, **more)


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def name_of(row: Model | None) -> str:
    return str(row) if row is not None else "—"
