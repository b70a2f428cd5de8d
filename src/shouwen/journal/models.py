"""What the journal stores.

Entries are the truth; the database refuses to change or delete them. Everything else about a subject
(owner, state, duties, links) is rebuilt from them by ``record()`` and only ever written there.
All instants are aware, stored in UTC. A reference without an index of its own (``db_index=False``) is the first column
of another.
"""

from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shouwen.governance.models import CalendarVersion, PolicyVersion
from shouwen.organisation.access import Reach
from shouwen.organisation.models import Post, Unit

PERSON = settings.AUTH_USER_MODEL


def _handled(people: Sequence[int], posts: Sequence[int]) -> Q:
    """Who owes a duty in a matter, or is involved in it, sees the matter."""
    return Q(pk__in=Duty.objects.filter(_his(people, posts)).values("subject")) | Q(
        pk__in=Involved.objects.filter(_his(people, posts)).values("subject")
    )


def _in_handled(people: Sequence[int], posts: Sequence[int]) -> Q:
    """Who sees a matter sees what is owed in it. Subqueries, not a join, each by an index of its own: lists of duties
    never touch the subject."""
    owned = (Q(owner_person__in=people), Q(offered_to__in=people), Q(owner_post__in=posts))
    seen = Q(subject__in=Involved.objects.filter(_his(people, posts)).values("subject"))
    seen |= Q(subject__in=Duty.objects.filter(_his(people, posts)).values("subject"))
    for own in owned:
        seen |= Q(subject__in=Subject.objects.filter(own).values("pk"))
    return seen


def _his(people: Sequence[int], posts: Sequence[int]) -> Q:
    return Q(person__in=people) | Q(post__in=posts)


class SubjectState(models.TextChoices):
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")
    MERGED = "merged", _("Merged")


class Subject(models.Model):
    """对象: anything that can owe, be owed or be watched. Its columns are what its journal says, for lists."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=64)
    matter = models.BooleanField(_("brought by a customer"), default=False)
    number = models.CharField(_("number"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="subjects", verbose_name=_("unit"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="subjects", verbose_name=_("policy version")
    )
    calendar_version = models.ForeignKey(
        CalendarVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subjects",
        verbose_name=_("calendar version"),
        help_text=_("under which it was last counted"),
    )
    owner_person = models.ForeignKey(
        PERSON, models.PROTECT, db_index=False, null=True, blank=True, related_name="owned", verbose_name=_("owner")
    )
    owner_post = models.ForeignKey(
        Post, models.PROTECT, db_index=False, null=True, blank=True, related_name="owned", verbose_name=_("owning post")
    )
    owned_since = models.DateTimeField(_("owned since"), null=True, blank=True)
    offered_to = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="offered", verbose_name=_("offered to")
    )
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SubjectState, default=SubjectState.OPEN)
    confidential = models.BooleanField(_("confidential"), default=False)
    axes = models.JSONField(_("categories"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    head_seq = models.PositiveIntegerField(_("last entry"), default=0)
    head_hash = models.CharField(_("hash of the last entry"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("last recorded at"))
    moved_at = models.DateTimeField(_("last moved at"), null=True, help_text=_("when somebody last did something"))
    late_at = models.DateTimeField(_("last recorded late at"), null=True)
    folded_at = models.DateTimeField(_("last computed at"))
    wakes_at = models.DateTimeField(_("looked at again at"), null=True, blank=True)
    quiet_until = models.DateTimeField(_("history until"), null=True, blank=True)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    reach = Reach(
        people=("owner_person", "offered_to"), posts=("owner_post",), also=_handled, confidential="confidential"
    )

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], condition=~Q(number=""), name="subject_number"),
            # First asked (首问): a matter is never nobody's and never two people's.
            models.CheckConstraint(
                condition=Q(matter=False)
                | Q(owner_person__isnull=False, owner_post__isnull=True)
                | Q(owner_person__isnull=True, owner_post__isnull=False),
                name="subject_one_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["wakes_at"], condition=Q(wakes_at__isnull=False), name="subject_wakes"),
            models.Index(fields=["unit", "state", "opened_at"], name="subject_unit_state"),
            models.Index(fields=["owner_person", "state", "id"], name="subject_owner_person"),
            models.Index(fields=["owner_post", "state", "id"], name="subject_owner_post"),
            models.Index(fields=["kind", "opened_at"], name="subject_kind_opened"),
            models.Index(fields=["state", "moved_at"], name="subject_state_moved"),
            models.Index(fields=["offered_at"], condition=Q(offered_to__isnull=False), name="subject_offered"),
            models.Index(fields=["late_at"], condition=Q(late_at__isnull=False), name="subject_late"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)


class Entry(models.Model):
    """记录: one thing that happened to a subject. The envelope: nothing personal, never changed.

    ``seq`` counts from 1 within the subject and is the entry's name in its own journal. ``at`` is when it
    happened, ``recorded_at`` when it was written. ``hash`` covers the envelope, the digest of the sealed
    content and ``previous_hash`` (see ``chain``).
    """

    subject = models.ForeignKey(
        Subject, models.PROTECT, db_index=False, related_name="entries", verbose_name=_("subject")
    )
    seq = models.PositiveIntegerField(_("sequence"))
    type = models.CharField(_("event"), max_length=64)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("written by"))
    post = models.CharField(_("in the role of"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    data = models.JSONField(_("data"), default=dict)
    marks = models.JSONField(_("marks"), default=list)
    content_digest = models.CharField(_("digest of the content"), max_length=64, blank=True)
    key = models.CharField(_("key"), max_length=400, null=True, unique=True)  # noqa: DJ001  unique where there is one
    call = models.UUIDField(_("recorded together"))
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["subject", "seq"]
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="entry_place")]
        indexes = [
            models.Index(fields=["type", "at"], name="entry_type_at"),
            models.Index(fields=["call"], name="entry_call"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.seq} {self.type}"


class Content(models.Model):
    """封存内容: the personal part of an entry, as canonical JSON; None once an ``erased`` entry took it out.

    ``salt`` keeps the digest from being guessed back once the body is gone, and goes with it.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="content")
    body = models.TextField(_("content"), null=True)  # noqa: DJ001  None is "erased", empty is no content
    salt = models.CharField(max_length=32, blank=True)
    erased_by = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", verbose_name=_("erased by"))

    class Meta:
        verbose_name = _("sealed content")
        verbose_name_plural = _("sealed contents")

    def __str__(self) -> str:
        return str(self.pk)


