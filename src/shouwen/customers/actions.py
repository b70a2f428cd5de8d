"""What is done to the registry: one function an act, each whole in one transaction and with its line of history.

All raise Django's ``ValidationError`` with the field at fault, never with the value, and ``changes.Stale`` where
``seen``, the last change that the form knew, is not the last one any more. ``by`` is whose act it is, None the house's.
An act upon a file that was merged into another is one upon the file that goes on.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.customers.changes import of_file, opened, write
from shouwen.customers.models import (
    Act,
    Asset,
    Contact,
    ContactKind,
    Customer,
    CustomerKind,
    Holding,
    HoldingRole,
)
from shouwen.customers.phones import digits_of
from shouwen.customers.rooms import building_name, entrance_name, room_name
from shouwen.organisation.models import Person, Unit

FEWEST_DIGITS = 5


@transaction.atomic
def register(
    unit: Unit,
    name: str,
    at: datetime,
    *,
    kind: str = CustomerKind.PERSON,
    phones: Iterable[str] = (),
    by: Person | None = None,
) -> Customer:
    """A new customer whose file ``unit`` keeps, reached by ``phones``."""
    customer = Customer(unit=unit, name=name.strip(), kind=kind, registered_at=at)
    customer.full_clean()
    customer.save()
    contacts = [_contact(customer, phone, ContactKind.PHONE, None) for phone in dict.fromkeys(phones)]
    after = {"name": customer.name, "kind": customer.kind, "contacts": [_reached(contact) for contact in contacts]}
    write(customer, Act.REGISTERED, by, after=after)
    return customer


@transaction.atomic
def rename(
    customer: Customer, name: str, *, kind: str | None = None, by: Person | None = None, seen: int | None = None
) -> Customer:
    """Puts another name on the file; pinyin and initials follow."""
    file = opened(customer, seen)
    before = {"name": file.name, "kind": file.kind}
    file.name, file.kind = name.strip(), kind or file.kind
    file.full_clean()
    after = {"name": file.name, "kind": file.kind}
    if after != before:
        file.save()
        write(file, Act.RENAMED, by, before, after)
    return file


@transaction.atomic
def add_contact(
    customer: Customer,
    value: str,
    *,
    kind: str = ContactKind.PHONE,
    since: date | None = None,
    by: Person | None = None,
    seen: int | None = None,
) -> Contact:
    """One more way to reach a customer; the same one again is the one that stands."""
    file = opened(customer, seen)
    known = Contact.objects.filter(of_file(file), kind=kind, value=value.strip(), until__isnull=True).first()
    if known is not None:
        return known
    contact = _contact(file, value, kind, since)
    write(file, Act.CONTACT_ADDED, by, after=_reached(contact))
    return contact


@transaction.atomic
def end_contact(contact: Contact, until: date, *, by: Person | None = None, seen: int | None = None) -> Contact:
    """The customer is no longer reached that way; it stays in the file."""
    opened(contact.customer, seen)
    contact.refresh_from_db()
    before = _reached(contact)
    _end(contact, until)
    write(contact.customer, Act.CONTACT_ENDED, by, before, _reached(contact))
    return contact


@transaction.atomic
def add_asset(unit: Unit, building: str, room: str, *, entrance: str = "", handed_over_on: date | None = None) -> Asset:
    """A room of a project, its parts without 栋, 单元, 室; one that stands already is given back."""
    place = {"building": building_name(building), "entrance": entrance_name(entrance), "room": room_name(room)}
    known = Asset.objects.filter(unit=unit, **place).first()
    if known is not None:
        return known
    asset = Asset(unit=unit, handed_over_on=handed_over_on, **place)
    asset.full_clean()
    asset.save()
    return asset


@transaction.atomic
def hold(
    customer: Customer,
    asset: Asset,
    *,
    role: str = HoldingRole.OWNER,
    since: date | None = None,
    by: Person | None = None,
    seen: int | None = None,
) -> Holding:
    """From ``since`` on the customer holds the asset; who holds it already goes on."""
    file = opened(customer, seen)
    known = Holding.objects.filter(of_file(file), asset=asset, role=role, until__isnull=True).first()
    if known is not None:
        return known
    holding = Holding(customer=file, asset=asset, role=role, since=since)
    holding.full_clean()
    holding.save()
    write(file, Act.HELD, by, after=_held(holding))
    return holding


@transaction.atomic
def end_holding(holding: Holding, until: date, *, by: Person | None = None, seen: int | None = None) -> Holding:
    """From ``until`` on the customer holds the asset no longer; it stays in the file."""
    opened(holding.customer, seen)
    holding.refresh_from_db()
    before = _held(holding)
    _end(holding, until)
    write(holding.customer, Act.RELEASED, by, before, _held(holding))
    return holding


def _contact(customer: Customer, value: str, kind: str, since: date | None) -> Contact:
    written = value.strip()
    if kind == ContactKind.PHONE and len(digits_of(written)) < FEWEST_DIGITS:
        raise ValidationError({"value": _("This is no telephone number.")})
    contact = Contact(customer=customer, kind=kind, value=written, since=since)
    contact.full_clean()
    contact.save()
    return contact


def _end(row: Contact | Holding, until: date) -> None:
    if row.since is not None and until < row.since:
        raise ValidationError({"until": _("It would end before it began, on %(day)s.") % {"day": row.since}})
    row.until = until
    row.full_clean()
    row.save(update_fields=["until"])


def _days(row: Contact | Holding) -> dict[str, Any]:
    return {"since": row.since and row.since.isoformat(), "until": row.until and row.until.isoformat()}


def _reached(contact: Contact) -> dict[str, Any]:
    return {"contact": contact.pk, "kind": contact.kind, "value": contact.value, **_days(contact)}


def _held(holding: Holding) -> dict[str, Any]:
    return {"holding": holding.pk, "asset": holding.asset_id, "role": holding.role, **_days(holding)}
