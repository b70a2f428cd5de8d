"""What people look at before they save: whether this was brought before (重复投诉)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import orjson
from django.db.models import Case, F, Q, QuerySet, When

from shouwen.customers.models import Asset, Customer
from shouwen.customers.queries import ids_of
from shouwen.journal.models import Subject
from shouwen.matters.models import Brought
from shouwen.organisation.models import Unit

LOOKED_AT = 300
"""Matters whose text is compared, the customer's and the home's own first, then the newest of the unit."""
SHOWN = 10
SINCE = timedelta(days=365)
ALIKE = 0.3
"""Share of character pairs in common from which texts count as alike, where neither customer nor home is the same."""


@dataclass(frozen=True)
class Repeat:
    """A matter that may be the same (疑似重复): why, and how alike the texts are, 0 to 1."""

    subject: Subject
    same_customer: bool
    same_asset: bool
    likeness: float

    @property
    def rank(self) -> tuple[int, float, datetime]:
        return (self.same_customer + self.same_asset, self.likeness, self.subject.opened_at)


def repeats(customer: Customer | None, asset: Asset | None, text: str, unit: Unit, now: datetime) -> list[Repeat]:
    """The likeliest repeats within a year, at most 10, best first; two queries, whatever the house's size.

    Texts are compared by pairs of characters (Dice): no dictionary, and two characters are a word in Chinese.
    """
    own = Q(pk__in=[])
    files = ids_of(customer) if customer is not None else []
    if files:
        own |= Q(customer__in=files)
    if asset is not None:
        own |= Q(asset=str(asset.pk))
    recent = Brought.objects.filter(own | Q(unit=unit), received_at__gt=now - SINCE, subject__entries__seq=1)
    rows = recent.annotate(body=F("subject__entries__content__body"))
    nearest = rows.select_related("subject").order_by(Case(When(own, then=0), default=1), "-received_at")[:LOOKED_AT]
    found = []
    for row in nearest:
        said = orjson.loads(row.body or "{}").get("text", "")
        repeat = Repeat(
            row.subject,
            row.customer in files,
            asset is not None and row.asset == str(asset.pk),
            likeness(text, said),
        )
        if repeat.same_customer or repeat.same_asset or repeat.likeness >= ALIKE:
            found.append(repeat)
    return sorted(found, key=lambda repeat: repeat.rank, reverse=True)[:SHOWN]


def matters_of(customers: Iterable[str], within: QuerySet[Subject]) -> QuerySet[Subject]:
    """The matters of ``within`` (give what ``visible()`` leaves) that these customers brought.

    ``customers``: their ids with those of the files merged with theirs, as ``customers.queries.ids_of`` gives them.
    """
    return within.filter(matter=True, brought__customer__in=list(customers))


def of_files(files: Iterable[str], asset: str, within: QuerySet[Subject]) -> QuerySet[Subject]:
    """The latest matters of ``within`` (give what ``visible()`` leaves) of these customers or this home, at most 10."""
    own = Q(brought__customer__in=list(files))
    if asset:
        own |= Q(brought__asset=asset)
    return within.filter(own, matter=True).order_by("-opened_at")[:SHOWN]


def likeness(one: str, other: str) -> float:
    """Share of character pairs that two texts have in common (Dice coefficient), 0 to 1."""
    ours, theirs = pairs(one), pairs(other)
    together = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / together if together else 0.0


def pairs(text: str) -> Counter[str]:
    """Neighbouring characters, without white space and punctuation."""
    plain = [char for char in text.lower() if char.isalnum()]
    return Counter(map("".join, pairwise(plain)))
