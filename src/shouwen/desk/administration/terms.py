"""Dictionaries (词典): values that the house offers for free fields, beside those of the policy."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, run
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.governance.models import Term
from shouwen.governance.terms import add_term, change_term, end_term, free_fields


def _places() -> list[tuple[str, str]]:
    return [(f"{event}.{field}", title) for (event, field), title in free_fields().items()]


@administrator
def terms(request: HttpRequest, admin: Admin) -> HttpResponse:
    """The values offered, by field."""
    filters = (
        Filter("q", _("Value")),
        Filter("place", _("Field"), _places()),
        Filter("unit", _("Unit"), unit_choices(admin)),
        Filter("state", _("State"), [("all", _("with those that ended"))]),
    )
    asked = asked_of(request, filters)
    rows = Term.objects.all() if "state" in asked else Term.objects.holding(admin.now)
    rows = rows.filter(Q(unit=None) | admin.within("unit__")).select_related("unit")
    if "q" in asked:
        rows = rows.filter(value__icontains=asked["q"])
    if "place" in asked:
        event, _dot, field = asked["place"].partition(".")
        rows = rows.filter(event=event, field=field)
    if "unit" in asked:
        rows = rows.filter(unit=int(asked["unit"]))
    titles = free_fields()

    def cells(page: Sequence[Term]) -> list[list[Cell]]:
        return [
            [
                Cell(one.value, reverse("desk:admin-term", args=[one.pk])),
                Cell(titles.get((one.event, one.field), f"{one.event}.{one.field}")),
                Cell(str(one.order), number=True),
                Cell(one.unit.name if one.unit else _("the whole house")),
                Cell(local(one.since)[:10], number=True),
                Cell(local(one.until)[:10] or "—", number=True),
            ]
            for one in page
        ]

    columns = (
        Column(_("Value"), "value"),
        Column(_("Field"), "field"),
        Column(_("Order"), "order"),
        Column(_("For")),
        Column(_("Since"), "since"),
        Column(_("Until")),
    )
    sorts = {
        "field": ("event", "field", "order", "pk"),
        "value": ("value", "pk"),
        "order": ("order", "pk"),
        "since": ("-since", "pk"),
    }
    note = _("What a policy offers is always offered; these stand after it. Another value may be written all the same.")
    buttons = [Button(_("Add a value"), reverse("desk:admin-term-add"), "plus", primary=True)]
    empty = (_("No value of the house's own"), note)
    title = _("Dictionaries")
    page = listing(request, title, columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty, note=note)
    return render(request, "desk/admin/list.html", {"listing": page})


class TermForm(AdminForm):
    place = forms.ChoiceField(label=gettext_lazy("Field"))
    value = forms.CharField(label=gettext_lazy("Value"), max_length=100)
    order = forms.IntegerField(label=gettext_lazy("Order"), min_value=0, max_value=9999, initial=0)
    unit = forms.ChoiceField(label=gettext_lazy("For"), required=False)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = [("", _("the whole house"))] if admin.everything else []
        self.fields["place"].choices = _places()  # type: ignore[attr-defined]
        self.fields["unit"].choices = [*top, *unit_choices(admin)]  # type: ignore[attr-defined]


@administrator
def add(request: HttpRequest, admin: Admin) -> HttpResponse:
    text = request.POST.get("unit", "")
    unit = admin.unit(int(text)) if text.isdecimal() and len(text) < 10 else None
    if unit is None and not admin.everything:
        unit = admin.units().first()

    def do(given: Mapping[str, Any]) -> Done:
        event, _dot, field = given["place"].partition(".")
        made = add_term(unit, (event, field), given["value"], given["order"], admin.now)
        return Done(shown(made), after=f"{given['place']}: {made.value}")

    form = TermForm(request.POST or None, admin=admin)
    return run(request, admin, Act(_("Add a value"), "term.add", unit, form, do, reverse("desk:admin-terms")))


class OrderForm(AdminForm):
    order = forms.IntegerField(label=gettext_lazy("Order"), min_value=0, max_value=9999)
    end = forms.BooleanField(label=gettext_lazy("Offer it no longer"), required=False)


@administrator
def term(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = get_object_or_404(Term.objects.select_related("unit"), pk=pk)

    def do(given: Mapping[str, Any]) -> Done:
        if given["end"]:
            end_term(found, admin.now)
            return Done(shown(found), f"{found.event}.{found.field}: {found.value}", "—")
        change_term(found, given["order"])
        return Done(shown(found), str(found.order), str(given["order"]))

    form = OrderForm(request.POST or None, initial={"order": found.order})
    title = free_fields().get((found.event, found.field), found.field)
    state = {_("Order"): str(found.order), _("Until"): local(found.until)}
    said = _("Nobody loses what was written with it; it is only offered no longer.")
    act = Act(
        _("Change"),
        "term.change",
        found.unit,
        form,
        do,
        reverse("desk:admin-terms"),
        f"{title}: {found.value}",
        state,
        sections=[Section(_("What follows"), note=said)],
    )
    return run(request, admin, act)
