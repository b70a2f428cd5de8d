"""Subjects that no customer brings, opened by hand (开立对象): a contract, a file, a loan, a unit, a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.governance.programs import NoPolicy, program_for
from shouwen.governance.queries import policies_for
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft, NewSubject
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Entry, Subject
from shouwen.journal.numbering import give_numbers
from shouwen.journal.record import record
from shouwen.organisation.access import may
from shouwen.organisation.models import Unit
from shouwen.policy.model import Kind

NUMBERING = "{kind}-{{unit}}-{{year}}-{{n:03}}"
"""Of a kind that its policy does not number."""


def kinds_here(unit: Unit, at: datetime) -> dict[str, Kind]:
    """The kinds that can be opened by hand in the unit, by the policies in force there at ``at``."""
    found = {}
    for row in policies_for(unit, at):
        kind = program_for(unit, row.kind, at).policy.kinds.get(row.kind)
        if kind is not None and not kind.matter and kind.period is None:
            found[row.kind] = kind
    return found


def open_subject(
    unit: Unit,
    kind: str,
    data: Mapping[str, Any],
    *,
    actor: Actor,
    parent: Subject | None = None,
    key: str | None = None,
) -> Subject:
    """Open a subject of the kind in the unit; its duties stand when this returns. ``data`` is that of ``opened``.

    Raises NotAllowed for who holds no post that acts for the unit, Invalid for a kind that no policy in force there
    knows, or that customers bring or the calendar opens.
    """
    earlier = Entry.objects.filter(key=key).select_related("subject__unit").first() if key else None
    if earlier is not None:
        return earlier.subject
    now = clock.now()
    if actor.person is None or not may(actor.person, None, unit, now):
        raise NotAllowed(_("You hold no post that acts for this unit."))
    try:
        known = program_for(unit, kind, now).policy.kinds.get(kind)
    except NoPolicy:
        known = None
    if known is None or known.matter or known.period is not None:
        raise Invalid({"kind": _("Nothing of this kind is opened by hand here.")})
    # ``opened`` is written by the house, in the name of who asked for it.
    house = Actor(actor.person, actor.post, actor.unit, system=True)
    more = {"kind": kind} | ({"parent": str(parent.pk)} if parent is not None else {})
    with transaction.atomic():
        numbered = Subject(kind=kind, unit=unit, opened_at=now)
        if not known.numbering:
            give_numbers([(numbered, NUMBERING.format(kind=known.title))])
        new = NewSubject(kind, unit, parent, number=numbered.number)
        return record(Draft(new, "opened", {**data, **more}, key=key), actor=house).subject
