"""The administration log (管理记录): every act of an administrator, as it stands in the journals of the house."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.asked import Admin, administrator, unit_choices
from shouwen.desk.administration.tables import Cell, Column, Filter, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.journal.administration import ADMINISTERED
from shouwen.journal.models import Entry
from shouwen.organisation.models import Person, Unit

WHAT: dict[str, str | Promise] = {
    "unit.add": gettext_lazy("Unit added"),
    "unit.rename": gettext_lazy("Unit renamed"),
    "unit.move": gettext_lazy("Unit moved"),
    "unit.end": gettext_lazy("Unit ended"),
    "post.add": gettext_lazy("Post added"),
    "post.end": gettext_lazy("Post ended"),
    "post.duty": gettext_lazy("Duty post chosen"),
    "authority.grant": gettext_lazy("Authority granted"),
    "authority.end": gettext_lazy("Authority ended"),
    "person.add": gettext_lazy("Person added"),
    "person.change": gettext_lazy("Person changed"),
    "person.password": gettext_lazy("New password given"),
    "person.out": gettext_lazy("Person deactivated"),
    "person.in": gettext_lazy("Person let in again"),
    "appointment.add": gettext_lazy("Appointed"),
    "appointment.end": gettext_lazy("Appointment ended"),
    "absence.add": gettext_lazy("Absence entered"),
    "absence.end": gettext_lazy("Absence ended"),
    "delegation.add": gettext_lazy("Deputy named"),
    "delegation.end": gettext_lazy("Delegation ended"),
    "organisation.import": gettext_lazy("Organisation imported"),
    "calendar.import": gettext_lazy("Calendar year imported"),
    "calendar.day": gettext_lazy("One day set"),
    "calendar.hours": gettext_lazy("Service hours set"),
    "calendar.recount": gettext_lazy("Open duties counted anew"),
    "policy.publish": gettext_lazy("Policy version published"),
    "policy.force": gettext_lazy("Policy put in force"),
    "policy.end": gettext_lazy("Policy taken out of force"),
    "policy.numbering": gettext_lazy("Numbering changed"),
    "policy.reading": gettext_lazy("Parameters or readings changed"),
    "integration.add": gettext_lazy("System added"),
    "integration.end": gettext_lazy("System ended"),
    "token.add": gettext_lazy("Token issued"),
    "token.revoke": gettext_lazy("Token revoked"),
    "webhook.on": gettext_lazy("Webhook switched on"),
    "webhook.off": gettext_lazy("Webhook switched off"),
    "webhook.again": gettext_lazy("Webhook message sent again"),
    "term.add": gettext_lazy("Value offered"),
    "term.change": gettext_lazy("Value changed"),
}
"""The acts of administration by the names under which they stand in the journal."""
SPANS = {"7": 7, "30": 30, "365": 365}


@administrator
def log(request: HttpRequest, admin: Admin) -> HttpResponse:
    """What was done to the units that one administers, latest first."""
    who = Person.objects.filter(
        pk__in=Entry.objects.filter(type=ADMINISTERED).order_by().values("by").distinct()
    ).order_by("pinyin", "pk")
    filters = (
        Filter("what", _("Act"), list(WHAT.items())),
        Filter("by", _("By"), [(str(one.pk), one.name) for one in who]),
        Filter("unit", _("Unit"), unit_choices(admin)),
        Filter("days", _("When"), [(key, _("the last %(days)d days") % {"days": n}) for key, n in SPANS.items()]),
    )
    asked = asked_of(request, filters)
    rows = Entry.objects.filter(admin.within("unit__"), type=ADMINISTERED).select_related("by", "unit")
    if "what" in asked:
        rows = rows.filter(data__what=asked["what"])
    if "by" in asked:
        rows = rows.filter(by=int(asked["by"]))
    if "unit" in asked:
        rows = rows.filter(unit__path__startswith=Unit.objects.get(pk=int(asked["unit"])).path)
    if "days" in asked:
        rows = rows.filter(at__gte=_since(admin.now, asked["days"]))

    def cells(page: Sequence[Entry]) -> list[list[Cell]]:
        named = _names(page)
        return [
            [
                Cell(local(one.recorded_at, one.unit.zone if one.unit else "Asia/Shanghai"), number=True),
                Cell(one.by.name if one.by else "—"),
                Cell(WHAT.get(one.data["what"], one.data["what"])),
                Cell(named.get(one.data["object"], one.data["object"])),
                Cell(one.unit.name if one.unit else "—"),
                Cell(one.data.get("before", "") or "—"),
                Cell(one.data.get("after", "") or "—"),
            ]
            for one in page
        ]

    columns = (
        Column(_("When"), "when"),
        Column(_("By"), "by"),
        Column(_("Act")),
        Column(_("What")),
        Column(_("Unit"), "unit"),
        Column(_("Before")),
        Column(_("After")),
    )
    sorts = {"when": ("-recorded_at", "-pk"), "by": ("by__pinyin", "-pk"), "unit": ("unit__path", "-pk")}
    empty = (_("Nothing was administered yet"), _("Every act on these pages is written down here."))
    note = _("People stand in the entries by their numbers; names are put in as they are today.")
    title = _("Administration log")
    page = listing(request, title, columns, filters, asked, rows, cells, sorts, empty=empty, note=note)
    return render(request, "desk/admin/list.html", {"listing": page})


def _since(now: datetime, days: str) -> datetime:
    return now - timedelta(days=SPANS[days])


def _names(page: Sequence[Entry]) -> dict[str, str]:
    """Names of the people and units that entries mean by their ids; two queries a page."""
    wanted: dict[str, set[int]] = {"person": set(), "unit": set()}
    for one in page:
        sort, _space, ref = str(one.data["object"]).partition(" ")
        if sort in wanted and ref.isdecimal():
            wanted[sort].add(int(ref))
    people = {f"person {one.pk}": one.name for one in Person.objects.filter(pk__in=wanted["person"])}
    return people | {f"unit {one.pk}": one.name for one in Unit.objects.filter(pk__in=wanted["unit"])}
