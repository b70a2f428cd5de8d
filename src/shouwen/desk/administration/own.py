"""One's own absences and deputies, and those of the people below one (我的不在岗与代理): no administrator is needed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shouwen.desk.administration.acts import Act, Done, run
from shouwen.desk.administration.asked import Admin, shown
from shouwen.desk.administration.postings import AbsenceForm, DeputyForm, EndForm
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.templatetags.desk import local
from shouwen.journal import clock
from shouwen.journal.access_log import people_below
from shouwen.journal.administration import arranged
from shouwen.organisation import actions
from shouwen.organisation.administration import may_arrange
from shouwen.organisation.models import Absence, Appointment, Delegation, Person, Post, Unit
from shouwen.organisation.seats import seats


@dataclass(frozen=True)
class Own(Admin):
    """Who enters something of ``whose``: himself, or somebody below him."""

    whose: Person
    shell: ClassVar[str] = "desk/own_frame.html"

    def insist(self, unit: Unit | None) -> None:
        """Raises PermissionDenied for whom one may not arrange anything."""
        if not may_arrange(self.person, self.whose, self.now):
            raise PermissionDenied(_("Only the person himself, or a post above all of his, does this."))

    def write(self, unit: Unit | None, what: str, thing: str, before: str, after: str) -> None:
        arranged(self.person, self.whose, what, thing, before=before, after=after, now=self.now)

    @property
    def zone(self) -> ZoneInfo:
        seat = next(iter(seats(self.whose, self.now)), None)
        return ZoneInfo(seat.unit.zone if seat else "Asia/Shanghai")

    @property
    def page(self) -> str:
        return reverse("desk:away") if self.person == self.whose else reverse("desk:away-of", args=[self.whose.pk])


def _own(request: HttpRequest, pk: int | None) -> Own:
    person, now = cast("Person", request.user), clock.now()
    whose = person if pk is None else get_object_or_404(Person, pk=pk)
    found = Own(person, now, (), whose)
    found.insist(None)
    return found


def _tabs(own: Own, here: str) -> list[dict[str, Any]]:
    asked = [("desk:away", _("Away and deputies"))]
    if not own.person.is_superuser and not own.person.auditor and people_below(own.person, own.now).exists():
        asked.append(("desk:away-people", _("People below me")))
    return [{"url": reverse(name), "title": title, "here": name == here} for name, title in asked]


@login_required
@never_cache
@require_safe
def away(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """When one is away, who stands in, and for whom one stands in oneself."""
    own = _own(request, pk)
    zone, whose = own.zone.key, own.whose

    def link(name: str) -> str:
        return reverse(f"desk:away-{name}", args=[whose.pk])

    def end(row: Absence | Delegation, name: str) -> Cell:
        over = row.until is not None and row.until <= own.now
        return Cell("") if over else Cell(_("End it"), reverse(f"desk:away-end-{name}", args=[row.pk]))

    gone = [
        [Cell(local(row.since, zone), number=True), _until(row, zone), Cell(row.reason or "—"), end(row, "absence")]
        for row in whose.absences.order_by("-since")
    ]
    given = [
        [
            Cell(row.deputy.name),
            _what(row),
            Cell(local(row.since, zone), number=True),
            _until(row, zone),
            end(row, "deputy"),
        ]
        for row in whose.delegations.select_related("deputy", "post__unit").order_by("-since")
    ]
    taken = [
        [Cell(row.person.name), _what(row), Cell(local(row.since, zone), number=True), _until(row, zone)]
        for row in Delegation.objects.holding(own.now).filter(deputy=whose).select_related("person", "post__unit")
    ]
    dates = [Column(_("Since")), Column(_("Until"))]
    said = _("What is his stays his; who stands in sees it, is told of it and may do what he may.")
    sections = [
        Section(
            _("Absences"),
            Table([*dates, Column(_("Reason")), Column(_("To do"))], gone),
            _("Never entered as away."),
            [Button(_("Enter an absence"), link("absence"))],
        ),
        Section(
            _("Deputies"),
            Table([Column(_("Deputy")), Column(_("For")), *dates, Column(_("To do"))], given),
            _("Nobody stands in."),
            [Button(_("Name a deputy"), link("deputy"))],
            said,
        ),
        Section(
            _("Stands in for"),
            Table([Column(_("Person")), Column(_("For")), *dates], taken),
            _("Stands in for nobody."),
        ),
    ]
    title = _("Away and deputies") if whose == own.person else whose.name
    here = "desk:away" if whose == own.person else "desk:away-people"
    context = {"title": title, "sections": sections, "shell": own.shell, "tabs": _tabs(own, here)}
    return render(request, "desk/admin/thing.html", context)


def _until(row: Absence | Delegation, zone: str) -> Cell:
    return Cell(local(row.until, zone) or "—", number=True)


def _what(row: Delegation) -> Cell:
    return Cell(f"{row.post.unit.name} {row.post.name}" if row.post else _("everything"))


@login_required
@never_cache
@require_safe
def below(request: HttpRequest) -> HttpResponse:
    """People in posts below one's own, with who is away and who stands in."""
    own = _own(request, None)
    if own.person.is_superuser or own.person.auditor:
        raise Http404
    filters = (Filter("q", _("Find a person"), hint=_("Name, pinyin or initials")),)
    asked = asked_of(request, filters)
    rows = people_below(own.person, own.now).filter(is_active=True)
    if "q" in asked:
        text = asked["q"].replace(" ", "").lower()
        rows = (
            rows.filter(name__icontains=asked["q"])
            | rows.filter(pinyin__prefix=text)
            | rows.filter(initials__prefix=text)
        )

    def cells(page: Sequence[Person]) -> list[list[Cell]]:
        held: dict[int, list[str]] = defaultdict(list)
        gone: dict[int, list[str]] = defaultdict(list)
        given: dict[int, list[str]] = defaultdict(list)
        for row in Appointment.objects.holding(own.now).filter(person__in=page).select_related("post__unit"):
            held[row.person_id].append(f"{row.post.unit.name} {row.post.name}")
        for absent in Absence.objects.holding(own.now).filter(person__in=page):
            gone[absent.person_id].append(local(absent.until, own.zone.key) or _("until further notice"))
        for link in Delegation.objects.holding(own.now).filter(person__in=page).select_related("deputy"):
            given[link.person_id].append(link.deputy.name)
        return [
            [
                Cell(one.name, reverse("desk:away-of", args=[one.pk])),
                Cell("、".join(held[one.pk])),
                Cell(_("until %(when)s") % {"when": gone[one.pk][0]}, chip="amber") if gone[one.pk] else Cell("—"),
                Cell("、".join(given[one.pk]) or "—"),
            ]
            for one in page
        ]

    columns = (Column(_("Name"), "name"), Column(_("Posts")), Column(_("Away")), Column(_("Deputy")))
    empty = (_("Nobody holds a post below yours"), "")
    title = _("People below me")
    page = listing(request, title, columns, filters, asked, rows, cells, {"name": ("pinyin", "pk")}, empty=empty)
    context = {"listing": page, "shell": own.shell, "tabs": _tabs(own, "desk:away-people")}
    return render(request, "desk/admin/list.html", context)


