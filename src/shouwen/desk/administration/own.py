"""One's own absences and deputies (我的不在岗与代理): no administrator is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shouwen.desk.administration.acts import Act, Done, run
from shouwen.desk.administration.asked import Admin, shown
from shouwen.desk.administration.postings import AbsenceForm, DeputyForm, EndForm
from shouwen.desk.administration.tables import Button, Cell, Column, Section, Table
from shouwen.desk.templatetags.desk import local
from shouwen.journal import clock
from shouwen.journal.administration import arranged
from shouwen.organisation import actions
from shouwen.organisation.administration import AUTHORITY
from shouwen.organisation.models import Absence, Delegation, Person, Post, Unit
from shouwen.organisation.seats import seats


@dataclass(frozen=True)
class Own(Admin):
    """Who enters something for himself."""

    shell: ClassVar[str] = "desk/own_frame.html"

    def insist(self, unit: Unit | None, authority: str = AUTHORITY) -> None:
        """Everybody may."""

    def write(
        self, unit: Unit | None, what: str, thing: str, before: str, after: str, authority: str = AUTHORITY
    ) -> None:
        arranged(self.person, what, after=after, now=self.now)

    @property
    def zone(self) -> ZoneInfo:
        seat = next(iter(seats(self.person, self.now)), None)
        return ZoneInfo(seat.unit.zone if seat else "Asia/Shanghai")


def _own(request: HttpRequest) -> Own:
    return Own(cast("Person", request.user), clock.now(), ())


@login_required
@never_cache
@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """When one is away, who stands in, and for whom one stands in oneself."""
    own = _own(request)
    zone, whose = own.zone.key, own.person

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
            [Button(_("Enter an absence"), reverse("desk:away-absence"))],
        ),
        Section(
            _("Deputies"),
            Table([Column(_("Deputy")), Column(_("For")), *dates, Column(_("To do"))], given),
            _("Nobody stands in."),
            [Button(_("Name a deputy"), reverse("desk:away-deputy"))],
            said,
        ),
        Section(
            _("Stands in for"),
            Table([Column(_("Person")), Column(_("For")), *dates], taken),
            _("Stands in for nobody."),
        ),
    ]
    context = {"title": _("Away and deputies"), "sections": sections, "shell": own.shell}
    return render(request, "desk/admin/thing.html", context)


def _until(row: Absence | Delegation, zone: str) -> Cell:
    return Cell(local(row.until, zone) or "—", number=True)


def _what(row: Delegation) -> Cell:
    return Cell(f"{row.post.unit.name} {row.post.name}" if row.post else _("everything"))


FORM = ("GET", "HEAD", "POST")


@login_required
@never_cache
@require_http_methods(FORM)
def absence(request: HttpRequest) -> HttpResponse:
    own = _own(request)

    def do(given: Mapping[str, Any]) -> Done:
        row = actions.enter_absence(own.person, given["since"], given["until"], given["reason"])
        zone = own.zone.key
        return Done(shown(own.person), after=f"{local(row.since, zone)} – {local(row.until, zone)}")

    form = AbsenceForm(request.POST or None, admin=own)
    return run(request, own, Act(_("Enter an absence"), "absence.add", None, form, do, reverse("desk:away")))


@login_required
@never_cache
@require_http_methods(FORM)
def deputy(request: HttpRequest) -> HttpResponse:
    own = _own(request)

    def do(given: Mapping[str, Any]) -> Done:
        post = Post.objects.get(pk=int(given["post"])) if given["post"] else None
        row = actions.delegate(
            own.person, given["deputy"], given["since"], given["until"], post=post, reason=given["reason"]
        )
        said = f"{post.name if post else '*'} → {shown(row.deputy)} {local(row.since, own.zone.key)}"
        return Done(shown(own.person), after=said)

    form = DeputyForm(request.POST or None, admin=own, person=own.person)
    return run(request, own, Act(_("Name a deputy"), "delegation.add", None, form, do, reverse("desk:away")))


@login_required
@never_cache
@require_http_methods(FORM)
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Absence, pk=pk, person=cast("Person", request.user))
    return _end(request, row, "absence.end", actions.end_absence)


@login_required
@never_cache
@require_http_methods(FORM)
def end_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Delegation, pk=pk, person=cast("Person", request.user))
    return _end(request, row, "delegation.end", actions.end_delegation)


def _end(request: HttpRequest, row: Absence | Delegation, what: str, ending: Any) -> HttpResponse:
    own = _own(request)

    def do(given: Mapping[str, Any]) -> Done:
        if row.until is not None and row.until <= own.now:
            raise ValidationError(_("It has ended already."))
        ended = ending(row, given["until"])
        return Done(shown(own.person), after=f"→ {local(ended.until, own.zone.key)}")

    form = EndForm(request.POST or None, admin=own)
    state = {_("Until"): local(row.until, own.zone.key)}
    return run(request, own, Act(_("End it"), what, None, form, do, reverse("desk:away"), state=state))
