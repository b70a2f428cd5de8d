"""What stands between a subject and others, in words (关联)."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.desk.words import RELATIONS
from shouwen.journal.models import Link, Subject
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
    own = _own(subject, seen)
    others = _others(subject, seen)
    return [
        *((RELATIONS.get(link.role, link.role), link.other) for link in own),
        *((RELATIONS_BACK.get(link.role, link.role), link.subject) for link in others),
    ]


def undone_by(subject: Subject, event: str, seen: QuerySet[Subject]) -> list[Subject]:
    """The other subjects, of those in ``seen``, of the relations that this event takes back; joining is taken back
    from either side."""
    role = UNDOES[event]
    own = [link.other for link in _own(subject, seen).filter(role=role)]
    if role != "part_of":
        return own
    others = _others(subject, seen).filter(role=role)
    return own + [link.subject for link in others]


# Asked of each link by itself: a list of all that somebody sees would be made first.


def _own(subject: Subject, seen: QuerySet[Subject]) -> QuerySet[Link]:
    return subject.links.filter(Exists(seen.filter(pk=OuterRef("other")))).select_related("other")


def _others(subject: Subject, seen: QuerySet[Subject]) -> QuerySet[Link]:
    return subject.linked_from.filter(Exists(seen.filter(pk=OuterRef("subject")))).select_related("subject")
