"""What intake looks up by: for whom and for which home a matter was brought (repeats are found by it)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shouwen.journal.models import Subject
from shouwen.organisation.models import Unit


class Brought(models.Model):
    """来件: written with the ``received`` entry of a matter, from its envelope alone."""

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="brought")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    customer = models.CharField(_("customer"), max_length=40, blank=True)
    asset = models.CharField(_("asset"), max_length=40, blank=True)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("brought matter")
        verbose_name_plural = _("brought matters")
        indexes = [
            models.Index(fields=["customer", "-received_at"], name="brought_customer"),
            models.Index(fields=["asset", "-received_at"], name="brought_asset"),
            models.Index(fields=["unit", "-received_at"], name="brought_unit"),
        ]

    def __str__(self) -> str:
        return str(self.subject_id)
