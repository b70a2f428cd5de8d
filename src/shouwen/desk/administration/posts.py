"""Posts (岗位): who held one when, the duty post, what a post may decide (权限)."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, shown
from shouwen.desk.administration.tables import Button, Cell, Column, Section, Table
from shouwen.desk.administration.units import UntilForm, page_of
from shouwen.desk.templatetags.desk import local
from shouwen.journal.models import Duty
from shouwen.journal.pen import COUNTED
from shouwen.organisation import actions, upkeep
from shouwen.organisation.models import Authority, Post


class PostForm(AdminForm):
    name = forms.CharField(
        label=gettext_lazy("Post name"), max_length=100, help_text=gettext_lazy("As the regulation calls it.")
    )
    is_duty_post = forms.BooleanField(
        label=gettext_lazy("Duty post"),
        required=False,
        help_text=gettext_lazy("Takes what comes to the unit and is nobody's yet."),
    )

    def __init__(self, *args: Any, admin: Admin, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("since", MomentField(ZoneInfo(zone), admin.now, label=_("Since"), help_text=_("Empty: from now on.")))


@administrator
def add_post(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = admin.unit(pk)

    def do(given: Mapping[str, Any]) -> Done:
        made = actions.create_post(found, given["name"], since=given["since"])
        if given["is_duty_post"]:
            upkeep.set_duty_post(made)
        return Done(shown(made), after=f"{made.name}{'*' if given['is_duty_post'] else ''}")

    form = PostForm(request.POST or None, admin=admin, zone=found.zone)
    return run(request, admin, Act(_("Add a post"), "post.add", found, form, do, page_of(found), found.name))


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
    chips = [Cell(_("duty post"), chip="blue")] if found.is_duty_post else []
    buttons = []
    if found.until is None and not found.is_duty_post:
        buttons.append(Button(_("Make it the duty post"), reverse("desk:admin-post-duty", args=[pk])))
    if found.until is None:
        buttons.append(Button(_("End it"), reverse("desk:admin-post-end", args=[pk])))
    facts = [
        (_("Unit"), found.unit.name),
        (_("Since"), local(found.since, zone)),
        (_("Until"), local(found.until, zone)),
    ]
    context = {"title": found.name, "facts": facts, "chips": chips, "buttons": buttons, "sections": sections}
    return render(request, "desk/admin/thing.html", context)


@administrator
def duty_post(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _post(admin, pk)
    now = Post.objects.holding(admin.now).filter(unit=found.unit, is_duty_post=True).first()

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


@administrator
def end(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """The end of a post, with who holds it and what still lies with it shown first."""
    found = _post(admin, pk)

    def preview(_given: Mapping[str, Any]) -> list[Section]:
        held = "、".join(row.person.name for row in found.appointments.holding(admin.now).select_related("person"))
        owed = Duty.objects.filter(post=found, state__in=COUNTED).count()
        said = [
            _("Held by: %(people)s. They hold it no longer; what it may decide ends with it.")
            % {"people": held or "—"},
            _("%(count)d duties lie with this post. They stay open, and its unit's leaders see them.")
            % {"count": owed},
            _("What is opened from then on goes to the next post that the regulation names."),
        ]
        return [Section(_("What follows"), note="\n".join(said))]

    def do(given: Mapping[str, Any]) -> Done:
        ended = actions.close_post(found, given["until"])
        return Done(shown(found), found.name, f"→ {local(ended.until, found.unit.zone)}")

    form = UntilForm(request.POST or None, admin=admin, zone=found.unit.zone)
    back = reverse("desk:admin-post", args=[pk])
    state = {_("Until"): local(found.until, found.unit.zone)}
    act = Act(_("End it"), "post.end", found.unit, form, do, back, found.name, state, preview, submit=_("End the post"))
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
        self.add(
            "until",
            MomentField(
                ZoneInfo(zone),
                last=True,
                label=_("Until"),
                help_text=_("The last day, or a time; empty: until it is ended."),
            ),
        )


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
        return Done(shown(row.post), f"{row.kind} {row.category}", f"→ {local(ended.until, row.post.unit.zone)}")

    form = UntilForm(request.POST or None, admin=admin, zone=row.post.unit.zone)
    back = reverse("desk:admin-post", args=[row.post_id])
    about = f"{row.post.name} · {row.kind}"
    state = {_("Until"): local(row.until, row.post.unit.zone)}
    return run(request, admin, Act(_("End it"), "authority.end", row.post.unit, form, do, back, about, state))
