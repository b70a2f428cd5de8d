"""People (人员): who there is, in which posts, who stands in for whom; accounts."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.leaving import hand_over, owed_sections, owned_by
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.forms import Combobox
from shouwen.desk.templatetags.desk import local
from shouwen.organisation import actions, upkeep
from shouwen.organisation.models import Absence, Appointment, Delegation, Person, Post, Unit


def _held(admin: Admin) -> QuerySet[Appointment]:
    """Posts that people hold now or will hold."""
    return Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=admin.now), person=OuterRef("pk"))


def people_of(admin: Admin) -> QuerySet[Person]:
    """People with a post that he administers, and those who have none at all."""
    if admin.everything:
        return Person.objects.all()
    ours = Appointment.objects.filter(admin.within("post__unit__"), person=OuterRef("pk"))
    return Person.objects.filter(Exists(ours) | ~Exists(_held(admin)))


def insist(admin: Admin, person: Person) -> None:
    """An account is its administrator's who administers every post that the person holds.

    Raises PermissionDenied: else whoever administers a project could sign in as the head of the group.
    """
    if admin.everything:
        return
    held = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=admin.now), person=person)
    outside = held.exclude(admin.within("post__unit__")).select_related("post__unit").first()
    if person.is_superuser or person.auditor:
        raise PermissionDenied(_("The account of a superuser or an auditor is the superusers' to change."))
    if outside is not None:
        said = {"unit": outside.post.unit.name, "post": outside.post.name}
        raise PermissionDenied(_("This person also holds a post that you do not administer: %(unit)s %(post)s.") % said)


def _person(admin: Admin, pk: int) -> Person:
    return get_object_or_404(people_of(admin), pk=pk)


def _unit_of(admin: Admin, person: Person) -> Unit | None:
    """The unit that an act on a person concerns: that of a post of his, else the administrator's own."""
    held = person.appointments.filter(admin.within("post__unit__")).select_related("post__unit").order_by("-since")
    row = held.first()
    return row.post.unit if row is not None else admin.units().first()


def _page(person: Person) -> str:
    return reverse("desk:admin-person", args=[person.pk])


