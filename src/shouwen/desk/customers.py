"""What the pages about customers show, masked unless a reason was given."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.customers.changes import of_file
from shouwen.customers.masking import mask_asset, mask_customer, mask_name, mask_value
from shouwen.customers.models import (
    Asset,
    Change,
    Contact,
    ContactKind,
    Customer,
    CustomerKind,
    Holding,
    HoldingRole,
)
from shouwen.customers.queries import Found, contacts_of, described, holdings_of, serves
from shouwen.desk.workbench import with_next_due
from shouwen.journal import access_log
from shouwen.journal.models import AccessLog, Link, Subject, SubjectState
from shouwen.matters.models import Brought
from shouwen.matters.queries import matters_of
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.organisation.seats import Seat, seats

MATTERS = 50
CHANGES = 30
LOOKS = 5
RELATED = ("repeat_of", "part_of")
_KINDS: Mapping[str, str | Promise] = dict(CustomerKind.choices)
_WAYS: Mapping[str, str | Promise] = dict(ContactKind.choices)
_ROLES: Mapping[str, str | Promise] = dict(HoldingRole.choices)


@dataclass(frozen=True)
class Listed:
    """A customer in a list: masked, with how many matters the person may see."""

    customer: Customer
    name: str
    phone: str
    homes: tuple[str, ...]
    open: int
    matters: int


def listed(customers: Iterable[Customer], person: Person, now: datetime, *, whole: bool = False) -> list[Listed]:
    """Rows of a list, in its order; five queries, whatever their number."""
    found = described(customers, localdate(now))
    files = {str(one.customer.pk): one.customer.pk for one in found}
    merged = Customer.objects.filter(survivor__in=list(files.values())).values_list("pk", "survivor")
    files |= {str(pk): survivor for pk, survivor in merged if survivor is not None}
    seen = visible(person, Subject.objects.filter(matter=True), now)
    brought = Brought.objects.filter(customer__in=files, subject__in=seen).values("customer")
    counted = brought.annotate(every=Count("pk"), still=Count("pk", filter=Q(subject__state=SubjectState.OPEN)))
    matters: Counter[int] = Counter()
    standing: Counter[int] = Counter()
    for customer, every, still in counted.values_list("customer", "every", "still"):
        matters[files[customer]] += every
        standing[files[customer]] += still
    return [_listed(one, standing[one.customer.pk], matters[one.customer.pk], whole) for one in found]


def _listed(found: Found, standing: int, matters: int, whole: bool) -> Listed:
    phones = [contact for contact in found.contacts if contact.kind == ContactKind.PHONE]
    return Listed(
        found.customer,
        name_of_customer(found.customer, whole),
        "、".join(reached(contact, whole) for contact in (phones if whole else phones[:1])),
        tuple(place(holding.asset, whole) for holding in found.holdings),
        standing,
        matters,
    )


def name_of_customer(customer: Customer, whole: bool) -> str:
    return customer.name if whole else mask_customer(customer)


def reached(contact: Contact, whole: bool) -> str:
    return contact.value if whole else mask_value(contact.kind, contact.value)


def place(asset: Asset, whole: bool) -> str:
    """A home with its project."""
    return f"{asset.unit.name} {asset.label if whole else mask_asset(asset)}"


@dataclass(frozen=True)
class Kept:
    """A contact or holding on the page: where it stands, and in words."""

    row: Contact | Holding
    text: str
    elsewhere: bool
    """Whether it stands on a file that was merged into this one."""

    @property
    def past(self) -> bool:
        return self.row.until is not None


@dataclass(frozen=True)
class Altered:
    """One field of a change: what stood before and what after, "" for nothing."""

    title: str
    before: str
    after: str
    names: bool
    """Whether it says which contact or home the change is about."""

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class ToldChange:
    """A line of a file's history in words; ``other``: id of the other file of a merge."""

    change: Change
    lines: Sequence[Altered]
    other: int | None
    erased: bool


@dataclass(frozen=True)
class Related:
    """How one of the customer's matters hangs together with another subject."""

    subject: Subject
    role: str
    other: Subject


