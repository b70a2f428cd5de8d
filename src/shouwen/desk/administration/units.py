"""Units (单位) and posts (岗位): the tree, a unit's page, and what is done to both."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run, undone
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.moving import holding, policies_section, recount_section, standing_facts
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.governance.beginning import begin
from shouwen.governance.calendars import calendar_for
from shouwen.organisation import actions, upkeep
from shouwen.organisation.models import Appointment, Authority, Post, Unit, UnitKind
from shouwen.organisation.queries import superiors

DEEPEST = 4


@administrator
def units(request: HttpRequest, admin: Admin) -> HttpResponse:
    """The tree of the units that one administers."""
    filters = (
        Filter("q", _("Unit name")),
        Filter("kind", _("Kind"), UnitKind.choices),
        Filter("state", _("State"), [("all", _("with those that ended"))]),
    )
    asked = asked_of(request, filters)
    rows = admin.units(ended="state" in asked).select_related("parent")
    if "q" in asked:
        rows = rows.filter(name__icontains=asked["q"])
    if "kind" in asked:
        rows = rows.filter(kind=asked["kind"])

    def cells(page: Sequence[Unit]) -> list[list[Cell]]:
        flat = "q" in asked or "kind" in asked
        least = 1 if flat else min((len(one.line) for one in page), default=1)
        return [
            [
                Cell(one.name, reverse("desk:admin-unit", args=[one.pk]), depth=_depth(one, least, flat)),
                Cell(one.get_kind_display()),
                Cell(one.parent.name if one.parent else "—"),
                Cell(local(one.since, one.zone)[:10], number=True),
                _ended(one, admin, one.zone),
            ]
            for one in page
        ]

    columns = (
        Column(_("Unit name"), "name"),
        Column(_("Kind"), "kind"),
        Column(_("Superior unit")),
        Column(_("Since"), "since"),
        Column(_("State")),
    )
    sorts = {"tree": ("path",), "name": ("name", "pk"), "kind": ("kind", "path"), "since": ("since", "pk")}
    buttons = [Button(_("Add a unit"), reverse("desk:admin-unit-add"), "plus", primary=True)]
    empty = (_("No unit yet"), _("Units are added here or imported from Excel."))
    page = listing(request, _("Units"), columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty)
    return render(request, "desk/admin/list.html", {"listing": page})


def _depth(unit: Unit, least: int, flat: bool) -> int:
    return 0 if flat else min(len(unit.line) - least, DEEPEST)


def _ended(row: Unit | Post, admin: Admin, zone: str) -> Cell:
    if row.since > admin.now:
        return Cell(_("from %(when)s") % {"when": local(row.since, zone)[:10]}, chip="blue")
    if row.until is None or row.until > admin.now:
        return Cell(_("stands"), chip="green")
    return Cell(_("ended %(when)s") % {"when": local(row.until, zone)[:10]}, chip="amber")


@administrator
def unit(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One unit: its place, its posts and who holds them, what may be done to it."""
    found = admin.unit(pk)
    facts = [
        (_("Superiors"), " / ".join(one.name for one in superiors(found)[:-1])),
        (_("Kind"), found.get_kind_display()),
        (_("Time zone"), found.zone),
        (_("Since"), local(found.since, found.zone)),
        (_("Until"), local(found.until, found.zone)),
        *standing_facts(found, admin.now),
    ]

    def link(name: str) -> str:
        return reverse(f"desk:admin-unit-{name}", args=[found.pk])

    buttons = [
        Button(_("Add a unit below"), f"{reverse('desk:admin-unit-add')}?parent={found.pk}"),
        Button(_("Rename"), link("rename")),
        Button(_("Move"), link("move")),
        Button(_("End it"), link("end")),
    ]
    below = [
        [
            Cell(one.name, reverse("desk:admin-unit", args=[one.pk])),
            Cell(one.get_kind_display()),
            _ended(one, admin, one.zone),
        ]
        for one in Unit.objects.filter(parent=found).order_by("pk")
    ]
    sections = [
        _posts(found, admin, link("post")),
        Section(
            _("Units below"),
            Table([Column(_("Unit name")), Column(_("Kind")), Column(_("State"))], below),
            empty=_("No unit lies below this one."),
        ),
        Section(
            _("Policies that hold here"),
            Table([Column(_("Kind")), Column(_("Policy"))], [[Cell(a), Cell(b)] for a, b in holding(found, admin.now)]),
            empty=_("No policy holds here."),
        ),
    ]
    context = {"title": found.name, "facts": facts, "buttons": buttons, "sections": sections}
    return render(request, "desk/admin/thing.html", context)


def _posts(unit: Unit, admin: Admin, add: str) -> Section:
    held: dict[int, list[str]] = {}
    for row in Appointment.objects.holding(admin.now).filter(post__unit=unit).select_related("person"):
        held.setdefault(row.post_id, []).append(row.person.name)
    powers: dict[int, list[str]] = {}
    for one in Authority.objects.holding(admin.now).filter(post__unit=unit):
        powers.setdefault(one.post_id, []).append(f"{one.kind} {'' if one.limit is None else one.limit}".strip())
    rows = [
        [
            Cell(post.name, reverse("desk:admin-post", args=[post.pk])),
            Cell(_("duty post"), chip="blue") if post.is_duty_post and post.until is None else Cell(""),
            Cell("、".join(held.get(post.pk, [])) or _("vacant")),
            Cell("、".join(powers.get(post.pk, [])) or "—"),
            _ended(post, admin, unit.zone),
        ]
        for post in Post.objects.filter(unit=unit).order_by(F("until").desc(nulls_first=True), "pk")
    ]
    columns = [Column(t) for t in (_("Post"), _("Duty post"), _("Held by"), _("Authorities"), _("State"))]
    note = (
        "" if any(post[1].text for post in rows) else _("No post here takes what is nobody's: it goes to the superior.")
    )
    return Section(
        _("Posts"), Table(columns, rows), empty=_("No post yet."), buttons=[Button(_("Add a post"), add)], note=note
    )


