"""What this room asks of the rooms above: to be told of what a batch settles, of customers' files, of units moved."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save

from shouwen.customers.models import Act, Change, Customer
from shouwen.insight import lines
from shouwen.insight.models import Line
from shouwen.insight.rebuild import CHUNK, again
from shouwen.journal import projectors
from shouwen.organisation import actions
from shouwen.organisation.models import Unit

QUIET = frozenset({Act.REGISTERED, Act.KEPT_APART})
"""Changes of a file by which no matter is found otherwise than before."""


def register() -> None:
    projectors.follow(lines.follow)
    post_save.connect(_on_change, sender=Change)
    actions.moved.connect(_on_move)


def _on_change(instance: Change, **_told: Any) -> None:
    """The history of a file is written last in each act upon it, in the same transaction."""
    if instance.act not in QUIET:
        of_customers([instance.customer_id])


def _on_move(unit: Unit, **_told: Any) -> None:
    moved(unit)


def of_customers(files: Iterable[int]) -> None:
    """Bring the lines of these customers' matters up to date, with those of every file that is one with theirs."""
    one = Customer.objects.filter(pk__in=list(files)).values_list("pk", "survivor_id")
    going_on = {survivor or pk for pk, survivor in one}
    same = Customer.objects.filter(Q(pk__in=going_on) | Q(survivor__in=going_on)).values_list("pk", flat=True)
    _again(Line.objects.filter(customer__in=[str(pk) for pk in (*same, *files)]).values_list("subject_id", flat=True))


def moved(unit: Unit) -> None:
    """Bring the lines of all subjects below a unit up to date, where its path is another than they say."""
    stale = Line.objects.filter(unit__path__prefix=unit.path).exclude(path__prefix=unit.path)
    _again(stale.values_list("subject_id", flat=True))


def _again(subjects: Iterable[UUID]) -> None:
    ids = sorted(set(subjects))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            again(ids[start : start + CHUNK])
