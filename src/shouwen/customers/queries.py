"""Finding a customer while the telephone is at the ear: by number, name, pinyin, initials or room.

Everything here gives files that go on: one found by what stands in a file merged into it is found as itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from shouwen.customers.changes import of_file
from shouwen.customers.models import Asset, Contact, ContactKind, Customer, Holding, served_within
from shouwen.customers.phones import TAIL, backwards, digits_of
from shouwen.customers.rooms import Room, read_room
from shouwen.journal.typed import typed
from shouwen.organisation.models import Person
from shouwen.organisation.seats import Seat, seats

LIMIT = 20
LONGEST = 200
"""Characters that are looked at."""
FULL = 11
"""Digits of a mobile number: from here on the whole number is meant, not its end."""
LOCAL = 7
"""Digits of the shortest number within a town."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z' ]*")
_FILE = Coalesce("survivor", "pk")
_FILE_OF_ROW = Coalesce("customer__survivor", "customer")


@dataclass(frozen=True)
class Found:
    """A customer with what an officer needs to know whether it is the right one."""

    customer: Customer
    contacts: tuple[Contact, ...]
    holdings: tuple[Holding, ...]


def find(text: str, within: QuerySet[Customer], on: date) -> list[Found]:
    """At most 20 customers of ``within`` (give what ``visible()`` leaves) who fit what was typed.

    Digits are a whole number, or the last four and more of one, or a room; Latin letters pinyin or initials;
    ``3-1201``, ``3栋1201`` a room; all else how a name begins. Nothing for an empty text. One query for each way, two
    for the details.
    """
    asked = typed(text, LONGEST)
    files = within.filter(survivor__isnull=True)
    ways = [list(files.filter(pk__in=way)[:LIMIT]) for way in _ways(asked, on)] if asked else []
    # In turn, so that many who fit one way do not hide the few who fit another.
    found = {c.pk: c for turn in zip_longest(*ways) for c in turn if c is not None}
    return described(list(found.values())[:LIMIT], on)


def search(text: str, within: QuerySet[Customer], on: date) -> QuerySet[Customer]:
    """All customers of ``within`` who fit what was typed, as ``find`` reads it; all of them for an empty text."""
    asked = typed(text, LONGEST)
    files = within.filter(survivor__isnull=True)
    if not asked:
        return files
    fits = Q(pk__in=[])
    for way in _ways(asked, on):
        fits |= Q(pk__in=way)
    return files.filter(fits)


def described(customers: Iterable[Customer], on: date) -> list[Found]:
    """The customers (files that go on) with the contacts and holdings of the day, each once; two queries."""
    known = list(customers)
    contacts: dict[int, dict[Any, Contact]] = defaultdict(dict)
    holdings: dict[int, dict[Any, Holding]] = defaultdict(dict)
    theirs = Q(customer__in=known) | Q(customer__survivor__in=known)
    for contact in Contact.objects.on(on).filter(theirs).annotate(file=_FILE_OF_ROW).order_by("pk"):
        contacts[contact.file].setdefault((contact.kind, contact.backwards or contact.value), contact)
    held = Holding.objects.on(on).filter(theirs).annotate(file=_FILE_OF_ROW).select_related("asset__unit")
    for holding in held.order_by("pk"):
        holdings[holding.file].setdefault((holding.asset_id, holding.role), holding)
    return [Found(c, tuple(contacts[c.pk].values()), tuple(holdings[c.pk].values())) for c in known]


def find_assets(text: str, within: QuerySet[Asset]) -> list[Asset]:
    """At most 20 rooms of ``within`` that fit what was typed; one query."""
    room = read_room(typed(text, LONGEST))
    if room is None:
        return []
    assets = within.filter(_in_room(room))
    return list(assets.select_related("unit").order_by("unit", "building", "entrance", "room")[:LIMIT])


def with_phone(number: str, within: QuerySet[Customer], on: date) -> QuerySet[Customer]:
    """Customers of ``within`` to whom this whole number belongs on the day; none for what is no number."""
    sought = backwards(number)
    if not sought:
        return within.none()
    contacts = Contact.objects.on(on).filter(kind=ContactKind.PHONE, backwards=sought)
    return within.filter(survivor__isnull=True, pk__in=contacts.values(file=_FILE_OF_ROW))


