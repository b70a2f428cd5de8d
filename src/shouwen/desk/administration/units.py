"""Units (单位) and posts (岗位): the tree, a unit's page, and what is done to both."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run, undone
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.moving import holding, policies_section, recount_section, standing_facts
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.governance.calendars import calendar_for
from shouwen.organisation import actions, upkeep
from shouwen.organisation.models import Appointment, Authority, Post, Unit, UnitKind
from shouwen.organisation.queries import superiors

DEEPEST = 4


@administrator
def units(request: HttpRequest, admin: Admin) -> HttpResponse:
    """The tree of the units that one administers."""
    filters = (
        Filter("q", _("Name")),
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
                _ended(one, admin),
            ]
            for one in page
        ]

    columns = (
        Column(_("Name"), "name"),
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


def _ended(unit: Unit, admin: Admin) -> Cell:
    if unit.until is None or unit.until > admin.now:
        return Cell(_("stands"), chip="green")
    return Cell(_("ended %(when)s") % {"when": local(unit.until, unit.zone)[:10]}, chip="amber")


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
        Button(_("End"), link("end")),
    ]
    below = [
        [Cell(one.name, reverse("desk:admin-unit", args=[one.pk])), Cell(one.get_kind_display()), _ended(one, admin)]
        for one in Unit.objects.filter(parent=found).order_by("pk")
    ]
    sections = [
        _posts(found, admin, link("post")),
        Section(
            _("Units below"),
            Table([Column(_("Name")), Column(_("Kind")), Column(_("State"))], below),
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
            Cell(_("duty post") if post.is_duty_post else "", chip="blue" if post.is_duty_post else ""),
            Cell("、".join(held.get(post.pk, [])) or _("vacant")),
            Cell("、".join(powers.get(post.pk, [])) or "—"),
        ]
        for post in Post.objects.filter(unit=unit).order_by("pk")
    ]
    columns = [Column(_("Post")), Column(_("Duty post")), Column(_("Held by")), Column(_("Authorities"))]
    note = (
        "" if any(post[1].text for post in rows) else _("No post here takes what is nobody's: it goes to the superior.")
    )
    return Section(
        _("Posts"), Table(columns, rows), empty=_("No post yet."), buttons=[Button(_("Add a post"), add)], note=note
    )


# --- what is done to a unit ------------------------------------------------------------------


class UnitForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
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
        after = f"{made.name}, {made.kind}, {made.path}"
        return Done(shown(made), after=after, url=reverse("desk:admin-unit", args=[made.pk]))

    form = UnitForm(request.POST or None, admin=admin, initial={"parent": str(first.pk) if first else ""})
    asked = None if above is None and admin.everything else above or first
    act = Act(_("Add a unit"), "unit.add", asked, form, do, reverse("desk:admin-units"))
    return run(request, admin, act)


class NameForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)


@administrator
def rename(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = admin.unit(pk)

    def do(given: Mapping[str, Any]) -> Done:
        renamed = upkeep.rename_unit(found, given["name"])
        return Done(shown(found), found.name, renamed.name)

    form = NameForm(request.POST or None, initial={"name": found.name})
    state = {_("Name"): found.name}
    return run(request, admin, Act(_("Rename"), "unit.rename", found, form, do, _page(found), found.name, state))


def _page(unit: Unit) -> str:
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
        _("Move"), "unit.move", found, form, do, _page(found), found.name, state, preview, submit=_("Move the unit")
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
        _("End"), "unit.end", found, form, do, _page(found), found.name, preview=preview, submit=_("End the unit")
    )
    return run(request, admin, act)


# --- posts ---------------------------------------------------------------------------------


class PostForm(AdminForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("As the regulation calls it.")
    )
    is_duty_post = forms.BooleanField(
        label=gettext_lazy("Duty post"),
        required=False,
        help_text=gettext_lazy("Takes what comes to the unit and is nobody's yet."),
    )


@administrator
def add_post(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = admin.unit(pk)

    def do(given: Mapping[str, Any]) -> Done:
        made = actions.create_post(found, given["name"])
        if given["is_duty_post"]:
            upkeep.set_duty_post(made)
        return Done(shown(made), after=f"{made.name}{'*' if given['is_duty_post'] else ''}")

    form = PostForm(request.POST or None)
    return run(request, admin, Act(_("Add a post"), "post.add", found, form, do, _page(found), found.name))


def _post(admin: Admin, pk: int) -> Post:
    found = get_object_or_404(Post.objects.select_related("unit"), pk=pk)
    admin.insist(found.unit)
    return found


@administrator
def post(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One post: who held it when, what it may decide."""
    found = _post(admin, pk)
    zone = found.unit.zone
    held = [
        [
            Cell(row.person.name, reverse("desk:admin-person", args=[row.person_id])),
            Cell(local(row.since, zone), number=True),
            Cell(local(row.until, zone) or "—", number=True),
        ]
        for row in found.appointments.select_related("person").order_by("-since")
    ]
    powers = [
        [
            Cell(row.kind, reverse("desk:admin-authority-end", args=[row.pk])),
            Cell(row.category or "—"),
            Cell(_("without limit") if row.limit is None else f"{row.limit}", number=True),
            Cell(local(row.since, zone), number=True),
            Cell(local(row.until, zone) or "—", number=True),
        ]
        for row in found.authorities.order_by("-since")
    ]
    dates = [Column(_("Since")), Column(_("Until"))]
    sections = [
        Section(
            _("Held by"),
            Table([Column(_("Person")), *dates], held),
            empty=_("Nobody has held this post."),
            buttons=[Button(_("Appoint"), reverse("desk:admin-post-appoint", args=[pk]))],
        ),
        Section(
            _("Authorities"),
            Table([Column(_("Kind of authority")), Column(_("Category")), Column(_("Limit in yuan")), *dates], powers),
            empty=_("This post decides on nothing up to a sum."),
            buttons=[Button(_("Grant"), reverse("desk:admin-post-grant", args=[pk]))],
        ),
    ]
    duty = [Cell(_("duty post"), chip="blue")] if found.is_duty_post else []
    buttons = (
        [] if found.is_duty_post else [Button(_("Make it the duty post"), reverse("desk:admin-post-duty", args=[pk]))]
    )
    facts = [(_("Unit"), found.unit.name)]
    context = {"title": found.name, "facts": facts, "chips": duty, "buttons": buttons, "sections": sections}
    return render(request, "desk/admin/thing.html", context)