@administrator
def people(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Everybody whom one administers."""
    filters = (
        Filter("q", _("Find a person"), hint=_("Name, pinyin, initials or sign-in name")),
        Filter("unit", _("Unit"), unit_choices(admin)),
        Filter("state", _("State"), [("in", _("may sign in")), ("out", _("deactivated")), ("none", _("without post"))]),
    )
    asked = asked_of(request, filters)
    rows = people_of(admin)
    if "q" in asked:
        text = asked["q"].replace(" ", "").lower()
        rows = rows.filter(
            Q(name__icontains=asked["q"])
            | Q(pinyin__startswith=text)
            | Q(initials__startswith=text)
            | Q(username__istartswith=asked["q"])
        )
    if "unit" in asked:
        path = Unit.objects.get(pk=int(asked["unit"])).path
        there = Appointment.objects.holding(admin.now).filter(post__unit__path__startswith=path)
        rows = rows.filter(Exists(there.filter(person=OuterRef("pk"))))
    if asked.get("state") in ("in", "out"):
        rows = rows.filter(is_active=asked["state"] == "in")
    elif asked.get("state") == "none":
        rows = rows.filter(~Exists(_held(admin)), is_active=True)

    def cells(page: Sequence[Person]) -> list[list[Cell]]:
        held: dict[int, list[str]] = {}
        there = Appointment.objects.holding(admin.now).filter(person__in=page)
        for row in there.select_related("post__unit"):
            held.setdefault(row.person_id, []).append(f"{row.post.unit.name} {row.post.name}")
        return [
            [
                Cell(one.name, _page(one)),
                Cell(one.username),
                Cell("、".join(held.get(one.pk, [])) or "—"),
                Cell(local(one.last_login) or _("never"), number=True),
                _state(one),
            ]
            for one in page
        ]

    columns = (
        Column(_("Name"), "name"),
        Column(_("Sign-in name"), "username"),
        Column(_("Posts")),
        Column(_("Last signed in"), "login"),
        Column(_("State")),
    )
    sorts = {"name": ("pinyin", "pk"), "username": ("username",), "login": ("last_login", "pk")}
    buttons = [Button(_("Add a person"), reverse("desk:admin-person-add"), "user-plus", primary=True)]
    empty = (_("Nobody yet"), _("People are added here or imported from Excel."))
    page = listing(request, _("People"), columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty)
    return render(request, "desk/admin/list.html", {"listing": page})


def _state(person: Person) -> Cell:
    if not person.is_active:
        return Cell(_("deactivated"), chip="amber")
    if not person.has_usable_password():
        return Cell(_("no password yet"), chip="amber")
    return Cell(_("may sign in"), chip="green")


@administrator
def person(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One person: posts, absences, deputies, the account."""
    found = _person(admin, pk)

    def link(name: str) -> str:
        return reverse(f"desk:admin-person-{name}", args=[pk])

    buttons = [Button(_("Change"), link("change"))]
    if found.is_active:
        buttons += [Button(_("New password"), link("password")), Button(_("Deactivate"), link("out"))]
    else:
        buttons.append(Button(_("Let in again"), link("in")))
    facts = [
        (_("Sign-in name"), found.username),
        (_("Phone"), found.phone),
        (_("Email"), found.email),
        (_("Last signed in"), local(found.last_login)),
        (_("Open matters owned"), str(owned_by(found).count())),
    ]
    context = {
        "title": found.name,
        "chips": [_state(found)],
        "facts": facts,
        "buttons": buttons,
        "sections": [_posts(found, link("appoint")), _absences(found, link), _delegations(found, link)],
    }
    return render(request, "desk/admin/thing.html", context)


def _posts(person: Person, appoint: str) -> Section:
    rows = [
        [
            Cell(row.post.name, reverse("desk:admin-post", args=[row.post_id])),
            Cell(row.post.unit.name),
            Cell(local(row.since, row.post.unit.zone), number=True),
            Cell(local(row.until, row.post.unit.zone) or "—", number=True),
            Cell(
                "" if row.until else _("End"), "" if row.until else reverse("desk:admin-appointment-end", args=[row.pk])
            ),
        ]
        for row in person.appointments.select_related("post__unit").order_by("-since")
    ]
    columns = [Column(t) for t in (_("Post"), _("Unit"), _("Since"), _("Until"), _("To do"))]
    return Section(_("Posts"), Table(columns, rows), _("No post yet."), [Button(_("Appoint"), appoint)])


def _absences(person: Person, link: Any) -> Section:
    rows = [
        [
            Cell(local(row.since), number=True),
            Cell(local(row.until) or "—", number=True),
            Cell(row.reason or "—"),
            Cell("" if row.until else _("End"), "" if row.until else reverse("desk:admin-absence-end", args=[row.pk])),
        ]
        for row in person.absences.order_by("-since")
    ]
    columns = [Column(t) for t in (_("Since"), _("Until"), _("Reason"), _("To do"))]
    buttons = [Button(_("Enter an absence"), link("absence"))]
    return Section(_("Absences"), Table(columns, rows), _("Never entered as away."), buttons)


def _delegations(person: Person, link: Any) -> Section:
    rows = [
        [
            Cell(row.deputy.name, _page(row.deputy)),
            Cell(f"{row.post.unit.name} {row.post.name}" if row.post else _("everything")),
            Cell(local(row.since), number=True),
            Cell(local(row.until) or "—", number=True),
            Cell(row.reason or "—"),
            Cell(
                "" if row.until else _("End"), "" if row.until else reverse("desk:admin-delegation-end", args=[row.pk])
            ),
        ]
        for row in person.delegations.select_related("deputy", "post__unit").order_by("-since")
    ]
    columns = [Column(t) for t in (_("Deputy"), _("For"), _("Since"), _("Until"), _("Reason"), _("To do"))]
    buttons = [Button(_("Name a deputy"), link("deputy"))]
    return Section(_("Deputies"), Table(columns, rows), _("Nobody stands in."), buttons)


# --- forms -----------------------------------------------------------------------------------


def _named(_kind: str, ref: str) -> str:
    found = Person.objects.filter(pk=int(ref)).first() if ref.isdecimal() and len(ref) < 10 else None
    return found.name if found else ""


class PersonField(forms.CharField):
    """Somebody in office, chosen by typing."""

    def __init__(self, label: str, *, required: bool = True, help_text: str = "") -> None:
        widget = Combobox("person", reverse_lazy("desk:find-people"), _named)
        super().__init__(label=label, required=required, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> Person | None:
        text = super().clean(value)
        if not text:
            return None
        found = Person.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 10 else None
        if found is None:
            raise forms.ValidationError(_("Choose somebody from the list."))
        return found


class AddForm(AdminForm):
    username = forms.CharField(label=gettext_lazy("Sign-in name"), max_length=150)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)


@administrator
def add(request: HttpRequest, admin: Admin) -> HttpResponse:
    def do(given: Mapping[str, Any]) -> Done:
        made = actions.create_person(given["username"], given["name"], phone=given["phone"])
        return Done(shown(made), url=_page(made))

    act = Act(
        _("Add a person"),
        "person.add",
        admin.units().first(),
        AddForm(request.POST or None),
        do,
        reverse("desk:admin-people"),
    )
    return run(request, admin, act)


class ChangeForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)


