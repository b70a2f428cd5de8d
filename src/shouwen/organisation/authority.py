"""Who may decide on what, up to which sum (权限额度)."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from shouwen.organisation.models import Authority, Person
from shouwen.organisation.seats import seats
from shouwen.organisation.snapshot import holding, snapshot


def sufficing(
    kinds: Collection[str], at: datetime, amount: Decimal | None = None, category: str = ""
) -> QuerySet[Authority]:
    """Authorities of these kinds that hold at ``at`` and cover ``amount`` (yuan; None: any limit will do).

    An authority for one category covers that one alone; one without category covers every category.
    """
    found = Authority.objects.holding(at).filter(kind__in=kinds)
    found = found.filter(category__in=["", category] if category else [""])
    return found if amount is None else found.filter(Q(limit__isnull=True) | Q(limit__gte=amount))


def sufficing_of(post: int, kinds: Collection[str], at: datetime, amount: Decimal | None = None) -> list[Authority]:
    """The same of one post, of what covers every category; no query."""
    held = holding(snapshot().authorities.get(post, ()), at)
    return [one for one in held if one.kind in kinds and not one.category and one.suffices(amount)]


def authority_of(
    person: Person, kind: str, at: datetime, amount: Decimal | None = None, *, category: str = ""
) -> Authority | None:
    """The widest authority of this kind that the person has by a post, own or delegated; None where none suffices."""
    posts = [seat.post.pk for seat in seats(person, at)]
    found = sufficing([kind], at, amount, category).filter(post__in=posts).select_related("post__unit")
    return found.order_by(F("limit").desc(nulls_first=True), "pk").first()
