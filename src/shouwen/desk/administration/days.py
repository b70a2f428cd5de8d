"""What one day is, and the service hours of a week (单日、服务时段), each tried on the open duties first."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, run, undone
from shouwen.desk.administration.asked import Admin, administrator, unit_choices
from shouwen.desk.administration.moving import recount_section
from shouwen.desk.administration.tables import Cell, Column, Section, Table
from shouwen.governance.calendar_actions import clear_day, clear_hours, own_table, set_day, set_hours
from shouwen.governance.models import CalendarDay, CalendarTable, SpecialDayKind
from shouwen.organisation.models import Unit

ORDINARY = ""
"""Instead of a kind: the day is again what the week says."""
WEEKDAYS = {
    1: gettext_lazy("Monday"), 2: gettext_lazy("Tuesday"), 3: gettext_lazy("Wednesday"), 4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"), 6: gettext_lazy("Saturday"), 7: gettext_lazy("Sunday"),
}  # fmt: skip
HINT = gettext_lazy("As 08:30-12:00 14:00-17:30; empty: closed.")


def unit_asked(request: HttpRequest, admin: Admin) -> Unit | None:
    """The unit that is meant; None: the whole house, for superusers."""
    text = request.POST.get("unit", request.GET.get("unit", ""))
    if text.isdecimal() and len(text) < 10:
        return admin.unit(int(text))
    return None if admin.everything else admin.units().first()


def intervals(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,;，；、]+", text.strip()) if one]


class DayForm(AdminForm):
    unit = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    date = forms.DateField(
        label=gettext_lazy("Date"),
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs={"data-date": "", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=[(ORDINARY, gettext_lazy("an ordinary day again")), *SpecialDayKind.choices],
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    hours = forms.CharField(
        label=gettext_lazy("Hours"),
        required=False,
        help_text=gettext_lazy("As 08:30-12:00 14:00-17:30; empty: those of its kind."),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = [("", _("the whole house (statutory table)"))] if admin.everything else []
        self.fields["unit"].choices = [*top, *unit_choices(admin)]  # type: ignore[attr-defined]


def _known(unit: Unit | None, day: date) -> CalendarDay | None:
    return CalendarDay.objects.filter(table__unit=unit, date=day).first()


def _told(one: CalendarDay | None) -> str:
    if one is None:
        return _("as the week and the superiors say")
    hours = "" if one.hours is None else "、".join(one.hours) or _("closed")
    return " ".join(part for part in (str(one.get_kind_display()), one.name, hours) if part)


@administrator
def day(request: HttpRequest, admin: Admin) -> HttpResponse:
    """One date: a day off, a working day, other hours; with the open duties that would move."""
    unit = unit_asked(request, admin)

    def change(given: Mapping[str, Any]) -> None:
        table = own_table(unit) if unit is not None else CalendarTable.objects.get(unit=None)
        if given["kind"] == ORDINARY:
            clear_day(table, given["date"])
            return
        hours = intervals(given["hours"]) or None
        set_day(table, given["date"], given["kind"], name=given["name"], source=given["source"], hours=hours)

    def preview(given: Mapping[str, Any]) -> list[Section]:
        before = _told(_known(unit, given["date"]))
        with undone():
            change(given)
            after, moved = _told(_known(unit, given["date"])), recount_section(unit)
        columns = [Column(t) for t in (_("Date"), _("Before"), _("After"))]
        row = [Cell(f"{given['date']:%Y-%m-%d}", number=True), Cell(before), Cell(after)]
        return [Section(_("What changes"), Table(columns, [row])), moved]

    def do(given: Mapping[str, Any]) -> Done:
        before = _told(_known(unit, given["date"]))
        change(given)
        after = f"{given['date']}: {_told(_known(unit, given['date']))} | {given['source']}"
        return Done(_thing(unit), f"{given['date']}: {before}", after, _message(), _recount(unit))

    asked = {"unit": str(unit.pk) if unit else "", "date": request.GET.get("date", "")}
    form = DayForm(request.POST or None, admin=admin, initial=asked)
    back = reverse("desk:admin-calendars")
    act = Act(_("Set one day"), "calendar.day", unit, form, do, back, preview=preview)
    return run(request, admin, act)


class HoursForm(AdminForm):
    own = forms.BooleanField(
        label=gettext_lazy("Hours of its own"),
        required=False,
        help_text=gettext_lazy("Not chosen: the superior's hold."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, title in WEEKDAYS.items():
            self.add(f"day{number}", forms.CharField(label=title, required=False, help_text=HINT))
        self.add(
            "workdays",
            forms.MultipleChoiceField(
                label=_("Working days"),
                choices=list(WEEKDAYS.items()),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text=_("None chosen: the superior's."),
            ),
        )
        self.add(
            "makeup", forms.CharField(label=_("Make-up workday"), required=False, help_text=_("Empty: a Monday's."))
        )
        self.add("holiday", forms.CharField(label=_("Holiday"), required=False, help_text=HINT))


def _week(table: CalendarTable | None) -> dict[str, Any]:
    """What the form shows of the table as it is."""
    if table is None or table.week is None:
        return {"own": False}
    shown: dict[str, Any] = {f"day{number}": " ".join(table.week.get(str(number), ())) for number in WEEKDAYS}
    shown |= {"own": True, "workdays": [str(one) for one in table.workdays or ()]}
    return shown | {"makeup": " ".join(table.makeup_hours or ()), "holiday": " ".join(table.holiday_hours)}


def _said(table: CalendarTable | None) -> list[tuple[str, str]]:
    """(day, hours) of a week; empty where the superior's hold."""
    if table is None or table.week is None:
        return []
    return [
        (str(title), "、".join(table.week.get(str(number), ())) or _("closed")) for number, title in WEEKDAYS.items()
    ]


