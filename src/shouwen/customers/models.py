"""Customers (客户), their contacts (联系方式), assets (房产) and who holds which since when (权属).

Files that turn out to be one customer's are merged: nothing moves, the file that goes on is read together with
those merged into it. So taking a merge back leaves every row as it was.

Nothing here says a name, number or address in ``repr``: it would end in logs.
Periods are days, half-open: ``since`` belongs to them, ``until`` does not; ``since`` None is unknown.
"""

from datetime import date
from typing import TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from shouwen.customers.fields import BackwardsField
from shouwen.organisation.access import Reach
from shouwen.organisation.fields import InitialsField, PinyinField, PrefixField
from shouwen.organisation.models import Person, Unit

M = TypeVar("M", bound=models.Model)


class HeldQuerySet(models.QuerySet[M]):
    """Rows that hold for a period of days."""

    def on(self, day: date) -> "HeldQuerySet[M]":
        """Those that hold on ``day``."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), Q(since__isnull=True) | Q(since__lte=day))


def _period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")), name=name
    )


def served_within(path: str) -> Q:
    """Customers whose file a unit of this path or below keeps, or who hold or held something there.

    What is true of a file merged into another is true of the one that goes on.
    """
    held = Holding.objects.filter(asset__unit__path__prefix=path)
    return (
        Q(unit__path__prefix=path)
        | Q(Exists(held.filter(customer=OuterRef("pk"))))
        | Q(Exists(Customer.objects.filter(survivor=OuterRef("pk"), unit__path__prefix=path)))
        | Q(Exists(held.filter(customer__survivor=OuterRef("pk"))))
    )


class CustomerQuerySet(models.QuerySet["Customer"]):
    def standing(self) -> "CustomerQuerySet":
        """The files that go on: those merged into another are read with it."""
        return self.filter(survivor__isnull=True)


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Individual")
    COMPANY = "company", _("Company")


class Customer(models.Model):
    """客户: whoever the house serves. ``unit`` keeps the file; what they hold may lie in others.

    ``merged_into`` is the file that it was merged into, ``survivor`` the one that goes on at the end of such a chain;
    both None for a file that stands.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="customers", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.PERSON)
    name = PrefixField(_("name"), max_length=100, db_index=True)
    pinyin = PinyinField(_("pinyin"), max_length=255, blank=True, editable=False, db_index=True)
    initials = InitialsField(_("pinyin initials"), max_length=100, blank=True, editable=False, db_index=True)
    registered_at = models.DateTimeField(_("registered at"))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_in", verbose_name=_("merged into")
    )
    survivor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("goes on as")
    )

    objects = CustomerQuerySet.as_manager()
    reach = Reach(unit=served_within)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="customer_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, survivor__isnull=True)
                | (Q(survivor__isnull=False) & ~Q(merged_into=F("pk"))),
                name="customer_merged_elsewhere",
            ),
        ]
        indexes = [models.Index(fields=["unit", "pinyin"], name="customer_unit_pinyin")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    ADDRESS = "address", _("Address")


class Contact(models.Model):
    """联系方式: one way to reach a customer. ``backwards`` lets the end of a number be found by index."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind, default=ContactKind.PHONE)
    value = models.CharField(_("value"), max_length=200)
    backwards = BackwardsField(_("digits backwards"), max_length=40, blank=True, editable=False, db_index=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = HeldQuerySet["Contact"].as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["customer", "pk"]
        constraints = [
            _period("contact_period"),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind"),
            models.UniqueConstraint(
                fields=["customer", "kind", "value"], condition=Q(until__isnull=True), name="contact_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Asset(models.Model):
    """房产: a home or other room of a project. ``building`` 3, ``entrance`` 2, ``room`` 1201: without 栋, 单元, 室."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assets", verbose_name=_("project"))
    building = models.CharField(_("building"), max_length=30, blank=True)
    entrance = models.CharField(_("entrance"), max_length=30, blank=True)
    room = PrefixField(_("room"), max_length=30)
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)

    reach = Reach(unit="unit")

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ["unit", "building", "entrance", "room"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "building", "entrance", "room"], name="asset_once"),
            models.CheckConstraint(condition=~Q(room=""), name="asset_has_room"),
        ]
        indexes = [models.Index(fields=["room", "building"], name="asset_room_building")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def label(self) -> str:
        """As it is typed: ``3-2-1201``. Where somebody lives is personal: not for logs."""
        return "-".join(part for part in (self.building, self.entrance, self.room) if part)


class HoldingRole(models.TextChoices):
    OWNER = "owner", _("Property owner")
    TENANT = "tenant", _("Tenant")
    OCCUPIER = "occupier", _("Occupier")


class Holding(models.Model):
    """权属: a customer holds an asset for a period, as owner (业主), tenant (租户) or occupier (使用人)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holdings", verbose_name=_("customer"))
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="holdings", verbose_name=_("asset"))
    role = models.CharField(_("role"), max_length=10, choices=HoldingRole, default=HoldingRole.OWNER)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = HeldQuerySet["Holding"].as_manager()

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        ordering = ["customer", "pk"]
        constraints = [
            _period("holding_period"),
            models.CheckConstraint(condition=Q(role__in=HoldingRole.values), name="holding_role"),
            models.UniqueConstraint(
                fields=["customer", "asset", "role"], condition=Q(until__isnull=True), name="holding_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Act(models.TextChoices):
    """What was done to a file."""

    REGISTERED = "registered", _("Registered")
    RENAMED = "renamed", _("Name or kind changed")
    CONTACT_ADDED = "contact_added", _("Contact added")
    CONTACT_ENDED = "contact_ended", _("Contact ended")
    HELD = "held", _("Moved in")
    RELEASED = "released", _("Moved out")
    MERGED = "merged", _("Merged into another file")
    TOOK_IN = "took_in", _("Took in another file")
    UNMERGED = "unmerged", _("Merge taken back")
    GAVE_BACK = "gave_back", _("Gave a file back")
    KEPT_APART = "kept_apart", _("Found to be another customer")


class Change(models.Model):
    """变更: one act upon a customer's file, with what stood before and after; personal, so it stays in this room.

    The database refuses to change or delete it; ``before`` and ``after`` can only be blanked, both together, where the
    law has them erased. ``by`` None is the house itself (an import, a demonstration).
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="changes", verbose_name=_("customer"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    act = models.CharField(_("act"), max_length=20, choices=Act)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(act__in=Act.values), name="change_act")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Apart(models.Model):
    """非同一人: two files that look alike and were found to be two customers; ``one`` has the smaller id."""

    one = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("kept apart")
        verbose_name_plural = _("kept apart")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="apart_order"),
        ]

    def __str__(self) -> str:
        return f"#{self.one_id} #{self.other_id}"
