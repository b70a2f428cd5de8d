"""What stands between a subject and others, in words (关联)."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.desk.words import RELATIONS
from shouwen.journal.models import Subject
from shouwen.matters.actions import UNDOES

RELATIONS_BACK: Mapping[str, str | Promise] = {
    "part_of": _("comprises"),
    "repeat_of": _("is repeated by"),
    "continued_as": _("continues"),
    "about": _("is spoken of in"),
    "merged": _("has taken in"),
}


def relations(subject: Subject, seen: QuerySet[Subject]) -> list[tuple[str | Promise, Subject]]:
    """(relation, the other subject), from both sides; nothing is said of others than ``visible()`` left in ``seen``."""
    own = subject.links.filter(other__in=seen).select_related("other")
    others = subject.linked_from.filter(subject__in=seen).select_related("subject")
    return [
        *((RELATIONS.get(link.role, link.role), link.other) for link in own),
        *((RELATIONS_BACK.get(link.role, link.role), link.subject) for link in others),
    ]


def undone_by(subject: Subject, event: str, seen: QuerySet[Subject]) -> list[Subject]:
    """The other subjects, of those in ``seen``, of the relations that this event takes back; joining is taken back
    from either side."""
    role = UNDOES[event]
    own = [link.other for link in subject.links.filter(role=role, other__in=seen).select_related("other")]
    if role != "part_of":
        return own
    others = subject.linked_from.filter(role=role, subject__in=seen).select_related("subject")
    return own + [link.subject for link in others]
