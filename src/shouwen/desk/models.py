"""What the desk itself remembers: who has which matter open (在场). Nothing of it is part of any journal."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shouwen.journal.models import Subject


class Presence(models.Model):
    """在场: a person has a matter's page open; told anew every few seconds, old ones count for nothing."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", verbose_name=_("subject"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    writing = models.BooleanField(_("writing"), default=False)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["subject", "person"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.person_id}"