FORM = ("GET", "HEAD", "POST")


def _done(request: HttpRequest, own: Own, act: Act) -> HttpResponse:
    act.extra = {"tabs": _tabs(own, "desk:away" if own.whose == own.person else "desk:away-people")}
    return run(request, own, act)


@login_required
@never_cache
@require_http_methods(FORM)
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    own = _own(request, pk)

    def do(given: Mapping[str, Any]) -> Done:
        row = actions.enter_absence(own.whose, given["since"], given["until"], given["reason"])
        until = f"{row.until:%Y-%m-%d}" if row.until else ""
        return Done(shown(own.whose), after=f"{row.since:%Y-%m-%d}–{until}")

    form = AbsenceForm(request.POST or None, admin=own)
    return _done(request, own, Act(_("Enter an absence"), "absence.add", None, form, do, own.page, own.whose.name))


@login_required
@never_cache
@require_http_methods(FORM)
def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    own = _own(request, pk)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.get(pk=int(given["post"])) if given["post"] else None
        row = actions.delegate(
            own.whose, given["deputy"], given["since"], given["until"], post=post, reason=given["reason"]
        )
        said = f"{post.name if post else '*'} → {shown(row.deputy)} {row.since:%Y-%m-%d}"
        return Done(shown(own.whose), after=said)

    form = DeputyForm(request.POST or None, admin=own, person=own.whose)
    return _done(request, own, Act(_("Name a deputy"), "delegation.add", None, form, do, own.page, own.whose.name))


@login_required
@never_cache
@require_http_methods(FORM)
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Absence, pk=pk)
    return _end(request, row, "absence.end", actions.end_absence)


@login_required
@never_cache
@require_http_methods(FORM)
def end_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Delegation, pk=pk)
    return _end(request, row, "delegation.end", actions.end_delegation)


def _end(request: HttpRequest, row: Absence | Delegation, what: str, ending: Any) -> HttpResponse:
    own = _own(request, row.person_id)

    def do(given: Mapping[str, Any]) -> Done:
        if row.until is not None and row.until <= own.now:
            raise ValidationError(_("It has ended already."))
        ended = ending(row, given["until"])
        return Done(shown(own.whose), after=f"→ {ended.until:%Y-%m-%d %H:%M}")

    form = EndForm(request.POST or None, admin=own)
    state = {_("Until"): local(row.until, own.zone.key)}
    return _done(request, own, Act(_("End it"), what, None, form, do, own.page, own.whose.name, state))
