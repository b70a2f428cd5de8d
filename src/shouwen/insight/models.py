"""What this room stores. Lines and texts are derived: ``shouwen search reindex`` makes them again from journals."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouwen.governance.models import PolicyVersion
from shouwen.insight import index
from shouwen.insight.seen_by import held_by
from shouwen.journal.models import Subject, SubjectState
from shouwen.organisation.access import Reach
from shouwen.organisation.fields import Prefix, PrefixField
from shouwen.organisation.models import Post, Unit

PERSON = settings.AUTH_USER_MODEL


def _within(path: str) -> Q:
    return Q(path__prefix=path)


def _handled(people: Sequence[int], posts: Sequence[int]) -> Q:
    """What these people and posts own, owe something in, or are named in, as the index says it."""
    return Q(pk__in=index.matching(index.Asked(who=held_by(people, posts))))


def _met(path: str) -> Q:
    return Q(path__met=path)


@PrefixField.register_lookup
class Met(Prefix):
    """``prefix`` that SQLite does not look up in the index: who sees much of the house meets it anyway."""

    lookup_name = "met"

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        return (f"+{sql}" if connection.vendor == "sqlite" else sql), parameters


class Line(models.Model):
    """台账行: one subject as lists show it. Written in the transaction of every entry, never by hand.

    ``next_due``: the earliest due instant of what the house still owes; passed, the matter is overdue, by the clock
    and whether or not anybody wrote so. ``owed``: how many duties of the house stand. ``nature``: the category (类别);
    ``categories``: all axes that are known, as lines ``axis=value``. ``opened_s``: ``opened_at`` in whole seconds since
    1970, for sums. ``customer``: the customer's id, ``customer_name`` masked. ``id`` rises with time.
    """

    subject = models.OneToOneField(Subject, models.CASCADE, related_name="line", verbose_name=_("subject"))
    kind = models.CharField(_("kind"), max_length=64)
    matter = models.BooleanField(_("brought by a customer"))
    number = models.CharField(_("number"), max_length=100, blank=True, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    path = PrefixField(_("path"), max_length=255, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=SubjectState)
    confidential = models.BooleanField(_("confidential"))
    owner_person = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("owner"))
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("owning post"))
    nature = models.CharField(_("category"), max_length=200, blank=True)
    categories = models.TextField(_("categories"), blank=True)
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    customer = models.CharField(_("customer"), max_length=40, blank=True, db_index=True)
    customer_name = models.CharField(_("customer"), max_length=100, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_s = models.BigIntegerField()
    ended_at = models.DateTimeField(_("ended at"), null=True, db_index=True)
    recorded_at = models.DateTimeField(_("last recorded at"), db_index=True)
    next_due = models.DateTimeField(_("next due at"), null=True)
    owed = models.PositiveIntegerField(_("duties"), default=0)
    provisional = models.BooleanField(_("provisional"), default=False)
    stuck_since = models.DateTimeField(_("shut since"), null=True)

    reach = Reach(unit=_within, also=_handled, confidential="confidential")

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("lines of the ledger")
        indexes = [
            models.Index(fields=["opened_at", "id"], name="line_opened"),
            models.Index(fields=["next_due", "id"], name="line_next_due"),
            # Everything that the totals ask: they are counted from this index alone.
            models.Index(
                fields=["matter", "state", "nature", "next_due", "stuck_since", "opened_s", "path", "confidential"],
                name="line_totals",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.subject_id)


class WideLine(Line):
    """The same lines, for who sees many of them: gone through in their order instead of gathered and sorted."""

    reach = Reach(unit=_met, also=_handled, confidential="confidential")

    class Meta:
        proxy = True
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("lines of the ledger")


class Text(models.Model):
    """索引文本: what search finds a line by, folded, exactly as the index holds it.

    ``said``: what its entries say, each ended by a line feed. ``about``: its number and categories. ``whose``: the
    customer's name, pinyin, initials, phones and rooms, each between line feeds. ``named``: posts and people that an
    entry was addressed to; ``who``: all who see it, as the index has them. An ``erased`` entry takes its words out.
    """

    line = models.OneToOneField(Line, models.CASCADE, primary_key=True, related_name="text")
    said = models.TextField(blank=True)
    about = models.TextField(blank=True)
    whose = models.TextField(blank=True)
    named = models.TextField(blank=True)
    who = models.TextField(blank=True)

    class Meta:
        verbose_name = _("text of a line")
        verbose_name_plural = _("texts of lines")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def words(self) -> index.Words:
        return index.Words(self.pk, self.said + self.about + self.whose, self.who)


class SavedView(models.Model):
    """视图: a filter with its columns and its order under a name; its owner's, or shared with a unit's posts."""

    owner = models.ForeignKey(PERSON, models.CASCADE, related_name="+", verbose_name=_("owner"))
    name = models.CharField(_("name"), max_length=60)
    shared_with = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared with")
    )
    query = models.TextField(_("filter"), blank=True)
    columns = models.JSONField(_("columns"), default=list)
    sort = models.CharField(_("sorted by"), max_length=20, blank=True)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """默认视图: the view with which the ledger opens for a person."""

    person = models.OneToOneField(PERSON, models.CASCADE, primary_key=True, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("first view")
        verbose_name_plural = _("first views")

    def __str__(self) -> str:
        return str(self.pk)


class JobState(models.TextChoices):
    DRAFT = "draft", _("Not yet begun")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class BulkJob(models.Model):
    """批量办理: one act upon many matters, each with its own result. ``data`` is what the act's form said."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("person"))
    event = models.CharField(_("event"), max_length=64)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.DRAFT)
    made_at = models.DateTimeField(_("made at"))
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("bulk act")
        verbose_name_plural = _("bulk acts")
        indexes = [models.Index(fields=["person", "made_at"], name="bulk_person")]

    def __str__(self) -> str:
        return f"{self.event} {self.made_at:%Y-%m-%d %H:%M}"


class Outcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RECORDED = "recorded", _("Recorded")
    REFUSED = "refused", _("A gate is shut")
    NOT_ALLOWED = "not_allowed", _("Not allowed")
    INVALID = "invalid", _("Does not fit")


class BulkRow(models.Model):
    """One matter of a bulk act, and what became of it; ``said`` is the reason where nothing was written."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    outcome = models.CharField(_("result"), max_length=12, choices=Outcome, default=Outcome.WAITING)
    said = models.TextField(blank=True)

    class Meta:
        verbose_name = _("row of a bulk act")
        verbose_name_plural = _("rows of bulk acts")
        constraints = [models.UniqueConstraint(fields=["job", "subject"], name="bulk_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "place"], name="bulk_row_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.place}"


class ExportJob(models.Model):
    """导出: a list asked for as a file, for its asker alone. The file is kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("person"))
    query = models.TextField(_("filter"), blank=True)
    columns = models.JSONField(_("columns"), default=list)
    sort = models.CharField(_("sorted by"), max_length=20, blank=True)
    language = models.CharField(max_length=10)
    whole = models.BooleanField(_("in full"), default=False)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.RUNNING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["person", "asked_at"], name="export_person")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class WhatIf(models.Model):
    """若改为: the house's journals as they are and under another policy, counted once and kept.

    What is tried: ``policy_version``, or a ``text`` of the regulation ``policy`` that is not published, with ``change``
    (``whatif.Change``) upon it. On what: subjects of ``unit`` and below (None: the whole house) that opened from
    ``since`` on and before ``until``; ``own``: only those under the same regulation. ``from_versions``: which versions
    they are under, with how many; ``digest``: of what is tried, the change included; ``said``: the difference in
    sentences (where, before, after). ``summary`` and ``behind``: ``engine.Report`` as JSON. ``attached_to``: the
    version with whose publication it was shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    since = models.DateTimeField(_("Received from"), null=True)
    until = models.DateTimeField(_("Received until"), null=True)
    moment = models.DateTimeField(_("as of"))
    policy = models.CharField(_("Regulation"), max_length=64)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("policy version")
    )
    text = models.TextField(_("text"), blank=True)
    change = models.JSONField(_("change"), default=dict)
    own = models.BooleanField(_("only under this regulation"), default=True)
    from_versions = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    said = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    behind = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.DRAFT)
    made_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    attached_to = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="what_ifs", verbose_name=_("attached to")
    )

    class Meta:
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["person", "-made_at"], name="whatif_of_person")]

    def __str__(self) -> str:
        return self.name