def named(name: str, within: QuerySet[Customer]) -> QuerySet[Customer]:
    """Customers of ``within`` on one of whose files this whole name stands."""
    return within.filter(survivor__isnull=True, pk__in=Customer.objects.filter(name=name).values(file=_FILE))


def resolve(ids: Iterable[str]) -> dict[str, Customer]:
    """The customers by the ids that journals hold, each as the file that goes on; unknown ones left out; one query."""
    wanted = sorted({int(one) for one in ids if one.isdecimal()})
    rows = Customer.objects.filter(pk__in=wanted).select_related("survivor") if wanted else ()
    return {str(row.pk): row.survivor or row for row in rows}


def with_merged(ids: Iterable[str]) -> list[Customer]:
    """The files of these ids, those that they go on as, and all that were merged with them, by id; one query."""
    wanted = sorted({int(one) for one in ids if one.isdecimal()})
    if not wanted:
        return []
    going_on = Customer.objects.filter(pk__in=wanted).values(file=_FILE)
    rows = Customer.objects.filter(Q(pk__in=going_on) | Q(survivor__in=going_on))
    return list(rows.select_related("survivor").order_by("pk"))


def ids_of(customer: Customer) -> list[str]:
    """The ids under which journals may name the customer: its file's and those of the files merged with it."""
    file = customer.survivor_id or customer.pk
    merged = Customer.objects.filter(survivor=file).order_by("pk").values_list("pk", flat=True)
    return [str(file), *map(str, merged)]


def kept_by(person: Person, rows: QuerySet[Customer], at: datetime) -> QuerySet[Customer]:
    """Those whose file the person's posts keep: they may be changed and shown unmasked.

    Seeing everything gives no right to it: superusers and auditors need a post that serves the customer.
    """
    kept = Q(pk__in=[])
    for path in {seat.reach for seat in seats(person, at)}:
        kept |= served_within(path)
    return rows.filter(kept)


def serves(held: Iterable[Seat], files: Iterable[Customer], holdings: Iterable[Holding]) -> bool:
    """``kept_by`` for one customer whose files and holdings (with units) are at hand; no query."""
    units = [*(file.unit for file in files), *(holding.asset.unit for holding in holdings)]
    return any(seat.works_for(unit) for seat in held for unit in units)


def contacts_of(customer: Customer) -> list[Contact]:
    """Every contact of a file that goes on, with those merged into it; one query."""
    return list(Contact.objects.filter(of_file(customer)).order_by(F("until").desc(nulls_first=True), "pk"))


def holdings_of(customer: Customer) -> list[Holding]:
    """Everything that the customer holds and held; one query."""
    rows = Holding.objects.filter(of_file(customer)).select_related("asset__unit")
    return list(rows.order_by(F("until").desc(nulls_first=True), "pk"))


def _ways(asked: str, on: date) -> Iterator[QuerySet[Any, Any]]:
    """The ids of the files that fit, one way each."""
    digits = digits_of(asked)
    room = read_room(asked)
    sure_of_room = room is not None and room.building and len(digits) < LOCAL
    if len(digits) >= TAIL and not sure_of_room:
        yield _by_phone(digits, on).values(file=_FILE_OF_ROW)
    if room is not None:
        yield Holding.objects.on(on).filter(_in_room(room, "asset__")).values(file=_FILE_OF_ROW)
    if _LATIN.fullmatch(asked):
        spelt = re.sub("[' ]", "", asked).lower()
        yield Customer.objects.filter(Q(pinyin__prefix=spelt) | Q(initials__prefix=spelt)).values(file=_FILE)
    if not digits:
        yield Customer.objects.filter(name__prefix="".join(asked.split())).values(file=_FILE)


def _by_phone(digits: str, on: date) -> QuerySet[Contact]:
    contacts = Contact.objects.on(on)
    if len(digits) >= FULL:
        return contacts.filter(backwards=digits[::-1])
    return contacts.filter(backwards__prefix=digits[::-1])


def _in_room(room: Room, asset: str = "") -> Q:
    wanted = Q()
    if room.building:
        wanted &= Q((f"{asset}building", room.building))
    if room.entrance:
        wanted &= Q((f"{asset}entrance", room.entrance))
    if room.room:
        wanted &= Q((f"{asset}room", room.room))
    return wanted
