"""Units (单位), posts (岗位), people (人员), who held which post when (任职), with which authority (权限), and who
stood in for whom (代理) while away (不在岗).

Periods are half-open: ``since`` belongs to them, ``until`` does not; without ``until`` they go on.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shouwen.organisation.fields import InitialsField, PinyinField, PrefixField
from shouwen.organisation.reach import Reach

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Rows that hold for a period of instants."""

    def holding(self, at: datetime) -> "DatedQuerySet[M]":
        """Those that hold at ``at`` (aware)."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)

    def overlapping(self, since: datetime, until: datetime | None) -> "DatedQuerySet[M]":
        """Those that hold at some instant of the period."""
        found = self.filter(Q(until__isnull=True) | Q(until__gt=since))
        return found if until is None else found.filter(since__lt=until)


def period_check(name: str) -> models.CheckConstraint:
    """A period does not end before it begins."""
    return models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name=name)


def _unfilled(*values: object) -> bool:
    """Whether a form left one of these empty: that is said at its field, and nothing further is asked."""
    return any(value is None for value in values)


class UnitKind(models.TextChoices):
    """单位种类。"""

    GROUP = "group", _("Group")
    REGION = "region", _("Region")
    BRANCH = "branch", _("Branch")
    PROJECT = "project", _("Project")
    DEPARTMENT = "department", _("Department")
    PROPERTY = "property", _("Property manager")
    CONTRACTOR = "contractor", _("Contractor")


class Unit(models.Model):
    """单位: a node of the group's tree. ``path`` holds the ids from the root down to it, as ``/1/4/9/``."""

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("superior unit")
    )
    path = PrefixField(_("path"), max_length=255, unique=True, editable=False)
    zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DatedQuerySet["Unit"].as_manager()
    reach = Reach(unit="")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["pk"]
        constraints = [
            period_check("unit_period"),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind"),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=Q(until__isnull=True), name="unit_name_among_siblings"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(until__isnull=True, parent__isnull=True), name="unit_name_of_root"
            ),
        ]
        indexes = [models.Index(fields=["kind", "path"], name="unit_kind_path")]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Gives a new unit its path; a unit that stands is moved by ``actions.move_unit`` alone."""
        if not self._state.adding:
            super().save(**kwargs)
            return
        with transaction.atomic():
            self.path = f"new {uuid4()}"
            super().save(**kwargs)
            self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
            type(self).objects.filter(pk=self.pk).update(path=self.path)

    @property
    def line(self) -> tuple[int, ...]:
        """The ids from the root down to this unit."""
        return line_of(self.path)


def line_of(path: str) -> tuple[int, ...]:
    """The unit ids of a path, from the root down."""
    return tuple(int(part) for part in path.split("/") if part)


class Person(AbstractUser):
    """人员: who works in the house and signs in, from ``date_joined`` until ``until``, when he was shut out."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = PrefixField(_("name"), max_length=100, db_index=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    pinyin = PinyinField(_("pinyin"), max_length=255, blank=True, editable=False, db_index=True)
    initials = InitialsField(_("pinyin initials"), max_length=100, blank=True, editable=False, db_index=True)
    auditor = models.BooleanField(_("auditor"), default=False, help_text=_("sees everything, does nothing"))
    until = models.DateTimeField(_("left at"), null=True, blank=True)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["pinyin", "pk"]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Post(models.Model):
    """岗位: a place in a unit for a period, named in the regulation's words (客户服务分部, 公司分管领导)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=100)
    is_duty_post = models.BooleanField(
        _("duty post"), default=False, help_text=_("takes what comes to the unit and is nobody's yet")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DatedQuerySet["Post"].as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["unit", "pk"]
        constraints = [
            period_check("post_period"),
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(until__isnull=True), name="post_name_in_unit"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_duty_post=True, until__isnull=True), name="post_one_duty_post"
            ),
        ]
        indexes = [models.Index(fields=["name", "unit"], name="post_name_unit")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A unit has one duty post, and one post of a name, at a time."""
        if _unfilled(self.since, self.unit_id):
            return
        others = Post.objects.overlapping(self.since, self.until).filter(unit=self.unit_id).exclude(pk=self.pk)
        if others.filter(name=self.name).exists():
            raise ValidationError({"name": gettext("This unit has a post of this name at that time.")})
        if self.is_duty_post and others.filter(is_duty_post=True).exists():
            raise ValidationError({"is_duty_post": gettext("This unit has a duty post already.")})


