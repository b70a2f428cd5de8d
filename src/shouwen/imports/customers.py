"""Customers (客户) of an import: matched by telephone or by name, made, or left out, as the mapping says."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from shouwen.customers.actions import register
from shouwen.customers.masking import mask_phone
from shouwen.customers.models import Customer
from shouwen.customers.phones import digits_of
from shouwen.customers.queries import named, with_phone
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
        sought = digits_of(phone) if self._spec.match == "phone" else name
        if not sought:
            if phone and self._spec.unknown == CREATE:
                raise RowRefused(f"电话读不出，建不了客户档案（{mask_phone(phone[:SHOWN])}）")
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
        by_phone = self._spec.match == "phone"
        fitting = with_phone(sought, within, localdate(self._now)) if by_phone else named(sought, within)
        found = list(fitting[:2])
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
