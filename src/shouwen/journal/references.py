"""How references in data are looked up: those that this room and the rooms above it know."""

from collections.abc import Sequence

from django.contrib.auth import get_user_model

from shouwen.journal import attachments
from shouwen.journal.batch import existing_subjects
from shouwen.journal.fields import register_reference
from shouwen.organisation.models import Unit


def register() -> None:
    register_reference("person", people)
    register_reference("unit", units)
    register_reference("subject", existing_subjects)
    register_reference("file", attachments.existing)


def people(ids: Sequence[str]) -> set[str]:
    known = get_user_model().objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}


def units(ids: Sequence[str]) -> set[str]:
    known = Unit.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}
