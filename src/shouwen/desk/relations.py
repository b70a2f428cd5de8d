"""What stands between a subject and others, in words (关联)."""

from collections.abc import Mapping

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


def relations(subject: Subject) -> list[tuple[str | Promise, Subject]]:
    """(relation, the other subject), from both sides."""
    own = [(RELATIONS.get(link.role, link.role), link.other) for link in subject.links.select_related("other")]
    others = subject.linked_from.select_related("subject")
    return own + [(RELATIONS_BACK.get(link.role, link.role), link.subject) for link in others]


def undone_by(subject: Subject, event: str) -> list[Subject]:
    """The other subjects of the relations that this event takes back; joining is taken back from either side."""
    role = UNDOES[event]
    own = [link.other for link in subject.links.filter(role=role).select_related("other")]
    if role != "part_of":
        return own
    return own + [link.subject for link in subject.linked_from.filter(role=role).select_related("subject")]
