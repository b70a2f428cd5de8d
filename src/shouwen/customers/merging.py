"""Files of one customer (合并客户): merged, and parted again as if nothing had happened.

Contacts and holdings stay on the file that they were written in; whoever asks for a customer is led to the file that
goes on and reads the merged ones with it. What is changed in between stays with the file whose row it is: what was
added while they were one belongs to the file that went on.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.customers.changes import opened, write
from shouwen.customers.models import Act, Apart, Customer
from shouwen.organisation.models import Person


@transaction.atomic
def merge(
    customer: Customer,
    into: Customer,
    *,
    by: Person | None = None,
    reason: str = "",
    seen: int | None = None,
    seen_into: int | None = None,
) -> Customer:
    """From now on ``customer`` is found as ``into``, which goes on; gives that back.

    Both may have taken in others before. Raises ValidationError where they are one already, Stale for either file.
    """
    if customer.pk == into.pk:
        raise ValidationError({"into": _("A file is not merged into itself.")})
    # In one order everywhere, so that two who merge crosswise do not wait for each other.
    files: dict[int, Customer] = {}
    for one, known in sorted(((customer, seen), (into, seen_into)), key=lambda pair: pair[0].pk):
        files[one.pk] = opened(one, known)
    gone, stays = files[customer.pk], files[into.pk]
    if gone.pk == stays.pk or gone.pk != customer.pk:
        raise ValidationError({"into": _("This file has been merged already.")})
    Customer.objects.filter(survivor=gone).update(survivor=stays)
    gone.merged_into = gone.survivor = stays
    gone.save(update_fields=["merged_into", "survivor"])
    write(gone, Act.MERGED, by, after=_other(stays), reason=reason)
    write(stays, Act.TOOK_IN, by, after=_other(gone), reason=reason)
    return stays


@transaction.atomic
def unmerge(customer: Customer, *, by: Person | None = None, reason: str = "", seen: int | None = None) -> Customer:
    """Take a merge back: the file stands by itself again, with those that it had taken in before.

    Raises ValidationError where it is not merged.
    """
    opened(customer, seen)
    file = Customer.objects.select_for_update().get(pk=customer.pk)
    if file.merged_into is None:
        raise ValidationError({"customer": _("This file is not merged into another.")})
    parent = file.merged_into
    file.merged_into = file.survivor = None
    file.save(update_fields=["merged_into", "survivor"])
    Customer.objects.filter(pk__in=_below(file)).update(survivor=file)
    write(file, Act.UNMERGED, by, before=_other(parent), reason=reason)
    write(parent, Act.GAVE_BACK, by, before=_other(file), reason=reason)
    return file


@transaction.atomic
def keep_apart(one: Customer, other: Customer, *, by: Person | None = None, reason: str = "") -> None:
    """Two that look alike are two customers: they are not offered for merging any more."""
    low, high = sorted((one, other), key=lambda customer: customer.pk)
    if low.pk == high.pk:
        raise ValidationError({"other": _("A file is not merged into itself.")})
    _row, new = Apart.objects.get_or_create(one=low, other=high)
    if new:
        write(one, Act.KEPT_APART, by, after=_other(other), reason=reason)
        write(other, Act.KEPT_APART, by, after=_other(one), reason=reason)


def _below(file: Customer) -> list[int]:
    """Ids of the files merged into this one, and into those."""
    found: list[int] = []
    edge = [file.pk]
    while edge:
        edge = list(Customer.objects.filter(merged_into__in=edge).values_list("pk", flat=True))
        found += edge
    return found


def _other(customer: Customer) -> dict[str, Any]:
    return {"other": customer.pk}
