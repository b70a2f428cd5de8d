"""Numbering (编号): the counters by kind, unit and year, with the pattern and what it gives next."""

from collections.abc import Sequence

from django.db.models import CharField, Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shouwen.desk.administration.asked import Admin, administrator, unit_choices
from shouwen.desk.administration.tables import Cell, Column, Filter, asked_of, listing
from shouwen.governance.programs import in_force, policy_of
from shouwen.journal.models import Numbering, Subject
from shouwen.organisation.models import Unit


@administrator
def numbering(request: HttpRequest, admin: Admin) -> HttpResponse:
    """One line a counter. Numbers are given within the transaction that opens the subject: none is lost."""
    counters = Numbering.objects.filter(admin.within("unit__")).select_related("unit")
    kinds = sorted(set(counters.values_list("kind", flat=True)))
    years = sorted(set(counters.values_list("year", flat=True)), reverse=True)
    filters = (
        Filter("kind", _("Kind of subject"), [(one, one) for one in kinds]),
        Filter("unit", _("Unit"), unit_choices(admin)),
        Filter("year", _("Year"), [(str(one), str(one)) for one in years]),
    )
    asked = asked_of(request, filters)
    if "kind" in asked:
        counters = counters.filter(kind=asked["kind"])
    if "unit" in asked:
        counters = counters.filter(unit__path__startswith=Unit.objects.get(pk=int(asked["unit"])).path)
    if "year" in asked:
        counters = counters.filter(year=int(asked["year"]))
    numbered = Subject.objects.filter(kind=OuterRef("kind"), unit=OuterRef("unit")).exclude(number="")
    of_the_year = numbered.filter(number__contains=Cast(OuterRef("year"), CharField())).order_by().values("kind")
    count = Subquery(of_the_year.annotate(found=Count("pk")).values("found"), output_field=IntegerField())
    counters = counters.annotate(found=Coalesce(count, 0))

    def cells(page: Sequence[Numbering]) -> list[list[Cell]]:
        return [_line(one, admin) for one in page]

    columns = (
        Column(_("Kind"), "kind"),
        Column(_("Unit"), "unit"),
        Column(_("Year"), "year"),
        Column(_("Pattern")),
        Column(_("Last number"), "last"),
        Column(_("Next")),
        Column(_("Numbers found")),
    )
    sorts = {
        "kind": ("kind", "unit__path", "-year"),
        "unit": ("unit__path", "kind", "-year"),
        "year": ("-year", "kind", "unit__path"),
        "last": ("-last", "kind", "unit__path"),
    }
    note = _(
        "The pattern stands in the policy, for each kind of subject; {unit}, {year} and {n} are filled in. A number is "
        "given in the transaction that opens the matter, so there are no gaps; imported matters keep their old numbers."
    )
    empty = (_("No number given yet"), note)
    title = _("Numbering")
    page = listing(request, title, columns, filters, asked, counters, cells, sorts, empty=empty, note=note)
    return render(request, "desk/admin/list.html", {"listing": page})


def _line(one: Numbering, admin: Admin) -> list[Cell]:
    held = in_force(one.unit, one.kind, admin.now)
    kind = policy_of(held.policy_version).kinds.get(one.kind) if held else None
    pattern = kind.numbering if kind else ""
    following = pattern.format(unit=one.unit.name, year=one.year, n=one.last + 1) if pattern else "—"
    found = getattr(one, "found", 0)
    whole = found >= one.last
    said = str(found) if whole else _("%(found)d: gaps") % {"found": found}
    return [
        Cell(kind.title if kind else one.kind),
        Cell(one.unit.name),
        Cell(str(one.year), number=True),
        Cell(pattern or "—"),
        Cell(str(one.last), number=True),
        Cell(following),
        Cell(said, chip="green" if whole else "red"),
    ]
