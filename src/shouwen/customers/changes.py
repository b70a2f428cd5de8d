"""The history of a file (变更记录): written with every act, compared when two officers change one file at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from shouwen.customers.masking import mask_text
from shouwen.customers.models import Act, Change, Customer
from shouwen.journal import clock
from shouwen.organisation.models import Person

LONGEST_REASON = 200


class Stale(Exception):  # noqa: N818  said as what it is
    """Others changed the file since the form was made; ``since`` are their changes, oldest first."""

    def __init__(self, since: Sequence[Change]) -> None:
        super().__init__(_("Others have changed this file since the form was opened."))
        self.since = tuple(since)


def write(
    customer: Customer,
    act: Act,
    by: Person | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """One line of the file's history, at the clock's present instant."""
    Change.objects.create(
        customer=customer,
        at=clock.now(),
        by=by,
        act=act,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=mask_text(reason.strip())[:LONGEST_REASON],
    )


def of_file(customer: Customer) -> Q:
    """Rows (of changes, contacts, holdings) of a file that goes on, with those of the files merged into it."""
    return Q(customer=customer) | Q(customer__survivor=customer)


def last_of(customer: Customer) -> int:
    """The id of the last change of a file that goes on; 0 without any. What a form carries as ``seen``."""
    found = Change.objects.filter(of_file(customer)).aggregate(last=Max("pk"))["last"]
    return found or 0


def opened(customer: Customer, seen: int | None = None) -> Customer:
    """The file as which the customer goes on, locked until the transaction ends.

    ``seen``: the last change that the form knew. Raises Stale where there are later ones.
    """
    pk = customer.pk
    while True:
        row = Customer.objects.select_for_update().get(pk=pk)
        if row.survivor_id is None:
            break
        pk = row.survivor_id
    if seen is not None:
        since = list(Change.objects.filter(of_file(row), pk__gt=seen).select_related("by").order_by("pk"))
        if since:
            raise Stale(since)
    return row