class DutyState(models.TextChoices):
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    KEPT = "kept", _("Kept")
    LATE = "late", _("Kept late")
    OVERDUE = "overdue", _("Overdue")
    WAIVED = "waived", _("Waived")
    EXCUSED = "excused", _("Excused")
    VOID = "void", _("Void")


class Duty(models.Model):
    """义务, as the engine computes it, kept for lists. Who owes it is resolved once, when it opens.

    ``due_at`` is None without a limit and while paused; a duty is overdue from ``due_at`` on, whether or
    not the sweep has written so yet: lists compare ``due_at`` with the clock. ``place`` and ``confidential`` are the
    subject's unit and secrecy, kept here so that figures over a million duties are counted from an index alone.
    """

    subject = models.ForeignKey(
        Subject, models.PROTECT, db_index=False, related_name="duties", verbose_name=_("subject")
    )
    key = models.CharField(max_length=250)
    rule = models.CharField(_("rule"), max_length=150)
    event = models.CharField(_("kept by"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    instance = models.CharField(_("instance"), max_length=100, blank=True)
    clause = models.CharField(_("clause"), max_length=100)
    also = models.JSONField(_("further clauses"), default=list)
    role = models.CharField(_("role"), max_length=100)
    outside = models.BooleanField(_("owed by an outside party"), default=False)
    place = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("unit of the subject")
    )
    confidential = models.BooleanField(_("confidential"), default=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, db_index=False, null=True, related_name="duties", verbose_name=_("unit")
    )
    post = models.ForeignKey(
        Post, models.PROTECT, db_index=False, null=True, related_name="duties", verbose_name=_("post")
    )
    person = models.ForeignKey(
        PERSON, models.PROTECT, db_index=False, null=True, related_name="duties", verbose_name=_("person")
    )
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due at"), null=True)
    warn_at = models.DateTimeField(_("warned at"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=DutyState)
    kept_at = models.DateTimeField(_("kept at"), null=True)
    missing = models.JSONField(_("missing"), default=list)
    stuck = models.JSONField(_("shut by"), default=list)
    stuck_since = models.DateTimeField(_("shut since"), null=True)
    gate = models.CharField(_("gate"), max_length=150, blank=True, help_text=_("the first of the gates in the way"))
    triggered_by = models.PositiveIntegerField(_("opened by entry"), null=True)
    kept_by = models.PositiveIntegerField(_("kept by entry"), null=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    calendar_version = models.CharField(_("calendar version"), max_length=200, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)

    reach = Reach("place", also=_in_handled, confidential="confidential")

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [models.UniqueConstraint(fields=["subject", "key"], name="duty_of_subject")]
        indexes = [
            # What somebody owes, in the order of his list: counted and listed from these alone.
            models.Index(fields=["person", "state", "due_at", "opened_at"], name="duty_person"),
            models.Index(fields=["post", "state", "due_at", "opened_at", "person"], name="duty_post"),
            models.Index(fields=["unit", "state", "due_at"], name="duty_unit"),
            # What of a subject stands, and whose it is.
            models.Index(fields=["subject", "state", "outside", "person", "post"], name="duty_standing"),
            # Everything that supervision's figures, and a clause's, ask: they are counted from these alone.
            models.Index(
                fields=["state", "due_at", "place", "outside", "confidential", "gate", "subject"],
                name="duty_state_figures",
            ),
            models.Index(
                fields=["clause", "state", "opened_at", "due_at", "place", "outside", "confidential", "subject"],
                name="duty_clause_figures",
            ),
            models.Index(fields=["gate", "stuck_since"], condition=~Q(gate=""), name="duty_stuck"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.clause})"


class Involved(models.Model):
    """相关人: a post or a person that an entry was addressed to or whose act keeps a duty; it sees the subject."""

    subject = models.ForeignKey(
        Subject, models.PROTECT, db_index=False, related_name="involved", verbose_name=_("subject")
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("post"))
    person = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("involved")
        verbose_name_plural = _("involved")
        constraints = [
            models.UniqueConstraint(fields=["subject", "post"], name="involved_post"),
            models.UniqueConstraint(fields=["subject", "person"], name="involved_person"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.post_id or self.person_id}"


class Link(models.Model):
    """关联 between two subjects, while it stands: part of, repeat of, continued as, about, merged."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="links", verbose_name=_("subject"))
    other = models.ForeignKey(Subject, models.PROTECT, related_name="linked_from", verbose_name=_("other"))
    role = models.CharField(_("relation"), max_length=32)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [models.UniqueConstraint(fields=["subject", "other", "role"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.role} {self.other_id}"


class Attachment(models.Model):
    """附件: a file kept under the hash of what is in it. ``subject`` is None until an entry names it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="attachments")
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by"), help_text=_("none: by mail")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    erased_at = models.DateTimeField(_("erased at"), null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


class Outbox(models.Model):
    """待发: something that somebody is to be told, written in the transaction that made it true.

    ``key`` names the message for ever: it travels with it, so that who receives it twice sees it once. A notice has
    one row that its person finds on the desk (``on_desk``), and one more for each further way that it goes out.
    ``digest`` is the key of the digest (汇总) that it waits for; without ``try_at`` nobody sends it by itself.
    """

    key = models.CharField(max_length=400, unique=True)
    kind = models.CharField(_("kind"), max_length=32)
    channel = models.CharField(_("channel"), max_length=16)
    person = models.ForeignKey(
        PERSON, models.PROTECT, db_index=False, null=True, related_name="notices", verbose_name=_("to")
    )
    address = models.CharField(_("address"), max_length=254, blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="notices", verbose_name=_("about"))
    duty = models.CharField(_("duty"), max_length=250, blank=True)
    data = models.JSONField(default=dict)
    on_desk = models.BooleanField(_("seen on the desk"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True)
    digest = models.CharField(_("digest"), max_length=100, blank=True)
    made_at = models.DateTimeField(_("made at"))
    try_at = models.DateTimeField(_("tried at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["try_at"], condition=Q(sent_at__isnull=True), name="outbox_waiting"),
            models.Index(fields=["person", "made_at"], name="outbox_person"),
            models.Index(fields=["person"], condition=Q(on_desk=True, read_at__isnull=True), name="outbox_unread"),
            models.Index(fields=["digest"], condition=Q(sent_at__isnull=True) & ~Q(digest=""), name="outbox_digest"),
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """One attempt to deliver a notice (投递), with what the other side said."""

    outbox = models.ForeignKey(Outbox, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField()
    delivered = models.BooleanField()
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.outbox_id} {self.at:%Y-%m-%d %H:%M:%S}"


class Anchor(models.Model):
    """锚: the hash over all heads at one instant, sent out of the house."""

    day = models.DateField(_("day"), unique=True)
    at = models.DateTimeField()
    cut = models.BigIntegerField()
    subjects = models.PositiveBigIntegerField()
    entries = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")

    def __str__(self) -> str:
        return f"{self.day} {self.root}"


class AccessKind(models.TextChoices):
    LOOKED = "looked", _("Looked at")
    REVEALED = "revealed", _("Revealed")
    SEARCHED = "searched", _("Searched")
    EXPORTED = "exported", _("Exported")


class AccessLog(models.Model):
    """查阅记录: who looked at personal data, whose and why. ``customer`` is the customer's id in its room below."""

    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("person"))
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+", verbose_name=_("subject"))
    customer = models.CharField(_("customer"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AccessKind, default=AccessKind.LOOKED)
    what = models.CharField(_("what"), max_length=200)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes = [
            models.Index(fields=["subject", "at"], name="access_subject"),
            models.Index(fields=["person", "at"], name="access_person"),
            models.Index(fields=["customer", "at"], condition=~Q(customer=""), name="access_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class Numbering(models.Model):
    """编号: the last number given to a kind in a unit and a count; locked while the next is given, so no gaps.

    A count is a ``year`` (0: never begun again), or a month or day of it: ``part`` 3 is March, 302 is 2 March.
    """

    kind = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("numbering")
        verbose_name_plural = _("numberings")
        constraints = [models.UniqueConstraint(fields=["kind", "unit", "year", "part"], name="numbering_counter")]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.year} {self.part}"


class Heartbeat(models.Model):
    """Sign of life of a worker (心跳)."""

    worker = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    swept = models.PositiveBigIntegerField(default=0)
    delivered = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.worker
