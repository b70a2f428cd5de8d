"""What is done to the organisation: one function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault.
"""

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.dispatch import Signal
from django.utils.translation import gettext as _

from shouwen.organisation.models import Absence, Appointment, Authority, Delegation, Person, Post, Unit

D = TypeVar("D", Appointment, Absence, Delegation, Authority)

moved = Signal()
"""Sent within the transaction that moved a unit, with ``unit``: rooms below bring their own rows in step."""


@transaction.atomic
def create_unit(name: str, kind: str, parent: Unit | None, since: datetime, *, zone: str = "") -> Unit:
    """A new unit below ``parent``, by default in its time zone."""
    inherited = parent.zone if parent else "Asia/Shanghai"
    unit = Unit(name=name.strip(), kind=kind, parent=parent, since=since, zone=zone or inherited)
    unit.full_clean()
    unit.save()
    return unit


@transaction.atomic
def move_unit(unit: Unit, parent: Unit) -> Unit:
    """Puts a unit with everything below it under another superior. The whole tree is held meanwhile."""
    list(Unit.objects.select_for_update().order_by("pk").values_list("pk"))
    unit, parent = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=parent.pk)
    if parent.path.startswith(unit.path):
        raise ValidationError({"parent": _("A unit cannot be put below itself.")})
    old, new = unit.path, f"{parent.path}{unit.pk}/"
    unit.parent = parent
    unit.validate_constraints()
    unit.save(update_fields=["parent"])
    Unit.objects.filter(path__prefix=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    unit.refresh_from_db()
    moved.send(Unit, unit=unit)
    return unit


@transaction.atomic
def close_unit(unit: Unit, at: datetime) -> Unit:
    """Ends a unit that has no unit below it any more; its posts end with it, and who held them holds them no more."""
    if Unit.objects.holding(at).filter(path__prefix=unit.path).exclude(pk=unit.pk).exists():
        raise ValidationError({"until": _("There are still units below this one.")})
    _close(Post.objects.holding(at).filter(unit=unit), at)
    unit.until = at
    unit.full_clean()
    unit.save(update_fields=["until"])
    return unit


@transaction.atomic
def create_post(unit: Unit, name: str, *, is_duty_post: bool = False, since: datetime | None = None) -> Post:
    """A new post, named in the regulation's words, by default as old as its unit; a unit has at most one duty post."""
    post = Post(unit=unit, name=name.strip(), is_duty_post=is_duty_post, since=since or unit.since)
    post.full_clean()
    post.save()
    return post


@transaction.atomic
def close_post(post: Post, at: datetime) -> Post:
    """Ends a post at ``at``: who holds it, what it may decide and who stands in for its holders in it end with it.

    A post that has already ended stays as it is.
    """
    rows = Post.objects.select_for_update().filter(Q(until__isnull=True) | Q(until__gt=at), pk=post.pk)
    if rows.exists():
        post = rows.get()
        post.until = at
        post.full_clean()
        _close(rows, at)
    return Post.objects.get(pk=post.pk)


def _close(posts: QuerySet[Post], at: datetime) -> None:
    ids = list(posts.values_list("pk", flat=True))
    for model in (Appointment, Delegation, Authority):
        rows = model.objects.filter(Q(until__isnull=True) | Q(until__gt=at), post__in=ids)
        rows.filter(since__gt=at).delete()
        rows.update(until=at)
    Post.objects.filter(pk__in=ids).update(until=at)


@transaction.atomic
def create_person(username: str, name: str, *, phone: str = "", password: str | None = None) -> Person:
    """A new person; without a password they cannot sign in by one."""
    person = Person(username=username, name=name.strip(), phone=phone)
    person.set_password(password)
    person.full_clean()
    person.save()
    return person


@transaction.atomic
def appoint(person: Person, post: Post, since: datetime, until: datetime | None = None) -> Appointment:
    """Puts a person into a post; the same person twice at once in one post is refused."""
    Person.objects.select_for_update().get(pk=person.pk)
    post = Post.objects.select_related("unit").select_for_update(of=("self",)).get(pk=post.pk)
    appointment = Appointment(person=person, post=post, since=since, until=until)
    appointment.full_clean()
    appointment.save()
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, at: datetime) -> Appointment:
    """Ends an appointment at ``at``; one that has already ended stays as it is."""
    return _ended(Appointment.objects.select_for_update().get(pk=appointment.pk), at)


def _ended(row: D, at: datetime) -> D:
    if row.until is not None and row.until <= at:
        return row
    row.until = at
    row.full_clean()
    row.save(update_fields=["until"])
    return row


@transaction.atomic
def enter_absence(person: Person, since: datetime, until: datetime | None = None, reason: str = "") -> Absence:
    """Somebody is away for a period. Nothing moves by itself: his deputy sees what is his and may act."""
    Person.objects.select_for_update().get(pk=person.pk)
    absence = Absence(person=person, since=since, until=until, reason=reason.strip())
    absence.full_clean()
    absence.save()
    return absence


@transaction.atomic
def end_absence(absence: Absence, at: datetime) -> Absence:
    """Somebody is back at ``at``, earlier than planned."""
    return _ended(Absence.objects.select_for_update().get(pk=absence.pk), at)


@transaction.atomic
def delegate(
    person: Person,
    deputy: Person,
    since: datetime,
    until: datetime | None = None,
    *,
    post: Post | None = None,
    reason: str = "",
) -> Delegation:
    """``deputy`` stands in for ``person``, in one of his posts or in all that is his.

    Refused: for oneself, a second deputy for the same at the same time, a post that is not his, a ring.
    """
    # A ring can be closed from two sides at once: the people of both are held meanwhile.
    list(Person.objects.select_for_update().filter(pk__in=[person.pk, deputy.pk]).order_by("pk"))
    delegation = Delegation(person=person, post=post, deputy=deputy, since=since, until=until, reason=reason.strip())
    if not deputy.is_active:
        raise ValidationError({"deputy": _("This person cannot sign in.")})
    delegation.full_clean()
    delegation.save()
    return delegation


@transaction.atomic
def end_delegation(delegation: Delegation, at: datetime) -> Delegation:
    """From ``at`` on nobody stands in by this delegation."""
    return _ended(Delegation.objects.select_for_update().get(pk=delegation.pk), at)


@transaction.atomic
def grant(
    post: Post,
    kind: str,
    limit: Decimal | None,
    since: datetime,
    until: datetime | None = None,
    *,
    category: str = "",
) -> Authority:
    """Gives a post authority over a kind of matters up to ``limit`` yuan (None: without limit)."""
    Post.objects.select_for_update().get(pk=post.pk)
    authority = Authority(
        post=post, kind=kind.strip(), limit=limit, category=category.strip(), since=since, until=until
    )
    authority.full_clean()
    authority.save()
    return authority


@transaction.atomic
def end_authority(authority: Authority, at: datetime) -> Authority:
    """From ``at`` on the post has this authority no longer."""
    return _ended(Authority.objects.select_for_update().get(pk=authority.pk), at)