@administrator
def duty_post(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _post(admin, pk)
    now = Post.objects.filter(unit=found.unit, is_duty_post=True).first()

    def do(_given: Mapping[str, Any]) -> Done:
        upkeep.set_duty_post(found)
        return Done(shown(found), now.name if now else "", found.name)

    note = _("From now on “%(new)s” takes what is nobody's in %(unit)s; until now: %(old)s.") % {
        "new": found.name,
        "unit": found.unit.name,
        "old": now.name if now else "—",
    }
    act = Act(
        _("Make it the duty post"),
        "post.duty",
        found.unit,
        AdminForm(request.POST or None),
        do,
        reverse("desk:admin-post", args=[pk]),
        found.name,
        {_("Duty post"): now.name if now else "—"},
        sections=[Section(_("What follows"), note=note)],
    )
    return run(request, admin, act)


class GrantForm(AdminForm):
    kind = forms.CharField(label=gettext_lazy("Kind of authority"), max_length=100)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=100, required=False)
    limit = forms.DecimalField(
        label=gettext_lazy("Limit in yuan"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=gettext_lazy("Empty: without limit."),
    )

    def __init__(self, *args: Any, admin: Admin, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("since", MomentField(ZoneInfo(zone), admin.now, label=_("Since"), help_text=_("Empty: from now on.")))
        self.add("until", MomentField(ZoneInfo(zone), label=_("Until")))


@administrator
def grant(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _post(admin, pk)

    def do(given: Mapping[str, Any]) -> Done:
        row = actions.grant(
            found, given["kind"], given["limit"], given["since"], given["until"], category=given["category"]
        )
        return Done(shown(found), after=f"{row.kind} {row.category} {row.limit or '∞'}")

    form = GrantForm(request.POST or None, admin=admin, zone=found.unit.zone)
    back = reverse("desk:admin-post", args=[pk])
    return run(request, admin, Act(_("Grant"), "authority.grant", found.unit, form, do, back, found.name))


@administrator
def end_authority(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = get_object_or_404(Authority.objects.select_related("post__unit"), pk=pk)

    def do(given: Mapping[str, Any]) -> Done:
        if row.until is not None and row.until <= admin.now:
            raise ValidationError(_("It has ended already."))
        ended = actions.end_authority(row, given["until"])
        return Done(shown(row.post), f"{row.kind} {row.category}", f"→ {ended.until:%Y-%m-%d %H:%M}")

    form = UntilForm(request.POST or None, admin=admin, zone=row.post.unit.zone)
    back = reverse("desk:admin-post", args=[row.post_id])
    about = f"{row.post.name} · {row.kind}"
    state = {_("Until"): local(row.until, row.post.unit.zone)}
    return run(request, admin, Act(_("End"), "authority.end", row.post.unit, form, do, back, about, state))
