"""Subscriptions of other systems (订阅) and what became of each delivery (投递记录)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shouwen.journal.models import Outbox
from shouwen.organisation.models import Unit

PERSON = settings.AUTH_USER_MODEL


class Webhook(models.Model):
    """订阅: an address that is told of entries, of subjects that ``person`` sees.

    ``events``, ``kinds``: empty is all. ``unit``: this one and all below; None is all that the person sees.
    ``secret`` signs, ``secret_before`` too until ``before_until``. ``rests_until``: nothing is tried before then, after
    a failure. ``disabled_at``: the house has switched it off; what it is to be told waits until somebody switches it
    on again. ``ended_at``: taken away; its deliveries stay on record.
    """

    person = models.ForeignKey(PERSON, models.PROTECT, related_name="webhooks", verbose_name=_("acts as"))
    contact = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list, blank=True)
    kinds = models.JSONField(_("kinds of subject"), default=list, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    secret = models.CharField(max_length=100)
    secret_before = models.CharField(max_length=100, blank=True)
    before_until = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(_("made at"))
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(_("switched off at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """投递记录: one request, with the status and the beginning of its answer. ``status`` None: no answer came."""

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries", verbose_name=_("webhook"))
    outbox = models.ForeignKey(Outbox, models.CASCADE, related_name="webhook_deliveries")
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    delivered = models.BooleanField(_("delivered"))
    error = models.CharField(_("error"), max_length=500, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [models.Index(fields=["webhook", "-id"], name="webhookdelivery_latest")]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.at:%Y-%m-%d %H:%M:%S}"
