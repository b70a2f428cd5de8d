"""Mail that came (来信), mail that went to customers (去信), and addresses that mail came back from (退信)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouwen.journal.models import Outbox, Subject
from shouwen.organisation.access import Reach
from shouwen.organisation.models import Unit


class Mailbox(models.Model):
    """How far a mailbox has been read; which there are, the site says (``SHOUWEN_IMAP``)."""

    name = models.CharField(_("name"), max_length=200, primary_key=True)
    uid_validity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(_("read again at"), null=True)
    read_at = models.DateTimeField(_("last read at"), null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    """What became of a mail."""

    MATTER = "matter", _("Opened a matter")
    ENTRY = "entry", _("Added to its matter")
    RETURNED = "returned", _("Mail that came back")
    LOOK = "look", _("To be looked at")
    DISMISSED = "dismissed", _("Set aside")


class Incoming(models.Model):
    """来信: each mail once, by its ``key``. ``title`` and ``text`` are kept only while somebody has yet to look at it:
    what became an entry is sealed there. ``reason``: why the house did nothing by itself (a name of ``REASONS``)."""

    key = models.CharField(max_length=64, unique=True)
    mailbox = models.CharField(_("mailbox"), max_length=200)
    kind = models.CharField(_("kind of subject"), max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    message_id = models.CharField(max_length=500, blank=True, db_index=True)
    references = models.JSONField(default=list)
    sender = models.CharField(_("sender"), max_length=254)
    title = models.CharField(_("title"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    files = models.JSONField(_("attachments"), default=list)
    refused = models.JSONField(_("attachments not taken in"), default=list)
    arrived_at = models.DateTimeField(_("arrived at"))
    read_at = models.DateTimeField(_("read at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    said = models.CharField(max_length=500, blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="mail", verbose_name=_("subject"))
    entry = models.PositiveIntegerField(_("entry"), null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handled by")
    )
    handled_at = models.DateTimeField(_("handled at"), null=True)

    reach = Reach()

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mail")
        ordering = ["-arrived_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "arrived_at"], condition=Q(outcome="look"), name="incoming_look"),
            models.Index(fields=["sender", "read_at"], name="incoming_sender"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Letter(models.Model):
    """去信: a mail to a customer about a matter. What it says stands in its entry; ``token`` finds the matter again."""

    outbox = models.OneToOneField(Outbox, models.PROTECT, related_name="letter")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="letters", verbose_name=_("subject"))
    entry = models.PositiveIntegerField(_("entry"), null=True)
    message_id = models.CharField(max_length=255, unique=True)
    token = models.CharField(max_length=20, db_index=True)
    answers = models.ForeignKey(Incoming, models.PROTECT, null=True, related_name="+", verbose_name=_("answers"))
    made_at = models.DateTimeField(_("made at"))
    returned_at = models.DateTimeField(_("came back at"), null=True)
    returned = models.CharField(_("why it came back"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Returned(models.Model):
    """存疑的地址: mail to this address came back (RFC 3464); a mail from it clears it."""

    address = models.CharField(_("address"), max_length=254, unique=True)
    at = models.DateTimeField(_("at"))
    status = models.CharField(_("status"), max_length=20, blank=True)
    said = models.CharField(_("what the other side said"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("doubtful address")
        verbose_name_plural = _("doubtful addresses")

    def __str__(self) -> str:
        return f"#{self.pk}"
