"""What the desk itself remembers: who has which matter open (在场), what the worker does for administrators (后台任务).

Nothing of it is part of any journal.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shouwen.insight.models import JobState
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


class Task(models.Model):
    """后台任务: something too long for a page, which the worker does while its asker goes on with other things.

    ``asked``: what ``kind`` (of ``administration.tasks.WORK``) needs to know. ``result``: the sections of a page.
    ``touched_at``: when the worker last said how far it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    kind = models.CharField(max_length=40)
    title = models.CharField(_("title"), max_length=200)
    asked = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.RUNNING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    result = models.JSONField(default=list)
    made_at = models.DateTimeField(_("asked at"))
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["person", "-made_at"], name="task_of_person")]

    def __str__(self) -> str:
        return str(self.pk)
