"""Finding a customer while the telephone is at the ear: by number, name, pinyin, initials or room."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.db.models import Q, QuerySet

from shouwen.customers.models import Asset, Contact, Customer, Holding, served_within
from shouwen.customers.phones import TAIL, digits_of
from shouwen.customers.rooms import Room, read_room
from shouwen.journal.typed import typed
from shouwen.organisation.models import Unit

LIMIT = 20
LONGEST = 200
"""Characters that are looked at."""
FULL = 11
"""Digits of a mobile number: from here on the whole number is meant, not its end."""
LOCAL = 7
"""Digits of the shortest number within a town."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z' ]*")


@dataclass(frozen=True)
class Found:
    """A customer with what an officer needs to know whether it is the right one."""

    customer: Customer
    contacts: tuple[Contact, ...]
    holdings: tuple[Holding, ...]


def find(text: str, unit: Unit, on: date) -> list[Found]:
    """At most 20 customers served within ``unit`` who fit what was typed; nothing for an empty text.

    Digits are a whole number, or the last four and more of one, or a room; Latin letters pinyin or initials;
    ``3-1201``, ``3栋1201`` a room; all else how a name begins. One query for each way, two for the details.
    """
    asked = typed(text, LONGEST)
    within = served_within(unit.path)
    ways = [list(way.filter(within)[:LIMIT]) for way in _ways(asked, on)] if asked else []
    # In turn, so that many who fit one way do not hide the few who fit another.
    found = {c.pk: c for turn in zip_longest(*ways) for c in turn if c is not None}
    return described(list(found.values())[:LIMIT], on)


def described(customers: Iterable[Customer], on: date) -> list[Found]:
    """The customers with the contacts and holdings of the day; two queries."""
    known = list(customers)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    holdings: dict[int, list[Holding]] = defaultdict(list)
    for contact in Contact.objects.on(on).filter(customer__in=known).order_by("pk"):
        contacts[contact.customer_id].append(contact)
    for holding in Holding.objects.on(on).filter(customer__in=known).select_related("asset__unit").order_by("pk"):
        holdings[holding.customer_id].append(holding)
    return [Found(c, tuple(contacts[c.pk]), tuple(holdings[c.pk])) for c in known]


def find_assets(text: str, unit: Unit) -> list[Asset]:
    """At most 20 rooms within ``unit`` that fit what was typed; one query."""
    room = read_room(typed(text, LONGEST))
    if room is None:
        return []
    assets = Asset.objects.filter(_in_room(room), unit__path__prefix=unit.path)
    return list(assets.select_related("unit").order_by("unit", "building", "entrance", "room")[:LIMIT])


def _ways(asked: str, on: date) -> Iterator[QuerySet[Customer]]:
    digits = digits_of(asked)
    room = read_room(asked)
    sure_of_room = room is not None and room.building and len(digits) < LOCAL
    if len(digits) >= TAIL and not sure_of_room:
        yield _by_phone(digits, on)
    if room is not None:
        holdings = Holding.objects.on(on).filter(_in_room(room, "asset__"))
        yield Customer.objects.filter(pk__in=holdings.values("customer"))
    if _LATIN.fullmatch(asked):
        spelt = re.sub("[' ]", "", asked).lower()
        yield Customer.objects.filter(Q(pinyin__prefix=spelt) | Q(initials__prefix=spelt))
    if not digits:
        yield Customer.objects.filter(name__prefix="".join(asked.split()))


def _by_phone(digits: str, on: date) -> QuerySet[Customer]:
    backwards = digits[::-1]
    contacts = Contact.objects.on(on)
    if len(digits) >= FULL:
        contacts = contacts.filter(backwards=backwards)
    else:
        contacts = contacts.filter(backwards__prefix=backwards)
    return Customer.objects.filter(pk__in=contacts.values("customer"))


def _in_room(room: Room, asset: str = "") -> Q:
    wanted = Q()
    if room.building:
        wanted &= Q((f"{asset}building", room.building))
    if room.entrance:
        wanted &= Q((f"{asset}entrance", room.entrance))
    if room.room:
        wanted &= Q((f"{asset}room", room.room))
    return wanted
