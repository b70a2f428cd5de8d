"""Customers (客户) of an import: matched by telephone or by name, made, or left out, as the mapping says."""

from datetime import datetime

from django.core.exceptions import ValidationError

from shouwen.customers.actions import register
from shouwen.customers.models import Contact, ContactKind, Customer
from shouwen.customers.phones import backwards
from shouwen.imports.mapping import CREATE, CustomerSpec
from shouwen.imports.problems import RowRefused
from shouwen.organisation.models import Unit

NAMELESS = "（未留姓名）"
SHOWN = 40


class Customers:
    """Customers by name and telephone, within the unit whose matter it is and everything below it."""

    def __init__(self, spec: CustomerSpec | None, now: datetime) -> None:
        self._spec = spec
        self._now = now
        self._known: dict[tuple[int, str], Customer | None] = {}
        self.made: set[tuple[int, str]] = set()

    def of(self, unit: Unit, who: tuple[str, str] | None) -> Customer | None:
        """The customer of a row; None where the mapping leaves unknown ones out. Raises RowRefused."""
        if self._spec is None or who is None:
            return None
        name, phone = who
        sought = backwards(phone) if self._spec.match == "phone" else name
        if not sought:
            if phone and self._spec.unknown == CREATE:
                raise RowRefused(f"电话读不出，建不了客户档案（{phone[:SHOWN]}）")
            return None
        key = (unit.pk, sought)
        if key not in self._known:
            self._known[key] = self._find(unit, sought) or self._make(key, unit, name, phone)
        return self._known[key]

    def unmake(self) -> None:
        """What was made is not there any more: its transaction was rolled back."""
        for key in self.made:
            self._known.pop(key, None)
        self.made.clear()

    def _find(self, unit: Unit, sought: str) -> Customer | None:
        assert self._spec is not None
        within = Customer.objects.filter(unit__path__prefix=unit.path)
        if self._spec.match == "phone":
            contacts = Contact.objects.filter(kind=ContactKind.PHONE, backwards=sought, until__isnull=True)
            within = within.filter(pk__in=contacts.values("customer"))
        else:
            within = within.filter(name=sought)
        found = list(within[:2])
        # Two of one name, or two who share a telephone: which one it was cannot be told.
        return found[0] if len(found) == 1 else None

    def _make(self, key: tuple[int, str], unit: Unit, name: str, phone: str) -> Customer | None:
        if self._spec is None or self._spec.unknown != CREATE:
            return None
        try:
            customer = register(unit, name or NAMELESS, self._now, phones=[phone] if phone else [])
        except ValidationError as error:
            raise RowRefused(f"建不了客户档案：{'；'.join(error.messages)}") from None
        self.made.add(key)
        return customer
