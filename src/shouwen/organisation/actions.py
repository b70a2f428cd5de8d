"""What is done to the organisation: one function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from shouwen.organisation.models import Appointment, Person, Post, Unit


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
    return unit


@transaction.atomic
def close_unit(unit: Unit, at: datetime) -> Unit:
    """Ends a unit that has no unit below it any more; its appointments end with it."""
    if Unit.objects.holding(at).filter(path__prefix=unit.path).exclude(pk=unit.pk).exists():
        raise ValidationError({"until": _("There are still units below this one.")})
    Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=at), post__unit=unit, since__lte=at).update(until=at)
    unit.until = at
    unit.full_clean()
    unit.save(update_fields=["until"])
    return unit


@transaction.atomic
def create_post(unit: Unit, name: str, *, is_duty_post: bool = False) -> Post:
    """A new post, named in the regulation's words; a unit has at most one duty post."""
    post = Post(unit=unit, name=name.strip(), is_duty_post=is_duty_post)
    post.full_clean()
    post.save()
    return post


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
    overlapping = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=since), person=person, post=post)
    if until is not None:
        overlapping = overlapping.filter(since__lt=until)
    if overlapping.exists():
        raise ValidationError({"person": _("This person already holds this post at that time.")})
    appointment = Appointment(person=person, post=post, since=since, until=until)
    appointment.full_clean()
    appointment.save()
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, at: datetime) -> Appointment:
    """Ends an appointment at ``at``; one that has already ended stays as it is."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.until is not None and appointment.until <= at:
        return appointment
    appointment.until = at
    appointment.full_clean()
    appointment.save(update_fields=["until"])
    return appointment
