"""Policies in force (规章施行): which version since when for which unit and kind; a new one published, put in force."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.background import tried_sections
from shouwen.desk.administration.moving import kind_title
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.governance.actions import end_in_force, put_in_force
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import in_force, policy_of
from shouwen.governance.queries import published
from shouwen.organisation.models import Unit


@administrator
def policies(request: HttpRequest, admin: Admin) -> HttpResponse:
    """What is in force in the units that one administers, and above them."""
    versions = [(str(one.pk), str(one)) for one in published()]
    kinds = sorted(set(InForce.objects.values_list("kind", flat=True)))
    filters = (
        Filter("version", _("Policy"), versions),
        Filter("unit", _("Unit"), unit_choices(admin)),
        Filter("kind", _("Kind of subject"), [(one, one) for one in kinds]),
        Filter("state", _("State"), [("now", _("in force")), ("later", _("to come")), ("ended", _("ended"))]),
    )
    asked = asked_of(request, filters)
    rows = InForce.objects.select_related("unit", "policy_version", "by").defer("policy_version__text")
    if not admin.everything:
        above = {pk for one in admin.units() for pk in one.line}
        rows = rows.filter(unit__in=above)
    if "version" in asked:
        rows = rows.filter(policy_version=int(asked["version"]))
    if "unit" in asked:
        rows = rows.filter(unit__in=Unit.objects.get(pk=int(asked["unit"])).line)
    if "kind" in asked:
        rows = rows.filter(kind=asked["kind"])
    if asked.get("state") == "now":
        rows = rows.filter(Q(until__isnull=True) | Q(until__gt=admin.now), since__lte=admin.now)
    elif asked.get("state") == "later":
        rows = rows.filter(since__gt=admin.now)
    elif asked.get("state") == "ended":
        rows = rows.filter(until__lte=admin.now)

    def cells(page: Sequence[InForce]) -> list[list[Cell]]:
        return [
            [
                Cell(str(one.policy_version), reverse("desk:admin-force", args=[one.pk])),
                Cell(kind_title(one)),
                Cell(one.unit.name),
                Cell(local(one.since, one.unit.zone), number=True),
                Cell(local(one.until, one.unit.zone) or "—", number=True),
                Cell("、".join(f"{name}={label}" for name, label in one.readings.items()) or "—"),
                Cell(one.by.name if one.by else "—"),
            ]
            for one in page
        ]

    columns = (
        Column(_("Policy"), "policy"),
        Column(_("Kind"), "kind"),
        Column(_("Unit"), "unit"),
        Column(_("Since"), "since"),
        Column(_("Until")),
        Column(_("Readings")),
        Column(_("By")),
    )
    sorts = {
        "unit": ("unit__path", "kind", "-since"),
        "policy": ("policy_version__name", "policy_version__version", "unit__path", "kind"),
        "kind": ("kind", "unit__path", "-since"),
        "since": ("-since", "pk"),
    }
    buttons = [
        Button(_("Move open matters"), reverse("desk:admin-policies-move"), "arrow-forward"),
        Button(_("Propose a version"), reverse("desk:admin-publish"), "file-upload"),
        Button(_("Put in force"), reverse("desk:admin-force-new"), "player-play", primary=True),
    ]
    empty = (_("No regulation is in force here"), _("Propose a version; approved and in force it opens duties."))
    title = _("Policies in force")
    page = listing(request, title, columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty)
    return render(request, "desk/admin/list.html", {"listing": page})


@administrator
def force(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One policy in force, its readings, and what may be done to it."""
    found = get_object_or_404(InForce.objects.select_related("unit", "policy_version", "by"), pk=pk)
    policy = policy_of(found.policy_version)
    taken = [
        [
            Cell(one.name),
            Cell(found.readings.get(one.name, one.take)),
            Cell("、".join(one.choices)),
            Cell(one.why or "—"),
        ]
        for one in policy.readings.values()
    ]
    columns = [Column(t) for t in (_("Reading"), _("Taken"), _("Choices"), _("Why"))]
    facts = [
        (_("Kind of subject"), kind_title(found)),
        (_("Unit"), found.unit.name),
        (_("Since"), local(found.since, found.unit.zone)),
        (_("Until"), local(found.until, found.unit.zone)),
        (_("By"), found.by.name if found.by else ""),
    ]
    buttons = [Button(_("Read"), reverse("desk:policy", args=[found.policy_version_id]))]
    if admin.reaches(found.unit) and (found.until is None or found.until > admin.now):
        buttons.append(Button(_("Change parameters or readings"), reverse("desk:admin-reading", args=[pk])))
        buttons.append(Button(_("End it"), reverse("desk:admin-force-end", args=[pk])))
    sections = [Section(_("Readings taken"), Table(columns, taken), _("The text leaves nothing open."))]
    context = {"title": str(found.policy_version), "facts": facts, "buttons": buttons, "sections": sections}
    return render(request, "desk/admin/thing.html", context)