# --- what is done to a unit ------------------------------------------------------------------


class UnitForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("Unit name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=UnitKind.choices)
    parent = forms.ChoiceField(label=gettext_lazy("Superior unit"), required=False)
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Empty: the superior's. As Asia/Shanghai."),
    )

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = [("", "—")] if admin.everything else []
        self.fields["parent"].choices = [*top, *unit_choices(admin)]  # type: ignore[attr-defined]
        self.add("since", MomentField(admin.zone, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone."))
        return zone


@administrator
def add(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A new unit below one that one administers."""
    parent = request.POST.get("parent", request.GET.get("parent", ""))
    above = admin.unit(int(parent)) if parent.isdecimal() and len(parent) < 10 else None
    if above is None and not admin.everything and request.method == "POST":
        admin.insist(None)
    first = above or admin.units().first()

    def do(given: Mapping[str, Any]) -> Done:
        made = actions.create_unit(given["name"], given["kind"], above, given["since"], zone=given["zone"])
        act.unit = made
        begun = begin(admin.now)
        after = f"{made.name}, {made.kind}, {made.path}" + (f" | {begun.version}" if begun else "")
        return Done(shown(made), after=after, url=reverse("desk:admin-unit", args=[made.pk]))

    form = UnitForm(request.POST or None, admin=admin, initial={"parent": str(first.pk) if first else ""})
    asked = None if above is None and admin.everything else above or first
    act = Act(_("Add a unit"), "unit.add", asked, form, do, reverse("desk:admin-units"))
    return run(request, admin, act)


class NameForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("Unit name"), max_length=100)


@administrator
def rename(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = admin.unit(pk)

    def do(given: Mapping[str, Any]) -> Done:
        renamed = upkeep.rename_unit(found, given["name"])
        return Done(shown(found), found.name, renamed.name)

    form = NameForm(request.POST or None, initial={"name": found.name})
    state = {_("Unit name"): found.name}
    return run(request, admin, Act(_("Rename"), "unit.rename", found, form, do, page_of(found), found.name, state))


def page_of(unit: Unit) -> str:
    return reverse("desk:admin-unit", args=[unit.pk])


class ParentForm(AdminForm):
    parent = forms.ChoiceField(label=gettext_lazy("New superior unit"))

    def __init__(self, *args: Any, admin: Admin, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = set(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))
        known = [(name, title) for name, title in unit_choices(admin) if int(name) not in below]
        self.fields["parent"].choices = known  # type: ignore[attr-defined]


@administrator
def move(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Another superior, with what that changes shown first: policies, calendars, due times."""
    found = admin.unit(pk)

    def preview(given: Mapping[str, Any]) -> list[Section]:
        before, calendar = holding(found, admin.now), calendar_for(found).version
        facts = "\n".join(f"{name}: {value}" for name, value in standing_facts(found, admin.now))
        with undone():
            there = actions.move_unit(found, Unit.objects.get(pk=int(given["parent"])))
            after, other = holding(there, admin.now), calendar_for(there).version
            moved = recount_section(there)
        same = _("The calendar stays the same.") if other == calendar else _("Another calendar holds there.")
        kept = _("Matters that are open keep the policy of their opening; new ones open under what holds there.")
        return [
            Section(_("What moves with it"), note=facts),
            policies_section(_("Policies that hold"), before, after),
            Section(_("Calendar"), note=f"{same}\n{kept}"),
            moved,
        ]

    def do(given: Mapping[str, Any]) -> Done:
        before = found.path
        there = actions.move_unit(found, Unit.objects.get(pk=int(given["parent"])))
        return Done(shown(found), before, there.path)

    form = ParentForm(request.POST or None, admin=admin, unit=found)
    state = {_("Superior unit"): found.parent.name if found.parent else "—"}
    act = Act(
        _("Move"), "unit.move", found, form, do, page_of(found), found.name, state, preview, submit=_("Move the unit")
    )
    return run(request, admin, act)


class UntilForm(AdminForm):
    def __init__(self, *args: Any, admin: Admin, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = MomentField(ZoneInfo(zone), admin.now, label=_("From when on"), help_text=_("Empty: from now on."))
        self.add("until", field)


@administrator
def end(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """The end of a unit; what still stands there is shown first."""
    found = admin.unit(pk)

    def preview(_given: Mapping[str, Any]) -> list[Section]:
        facts = standing_facts(found, admin.now)
        said = _("Appointments here end with the unit. What is owed here goes to the superior unit's duty post.")
        return [
            Section(_("What still stands there"), note="\n".join(f"{name}: {value}" for name, value in facts)),
            Section(_("What follows"), note=said),
        ]

    def do(given: Mapping[str, Any]) -> Done:
        ended = actions.close_unit(found, given["until"])
        return Done(shown(found), after=ended.until.isoformat() if ended.until else "")

    form = UntilForm(request.POST or None, admin=admin, zone=found.zone)
    act = Act(
        _("End it"), "unit.end", found, form, do, page_of(found), found.name, preview=preview, submit=_("End the unit")
    )
    return run(request, admin, act)
