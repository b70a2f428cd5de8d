"""The house's dictionaries (词典): values offered for free fields of events, of the unit and of its superiors."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shouwen.governance.models import Term
from shouwen.organisation.models import Unit
from shouwen.policy.vocabulary import shared_events

Place = tuple[str, str]
"""(event, field)."""


def free_fields() -> dict[Place, str]:
    """Fields of the shared events for which values can be offered, with their Chinese titles."""
    return {
        (name, key): f"{event.title} · {one.title}"
        for name, event in shared_events().items()
        if not event.implied
        for key, one in event.fields.items()
        if one.type == "text" and not one.values and not one.personal and not one.many
    }


def offered(unit: Unit, at: datetime) -> Mapping[Place, tuple[str, ...]]:
    """What is offered in the unit, the whole house's first; one query."""
    found: dict[Place, list[str]] = {}
    rows = Term.objects.holding(at).filter(Q(unit=None) | Q(unit__in=unit.line))
    for row in sorted(rows, key=lambda row: (row.unit_id is not None, row.order, row.pk)):
        found.setdefault((row.event, row.field), []).append(row.value)
    return {place: tuple(dict.fromkeys(values)) for place, values in found.items()}


@transaction.atomic
def add_term(unit: Unit | None, place: Place, value: str, order: int, at: datetime) -> Term:
    """Offers a value from now on, in the unit and below it, or (None) everywhere. Raises ValidationError."""
    if place not in free_fields():
        raise ValidationError({"place": _("There is no such field.")})
    value = value.strip()
    if Term.objects.holding(at).filter(unit=unit, event=place[0], field=place[1], value=value).exists():
        raise ValidationError({"value": _("This value is offered already.")})
    term = Term(unit=unit, event=place[0], field=place[1], value=value, order=order, since=at)
    term.full_clean()
    term.save()
    return term


@transaction.atomic
def change_term(term: Term, order: int) -> Term:
    """Another place among the values offered."""
    term = Term.objects.select_for_update().get(pk=term.pk)
    term.order = order
    term.save(update_fields=["order"])
    return term


@transaction.atomic
def end_term(term: Term, at: datetime) -> Term:
    """The value is offered no longer; what was written with it stays."""
    term = Term.objects.select_for_update().get(pk=term.pk)
    if term.until is None or term.until > at:
        term.until = at
        term.save(update_fields=["until"])
    return term
