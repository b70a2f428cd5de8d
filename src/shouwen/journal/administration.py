"""What is done to the house itself (管理操作) is an entry too: on a subject of the kind ``house``, one a root unit.

The subject has no policy, no owner and no number; it is opened with its first entry. Nothing personal is written:
people stand in it by their ids.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.journal.drafts import Actor, Draft, NewSubject
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Entry, Subject
from shouwen.journal.record import record
from shouwen.organisation.administration import AUTHORITY, administers
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.seats import seats

HOUSE_KIND = "house"
ADMINISTERED = "administered"


@transaction.atomic
def administered(
    by: Person,
    unit: Unit | None,
    what: str,
    thing: str,
    *,
    before: str = "",
    after: str = "",
    now: datetime,
    authority: str = AUTHORITY,
) -> Sequence[Entry]:
    """Writes down an administrator's act, in the transaction of the act itself.

    ``unit`` is the one concerned; None: the whole house, which is written on every root. ``what`` names the act
    (``unit.rename``), ``thing`` what it was done to. Raises NotAllowed for who has not the ``authority`` over the
    unit, so that the act goes with it.
    """
    if not administers(by, unit, now, authority):
        raise NotAllowed(_("Only who administers this unit does this."))
    return _written(by, authority, unit, what, thing, before, after, now)


@transaction.atomic
def arranged(by: Person, what: str, *, after: str, now: datetime) -> Sequence[Entry]:
    """Writes down an absence or a deputy that somebody entered for himself; that needs no administrator."""
    seat = next(iter(seats(by, now)), None)
    post, unit = (seat.post.name, seat.unit) if seat is not None else ("", None)
    return _written(by, post, unit, what, f"person {by.pk}", "", after, now)


def _written(
    by: Person, post: str, unit: Unit | None, what: str, thing: str, before: str, after: str, now: datetime
) -> Sequence[Entry]:
    roots = Unit.objects.select_for_update().filter(parent=None).order_by("pk")
    roots = roots.filter(until__isnull=True) if unit is None else roots.filter(pk=unit.line[0])
    data = {"what": what, "object": thing} | {k: v for k, v in (("before", before), ("after", after)) if v}
    written: list[Entry] = []
    for root in roots:
        known = Subject.objects.filter(kind=HOUSE_KIND, unit=root).first()
        draft = Draft(known or NewSubject(HOUSE_KIND, root), ADMINISTERED, data)
        actor = Actor(by, post, unit or root, system=True)
        written += record(draft, actor=actor, now=now).entries
    return written
