"""Integrations (对接系统), their tokens (令牌) and the answers that idempotency keys repeat (幂等应答)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouwen.organisation.models import Person

PERSON = settings.AUTH_USER_MODEL


class Scope(models.TextChoices):
    """What a token may be used for (权限范围); what it reaches is what its integration's person sees."""

    MATTERS_READ = "matters:read", _("read matters, entries, duties")
    MATTERS_RECORD = "matters:record", _("take matters in and record entries")
    CUSTOMERS_READ = "customers:read", _("read customers and homes, masked")
    CUSTOMERS_WRITE = "customers:write", _("register customers, contacts and homes")
    POLICIES_READ = "policies:read", _("read regulations and calendars")
    ORGANISATION_READ = "organisation:read", _("read units, posts and people")
    FILES_READ = "files:read", _("download attachments")
    FILES_WRITE = "files:write", _("upload attachments")
    WEBHOOKS_MANAGE = "webhooks:manage", _("subscribe to webhooks")
    REVEAL = "reveal", _("see personal data in full, each time for a reason that is written down")


class Integration(models.Model):
    """对接系统: another system. It acts as a person of its own, whose posts decide what it sees and may do.

    ``contact`` is told when something about it needs a human being.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    person = models.OneToOneField(PERSON, models.PROTECT, related_name="integration", verbose_name=_("acts as"))
    contact = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """令牌: shown once, kept as its SHA-256. ``prefix`` is its public beginning, by which people tell tokens apart.

    ``minute`` (minutes since 1970, UTC) and ``used`` count the calls of the running minute.
    """

    integration = models.ForeignKey(Integration, models.PROTECT, related_name="tokens", verbose_name=_("integration"))
    prefix = models.CharField(_("prefix"), max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    rate = models.PositiveIntegerField(_("calls a minute"), default=600)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    minute = models.PositiveBigIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["integration", "-since"]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="token_period"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="token_rate"),
        ]

    def __str__(self) -> str:
        return self.prefix

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything at ``at`` (aware)."""
        person: Person = self.integration.person
        ended = [moment for moment in (self.until, self.revoked_at, self.integration.until) if moment is not None]
        return self.since <= at and all(at < moment for moment in ended) and person.is_active


class Answer(models.Model):
    """幂等应答: what a call under an Idempotency-Key was answered, written in the transaction of its effect.

    Kept for thirty days (``once.KEPT``).
    """

    integration = models.ForeignKey(Integration, models.PROTECT, related_name="+", verbose_name=_("integration"))
    key = models.CharField(_("key"), max_length=128)
    fingerprint = models.CharField(_("SHA-256 of method, address and body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.TextField(_("answer"))
    headers = models.JSONField(_("headers"), default=dict)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["integration", "key"], name="answer_once")]
        indexes = [models.Index(fields=["made_at"], name="answer_made")]

    def __str__(self) -> str:
        return self.key