class Appointment(models.Model):
    """任职: a person in a post for a period; a person may hold several posts, a post several people."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name=_("person"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name=_("post"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DatedQuerySet["Appointment"].as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["post", "since"]
        constraints = [
            period_check("appointment_period"),
            models.UniqueConstraint(
                fields=["person", "post"], condition=Q(until__isnull=True), name="appointment_once_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["post", "since"], name="appointment_post_since"),
            models.Index(fields=["person", "since"], name="appointment_person_since"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.since:%Y-%m-%d}"

    def clean(self) -> None:
        """Nobody holds the same post twice at once."""
        if _unfilled(self.since):
            return
        others = Appointment.objects.overlapping(self.since, self.until).exclude(pk=self.pk)
        if others.filter(person=self.person_id, post=self.post_id).exists():
            raise ValidationError({"person": gettext("This person already holds this post at that time.")})
        ends = self.post.until
        if ends is not None and (self.until is None or self.until > ends):
            raise ValidationError({"until": gettext("The post ends on %(when)s.") % {"when": f"{ends:%Y-%m-%d %H:%M}"}})


class Absence(models.Model):
    """不在岗: a person is away for a period (leave, travel, illness). What is his stays his; his deputy sees to it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences", verbose_name=_("person"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DatedQuerySet["Absence"].as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["person", "since"]
        constraints = [period_check("absence_period")]
        indexes = [models.Index(fields=["person", "since"], name="absence_person_since")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m-%d}"

    def clean(self) -> None:
        """One absence at a time."""
        if _unfilled(self.since):
            return
        others = Absence.objects.overlapping(self.since, self.until).exclude(pk=self.pk)
        if others.filter(person=self.person_id).exists():
            raise ValidationError({"since": gettext("This person is already away at that time.")})


class Delegation(models.Model):
    """代理: for a period a deputy stands in for a person, in all that is his, or in one of his posts (``post``)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations", verbose_name=_("person"))
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name=_("post")
    )
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputed", verbose_name=_("deputy"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DatedQuerySet["Delegation"].as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["person", "since"]
        constraints = [
            period_check("delegation_period"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="delegation_not_to_oneself"),
        ]
        indexes = [
            models.Index(fields=["person", "since"], name="delegation_person_since"),
            models.Index(fields=["deputy", "since"], name="delegation_deputy_since"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.deputy_id} {self.since:%Y-%m-%d}"

    def clean(self) -> None:
        """One deputy at a time for the same; of a post that is his; to nobody who, at that time, leads back to him."""
        if self.person_id == self.deputy_id:
            raise ValidationError({"deputy": gettext("Nobody stands in for himself.")})
        if _unfilled(self.since, self.person_id, self.deputy_id):
            return
        others = Delegation.objects.overlapping(self.since, self.until).exclude(pk=self.pk)
        if others.filter(person=self.person_id, post=self.post_id).exists():
            raise ValidationError({"since": gettext("This is already delegated at that time.")})
        if self.post_id is not None:
            held = Appointment.objects.overlapping(self.since, self.until)
            if not held.filter(person=self.person_id, post=self.post_id).exists():
                raise ValidationError({"post": gettext("This person does not hold this post at that time.")})
        if self._leads_back():
            raise ValidationError({"deputy": gettext("The deputy's own delegations lead back to this person.")})

    def _leads_back(self) -> bool:
        """Whether delegations that hold together with this one lead from the deputy to the person: a ring."""
        seen: set[tuple[int, datetime, datetime | None]] = set()
        waiting = [(self.deputy_id, self.since, self.until)]
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            who, since, until = place
            for link in Delegation.objects.overlapping(since, until).filter(person=who).exclude(pk=self.pk):
                if link.deputy_id == self.person_id:
                    return True
                ends = [one for one in (until, link.until) if one is not None]
                waiting.append((link.deputy_id, max(since, link.since), min(ends, default=None)))
        return False


class Authority(models.Model):
    """权限: for a period a post decides on matters of a kind (费用审批), up to ``limit`` yuan; None is without limit.

    ``category`` narrows it to one sort of them (维修费用); empty is every sort.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="authorities", verbose_name=_("post"))
    kind = models.CharField(_("kind of authority"), max_length=100)
    limit = models.DecimalField(
        _("limit in yuan"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    category = models.CharField(_("category"), max_length=100, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DatedQuerySet["Authority"].as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["post", "kind", "since"]
        constraints = [
            period_check("authority_period"),
            models.CheckConstraint(condition=Q(limit__isnull=True) | Q(limit__gte=0), name="authority_limit"),
        ]
        indexes = [
            models.Index(fields=["kind", "post"], name="authority_kind_post"),
            models.Index(fields=["post", "since"], name="authority_post_since"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.kind}"

    def clean(self) -> None:
        """A post has one limit at a time for the same."""
        if _unfilled(self.since):
            return
        others = Authority.objects.overlapping(self.since, self.until).exclude(pk=self.pk)
        if others.filter(post=self.post_id, kind=self.kind, category=self.category).exists():
            raise ValidationError({"since": gettext("This post already has this authority at that time.")})

    def suffices(self, amount: Decimal | None) -> bool:
        """Whether a sum lies within the limit; without a sum any limit will do."""
        return amount is None or self.limit is None or amount <= self.limit
