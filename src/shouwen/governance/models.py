"""Published policies (规章版本), where they are in force (施行), and calendar tables (日历表)."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouwen.organisation.models import DatedQuerySet, Unit, period_check

PERSON = settings.AUTH_USER_MODEL
STATUTORY = "cn"


class PolicyVersion(models.Model):
    """规章版本: one published text of a policy file; never changed afterwards.

    With a ``composition`` it is no text of its own (并行): what several versions that hold for one subject come to, and
    clauses that do not run for what other policies there say; ``{"parts": [[version, readings], …], "without": {clause:
    by}}``. ``links`` repeats from the text (way, clause or demand of another policy, own clause), so that what holds
    beside it is found without reading it.
    """

    name = models.CharField(_("name"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    version = models.CharField(_("version"), max_length=64)
    digest = models.CharField(_("SHA-256 of the text"), max_length=64, unique=True)
    text = models.TextField(_("text"), blank=True)
    links = models.JSONField(_("what its clauses say of others"), default=list, blank=True)
    composition = models.JSONField(_("made of"), null=True, blank=True)
    effective = models.CharField(_("effective from"), max_length=10, help_text=_("as the text says, YYYY-MM-DD"))
    published_at = models.DateTimeField(_("published at"))
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["name", "-published_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="policyversion_name_version")]
        indexes = [models.Index(fields=["name", "-published_at"], name="policyversion_published")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class PublicationState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Publication(models.Model):
    """规章发布: a text that somebody proposes to put in force, with what it would do, and who decided on it.

    ``unit``, ``kinds``, ``readings``, ``since``: where, for what and how it is to hold; without ``since`` from the
    approval on. ``effects``: what matters of late would have met, as the approver sees it. Only an approved one has a
    ``policy_version``. ``what_if``: the id of a kept what-if (`insight.WhatIf`) that the approver is to see.
    """

    name = models.CharField(_("name"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    version = models.CharField(_("version"), max_length=64)
    text = models.TextField(_("text"))
    before = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compared with")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="publications", verbose_name=_("unit"))
    kinds = models.JSONField(_("kinds of subject"))
    readings = models.JSONField(_("readings taken"), default=dict, blank=True)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=500)
    what_if = models.UUIDField(_("what-if"), null=True, blank=True)
    effects = models.JSONField(_("effects"), default=list, blank=True)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    state = models.CharField(_("state"), max_length=10, choices=PublicationState, default=PublicationState.PROPOSED)
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    opinion = models.CharField(_("opinion"), max_length=500, blank=True)
    policy_version = models.OneToOneField(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="publication", verbose_name=_("made")
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PublicationState.values), name="publication_state"),
            models.CheckConstraint(
                condition=Q(state=PublicationState.PROPOSED) ^ Q(decided_at__isnull=False), name="publication_decided"
            ),
            models.CheckConstraint(
                condition=~Q(state=PublicationState.APPROVED)
                | (Q(policy_version__isnull=False, decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
                name="publication_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class InForce(models.Model):
    """施行: a policy version holds for a kind of subject in a unit and all below it that have none of their own.

    Several policies may hold for one kind where a clause says how they stand to each other; of one policy one version.
    Half-open: ``since`` belongs to the period, ``until`` does not.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="policies", verbose_name=_("unit"))
    kind = models.CharField(_("kind of subject"), max_length=64)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="in_force", verbose_name=_("policy version")
    )
    policy = models.CharField(_("policy"), max_length=64, default="", editable=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    readings = models.JSONField(_("readings taken"), default=dict, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    objects = DatedQuerySet["InForce"].as_manager()

    class Meta:
        verbose_name = _("policy in force")
        verbose_name_plural = _("policies in force")
        ordering = ["unit", "kind", "-since"]
        constraints = [
            period_check("inforce_period"),
            models.UniqueConstraint(
                fields=["unit", "kind", "policy"], condition=Q(until__isnull=True), name="inforce_one"
            ),
            models.UniqueConstraint(fields=["unit", "kind", "policy", "since"], name="inforce_since"),
        ]
        indexes = [models.Index(fields=["policy_version", "unit"], name="inforce_version_unit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.since:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.policy = self.policy_version.name
        super().save(*args, **kwargs)


class CalendarTable(models.Model):
    """日历表: the statutory table (no unit), or a unit's own hours and days laid over its superiors'.

    ``week`` holds service hours by ISO weekday, as ``{"1": ["08:30-12:00", "14:00-17:30"]}``; None leaves the
    superior's. ``revision`` changes with every change, so that a kept calendar is known to be old.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    unit = models.OneToOneField(
        Unit, models.PROTECT, null=True, blank=True, related_name="calendar_table", verbose_name=_("unit")
    )
    week = models.JSONField(_("service hours of the week"), null=True, blank=True)
    workdays = models.JSONField(_("working weekdays"), null=True, blank=True)
    makeup_hours = models.JSONField(_("hours of make-up workdays"), null=True, blank=True)
    holiday_hours = models.JSONField(_("hours of holidays"), default=list, blank=True)
    revision = models.UUIDField(_("revision"), default=uuid4, editable=False)

    class Meta:
        verbose_name = _("calendar table")
        verbose_name_plural = _("calendar tables")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(name=STATUTORY), name="calendartable_one_statutory"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarYear(models.Model):
    """A year that the table is the whole truth about (官方历年); a year without one is provisional (暂行)."""

    table = models.ForeignKey(CalendarTable, models.CASCADE, related_name="years", verbose_name=_("calendar table"))
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    imported_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["table", "year"]
        constraints = [
            models.UniqueConstraint(fields=["table", "year"], name="calendaryear_once"),
            models.CheckConstraint(condition=Q(year__gte=1949, year__lte=2199), name="calendaryear_sensible"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class SpecialDayKind(models.TextChoices):
    """特殊日种类, the words of the calendars room."""

    WORKDAY = "workday", _("Workday")
    WEEKEND = "weekend", _("Day off")
    HOLIDAY = "holiday", _("Holiday")
    MAKEUP_WORKDAY = "makeup_workday", _("Make-up workday")


class CalendarDay(models.Model):
    """特殊日: a date that differs from the week; ``hours`` None means those of its kind."""

    table = models.ForeignKey(CalendarTable, models.CASCADE, related_name="days", verbose_name=_("calendar table"))
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=20, choices=SpecialDayKind)
    name = models.CharField(_("name"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    hours = models.JSONField(_("hours"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["table", "date"]
        constraints = [
            models.UniqueConstraint(fields=["table", "date"], name="calendarday_once"),
            models.CheckConstraint(condition=Q(kind__in=SpecialDayKind.values), name="calendarday_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"


class CalendarVersion(models.Model):
    """日历版本: all that one calendar was made of, under the name that its content gives it; never changed."""

    version = models.CharField(_("version"), max_length=200, primary_key=True)
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["version"]

    def __str__(self) -> str:
        return self.version


class Escalation(models.Model):
    """逐级上报: one step of the house's own ladder, where the regulation has none.

    When a duty of a subject of this ``kind`` (empty: any) in the unit or below it has been overdue for ``hours``, the
    nearest post of this name from the subject's unit upwards is told. It is ours, not a clause's: it opens no duty and
    scores nobody. Half-open period.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="ladder", verbose_name=_("unit"))
    kind = models.CharField(_("kind of subject"), max_length=64, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    hours = models.PositiveIntegerField(_("hours overdue"))
    post = models.CharField(_("post that is told"), max_length=100)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    objects = DatedQuerySet["Escalation"].as_manager()

    class Meta:
        verbose_name = _("step of the ladder")
        verbose_name_plural = _("ladder of escalation")
        ordering = ["unit", "kind", "level"]
        constraints = [
            period_check("escalation_period"),
            models.UniqueConstraint(
                fields=["unit", "kind", "level"], condition=Q(until__isnull=True), name="escalation_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.post} {self.hours} h"


class Term(models.Model):
    """词条: a value that the house offers for a free field of an event (渠道, 来源), beside those of the policy.

    It is an offer, never a limit: another value may be written all the same. Half-open period.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="terms", verbose_name=_("unit"))
    event = models.CharField(_("event"), max_length=64)
    field = models.CharField(_("field"), max_length=64)
    value = models.CharField(_("value"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DatedQuerySet["Term"].as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["event", "field", "order", "pk"]
        constraints = [
            period_check("term_period"),
            models.UniqueConstraint(
                fields=["unit", "event", "field", "value"], condition=Q(until__isnull=True), name="term_of_unit"
            ),
            models.UniqueConstraint(
                fields=["event", "field", "value"],
                condition=Q(until__isnull=True, unit__isnull=True),
                name="term_of_house",
            ),
        ]

    def __str__(self) -> str:
        return self.value
