"""Customers (客户), their contacts (联系方式), assets (房产) and who holds which since when (权属).

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
from shouwen.organisation.models import Unit

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
    """Customers whose file a unit of this path or below keeps, or who hold or held something there."""
    holding = Holding.objects.filter(customer=OuterRef("pk"), asset__unit__path__prefix=path)
    return Q(unit__path__prefix=path) | Q(Exists(holding))


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class Customer(models.Model):
    """客户: whoever the house serves. ``unit`` keeps the file; what they hold may lie in others."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="customers", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.PERSON)
    name = PrefixField(_("name"), max_length=100, db_index=True)
    pinyin = PinyinField(_("pinyin"), max_length=255, blank=True, editable=False, db_index=True)
    initials = InitialsField(_("pinyin initials"), max_length=100, blank=True, editable=False, db_index=True)
    registered_at = models.DateTimeField(_("registered at"))

    reach = Reach(unit=served_within)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="customer_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
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
