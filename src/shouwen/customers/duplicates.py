"""Files that may be one customer's (疑似重复): the same telephone; a name that sounds alike in the same home."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.customers.models import Apart, Contact, ContactKind, Customer, Holding

CROWD = 6
"""So many files with one telephone are an agency's or a guard house's: nobody's duplicates."""
_FILE = Coalesce("customer__survivor", "customer")
SAME_PHONE = "phone"
SAME_NAME = "name"
ALIKE = "alike"
REASONS: dict[str, Promise] = {
    SAME_PHONE: _("same telephone"),
    SAME_NAME: _("same name and home"),
    ALIKE: _("name sounds alike, same home"),
}
"""Why two files are offered, in words."""


@dataclass(frozen=True)
class Pair:
    """Two files that may be one customer's, the older first, with why."""

    one: int
    other: int
    reasons: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        return (-len(self.reasons), self.one, self.other)


def duplicates(within: QuerySet[Customer]) -> list[Pair]:
    """Every pair of customers of ``within`` (give what ``visible()`` leaves) that look like one; likeliest first.

    Pairs that somebody found to be two customers are left out. Five queries, whatever the house's size.
    """
    files = within.filter(survivor__isnull=True).values("pk")
    found: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
    for one, other in _sharing_phones(files):
        found[one, other][SAME_PHONE] = None
    for one, other, same in _alike_at_home(files):
        found[one, other][SAME_NAME if same else ALIKE] = None
    apart = set(Apart.objects.filter(one__in={one for one, _other in found}).values_list("one", "other"))
    pairs = [Pair(*ids, tuple(reasons)) for ids, reasons in found.items() if ids not in apart]
    return sorted(pairs, key=lambda pair: pair.rank)


def _sharing_phones(files: QuerySet[Customer, Any]) -> set[tuple[int, int]]:
    standing = Contact.objects.filter(kind=ContactKind.PHONE, until__isnull=True).exclude(backwards="")
    theirs = standing.annotate(file=_FILE).filter(file__in=files)
    shared = theirs.values("backwards").annotate(n=Count("file", distinct=True)).filter(n__gt=1, n__lt=CROWD)
    rows = theirs.filter(backwards__in=shared.values("backwards")).values_list("backwards", "file")
    return {pair for group in _groups(rows).values() for pair in combinations(sorted(group), 2)}


def _alike_at_home(files: QuerySet[Customer, Any]) -> set[tuple[int, int, bool]]:
    """(one, other, whether the names are the same) of those whose names sound alike and who hold the same home."""
    standing = Holding.objects.filter(until__isnull=True).annotate(file=_FILE).filter(file__in=files)
    shared = standing.values("asset", "customer__pinyin").annotate(n=Count("file", distinct=True)).filter(n__gt=1)
    sound = F("customer__pinyin")
    rows = standing.filter(asset__in=shared.values("asset")).annotate(sound=sound).values_list(
        "asset", "sound", "file", "customer__name"
    )  # fmt: skip
    named: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    for asset, spelt, file, name in rows:
        named[asset, spelt][file] = name
    return {
        (one, other, group[one] == group[other])
        for group in named.values()
        for one, other in combinations(sorted(group), 2)
    }


def _groups(rows: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for key, file in rows:
        found[key].add(file)
    return found
