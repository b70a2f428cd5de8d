"""Who is put into which post, who is away, who stands in for whom (任职、不在岗、代理)."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, shown
from shouwen.desk.administration.people import PersonField, insist, page_of, people_of, person_of, unit_of
from shouwen.desk.templatetags.desk import local
from shouwen.organisation import actions
from shouwen.organisation.models import Absence, Appointment, Delegation, Person, Post


class AppointForm(AdminForm):
    """A person into a post: whichever of both the page does not already say."""

    def __init__(
        self, *args: Any, admin: Admin, zone: str = "", posts: bool = False, person: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if person:
            self.add("person", forms.ModelChoiceField(people_of(admin).filter(is_active=True), label=_("Person")))
        if posts:
            rows = Post.objects.filter(admin.within("unit__"), until__isnull=True).select_related("unit")
            choices = [(str(one.pk), f"{one.unit.name} · {one.name}") for one in rows.order_by("unit__path", "pk")]
            self.add("post", forms.ChoiceField(label=_("Post"), choices=[("", "—"), *choices]))
        at = ZoneInfo(zone) if zone else admin.zone
        self.add("since", MomentField(at, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))
        self.add(
            "until",
            MomentField(
                at, last=True, label=_("Until"), help_text=_("The last day, or a time; empty: until it is ended.")
            ),
        )
        if "person" in self.fields:
            self.fields["person"].label_from_instance = lambda one: f"{one.name} ({one.username})"  # type: ignore[attr-defined]


@administrator
def appoint_to(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Somebody into this post."""
    post = get_object_or_404(Post.objects.select_related("unit"), pk=pk)
    admin.insist(post.unit)

    def do(given: Mapping[str, Any]) -> Done:
        return _appointed(given["person"], post, given)

    form = AppointForm(request.POST or None, admin=admin, zone=post.unit.zone, person=True)
    back = reverse("desk:admin-post", args=[pk])
    return run(request, admin, Act(_("Appoint"), "appointment.add", post.unit, form, do, back, post.name))


def _appointed(person: Person, post: Post, given: Mapping[str, Any]) -> Done:
    row = actions.appoint(person, post, given["since"], given["until"])
    zone = post.unit.zone
    until = f" – {local(row.until, zone)}" if row.until else ""
    return Done(shown(person), after=f"{post.unit.name} {post.name} {local(row.since, zone)}{until}")


@administrator
def appoint(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """This person into a post."""
    found = person_of(admin, pk)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.select_related("unit").get(pk=int(given["post"]))
        act.unit = post.unit
        return _appointed(found, post, given)

    form = AppointForm(request.POST or None, admin=admin, posts=True)
    act = Act(_("Appoint"), "appointment.add", admin.units().first(), form, do, page_of(found), found.name)
    return run(request, admin, act)


class EndForm(AdminForm):
    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = MomentField(admin.zone, admin.now, label=_("From when on"), help_text=_("Empty: from now on."))
        self.add("until", field)


@administrator
def end_appointment(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = get_object_or_404(Appointment.objects.select_related("person", "post__unit"), pk=pk)
    admin.insist(row.post.unit)

    def do(given: Mapping[str, Any]) -> Done:
        ended = actions.end_appointment(row, given["until"])
        until = local(ended.until, row.post.unit.zone)
        return Done(shown(row.person), f"{row.post.unit.name} {row.post.name}", f"→ {until}")

    form = EndForm(request.POST or None, admin=admin)
    about = f"{row.person.name} · {row.post.name}"
    state = {_("Until"): local(row.until)}
    back = page_of(row.person) if people_of(admin).filter(pk=row.person_id).exists() else reverse("desk:admin-people")
    return run(request, admin, Act(_("End it"), "appointment.end", row.post.unit, form, do, back, about, state))


class AbsenceForm(AdminForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("since", MomentField(admin.zone, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))
        self.add(
            "until",
            MomentField(
                admin.zone,
                last=True,
                label=_("Until"),
                help_text=_("The last day, or a time; empty: until it is ended."),
            ),
        )


@administrator
def absence(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = person_of(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        row = actions.enter_absence(found, given["since"], given["until"], given["reason"])
        # Why somebody is away is his own: the journal keeps only that and when.
        zone = admin.zone.key
        return Done(shown(found), after=f"{local(row.since, zone)} – {local(row.until, zone)}")

    form = AbsenceForm(request.POST or None, admin=admin)
    unit = unit_of(admin, found)
    return run(request, admin, Act(_("Enter an absence"), "absence.add", unit, form, do, page_of(found), found.name))


@administrator
def end_absence(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = get_object_or_404(Absence.objects.select_related("person"), pk=pk)
    return _end(request, admin, row, "absence.end", actions.end_absence)


class DeputyForm(AbsenceForm):
    def __init__(self, *args: Any, admin: Admin, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, admin=admin, **kwargs)
        self.add("deputy", PersonField(_("Deputy")))
        held = person.appointments.filter(Q(until__isnull=True) | Q(until__gt=admin.now)).select_related("post__unit")
        choices = [("", _("everything")), *((str(r.post_id), f"{r.post.unit.name} · {r.post.name}") for r in held)]
        self.add("post", forms.ChoiceField(label=_("For"), choices=choices, required=False))
        self.order_fields(["deputy", "post", "since", "until", "reason"])


@administrator
def deputy(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = person_of(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.get(pk=int(given["post"])) if given["post"] else None
        row = actions.delegate(
            found, given["deputy"], given["since"], given["until"], post=post, reason=given["reason"]
        )
        for_what = post.name if post else "*"
        return Done(shown(found), after=f"{for_what} → {shown(row.deputy)} {local(row.since, admin.zone.key)}")

    form = DeputyForm(request.POST or None, admin=admin, person=found)
    unit = unit_of(admin, found)
    return run(request, admin, Act(_("Name a deputy"), "delegation.add", unit, form, do, page_of(found), found.name))


@administrator
def end_delegation(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = get_object_or_404(Delegation.objects.select_related("person"), pk=pk)
    return _end(request, admin, row, "delegation.end", actions.end_delegation)


def _end(request: HttpRequest, admin: Admin, row: Absence | Delegation, what: str, ending: Any) -> HttpResponse:
    found = person_of(admin, row.person_id)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        ended = ending(row, given["until"])
        return Done(shown(found), after=f"→ {local(ended.until, admin.zone.key)}")

    form = EndForm(request.POST or None, admin=admin)
    state = {_("Until"): local(row.until)}
    return run(
        request, admin, Act(_("End it"), what, unit_of(admin, found), form, do, page_of(found), found.name, state)
    )
