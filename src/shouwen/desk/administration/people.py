"""People (人员): who there is, in which posts, who stands in for whom; accounts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, run
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.leaving import hand_over, owed_sections, owned_by
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.forms import Combobox
from shouwen.desk.templatetags.desk import local
from shouwen.organisation import actions, upkeep
from shouwen.organisation.models import Absence, Appointment, Delegation, Person, Unit


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


def person_of(admin: Admin, pk: int) -> Person:
    return get_object_or_404(people_of(admin), pk=pk)


def unit_of(admin: Admin, person: Person) -> Unit | None:
    """The unit that an act on a person concerns: that of a post of his, else the administrator's own."""
    held = person.appointments.filter(admin.within("post__unit__")).select_related("post__unit").order_by("-since")
    row = held.first()
    return row.post.unit if row is not None else admin.units().first()


def page_of(person: Person) -> str:
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
                Cell(one.name, page_of(one)),
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
    found = person_of(admin, pk)

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
        (_("Since"), local(found.date_joined)),
        (_("Until"), local(found.until)),
        (_("Open matters owned"), str(owned_by(found).count())),
    ]
    context = {
        "title": found.name,
        "chips": [_state(found)],
        "facts": facts,
        "buttons": buttons,
        "sections": [
            _posts(found, link("appoint"), admin.now),
            _absences(found, link, admin.now),
            _delegations(found, link, admin.now),
        ],
    }
    return render(request, "desk/admin/thing.html", context)


def _end(row: Appointment | Absence | Delegation, name: str, now: datetime) -> Cell:
    """Also what is to end later may end now."""
    over = row.until is not None and row.until <= now
    return Cell("") if over else Cell(_("End it"), reverse(f"desk:admin-{name}-end", args=[row.pk]))


def _posts(person: Person, appoint: str, now: datetime) -> Section:
    rows = [
        [
            Cell(row.post.name, reverse("desk:admin-post", args=[row.post_id])),
            Cell(row.post.unit.name),
            Cell(local(row.since, row.post.unit.zone), number=True),
            Cell(local(row.until, row.post.unit.zone) or "—", number=True),
            _end(row, "appointment", now),
        ]
        for row in person.appointments.select_related("post__unit").order_by("-since")
    ]
    columns = [Column(t) for t in (_("Post"), _("Unit"), _("Since"), _("Until"), _("To do"))]
    return Section(_("Posts"), Table(columns, rows), _("No post yet."), [Button(_("Appoint"), appoint)])


def _absences(person: Person, link: Any, now: datetime) -> Section:
    rows = [
        [
            Cell(local(row.since), number=True),
            Cell(local(row.until) or "—", number=True),
            Cell(row.reason or "—"),
            _end(row, "absence", now),
        ]
        for row in person.absences.order_by("-since")
    ]
    columns = [Column(t) for t in (_("Since"), _("Until"), _("Reason"), _("To do"))]
    buttons = [Button(_("Enter an absence"), link("absence"))]
    return Section(_("Absences"), Table(columns, rows), _("Never entered as away."), buttons)


def _delegations(person: Person, link: Any, now: datetime) -> Section:
    rows = [
        [
            Cell(row.deputy.name, page_of(row.deputy)),
            Cell(f"{row.post.unit.name} {row.post.name}" if row.post else _("everything")),
            Cell(local(row.since), number=True),
            Cell(local(row.until) or "—", number=True),
            Cell(row.reason or "—"),
            _end(row, "delegation", now),
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
        return Done(shown(made), url=page_of(made))

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

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if admin.everything:
            hint = _("Sees everything, does nothing.")
            self.add("auditor", forms.BooleanField(label=_("Auditor"), required=False, help_text=hint))


@administrator
def change(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = person_of(admin, pk)
    insist(admin, found)

    def do(given: Mapping[str, Any]) -> Done:
        changed = upkeep.change_person(found, **given)
        # Which fields, never what stands in them: the journal keeps nothing personal.
        said = {"auditor": f"auditor={found.auditor} → {given.get('auditor')}"}
        return Done(shown(found), after=", ".join(said.get(one, one) for one in changed))

    initial = {name: getattr(found, name) for name in ("name", "phone", "email", "auditor")}
    form = ChangeForm(request.POST or None, admin=admin, initial=initial)
    state = {_("Name"): found.name, _("Phone"): found.phone, _("Email"): found.email}
    unit = unit_of(admin, found)
    return run(request, admin, Act(_("Change"), "person.change", unit, form, do, page_of(found), found.name, state))


@administrator
def password(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """A random password, shown once."""
    found = person_of(admin, pk)
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
        unit_of(admin, found),
        AdminForm(request.POST or None),
        do,
        page_of(found),
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
    found = person_of(admin, pk)
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
        unit_of(admin, found),
        form,
        do,
        page_of(found),
        found.name,
        preview=preview,
        submit=_("Deactivate now"),
    )
    return run(request, admin, act)


@administrator
def reactivate(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = person_of(admin, pk)
    insist(admin, found)

    def do(_given: Mapping[str, Any]) -> Done:
        upkeep.let_in(found)
        return Done(shown(found))

    said = _("The person may sign in again. Posts are given anew.")
    act = Act(
        _("Let in again"),
        "person.in",
        unit_of(admin, found),
        AdminForm(request.POST or None),
        do,
        page_of(found),
        found.name,
        sections=[Section(_("What follows"), note=said)],
    )
    return run(request, admin, act)
