"""Numbering (编号): the counters by kind, unit and year, with the pattern and what it gives next."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import CharField, Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.calendars import Period, PeriodKind
from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, unit_choices
from shouwen.desk.administration.publications import propose, proposed
from shouwen.desk.administration.tables import Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.governance.amending import amended
from shouwen.governance.models import InForce
from shouwen.governance.programs import in_force, policy_of
from shouwen.governance.publication import Where
from shouwen.journal.models import Numbering, Subject
from shouwen.organisation.models import Unit
from shouwen.policy.numbering import number, series

SHOWN = 50
"""Counters that a preview shows."""


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
        "The pattern stands in the policy, for each kind of subject; {unit}, the date and {n} are filled in. A number "
        "is given in the transaction that opens the matter, so there are no gaps; imported matters keep their old "
        "numbers."
    )
    empty = (_("No number given yet"), note)
    title = _("Numbering")
    page = listing(request, title, columns, filters, asked, counters, cells, sorts, empty=empty, note=note)
    return render(request, "desk/admin/list.html", {"listing": page})


def _line(one: Numbering, admin: Admin) -> list[Cell]:
    held = in_force(one.unit, one.kind, admin.now)
    kind = policy_of(held.policy_version).kinds.get(one.kind) if held else None
    pattern = kind.numbering if kind else ""
    following = _next(pattern, one, admin) if pattern else "—"
    found = getattr(one, "found", 0) if "{year}" in pattern and not one.part else _found(one)
    whole = found >= one.last
    said = str(found) if whole else _("%(found)d: gaps") % {"found": found}
    change = reverse("desk:admin-pattern", args=[held.pk, one.kind]) if held and admin.reaches(held.unit) else ""
    return [
        Cell(kind.title if kind else one.kind),
        Cell(one.unit.name),
        Cell(_count_of(one), number=True),
        Cell(pattern or "—", change if pattern else ""),
        Cell(str(one.last), number=True),
        Cell(following),
        Cell(said, chip="green" if whole else "red"),
    ]


def _found(one: Numbering) -> int:
    """How many numbered subjects were opened within the count."""
    numbered = Subject.objects.filter(kind=one.kind, unit=one.unit).exclude(number="")
    if not one.year:
        return numbered.count()
    month, day = (one.part // 100, one.part % 100) if one.part > 12 else (one.part, 0)
    kind = PeriodKind.DAY if day else PeriodKind.MONTH if month else PeriodKind.YEAR
    period, zone = Period.containing(kind, date(one.year, month or 1, day or 1)), ZoneInfo(one.unit.zone)
    begins, ends = (datetime.combine(each.first, time(), tzinfo=zone) for each in (period, period.shifted(1)))
    return numbered.filter(opened_at__gte=begins, opened_at__lt=ends).count()


def _count_of(one: Numbering) -> str:
    """The year, month or day that is counted."""
    part = f"-{one.part:02}" if one.part < 100 else f"-{one.part // 100:02}-{one.part % 100:02}"
    return f"{one.year}{part if one.part else ''}" if one.year else "—"


def _next(pattern: str, one: Numbering, admin: Admin) -> str:
    """The next number of this count; where another pattern counts otherwise, the first of a new one."""
    today = admin.now.astimezone(ZoneInfo(one.unit.zone)).date()
    within = (one.year, one.part)
    month, day = (one.part // 100, one.part % 100) if one.part > 12 else (one.part, 1)
    past = one.year and one.year != today.year
    on = date(one.year, month, day) if one.part else date(one.year, 12, 31) if past else today
    return number(pattern, one.unit.name, on, one.last + 1 if series(pattern, on) == within else 1)


class PatternForm(AdminForm):
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=100,
        help_text=gettext_lazy(
            "{unit}, {year}, {yy}, {month:02}, {day:02} and {n} are filled in; {n:04} has four digits. Counting begins "
            "again with the finest part of the date that is named."
        ),
    )
    version = forms.CharField(label=gettext_lazy("Name of the new version"), max_length=64)
    why = forms.CharField(label=gettext_lazy("Why"), max_length=200)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("since", MomentField(admin.zone, label=_("Since"), help_text=_("Empty: from the approval on.")))


@administrator
def pattern(request: HttpRequest, admin: Admin, pk: int, kind: str) -> HttpResponse:
    """Another pattern, as a new version of the policy; what is numbered keeps its number, counters go on."""
    row = get_object_or_404(InForce.objects.select_related("unit", "policy_version"), pk=pk)
    version, unit = row.policy_version, row.unit
    known = policy_of(version).kinds.get(kind)
    if known is None:
        raise Http404
    held = InForce.objects.holding(admin.now).filter(unit=unit, policy_version=version)
    kinds = sorted(held.values_list("kind", flat=True))

    def text(given: Mapping[str, Any]) -> str:
        return amended(version.text, version.name, given["version"], {}, given["why"], {kind: given["pattern"]})

    def preview(given: Mapping[str, Any]) -> list[Section]:
        text(given)
        year = admin.now.astimezone(admin.zone).year
        counters = Numbering.objects.filter(unit__path__startswith=unit.path, kind=kind, year=year)
        both = (known.numbering, given["pattern"].strip())
        rows = [
            [Cell(one.unit.name), *(Cell(_next(each, one, admin)) for each in both)]
            for one in counters.select_related("unit").order_by("unit__path")[:SHOWN]
        ]
        columns = [Column(title) for title in (_("Unit"), _("Next now"), _("Next then"))]
        return [Section(_("What changes"), Table(columns, rows), _("No number given yet"))]

    def do(given: Mapping[str, Any]) -> Done:
        where = Where(unit, kinds, given["since"], row.readings)
        made = propose(admin, text(given), version.name, where, given["why"])
        return proposed(made, f"{known.numbering} → {given['pattern']}")

    form = PatternForm(
        request.POST or None, admin=admin, initial={"pattern": known.numbering, "version": f"{version.version}+1"}
    )
    state = {_("Policy"): str(version)}
    back = reverse("desk:admin-numbering")
    title, about = _("Change the pattern"), f"{version.title} · {known.title or kind}"
    return run(
        request, admin, Act(title, "policy.propose", unit, form, do, back, about, state, preview, submit=_("Propose"))
    )
