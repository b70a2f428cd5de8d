"""The ledger (台账): every matter that one may see, under a filter; its totals and its pages from the same rows.

With a kind chosen that no customer brings (a contract, a file, a unit's month) it lists the subjects of that kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum, prefetch_related_objects
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from shouwen.insight import index, search
from shouwen.insight.models import Line, WideLine
from shouwen.insight.reading import category
from shouwen.insight.seen_by import words_of
from shouwen.journal.checks import is_id
from shouwen.journal.models import Duty, DutyState, Link, Subject, SubjectState
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import snapshot

PAGE = 50
DUE: Mapping[str, timedelta] = {"overdue": timedelta(0), "24h": timedelta(hours=24), "3d": timedelta(days=3)} | {
    "7d": timedelta(days=7)
}
"""Choices of “next due within”; ``overdue`` is what the clock says."""
SORTS: Mapping[str, str] = {
    "number": "number",
    "unit": "path",
    "kind": "kind",
    "state": "state",
    "nature": "nature",
    "customer": "customer_name",
    "owner": "owner_person__pinyin",
    "channel": "channel",
    "source": "source",
    "opened": "opened_at",
    "ended": "ended_at",
    "due": "next_due",
    "owed": "owed",
    "stuck": "stuck_since",
    "recorded": "recorded_at",
}
NEWEST = "-opened"


@dataclass(frozen=True)
class Filter:
    """What the ledger shows. Every part of it stands in the page's address under the same name.

    ``unit``, ``owner``, ``post``: ids; ``owner`` "me" is whoever asks. Days are whole days in the zone given, both ends
    included. ``axes``: (axis, value) as ``Line.categories`` has them. ``clause``: a duty of it was kept late or is
    overdue. ``cause``: id of the cause that the matter is joined to.
    """

    q: str = ""
    exact: bool = False
    unit: str = ""
    kind: str = ""
    nature: str = ""
    axes: tuple[tuple[str, str], ...] = ()
    state: str = ""
    owner: str = ""
    post: str = ""
    due: str = ""
    stuck: bool = False
    received_from: str = ""
    received_to: str = ""
    closed_from: str = ""
    closed_to: str = ""
    channel: str = ""
    source: str = ""
    cause: str = ""
    clause: str = ""

    def query(self) -> dict[str, str | list[str]]:
        """As it stands in an address, what is empty left out."""
        said: dict[str, str | list[str]] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name == "axes":
                value = [f"{axis}={one}" for axis, one in value]
            if value:
                said[AXIS if name == "axes" else name] = "1" if value is True else value
        return said

    def __str__(self) -> str:
        return urlencode(self.query(), doseq=True)


AXIS = "axis"
SWITCHES = frozenset({"exact", "stuck"})
LONGEST = 200


def read(query: Mapping[str, Any], axes: Sequence[str] = ()) -> Filter:
    """The filter of an address; what it cannot mean is left out. `axes`: its values of ``axis``, as ``name=value``."""
    said = {name: str(query.get(name, "")).replace("\0", "").strip()[:LONGEST] for name in Filter.__dataclass_fields__}
    for name in ("unit", "post"):
        said[name] = said[name] if _is_number(said[name]) else ""
    said["owner"] = said["owner"] if said["owner"] == "me" or _is_number(said["owner"]) else ""
    for name in ("received_from", "received_to", "closed_from", "closed_to"):
        said[name] = said[name] if _day(said[name]) else ""
    said["state"] = said["state"] if said["state"] in SubjectState.values else ""
    said["due"] = said["due"] if said["due"] in DUE else ""
    said["cause"] = said["cause"] if is_id(said["cause"]) else ""
    pairs = tuple((name, value) for name, is_one, value in (one.partition("=") for one in axes) if is_one and value)
    switches = {name: bool(said[name]) for name in SWITCHES}
    return replace(Filter(), **{**said, **switches, "axes": pairs})  # type: ignore[arg-type]


def read_text(query: str) -> Filter:
    """The filter that ``str()`` of it was."""
    said = QueryDict(query)
    return read(said.dict(), said.getlist(AXIS))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Ledger:
    """The matters under a filter that a person may see: ``rows`` are what is listed, counted and exported.

    ``counted`` are the rows that totals are made of: all of them, or, ``capped``, those among the newest 20,000 hits of
    a search for a word that stands nearly everywhere.
    """

    rows: QuerySet[Line]
    counted: QuerySet[Line]
    capped: bool = False


WIDE = 5_000
"""Lines from which on they are gone through in their order rather than gathered and sorted."""
MANY = 20_000
"""Lines, and hits of a search, up to which they are counted one by one from the index."""


def ledger(person: Person, chosen: Filter, at: datetime, zone: ZoneInfo) -> Ledger:
    """The matters under the filter that the person may see at ``at``; days are those of ``zone``."""
    who = words_of(person, at)
    asked = _conditions(chosen, person, at, zone) & (Q() if chosen.kind else Q(matter=True))
    sought = search.read(chosen.q, exact=chosen.exact)
    if not who:
        return Ledger(Line.objects.none(), Line.objects.none())
    if sought is not None:
        return _searched(search.asked(sought, who), asked)
    reach = 0 if index.plans() else index.count(index.Asked(who=who), MANY + 1)
    rows, counted = (
        visible(person, (WideLine if reach > limit else Line).objects.filter(asked), at) for limit in (WIDE, MANY)
    )
    # Among one value: for a bare ``matter`` SQLite would go through the whole index.
    return Ledger(rows, counted.filter(matter__in=[True]))


def _searched(wanted: index.Asked, asked: Q) -> Ledger:
    """Who sees what stands in the index that is searched: no other filter is asked."""
    rows = Line.objects.filter(asked, pk__in=index.matching(wanted))
    if index.count(wanted, MANY + 1) <= MANY:
        return Ledger(rows, rows)
    counted = Line.objects.filter(asked, pk__in=index.matching(wanted, newest=MANY))
    return Ledger(Line.objects.filter(index.Among(wanted), asked), counted, capped=True)


def _conditions(chosen: Filter, person: Person, at: datetime, zone: ZoneInfo) -> Q:
    asked = _of_unit(chosen.unit)
    for name in ("kind", "nature", "state", "channel"):
        if value := getattr(chosen, name):
            asked &= Q((name, value))
    if chosen.source:
        asked &= Q(source__contains=chosen.source)
    for axis, value in chosen.axes:
        asked &= Q(categories__contains=f"\n{category(axis, value)}\n")
    if chosen.owner:
        asked &= Q(owner_person=person if chosen.owner == "me" else int(chosen.owner))
    if chosen.post:
        asked &= Q(owner_post=int(chosen.post))
    asked &= _between("opened_at", chosen.received_from, chosen.received_to, zone)
    asked &= _between("ended_at", chosen.closed_from, chosen.closed_to, zone)
    return asked & _of_duties(chosen, at)


def _of_unit(unit: str) -> Q:
    if not unit:
        return Q()
    known = snapshot().units.get(int(unit))
    return Q(path__prefix=known.path) if known is not None else Q(pk__in=[])


def _of_duties(chosen: Filter, at: datetime) -> Q:
    asked = Q()
    if chosen.due:
        asked &= Q(next_due__lte=at + DUE[chosen.due])
        asked &= Q() if chosen.due == "overdue" else Q(next_due__gt=at)
    if chosen.stuck:
        asked &= Q(stuck_since__isnull=False)
    if chosen.cause:
        asked &= Q(subject__in=Link.objects.filter(other=UUID(chosen.cause), role="part_of").values("subject"))
    if chosen.clause:
        asked &= Q(subject__in=late(chosen.clause, at).values("subject"))
    return asked


def late(clause: str, at: datetime) -> QuerySet[Duty]:
    """Duties of a clause that were kept late, or whose time has passed by the clock."""
    overdue = Q(state__in=(DutyState.OPEN, DutyState.OVERDUE), due_at__lte=at)
    return Duty.objects.filter(Q(state=DutyState.LATE) | overdue, clause=clause)


def _between(column: str, since: str, until: str, zone: ZoneInfo) -> Q:
    asked = Q()
    if (first := _day(since)) is not None:
        asked &= Q((f"{column}__gte", datetime.combine(first, time(), zone)))
    if (last := _day(until)) is not None:
        asked &= Q((f"{column}__lt", datetime.combine(last, time(), zone) + timedelta(days=1)))
    return asked


# --- totals ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """How many lines in all and by state; of them overdue and stuck; mean age of what is open."""

    count: int
    states: Mapping[str, int]
    overdue: int
    stuck: int
    age: timedelta | None


def totals(rows: QuerySet[Line], at: datetime) -> Totals:
    """One query, whatever their number, and in few steps a row: nothing is grouped."""
    is_open = Q(state=SubjectState.OPEN)
    found = rows.order_by().aggregate(
        n=Count("pk"),
        open=Count("pk", filter=is_open),
        merged=Count("pk", filter=Q(state=SubjectState.MERGED)),
        overdue=Count("pk", filter=Q(next_due__lte=at)),
        stuck=Count("stuck_since"),
        opened=Sum("opened_s", filter=is_open),
    )
    standing = found["open"]
    states = {"open": standing, "ended": found["n"] - standing - found["merged"], "merged": found["merged"]}
    age = timedelta(seconds=round(at.timestamp() - int(found["opened"]) / standing)) if standing else None
    return Totals(found["n"], states, found["overdue"], found["stuck"], age)


def by_category(rows: QuerySet[Line], at: datetime) -> list[tuple[str, int, int]]:
    """Each category (类别; "" unknown) with how many lines and how many of them overdue, most first; one query."""
    groups = rows.order_by().values("nature").annotate(n=Count("pk"), late=Count("pk", filter=Q(next_due__lte=at)))
    found = [(group["nature"], group["n"], group["late"]) for group in groups]
    return sorted(found, key=lambda group: (-group[1], group[0]))


# --- pages ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Some lines in their order, and the marks from which the pages before and after go on; "" without any."""

    lines: list[Line]
    before: str = ""
    after: str = ""


