"""How each person wants to be told (通知设置), and what the loopback sender would have sent (样张)."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL
HOURS = [MaxValueValidator(240)]


class Preferences(models.Model):
    """通知设置: what a person has chosen; what he has not chosen is as ``kinds.KINDS`` has it.

    ``ways``: by kind of notice and channel, ``now``, ``digest`` or ``off``. Hours of the day are the house's zone's.
    ``second_at``: digests come twice a day. ``quiet_from`` to ``quiet_until``: nothing goes out, across midnight where
    it begins later than it ends. ``urgent_through``: what is urgent goes out at once all the same.
    """

    person = models.OneToOneField(PERSON, models.CASCADE, primary_key=True, related_name="preferences")
    ways = models.JSONField(_("ways"), default=dict)
    wecom = models.CharField(_("WeCom account"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    digest_at = models.TimeField(_("digest at"), default=time(8, 30))
    second_at = models.TimeField(_("second digest at"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    urgent_through = models.BooleanField(_("what is urgent comes at once"), default=True)
    urgent_hours = models.PositiveSmallIntegerField(_("urgent from hours before due"), default=4, validators=HOURS)
    remind_hours = models.PositiveSmallIntegerField(_("remind hours before due"), default=4, validators=HOURS)

    class Meta:
        verbose_name = _("notice settings")
        verbose_name_plural = _("notice settings")

    def __str__(self) -> str:
        return str(self.pk)


class Progress(models.Model):
    """How far something that goes by time has come."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """样张: what the loopback sender was handed; each message once, by its key."""

    key = models.CharField(max_length=400, unique=True)
    channel = models.CharField(_("channel"), max_length=16)
    address = models.CharField(_("address"), max_length=254)
    title = models.CharField(_("title"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.channel} {self.at:%Y-%m-%d %H:%M}"