@dataclass
class CustomerPage:
    """Everything about one customer for one person at one instant; ``customer`` is a file that goes on."""

    customer: Customer
    person: Person
    now: datetime
    whole: bool = False

    @cached_property
    def files(self) -> list[Customer]:
        """The file that goes on, then those merged into it."""
        merged = Customer.objects.filter(survivor=self.customer).select_related("unit").order_by("pk")
        return [self.customer, *merged]

    @property
    def merged(self) -> list[Customer]:
        return self.files[1:]

    @property
    def ids(self) -> list[str]:
        return [str(file.pk) for file in self.files]

    @property
    def name(self) -> str:
        return name_of_customer(self.customer, self.whole)

    @property
    def zone(self) -> str:
        return self.customer.unit.zone

    @cached_property
    def merged_names(self) -> list[tuple[Customer, str]]:
        return [(file, name_of_customer(file, self.whole)) for file in self.merged]

    @cached_property
    def seats(self) -> list[Seat]:
        return seats(self.person, self.now)

    @cached_property
    def may_keep(self) -> bool:
        """Whether the person's posts keep this file: they may change it and see it unmasked."""
        return serves(self.seats, self.files, self._holdings)

    @cached_property
    def _holdings(self) -> list[Holding]:
        return holdings_of(self.customer)

    @cached_property
    def contacts(self) -> list[Kept]:
        return [
            Kept(row, reached(row, self.whole), row.customer_id != self.customer.pk)
            for row in contacts_of(self.customer)
        ]

    @cached_property
    def holdings(self) -> list[Kept]:
        return [Kept(row, place(row.asset, self.whole), row.customer_id != self.customer.pk) for row in self._holdings]

    # --- matters ---------------------------------------------------------------

    @cached_property
    def _seen(self) -> QuerySet[Subject]:
        return visible(self.person, Subject.objects.all(), self.now)

    @cached_property
    def _rows(self) -> QuerySet[Subject]:
        """All matters that the person may see: the list and its counts stand on these."""
        return matters_of(self.ids, self._seen)

    @cached_property
    def matters(self) -> list[Subject]:
        """The latest matters with state and next due time."""
        return list(with_next_due(self._rows).order_by("-opened_at", "-number")[:MATTERS])

    @cached_property
    def counts(self) -> dict[str, int]:
        """``all`` and ``open`` matters."""
        if len(self.matters) < MATTERS:
            still = sum(matter.state == SubjectState.OPEN for matter in self.matters)
            return {"all": len(self.matters), "open": still}
        return self._rows.aggregate(all=Count("pk"), open=Count("pk", filter=Q(state=SubjectState.OPEN)))

    @cached_property
    def related(self) -> list[Related]:
        """Repeats among the matters, and the causes that they are joined to; what the person may not see is not."""
        own = {matter.pk for matter in self.matters}
        links = Link.objects.filter(Q(subject__in=own) | Q(other__in=own), role__in=RELATED)
        rows = links.filter(subject__in=self._seen, other__in=self._seen).select_related("subject", "other")
        return [Related(link.subject, link.role, link.other) for link in rows.order_by("pk")] if own else []

    @property
    def repeats(self) -> list[Related]:
        return [one for one in self.related if one.role == "repeat_of"]

    @property
    def causes(self) -> list[Related]:
        own = {matter.pk for matter in self.matters}
        return [one for one in self.related if one.role == "part_of" and one.subject.pk in own]

    # --- what was done -------------------------------------------------------------

    @cached_property
    def _changes(self) -> list[Change]:
        rows = Change.objects.filter(of_file(self.customer)).select_related("by").order_by("-pk")
        return list(rows[: CHANGES + 1])

    @property
    def changes(self) -> list[ToldChange]:
        """The latest lines of the history."""
        return [self.told(change) for change in self._changes[:CHANGES]]

    @property
    def more_changes(self) -> bool:
        return len(self._changes) > CHANGES

    @property
    def seen(self) -> int:
        """The last change that this page knew."""
        return self._changes[0].pk if self._changes else 0

    def told(self, change: Change) -> ToldChange:
        assets = {row.asset_id: row.asset for row in self._holdings}
        return told(change, assets, self.whole)

    @cached_property
    def looks(self) -> list[AccessLog]:
        """The latest looks at this customer's data."""
        return list(access_log.looks_at(self.ids, self.person, self.now).select_related("person")[:LOOKS])


def told(change: Change, assets: Mapping[int, Asset], whole: bool) -> ToldChange:
    """A change in words, masked unless ``whole``; ``assets`` are those that it may name."""
    before, after = change.before, change.after
    if before is None or after is None:
        return ToldChange(change, (), None, erased=True)
    lines = [
        Altered(
            str(title),
            _word(name, before, assets, whole),
            _word(name, after, assets, whole),
            names=name in ("value", "asset"),
        )
        for name, title in _SAID.items()
        if name in before or name in after
    ]
    other = (after or before).get("other")
    return ToldChange(change, [line for line in lines if line.changed or line.names], other, erased=False)


_SAID: Mapping[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "contacts": gettext_lazy("Contacts"),
    "value": gettext_lazy("Contact"),
    "asset": gettext_lazy("Home"),
    "role": gettext_lazy("Role"),
    "since": gettext_lazy("Since"),
    "until": gettext_lazy("Until"),
}


def _word(name: str, data: Mapping[str, Any], assets: Mapping[int, Asset], whole: bool) -> str:
    value = data.get(name)
    if value in (None, "", []):
        return ""
    if name == "name":
        return str(value) if whole or data.get("kind") == CustomerKind.COMPANY else mask_name(str(value))
    if name == "kind":
        return str(_WAYS.get(value, _KINDS.get(value, value)))
    if name == "contacts":
        return "、".join(_word("value", one, assets, whole) for one in value)
    if name == "value":
        return str(value) if whole else mask_value(str(data["kind"]), str(value))
    if name == "asset":
        return place(assets[value], whole) if value in assets else f"#{value}"
    return str(_ROLES.get(value, value)) if name == "role" else str(value)


_WHAT: Mapping[str, Promise] = {
    "page": gettext_lazy("a matter's page"),
    "customer": gettext_lazy("the customer of a matter"),
    "intake": gettext_lazy("the file, at intake"),
    "customer by phone": gettext_lazy("search by telephone, at intake"),
    "customer search": gettext_lazy("search while typing"),
    "sealed content, exported": gettext_lazy("journals with sealed content"),
    "customer page": gettext_lazy("the customer's page"),
    "customer list": gettext_lazy("search in the list of customers"),
    "customer file": gettext_lazy("form to change the file"),
    "customers compared": gettext_lazy("files compared"),
    "similar customers": gettext_lazy("files alike, at registration"),
    "access log": gettext_lazy("the access log"),
    "ledger": gettext_lazy("the ledger"),
    "letters": gettext_lazy("letters to the customer"),
}
"""What was looked at, in words."""


def looked_at(what: str) -> str:
    """What a line of the access log says was looked at."""
    if what.startswith("attachment "):
        return _("an attachment")
    if what.startswith("mail "):
        return _("a mail")
    if what.startswith("API: "):
        return _("by an integration: %(what)s") % {"what": what.removeprefix("API: ")}
    return str(_WHAT.get(what, what))