class ForceForm(AdminForm):
    version = forms.ChoiceField(label=gettext_lazy("Policy"))
    unit = forms.ChoiceField(
        label=gettext_lazy("For"), help_text=gettext_lazy("And all below it without one of its own.")
    )
    kind = forms.CharField(
        label=gettext_lazy("Kind of subject"),
        max_length=64,
        help_text=gettext_lazy("As the policy calls it: complaint."),
    )

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = [(str(one.pk), str(one)) for one in published()]
        self.fields["version"].choices = versions  # type: ignore[attr-defined]
        self.fields["unit"].choices = unit_choices(admin)  # type: ignore[attr-defined]
        self.add("since", MomentField(admin.zone, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))


@administrator
def put(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A published version for a unit and a kind from a date on; matters of late are tried under it first."""
    text = request.POST.get("unit", "")
    unit = admin.unit(int(text)) if text.isdecimal() and len(text) < 10 else admin.units().first()

    def version(given: Mapping[str, Any]) -> PolicyVersion:
        return PolicyVersion.objects.get(pk=int(given["version"]))

    def preview(given: Mapping[str, Any]) -> list[Section]:
        assert unit is not None
        policy = policy_of(version(given))
        if given["kind"] not in policy.kinds:
            known = "、".join(policy.kinds)
            raise ValidationError({"kind": _("This policy knows these kinds: %(kinds)s.") % {"kinds": known}})
        now = in_force(unit, given["kind"], admin.now)
        held = f"{now.policy_version} ({now.unit.name})" if now else "—"
        columns = [Column(_("Until then")), Column(_("From then on")), Column(_("Since"))]
        row = [Cell(held), Cell(str(version(given))), Cell(local(given["since"], unit.zone), number=True)]
        asked = {"version": version(given).pk, "readings": {}}
        tried = tried_sections(admin, unit, [given["kind"]], policy.with_readings({}), asked)
        return [Section(_("What holds"), Table(columns, [row])), *tried]

    def do(given: Mapping[str, Any]) -> Done:
        assert unit is not None
        before = in_force(unit, given["kind"], admin.now)
        made = put_in_force(unit, given["kind"], version(given), given["since"], by=admin.person)
        after = f"{made.kind}: {made.policy_version} {local(made.since, made.unit.zone)}"
        return Done(shown(made), str(before.policy_version) if before else "", after)

    form = ForceForm(request.POST or None, admin=admin, initial={"version": request.GET.get("version", "")})
    back = reverse("desk:admin-policies")
    act = Act(_("Put in force"), "policy.force", unit, form, do, back, preview=preview, submit=_("Put in force"))
    return run(request, admin, act)


class EndForm(AdminForm):
    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = MomentField(admin.zone, admin.now, label=_("From when on"), help_text=_("Empty: from now on."))
        self.add("until", field)


@administrator
def end(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """The superior's policy holds again."""
    found = get_object_or_404(InForce.objects.select_related("unit", "policy_version"), pk=pk)

    def do(given: Mapping[str, Any]) -> Done:
        ended = end_in_force(found, given["until"])
        return Done(shown(found), str(found.policy_version), f"{found.kind} → {local(ended.until, found.unit.zone)}")

    form = EndForm(request.POST or None, admin=admin)
    said = _("From then on the superior unit's policy holds for new matters; open ones keep theirs.")
    act = Act(
        _("End it"),
        "policy.end",
        found.unit,
        form,
        do,
        reverse("desk:admin-force", args=[pk]),
        str(found.policy_version),
        {_("Until"): local(found.until, found.unit.zone)},
        sections=[Section(_("What follows"), note=said)],
    )
    return run(request, admin, act)
