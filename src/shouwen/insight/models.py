"""What this room stores. Lines and texts are derived: ``shouwen search reindex`` makes them again from journals."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
