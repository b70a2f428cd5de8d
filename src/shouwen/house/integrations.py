"""Integrations and their tokens (对接系统、令牌) among the pages of administration; the desk does not know the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.api import actions
from shouwen.api.models import Integration, Scope, Token
from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator, shown
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.organisation.models import Post


@administrator
def integrations(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Other systems that read or record here."""
    admin.insist(None)
    filters = (Filter("q", _("System")),)
    asked = asked_of(request, filters)
    rows = Integration.objects.select_related("contact", "person")
    if "q" in asked:
        rows = rows.filter(name__icontains=asked["q"])

    def cells(page: Sequence[Integration]) -> list[list[Cell]]:
        return [
            [
                Cell(one.name, _page(one)),
                Cell(one.contact.name if one.contact else "—"),
                Cell(local(one.since), number=True),
                Cell(local(one.until) or "—", number=True),
                Cell(str(sum(token.holds(admin.now) for token in one.tokens.all())), number=True),
            ]
            for one in page
        ]

    columns = (
        Column(_("System"), "name"),
        Column(_("Responsible")),
        Column(_("Since"), "since"),
        Column(_("Until")),
        Column(_("Tokens that hold")),
    )
    sorts = {"name": ("name",), "since": ("-since", "name")}
    buttons = [
        Button(_("Webhooks"), reverse("admin-webhooks")),
        Button(_("Add a system"), reverse("admin-integration-add"), "plug", primary=True),
    ]
    empty = (_("No other system yet"), _("An integration acts as a person of its own, in the posts that it is given."))
    title, rows = _("Integrations"), rows.prefetch_related("tokens__integration__person")
    page = listing(request, title, columns, filters, asked, rows, cells, sorts, buttons=buttons, empty=empty)
    return render(request, "desk/admin/list.html", {"listing": page})


def _page(one: Integration) -> str:
    return reverse("admin-integration", args=[one.pk])


@administrator
def integration(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One system: its posts and its tokens."""
    admin.insist(None)
    found = get_object_or_404(Integration.objects.select_related("contact", "person"), pk=pk)
    rows = [
        [
            Cell(one.prefix, reverse("admin-token-revoke", args=[one.pk])),
            Cell("、".join(one.scopes)),
            Cell(str(one.rate), number=True),
            Cell(local(one.since), number=True),
            Cell(local(one.revoked_at or one.until) or "—", number=True),
            Cell(local(one.used_at) or _("never"), number=True),
            Cell(_("holds"), chip="green") if one.holds(admin.now) else Cell(_("ended"), chip="amber"),
        ]
        for one in found.tokens.select_related("integration__person").order_by("-since")
    ]
    titles = (_("Token"), _("Scopes"), _("Calls a minute"), _("Since"), _("Until"), _("Last used"), _("State"))
    held = found.person.appointments.holding(admin.now).select_related("post__unit")
    facts = [
        (_("Posts"), "、".join(f"{row.post.unit.name} {row.post.name}" for row in held)),
        (_("Responsible"), found.contact.name if found.contact else ""),
        (_("Since"), local(found.since)),
        (_("Until"), local(found.until)),
    ]
    issue = [Button(_("Issue a token"), reverse("admin-token-add", args=[pk]))]
    sections = [Section(_("Tokens"), Table([Column(t) for t in titles], rows), _("No token yet."), issue)]
    buttons = [Button(_("End it"), reverse("admin-integration-end", args=[pk]))] if found.until is None else []
    context = {"title": found.name, "facts": facts, "sections": sections, "buttons": buttons}
    return render(request, "desk/admin/thing.html", context)


class SystemForm(AdminForm):
    name = forms.CharField(label=gettext_lazy("System"), max_length=100)
    post = forms.ChoiceField(
        label=gettext_lazy("Post"), help_text=gettext_lazy("It sees and does what this post does; more on its person.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Post.objects.filter(until__isnull=True).select_related("unit").order_by("unit__path", "pk")
        choices = [(str(one.pk), f"{one.unit.name} · {one.name}") for one in rows]
        self.fields["post"].choices = choices  # type: ignore[attr-defined]


@administrator
def add(request: HttpRequest, admin: Admin) -> HttpResponse:
    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.select_related("unit").get(pk=int(given["post"]))
        made = actions.create_integration(given["name"], [post], admin.now, contact=admin.person)
        return Done(shown(made), after=f"{made.name}: {post.unit.name} {post.name}", url=_page(made))

    form = SystemForm(request.POST or None)
    return run(request, admin, Act(_("Add a system"), "integration.add", None, form, do, reverse("admin-integrations")))


@administrator
def end(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    found = get_object_or_404(Integration, pk=pk)

    def do(_given: Mapping[str, Any]) -> Done:
        actions.end_integration(found, admin.now)
        return Done(shown(found), found.name)

    said = Section(_("What follows"), note=_("From now on none of its tokens opens anything."))
    form = AdminForm(request.POST or None)
    state = {_("Until"): local(found.until)}
    act = Act(_("End it"), "integration.end", None, form, do, _page(found), found.name, state, sections=[said])
    return run(request, admin, act)


class TokenForm(AdminForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    rate = forms.IntegerField(label=gettext_lazy("Calls a minute"), min_value=1, max_value=60_000, initial=actions.RATE)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("until", MomentField(admin.zone, label=_("Until"), help_text=_("Empty: until it is ended.")))


@administrator
def issue(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """A new token, shown once."""
    found = get_object_or_404(Integration, pk=pk)

    def do(given: Mapping[str, Any]) -> Done:
        made = actions.issue_token(found, given["scopes"], admin.now, until=given["until"], rate=given["rate"])
        message = _("Token %(prefix)s of %(name)s.") % {"prefix": made.token.prefix, "name": found.name}
        after = f"{found.name} {made.token.prefix}: {', '.join(made.token.scopes)}"
        return Done(shown(made.token), after=after, message=message, once=made.text)

    form = TokenForm(request.POST or None, admin=admin)
    return run(request, admin, Act(_("Issue a token"), "token.add", None, form, do, _page(found), found.name))


@administrator
def revoke(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.select_related("integration"), pk=pk)

    def do(_given: Mapping[str, Any]) -> Done:
        actions.revoke_token(token, admin.now)
        return Done(shown(token), f"{token.integration.name} {token.prefix}")

    act = Act(
        _("Revoke the token"),
        "token.revoke",
        None,
        AdminForm(request.POST or None),
        do,
        _page(token.integration),
        token.prefix,
        {_("Until"): local(token.revoked_at)},
        sections=[Section(_("What follows"), note=_("From now on it opens nothing."))],
        submit=_("Revoke the token"),
    )
    return run(request, admin, act)
