"""The access log (查阅记录): who looked at a customer's data, and what somebody looked at."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shouwen.desk.customer_forms import LooksForm, ReasonForm
from shouwen.desk.customers import CustomerPage, looked_at
from shouwen.desk.sheets import as_file, sheet
from shouwen.desk.templatetags.desk import local
from shouwen.desk.views.customers import number_of, page_of
from shouwen.journal import access_log, clock
from shouwen.journal.models import AccessKind, AccessLog, Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person

PAGE = 100
EXPORTED = 50_000
"""Looks of one file at most."""
ZONE = ZoneInfo("Asia/Shanghai")


def _looks(request: HttpRequest, pk: int | None) -> tuple[CustomerPage | None, LooksForm, QuerySet[AccessLog]]:
    """What was asked: looks at one customer's data, or by the people whose looks one may ask about."""
    person, now = cast("Person", request.user), clock.now()
    customer = page_of(request, pk) if pk is not None else None
    rows = access_log.looks_at(customer.ids, person, now) if customer else access_log.looks_by(person, now)
    form = LooksForm(request.GET)
    if customer is not None:
        del form.fields["customer"]
    for name, lookup in {"kind": "kind", "person": "person", "customer": "customer"}.items():
        value = form.chosen(name) if name in form.fields else None
        if value is not None:
            rows = rows.filter(**{lookup: value}) if name != "person" or value.isdecimal() else rows.none()
    since, until = form.days()
    if since is not None:
        rows = rows.filter(at__gte=datetime.combine(since, time(), ZONE))
    if until is not None:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), ZONE))
    return customer, form, rows.select_related("person", "subject")


@login_required
@never_cache
@require_safe
def looks(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Looks, latest first; without a customer, by the people in posts below one's own."""
    customer, form, rows = _looks(request, pk)
    page = Paginator(rows, PAGE).get_page(number_of(request))
    found = list(page.object_list)
    context = {
        "customer": customer,
        "form": form,
        "page": page,
        "looks": found,
        "open": _open(cast("Person", request.user), found),
        "query": request.GET.urlencode(),
        "now": clock.now(),
    }
    return render(request, "desk/looks.html", context)


def _open(person: Person, found: Iterable[AccessLog]) -> set[object]:
    """Ids of the matters that the person may see: the others' numbers are not shown."""
    ids = {look.subject_id for look in found if look.subject_id}
    return set(visible(person, Subject.objects.filter(pk__in=ids), clock.now()).values_list("pk", flat=True))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The looks as an Excel file, itself written down."""
    person = cast("Person", request.user)
    customer, _form, rows = _looks(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    count, status = rows.count(), HTTPStatus.OK
    if request.method == "POST" and form.is_valid() and 0 < count <= EXPORTED:
        ids = customer.ids if customer else ()
        reason = form.cleaned_data["reason"]
        found = list(rows)
        access_log.looked(person, None, "access log", kind=AccessKind.EXPORTED, customers=ids, reason=reason)
        return as_file(_sheet(person, found), f"{_('Access log')} {local(clock.now())[:10]}.xlsx")
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "count": count, "most": EXPORTED, "customer": customer, "query": request.GET.urlencode()}
    return render(request, "desk/looks_export.html", context, status=status)


def _sheet(person: Person, found: list[AccessLog]) -> bytes:
    open_ = _open(person, found)
    headers = (_("At"), _("Person"), _("Kind"), _("What"), _("Customer"), _("Matter"), _("Reason"))
    rows = (
        (
            local(look.at),
            look.person.name,
            str(look.get_kind_display()),
            looked_at(look.what),
            look.customer,
            look.subject.number if look.subject and look.subject_id in open_ else "",
            look.reason,
        )
        for look in found
    )
    return sheet(_("Access log"), headers, rows)
