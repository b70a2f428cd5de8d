"""Saved views (视图): whose they are, who sees them, which one opens first."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shouwen.insight.models import FirstView, SavedView
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.seats import seats

MOST = 50
"""Views of one person."""
LONGEST_NAME = 60


def views_of(person: Person, at: datetime) -> QuerySet[SavedView]:
    """The person's own views, and those shared with a unit in or below which a post of his lies; a superior's view is
    also its subordinates'."""
    units = {pk for seat in seats(person, at) for pk in seat.unit.line}
    rows = SavedView.objects.filter(Q(owner=person) | Q(shared_with__in=units))
    return rows.select_related("owner", "shared_with").order_by("name", "pk")


def save_view(
    person: Person,
    name: str,
    query: str,
    columns: Sequence[str],
    sort: str,
    at: datetime,
    shared_with: Unit | None = None,
) -> SavedView:
    """Keep a view under a name; one's own of the same name is replaced.

    Raises Invalid for a name that is empty or too long and for more views than one person may have, NotAllowed for a
    unit that no post of the person works for.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid({"name": _("A name of at most %(n)d characters is needed.") % {"n": LONGEST_NAME}})
    if shared_with is not None and not any(seat.works_for(shared_with) for seat in seats(person, at)):
        raise NotAllowed(_("You share views with the units that your posts work for."))
    own = SavedView.objects.filter(owner=person)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        raise Invalid({"name": _("You have %(n)d views already: delete one first.") % {"n": MOST}})
    told = {"query": query, "columns": list(columns), "sort": sort, "shared_with": shared_with, "made_at": at}
    view, _new = SavedView.objects.update_or_create(owner=person, name=name, defaults=told)
    return view


def delete_view(person: Person, view: SavedView) -> None:
    """Raises NotAllowed for a view of somebody else."""
    if view.owner_id != person.pk:
        raise NotAllowed(_("Only its owner deletes a view."))
    view.delete()


def open_first(person: Person, view: SavedView | None) -> None:
    """From now on the ledger opens with this view for the person; with everything that is open, for None."""
    if view is None:
        FirstView.objects.filter(person=person).delete()
    else:
        FirstView.objects.update_or_create(person=person, defaults={"view": view})