def page(rows: QuerySet[Line], sort: str, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """One page; from the mark of another, or the first. Whatever its depth it costs the same; one query.

    Lines without the value sorted by come last. A mark that says nothing gives the first page.
    """
    order = Order.of(sort)
    mark = order.read(after or before)
    backwards = bool(mark and before and not after)
    if mark is not None:
        rows = rows.filter(order.beyond(mark, backwards=backwards))
    terms = order.terms(backwards=backwards)
    # The ids first: whole rows would be carried through the sorting.
    some = rows.order_by(*terms).values("pk")[: size + 1]
    named = Line.objects.select_related("unit", "owner_person", "owner_post")
    found = list(named.filter(pk__in=some).order_by(*terms))
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    earlier = more if backwards else mark is not None
    later = True if backwards else more
    return Page(found, order.mark(found[0]) if earlier else "", order.mark(found[-1]) if later else "")


@dataclass(frozen=True)
class Order:
    """A column, then ``id``; what lacks the column's value last, either way."""

    column: str
    falling: bool

    @classmethod
    def of(cls, sort: str) -> "Order":
        """``due`` rising, ``-due`` falling; what is no column is the newest first."""
        name = sort.removeprefix("-")
        return cls(SORTS[name], sort.startswith("-")) if name in SORTS else cls.of(NEWEST)

    def terms(self, *, backwards: bool = False) -> list[Any]:
        falling = self.falling != backwards
        column = F(self.column)
        if not self.nullable:
            return [column.desc() if falling else column.asc(), "-id" if falling else "id"]
        last = {"nulls_first": True} if backwards else {"nulls_last": True}
        return [column.desc(**last) if falling else column.asc(**last), "-id" if falling else "id"]

    @property
    def nullable(self) -> bool:
        return self.column in ("ended_at", "next_due", "stuck_since", "owner_person__pinyin")

    def mark(self, line: Line) -> str:
        value = line.owner_person.pinyin if self.column.startswith("owner") and line.owner_person else None
        value = getattr(line, self.column, value)
        return f"{line.pk}~{'' if value is None else value.isoformat() if isinstance(value, datetime) else value}"

    def read(self, mark: str) -> tuple[int, Any] | None:
        pk, is_one, text = mark.partition("~")
        if not is_one or not _is_number(pk):
            return None
        value: Any = text
        if self.column.endswith(("_at", "_due", "_since")):
            value = parse_datetime(text) if text else None
        elif self.column == "owed":
            value = int(text) if _is_number(text) else 0
        elif self.nullable and not text:
            value = None
        return int(pk), value

    def beyond(self, mark: tuple[int, Any], *, backwards: bool) -> Q:
        pk, value = mark
        way = "lt" if self.falling != backwards else "gt"
        level = Q((self.column, value)) if value is not None else Q((f"{self.column}__isnull", True))
        further = level & Q((f"id__{way}", pk))
        if value is None:
            return further | Q((f"{self.column}__isnull", False)) if backwards else further
        further |= Q((f"{self.column}__{way}", value))
        if self.nullable and not backwards:
            further |= Q((f"{self.column}__isnull", True))
        return further


def in_chunks(rows: QuerySet[Line], sort: str, size: int) -> Iterator[list[Line]]:
    """All lines in their order, page by page, with their subjects; no more of them in memory than one page."""
    after = ""
    while True:
        some = page(rows, sort, after=after, size=size)
        prefetch_related_objects(some.lines, Prefetch("subject", Subject.objects.only("policy_version")))
        if some.lines:
            yield some.lines
        if not some.after:
            return
        after = some.after
