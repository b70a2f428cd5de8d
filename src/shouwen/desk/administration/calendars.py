"""Calendars (日历): a year seen, a year imported, open duties counted anew."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration import background
from shouwen.desk.administration.acts import Act, AdminForm, Done, UploadForm, run, undone
from shouwen.desk.administration.asked import Admin, administrator, unit_choices
from shouwen.desk.administration.background import ask, being_done
from shouwen.desk.administration.moving import recount_section
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.governance.calendar_actions import own_table
from shouwen.governance.models import CalendarDay, CalendarTable, CalendarYear
from shouwen.governance.queries import calendar_year
from shouwen.governance.year_import import YearChange, import_year
from shouwen.journal import rebase
from shouwen.organisation.models import Unit

FIRST, LAST = 1949, 2199
WHOLE = ""
"""Instead of a unit: the statutory table, which holds for the whole house."""


@administrator
def calendars(request: HttpRequest, admin: Admin) -> HttpResponse:
    """The official years of each table."""
    filters = (Filter("unit", _("Unit"), unit_choices(admin)),)
    asked = asked_of(request, filters)
    rows = CalendarYear.objects.select_related("table__unit", "by")
    if not admin.everything:
        own = CalendarTable.objects.filter(admin.within("unit__")) | CalendarTable.objects.filter(unit=None)
        rows = rows.filter(table__in=own)
    if "unit" in asked:
        rows = rows.filter(table__unit=int(asked["unit"]))

    def cells(page: Sequence[CalendarYear]) -> list[list[Cell]]:
        return [
            [
                Cell(str(one.year), _year_address(one)),
                Cell(one.table.unit.name if one.table.unit else _("statutory, for the whole house")),
                Cell(one.source or "—"),
                Cell(local(one.imported_at) or "—", number=True),
                Cell(one.by.name if one.by else "—"),
            ]
            for one in page
        ]

    columns = (
        Column(_("Year"), "year"),
        Column(_("Table"), "table"),
        Column(_("Source"), "source"),
        Column(_("Imported"), "imported"),
        Column(_("By")),
    )
    sorts = {
        "year": ("-year", "table"),
        "table": ("table__unit__path", "-year"),
        "source": ("source", "-year"),
        "imported": ("imported_at", "-year"),
    }
    buttons = [
        Button(_("See a year"), reverse("desk:admin-year")),
        Button(_("Set one day"), reverse("desk:admin-day")),
        Button(_("Count open duties anew"), reverse("desk:admin-recount")),
        Button(_("In the background"), reverse("desk:admin-tasks")),
        Button(_("Import a year"), reverse("desk:admin-year-import"), "calendar-plus", primary=True),
    ]
    note = _("A year that is not listed is provisional: only statutory days are counted, and due times say so.")
    empty = (_("No official year yet"), note)
    page = listing(
        request, _("Calendars"), columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty, note=note
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _year_address(one: CalendarYear) -> str:
    unit = f"&unit={one.table.unit_id}" if one.table.unit_id else ""
    return f"{reverse('desk:admin-year')}?year={one.year}{unit}"


@administrator
def year(request: HttpRequest, admin: Admin) -> HttpResponse:
    """The days of a unit's year that differ from the week."""
    today = admin.now.astimezone(admin.zone).year
    known = sorted({*CalendarYear.objects.values_list("year", flat=True), today, today + 1}, reverse=True)
    filters = (
        Filter("year", _("Year"), [(str(one), str(one)) for one in known]),
        Filter("unit", _("Unit"), unit_choices(admin)),
    )
    asked = asked_of(request, filters)
    number = int(asked.get("year", today))
    unit = Unit.objects.get(pk=int(asked["unit"])) if "unit" in asked else admin.units().first()
    if unit is None:
        return render(request, "desk/admin/thing.html", {"title": _("Calendars"), "note": _("No unit yet")})
    found = calendar_year(unit, number)

    def cells(page: Sequence[Any]) -> list[list[Cell]]:
        return [
            [
                Cell(f"{one.day.date:%Y-%m-%d}", _day_address(unit, one.day.date), number=True),
                Cell(one.day.kind.sentence()),
                Cell(one.day.name or "—"),
                Cell("、".join(map(str, one.hours)) or "—"),
                Cell(one.day.source or "—"),
            ]
            for one in page
        ]

    columns = [Column(t) for t in (_("Date"), _("Kind"), _("Name"), _("Hours"), _("Source"))]
    said = _("%(unit)s, %(year)d: %(days)d working days.") % {"unit": unit, "year": number, "days": found.workdays}
    if found.provisional:
        said += _(" No official calendar is known: provisional.")
    shown = asked | {"year": str(number), "unit": str(unit.pk)}
    buttons = [
        Button(_("Set one day"), f"{reverse('desk:admin-day')}?unit={unit.pk}"),
        Button(_("Service hours"), f"{reverse('desk:admin-hours')}?unit={unit.pk}"),
        Button(_("Import a year"), reverse("desk:admin-year-import")),
    ]
    title, empty = _("Calendar of %(year)d") % {"year": number}, (_("No day differs from the week"), said)
    page = listing(
        request, title, columns, filters, shown, found.special, cells, {}, buttons=buttons, empty=empty, note=said
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _day_address(unit: Unit, day: date) -> str:
    return f"{reverse('desk:admin-day')}?unit={unit.pk}&date={day:%Y-%m-%d}"


class YearForm(UploadForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("CSV or XLSX with the columns date, kind, name (日期, 类型, 名称), one year."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Source"), max_length=200, help_text=gettext_lazy("The notice that it comes from.")
    )

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = [(WHOLE, _("the whole house (statutory table)"))] if admin.everything else []
        self.fields["unit"].choices = [*top, *unit_choices(admin)]  # type: ignore[attr-defined]


def _chosen(admin: Admin, request: HttpRequest, name: str = "unit") -> Unit | None:
    """The unit of the form that was sent; None: the whole house. Refused where that is not his."""
    text = request.POST.get(name, "")
    found = admin.unit(int(text)) if text.isdecimal() and len(text) < 10 else None
    if request.method == "POST":
        admin.insist(found)
    return found if found is not None or admin.everything else admin.units().first()


@administrator
def import_one(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A year's file: every error by its line, then the days and duties that would move, then done."""
    unit = _chosen(admin, request)

    def table() -> CalendarTable | None:
        return own_table(unit) if unit is not None else None

    def change(given: Mapping[str, Any]) -> YearChange:
        try:
            return import_year(
                given["content"], by=admin.person, at=admin.now, note=given["note"], table=table(), dry_run=False
            )
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from None

    def preview(given: Mapping[str, Any]) -> list[Section]:
        with undone():
            known = {one.date: one for one in CalendarDay.objects.filter(table__unit=unit)}
            made = change(given)
            moved = recount_section(unit)
        return [_change_section(made, known), moved]

    def do(given: Mapping[str, Any]) -> Done:
        made = change(given)
        counts = f"+{len(made.added)} ~{len(made.changed)} -{len(made.removed)}"
        message = _("%(year)d is official. Open duties still count as before: count them anew.") % {"year": made.year}
        return Done(
            _thing(unit),
            after=f"{made.year} {counts} {given['note']}",
            message=message,
            url=reverse("desk:admin-recount"),
        )

    form = YearForm(request.POST or None, request.FILES or None, admin=admin)
    back = reverse("desk:admin-calendars")
    act = Act(
        _("Import a year"), "calendar.import", unit, form, do, back, preview=preview, submit=_("Make it official")
    )
    return run(request, admin, act)


def _change_section(made: YearChange, known: Mapping[date, CalendarDay]) -> Section:
    new = {one.date: one for one in made.days}
    words = {"added": _("new"), "changed": _("changed"), "removed": _("taken out")}
    lines = [(day, "added") for day in made.added]
    lines += [(day, "changed") for day in made.changed] + [(day, "removed") for day in made.removed]

    def said(one: CalendarDay | None) -> str:
        return f"{one.get_kind_display()} {one.name}".strip() if one is not None else "—"

    rows = [
        [Cell(f"{day:%Y-%m-%d}", number=True), Cell(words[what]), Cell(said(known.get(day))), Cell(said(new.get(day)))]
        for day, what in sorted(lines)
    ]
    columns = [Column(t) for t in (_("Date"), _("Change"), _("Before"), _("After"))]
    title = _("Days of %(year)d that change") % {"year": made.year}
    return Section(title, Table(columns, rows), _("Nothing changes: these days stand already."))


def _thing(unit: Unit | None) -> str:
    return f"calendar {unit.pk if unit else 'statutory'}"


_MOVING = gettext_lazy(
    "What is open goes on under the version that holds now, each duty from its own beginning. What was done, kept or "
    "late, stays as it was counted; what has ended and periods keep their version; nothing is asked after the event."
)


class RecountForm(AdminForm):
    unit = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("It stands in each journal.")
    )

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = [(WHOLE, _("the whole house"))] if admin.everything else []
        self.fields["unit"].choices = [*top, *unit_choices(admin)]  # type: ignore[attr-defined]


@administrator
def recount(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Open duties move to the calendars as they are now: shown first, then one entry in each journal."""
    return _counted_anew(request, admin, policies=False)


@administrator
def move_policies(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Open matters go on under the policy versions that hold now: shown first, then one entry in each journal."""
    return _counted_anew(request, admin, policies=True)


def _counted_anew(request: HttpRequest, admin: Admin, *, policies: bool) -> HttpResponse:
    unit = _chosen(admin, request)

    asked = {"unit": unit.pk if unit else None, "policies": policies}
    title = _("Open duties counted anew")

    def preview(_given: Mapping[str, Any]) -> list[Section]:
        total = rebase.waiting(unit, policies=policies)
        if total <= background.AT_ONCE:
            return [recount_section(unit, policies=policies)]
        return [being_done(ask(admin.person, "recount.preview", title, asked, total, admin.now))]

    def do(given: Mapping[str, Any]) -> Done:
        total = rebase.waiting(unit, policies=policies)
        if total > background.AT_ONCE:
            task = ask(admin.person, "recount", title, {**asked, "reason": given["reason"]}, total, admin.now)
            said = _("It goes on in the background: you can leave this page.")
            address = reverse("desk:admin-task", args=[task.pk])
            return Done(thing, after=f"{total} subjects | {given['reason']}", message=said, url=address)
        done = rebase.apply(by=admin.person, reason=given["reason"], unit=unit, now=admin.now, policies=policies)
        after = f"{done.subjects} subjects, {done.duties} duties, {len(done.moves)} moved"
        return Done(thing, after=after)

    thing = f"policies {unit.pk if unit else 'house'}" if policies else _thing(unit)
    form = RecountForm(request.POST or None, admin=admin, initial={"unit": request.GET.get("unit", "")})
    act = Act(
        _("Move open matters to the versions in force") if policies else _("Count open duties anew"),
        "policy.move" if policies else "calendar.recount",
        unit,
        form,
        do,
        reverse("desk:admin-policies" if policies else "desk:admin-calendars"),
        preview=preview,
        sections=[Section(_("What follows"), note=_MOVING)] if policies else (),
        submit=_("Move") if policies else _("Count anew"),
    )
    return run(request, admin, act)