@administrator
def hours(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A unit's own service hours by weekday, or again its superior's; with the open duties that would move."""
    text = request.GET.get("unit", "")
    unit = admin.unit(int(text)) if text.isdecimal() and len(text) < 10 else admin.units().first()
    if unit is None:
        raise Http404

    def table() -> CalendarTable | None:
        return CalendarTable.objects.filter(unit=unit).first()

    def change(given: Mapping[str, Any]) -> None:
        if not given["own"]:
            clear_hours(unit)
            return
        week = {number: intervals(given[f"day{number}"]) for number in WEEKDAYS}
        try:
            set_hours(
                unit,
                week,
                workdays=[int(one) for one in given["workdays"]] or None,
                makeup=intervals(given["makeup"]) or None,
                holiday=intervals(given["holiday"]),
            )
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def preview(given: Mapping[str, Any]) -> list[Section]:
        before = dict(_said(table()))
        with undone():
            change(given)
            after, moved = dict(_said(table())), recount_section(unit)
        above = _("the superior's")
        rows = [
            [Cell(str(title)), Cell(before.get(str(title), above)), Cell(after.get(str(title), above))]
            for title in WEEKDAYS.values()
        ]
        return [
            Section(_("What changes"), Table([Column(_("Day")), Column(_("Before")), Column(_("After"))], rows)),
            moved,
        ]

    def do(given: Mapping[str, Any]) -> Done:
        before = _line(table())
        change(given)
        return Done(_thing(unit), before, _line(table()), _message(), _recount(unit))

    form = HoursForm(request.POST or None, initial=_week(table()))
    back = reverse("desk:admin-calendars")
    state = {_("Hours"): _line(table())}
    act = Act(_("Service hours"), "calendar.hours", unit, form, do, back, unit.name, state, preview)
    return run(request, admin, act)


def _line(table: CalendarTable | None) -> str:
    return "; ".join(f"{title} {said}" for title, said in _said(table)) or "—"


def _thing(unit: Unit | None) -> str:
    return f"calendar {unit.pk if unit else 'statutory'}"


def _message() -> str:
    return _("It holds from now on. Open duties still count as before: count them anew.")


def _recount(unit: Unit | None) -> str:
    asked = f"?{urlencode({'unit': unit.pk})}" if unit is not None else ""
    return f"{reverse('desk:admin-recount')}{asked}"
