"""What an administrator mends: names, the duty post, accounts. One function an act, each whole in one transaction.

All raise Django's ``ValidationError`` with the field at fault.
"""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.organisation.models import Person, Post, Unit

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is read as another."""
LENGTH = 12


@transaction.atomic
def rename_unit(unit: Unit, name: str) -> Unit:
    """Another name for a unit; what was written under the old one stays the same unit's."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    unit.name = name.strip()
    unit.full_clean()
    unit.save(update_fields=["name"])
    return unit


@transaction.atomic
def set_duty_post(post: Post) -> Post:
    """From now on this post takes what is nobody's in its unit, and no other of the unit."""
    Unit.objects.select_for_update().get(pk=post.unit_id)
    Post.objects.filter(unit=post.unit_id, is_duty_post=True, until=None).update(is_duty_post=False)
    post.is_duty_post = True
    post.full_clean()
    post.save(update_fields=["is_duty_post"])
    return post


@transaction.atomic
def change_person(person: Person, *, name: str, phone: str, email: str, auditor: bool | None = None) -> tuple[str, ...]:
    """Mends what is written of a person; gives the names of the fields that changed. ``auditor`` None says nothing."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    wanted: dict[str, object] = {"name": name.strip(), "phone": phone.strip(), "email": email.strip()}
    wanted |= {} if auditor is None else {"auditor": auditor}
    changed = tuple(field for field, value in wanted.items() if getattr(person, field) != value)
    for field in changed:
        setattr(person, field, wanted[field])
    person.full_clean()
    person.save()
    return changed


@transaction.atomic
def new_password(person: Person) -> str:
    """Gives the person a random password and returns it, this once; sessions under the old one end."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This person cannot sign in."))
    text = "".join(secrets.choice(LETTERS) for _one in range(LENGTH))
    person.set_password(text)
    person.save(update_fields=["password"])
    return text


@transaction.atomic
def shut_out(person: Person, at: datetime) -> Person:
    """From now on the person signs in no more; his posts, absences and delegations end at ``at``."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This person cannot sign in."))
    for rows in (person.appointments, person.absences, person.delegations, person.deputed):
        rows.filter(until__isnull=True, since__lte=at).update(until=at)
        rows.filter(until__gt=at, since__lte=at).update(until=at)
    person.is_active, person.until = False, at
    person.save(update_fields=["is_active", "until"])
    return person


@transaction.atomic
def let_in(person: Person) -> Person:
    """The person may sign in again; posts must be given anew."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.is_active, person.until = True, None
    person.save(update_fields=["is_active", "until"])
    return person
