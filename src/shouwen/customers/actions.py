"""What is done to the registry: one function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault, never with the value.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.customers.models import (
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
from shouwen.organisation.models import Unit

FEWEST_DIGITS = 5


@transaction.atomic
def register(
    unit: Unit, name: str, at: datetime, *, kind: str = CustomerKind.PERSON, phones: Iterable[str] = ()
) -> Customer:
    """A new customer whose file ``unit`` keeps, reached by ``phones``."""
    customer = Customer(unit=unit, name=name.strip(), kind=kind, registered_at=at)
    customer.full_clean()
    customer.save()
    for phone in phones:
        add_contact(customer, phone)
    return customer


@transaction.atomic
def rename(customer: Customer, name: str) -> Customer:
    """Puts another name on the file; pinyin and initials follow."""
    customer.name = name.strip()
    customer.full_clean()
    customer.save()
    return customer


@transaction.atomic
def add_contact(customer: Customer, value: str, *, kind: str = ContactKind.PHONE, since: date | None = None) -> Contact:
    """One more way to reach a customer; the same one again is the one that stands."""
    written = value.strip()
    if kind == ContactKind.PHONE and len(digits_of(written)) < FEWEST_DIGITS:
        raise ValidationError({"value": _("This is no telephone number.")})
    known = Contact.objects.filter(customer=customer, kind=kind, value=written, until__isnull=True).first()
    if known is not None:
        return known
    contact = Contact(customer=customer, kind=kind, value=written, since=since)
    contact.full_clean()
    contact.save()
    return contact


@transaction.atomic
def end_contact(contact: Contact, until: date) -> Contact:
    """The customer is no longer reached that way; it stays in the file."""
    contact.until = until
    contact.full_clean()
    contact.save(update_fields=["until"])
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
def hold(customer: Customer, asset: Asset, *, role: str = HoldingRole.OWNER, since: date | None = None) -> Holding:
    """From ``since`` on the customer holds the asset; who holds it already goes on."""
    known = Holding.objects.filter(customer=customer, asset=asset, role=role, until__isnull=True).first()
    if known is not None:
        return known
    holding = Holding(customer=customer, asset=asset, role=role, since=since)
    holding.full_clean()
    holding.save()
    return holding


@transaction.atomic
def end_holding(holding: Holding, until: date) -> Holding:
    """From ``until`` on the customer holds the asset no longer; it stays in the file."""
    holding.until = until
    holding.full_clean()
    holding.save(update_fields=["until"])
    return holding
