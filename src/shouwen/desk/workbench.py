"""The workbench's list: rows of duties as they are stored, never computed; counts and list from the same rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shouwen.customers.masking import mask_customer
from shouwen.customers.queries import resolve
from shouwen.journal.models import Duty, DutyState, Subject, SubjectState
from shouwen.journal.statements import compiled, together
from shouwen.matters.models import Brought
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.organisation.seats import Seats, seats, selves

PAGE = 50
MOST = 1_000
"""Up to how many of others' duties upon one's matters are counted beside one's own."""
SOON = timedelta(hours=24)
BY_DUE = (F("due_at").asc(nulls_last=True), "opened_at", "pk")
STANDING = (DutyState.OPEN, DutyState.PAUSED, DutyState.OVERDUE)
TABS = {"mine": _("Mine"), "unit": _("My unit's"), "supervised": _("What I supervise")}
FILTERS = {
    "all": _("All"),
    "overdue": _("Overdue"),
    "soon": _("Due within 24 hours"),
    "waiting": _("Waiting for others"),
}


@dataclass(frozen=True)
class Listed:
    """One row: the duty, and of whom its matter speaks."""

    duty: Duty
    customer: str
    overdue: bool
    mine: bool

    @property
    def several(self) -> bool:
        """Whether it may be kept together with others: what is owed to a customer is done one by one."""
        return self.mine and not self.duty.subject.matter


class InParts:
    """The ids of rows of several parts in the order of the list: of each part an index gives the first in that order,
    and only as many are looked at as the page and those before it have."""

    def __init__(self, parts: Sequence[QuerySet[Duty]]) -> None:
        self._parts = parts

    def __getitem__(self, piece: slice) -> QuerySet[Duty, Any]:
        rows = Duty.objects.filter(pk__in=together(part.order_by(*BY_DUE)[: piece.stop] for part in self._parts))
        return rows.order_by(*BY_DUE).values("pk")[piece]


class Counted(Paginator):  # type: ignore[type-arg]  # it takes no argument when it runs
    """Pages of rows that were counted before."""

    def __init__(self, rows: QuerySet[Duty, Any] | InParts, counted: int) -> None:
        super().__init__(rows, PAGE)  # type: ignore[arg-type]  # it slices them and nothing else
        self._counted = counted

    @cached_property
    def count(self) -> int:
        return self._counted


@dataclass(frozen=True)
class Bench:
    """``counts``: how many each filter keeps; of what one waits for, unless that is shown, no more than `MOST` + 1."""

    rows: list[Listed]
    page: "Page[Duty]"
    counts: dict[str, int]
    chosen: str

    @property
    def shown(self) -> dict[str, str]:
        """The counts in words."""
        many = self.chosen != "waiting" and self.counts["waiting"] > MOST
        return {name: str(n) for name, n in self.counts.items()} | ({"waiting": f"{MOST}+"} if many else {})

    @property
    def several(self) -> int:
        """How many of the rows may be kept together."""
        return sum(row.several for row in self.rows)


def of_tab(person: Person, tab: str, now: datetime, held: Seats) -> QuerySet[Duty]:
    """Standing duties of a tab; ``held`` are the person's posts.

    Mine: what I owe, and what others owe on matters that are mine; theirs too for whom I stand in. My unit's: what
    the posts of my units owe. What I supervise: everything that I may see. A matter that is settled may still owe, as
    a call-back.
    """
    standing = Duty.objects.filter(state__in=STANDING).exclude(subject__state=SubjectState.MERGED)
    posts = [seat.post.pk for seat in held]
    if tab == "unit":
        return visible(person, standing.filter(unit__in=[seat.unit.pk for seat in held], outside=False), now)
    if tab == "supervised":
        return visible(person, standing, now)
    people = selves(person, held)
    mine = Duty.objects.filter(state__in=STANDING).order_by().values("pk")
    # Each part by an index of its own; of one condition in all, every duty that stands anywhere would be looked at.
    parts = [mine.filter(part) for part in _owed_parts(person, held)]
    parts += [mine.filter(subject__owner_person__in=people), mine.filter(subject__owner_post__in=posts)]
    return standing.filter(pk__in=parts[0].union(*parts[1:], all=True))


def owed_by(person: Person, held: Seats) -> Q:
    """What the person owes, ``held`` being his posts: by name, or as one of several who hold the post.

    So far as he stands in for others, what they owe: all of it, or what they owe by the post that is delegated.
    """
    return Q(outside=False) & reduce(or_, _owed_parts(person, held))


def _owed_parts(person: Person, held: Seats) -> list[Q]:
    """By name, by post, and by each post in which he stands in for somebody."""
    parts = [Q(person__in=selves(person, held)), Q(person__isnull=True, post__in=[seat.post.pk for seat in held])]
    in_part = [seat for seat in held if seat.acting_for is not None and not seat.wholly]
    return parts + [Q(person=seat.acting_for, post=seat.post) for seat in in_part]


def is_owed_by(duty: Duty, person: Person, held: Seats) -> bool:
    """The same of one duty."""
    if duty.outside:
        return False
    if duty.person_id is None:
        return any(seat.post.pk == duty.post_id for seat in held)
    partly = {(seat.acting_for.pk, seat.post.pk) for seat in held if seat.acting_for is not None}
    return duty.person_id in selves(person, held) or (duty.person_id, duty.post_id) in partly