@administrator
def change(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _person(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        changed = upkeep.change_person(found, name=given["name"], phone=given["phone"], email=given["email"])
        # Which fields, never what stands in them: the journal keeps nothing personal.
        return Done(shown(found), after=", ".join(changed))

    form = ChangeForm(request.POST or None, initial={"name": found.name, "phone": found.phone, "email": found.email})
    state = {_("Name"): found.name, _("Phone"): found.phone, _("Email"): found.email}
    unit = _unit_of(admin, found)
    return run(request, admin, Act(_("Change"), "person.change", unit, form, do, _page(found), found.name, state))


@administrator
def password(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """A random password, shown once."""
    found = _person(admin, pk)
    insist(admin, found)

    def do(_given: Mapping[str, Any]) -> Done:
        text = upkeep.new_password(found)
        message = _("%(name)s signs in as %(username)s with this password and should change it at once.") % {
            "name": found.name,
            "username": found.username,
        }
        return Done(shown(found), message=message, once=text)

    said = _("The present password stops working, and every session under it ends.")
    act = Act(
        _("New password"),
        "person.password",
        _unit_of(admin, found),
        AdminForm(request.POST or None),
        do,
        _page(found),
        found.name,
        sections=[Section(_("What follows"), note=said)],
        submit=_("Give a new password"),
    )
    return run(request, admin, act)


class LeavingForm(AdminForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Takes over the open matters that the leaver owns; needed where there are any.")
        self.add("successor", PersonField(_("Successor"), required=False, help_text=hint))


@administrator
def deactivate(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Nobody leaves with open matters in his hands: what he owes is shown, and who takes it is said."""
    found = _person(admin, pk)
    insist(admin, found)

    def preview(given: Mapping[str, Any]) -> list[Section]:
        return owed_sections(found, given["successor"], admin.now)

    def do(given: Mapping[str, Any]) -> Done:
        if found == admin.person:
            raise ValidationError(_("Nobody deactivates himself."))
        count = hand_over(found, given["successor"], admin.person, admin.now)
        upkeep.shut_out(found, admin.now)
        successor = given["successor"]
        after = f"{count} → {shown(successor)}" if successor is not None and count else ""
        return Done(shown(found), after=after)

    form = LeavingForm(request.POST or None)
    act = Act(
        _("Deactivate"),
        "person.out",
        _unit_of(admin, found),
        form,
        do,
        _page(found),
        found.name,
        preview=preview,
        submit=_("Deactivate now"),
    )
    return run(request, admin, act)


@administrator
def reactivate(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _person(admin, pk)
    insist(admin, found)

    def do(_given: Mapping[str, Any]) -> Done:
        upkeep.let_in(found)
        return Done(shown(found))

    said = _("The person may sign in again. Posts are given anew.")
    act = Act(
        _("Let in again"),
        "person.in",
        _unit_of(admin, found),
        AdminForm(request.POST or None),
        do,
        _page(found),
        found.name,
        sections=[Section(_("What follows"), note=said)],
    )
    return run(request, admin, act)


# --- posts of people --------------------------------------------------------------------------


class AppointForm(AdminForm):
    """A person into a post: whichever of both the page does not already say."""

    def __init__(
        self, *args: Any, admin: Admin, zone: str = "", posts: bool = False, person: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if person:
            self.add("person", forms.ModelChoiceField(people_of(admin).filter(is_active=True), label=_("Person")))
        if posts:
            rows = Post.objects.filter(admin.within("unit__"), unit__until__isnull=True).select_related("unit")
            choices = [(str(one.pk), f"{one.unit.name} · {one.name}") for one in rows.order_by("unit__path", "pk")]
            self.add("post", forms.ChoiceField(label=_("Post"), choices=[("", "—"), *choices]))
        at = ZoneInfo(zone) if zone else admin.zone
        self.add("since", MomentField(at, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))
        self.add("until", MomentField(at, label=_("Until"), help_text=_("Empty: until it is ended.")))
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
    until = f" – {row.until:%Y-%m-%d}" if row.until else ""
    return Done(shown(person), after=f"{post.unit.name} {post.name} {row.since:%Y-%m-%d}{until}")


@administrator
def appoint(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """This person into a post."""
    found = _person(admin, pk)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.select_related("unit").get(pk=int(given["post"]))
        act.unit = post.unit
        return _appointed(found, post, given)

    form = AppointForm(request.POST or None, admin=admin, posts=True)
    act = Act(_("Appoint"), "appointment.add", admin.units().first(), form, do, _page(found), found.name)
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
        return Done(shown(row.person), f"{row.post.unit.name} {row.post.name}", f"→ {ended.until:%Y-%m-%d %H:%M}")

    form = EndForm(request.POST or None, admin=admin)
    about = f"{row.person.name} · {row.post.name}"
    state = {_("Until"): local(row.until)}
    back = _page(row.person) if people_of(admin).filter(pk=row.person_id).exists() else reverse("desk:admin-people")
    return run(request, admin, Act(_("End"), "appointment.end", row.post.unit, form, do, back, about, state))


class AbsenceForm(AdminForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("since", MomentField(admin.zone, admin.now, label=_("Since"), help_text=_("Empty: from now on.")))
        self.add("until", MomentField(admin.zone, label=_("Until")))


@administrator
def absence(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = _person(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        row = actions.enter_absence(found, given["since"], given["until"], given["reason"])
        # Why somebody is away is his own: the journal keeps only that and when.
        return Done(
            shown(found), after=f"{row.since:%Y-%m-%d}–{row.until:%Y-%m-%d}" if row.until else f"{row.since:%Y-%m-%d}–"
        )

    form = AbsenceForm(request.POST or None, admin=admin)
    unit = _unit_of(admin, found)
    return run(request, admin, Act(_("Enter an absence"), "absence.add", unit, form, do, _page(found), found.name))


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
    found = _person(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.get(pk=int(given["post"])) if given["post"] else None
        row = actions.delegate(
            found, given["deputy"], given["since"], given["until"], post=post, reason=given["reason"]
        )
        for_what = post.name if post else "*"
        return Done(shown(found), after=f"{for_what} → {shown(row.deputy)} {row.since:%Y-%m-%d}")

    form = DeputyForm(request.POST or None, admin=admin, person=found)
    unit = _unit_of(admin, found)
    return run(request, admin, Act(_("Name a deputy"), "delegation.add", unit, form, do, _page(found), found.name))


@administrator
def end_delegation(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = get_object_or_404(Delegation.objects.select_related("person"), pk=pk)
    return _end(request, admin, row, "delegation.end", actions.end_delegation)


def _end(request: HttpRequest, admin: Admin, row: Absence | Delegation, what: str, ending: Any) -> HttpResponse:
    found = _person(admin, row.person_id)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        ended = ending(row, given["until"])
        return Done(shown(found), after=f"→ {ended.until:%Y-%m-%d %H:%M}")

    form = EndForm(request.POST or None, admin=admin)
    state = {_("Until"): local(row.until)}
    return run(request, admin, Act(_("End"), what, _unit_of(admin, found), form, do, _page(found), found.name, state))