def conditions(person: Person, tab: str, now: datetime, held: Seats) -> dict[str, Q]:
    """What each filter keeps. Overdue is what the clock says, whether or not the sweep has written so."""
    others = ~owed_by(person, held)
    waiting = others if tab == "mine" else Q(outside=True)
    return {
        "all": Q() if tab != "mine" else ~others,
        "overdue": Q(due_at__lte=now) & ~waiting,
        "soon": Q(due_at__gt=now, due_at__lte=now + SOON) & ~waiting,
        "waiting": waiting,
    }


def bench(person: Person, tab: str, chosen: str, text: str, number: int, now: datetime, kind: str = "") -> Bench:
    """One page of a tab under a filter, with how many each filter keeps; ``kind``: of subjects of this kind alone."""
    held = seats(person, now)
    by_part = tab == "mine" and chosen != "waiting" and not text and not kind
    ids, counts = (_owed if by_part else _gathered)(Wanted(person, tab, chosen, text, kind, now, held))
    page = Counted(ids, counts[chosen]).get_page(number)
    whole = Duty.objects.filter(pk__in=page.object_list).select_related("subject__unit", "unit", "post", "person")
    duties = list(whole.order_by(*BY_DUE))
    customers = masked_customers(duty.subject for duty in duties)
    listed = [
        Listed(
            duty,
            customers.get(str(duty.subject_id), ""),
            duty.due_at is not None and duty.due_at <= now,
            is_owed_by(duty, person, held),
        )
        for duty in duties
    ]
    return Bench(listed, page, counts, chosen)


class Wanted(NamedTuple):
    """Whose list, which tab of it and what of that; ``held`` are the person's posts."""

    person: Person
    tab: str
    chosen: str
    text: str
    kind: str
    now: datetime
    held: Seats


Asked = tuple[QuerySet[Duty, Any] | InParts, dict[str, int]]
"""Ids of what is listed, and how many each filter keeps."""


def _gathered(wanted: Wanted) -> Asked:
    """Everything that a tab has, looked through."""
    person, tab, chosen, text, kind, now, held = wanted
    tests = conditions(person, tab, now, held)
    rows = of_tab(person, tab, now, held)
    if kind:
        rows = rows.filter(subject__kind=kind)
    if text:
        rows = rows.filter(Q(subject__number__icontains=text) | Q(title__icontains=text) | Q(clause__icontains=text))
    counts = rows.aggregate(**{f"n_{name}": Count("pk", filter=test) for name, test in tests.items()})
    # The ids first: whole rows would be carried through the sorting.
    ids = rows.filter(tests[chosen]).order_by(*BY_DUE).values("pk")
    return ids, {name: counts[f"n_{name}"] for name in tests}


def _owed(wanted: Wanted) -> Asked:
    """What the person owes, however much it is: counted from an index, and no more looked at than is listed."""
    person, now, held = wanted.person, wanted.now, wanted.held
    # Whoever has a post or a name is no outside party, and of a matter that was merged no duty stands.
    parts = [Duty.objects.filter(part, state=state) for part in _owed_parts(person, held) for state in STANDING]
    tests = {"all": Q(), "overdue": Q(due_at__lte=now), "soon": Q(due_at__gt=now, due_at__lte=now + SOON)}
    owed = {name: [part.filter(test) for part in parts] for name, test in tests.items()}
    people, posts = selves(person, held), [seat.post.pk for seat in held]
    others = Duty.objects.filter(~owed_by(person, held), state__in=STANDING)
    waiting = [others.filter(subject__owner_person__in=people), others.filter(subject__owner_post__in=posts)]
    counts = counted(owed | {"waiting": [one[: MOST + 1] for one in waiting]})
    return InParts(owed[wanted.chosen]), counts


def counted(asked: Mapping[str, Sequence[QuerySet[Duty]]]) -> dict[str, int]:
    """How many rows each name has in all its parts; one query. Every part is counted by itself, from its own index."""
    sums: list[str] = []
    parameters: list[Any] = []
    for parts in asked.values():
        several, values = compiled(parts)
        sums.append(" + ".join(["0", *(f"(SELECT count(*) FROM ({one}) AS part)" for one in several)]))  # noqa: S608
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sums)}", parameters)
        return dict(zip(asked, cursor.fetchone(), strict=True))


def masked_customers(subjects: Iterable[Subject]) -> dict[str, str]:
    """Masked names of the customers by the subject's id; two queries."""
    brought = Brought.objects.filter(subject__in=[subject.pk for subject in subjects]).exclude(customer="")
    ids = {str(row.subject_id): row.customer for row in brought}
    known = resolve(ids.values())
    return {subject: mask_customer(known[one]) for subject, one in ids.items() if one in known}


def with_next_due(rows: QuerySet[Subject]) -> QuerySet[Subject]:
    """Subjects with ``next_due``, and the numbers of duties of the house that stand: ``owed``, ``provisional``.

    One query.
    """
    standing = Q(duties__state__in=STANDING, duties__outside=False)
    rows = rows.annotate(
        next_due=Min("duties__due_at", filter=standing),
        owed=Count("duties", filter=standing),
        provisional=Count("duties", filter=standing & Q(duties__provisional=True)),
    )
    return rows.select_related("unit", "owner_person", "owner_post")


NEXT_DUE = (F("next_due").asc(nulls_last=True), "opened_at", "number")
