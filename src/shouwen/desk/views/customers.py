"""Customers: the list, everything about one, its history; whole names and numbers for a reason alone."""

from datetime import datetime
from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shouwen.customers.changes import of_file
from shouwen.customers.models import Change, Customer, CustomerKind, served_within
from shouwen.customers.queries import kept_by, search
from shouwen.desk.customer_forms import ExportForm, ReasonForm
from shouwen.desk.customers import CustomerPage, Listed, listed
from shouwen.desk.intake import unit_choices
from shouwen.desk.sheets import as_file, sheet
from shouwen.desk.templatetags.desk import local
from shouwen.journal import access_log, clock
from shouwen.journal.errors import NoRoom
from shouwen.journal.models import AccessKind
from shouwen.journal.typed import typed
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit

PAGE = 50
EXPORTED = 20_000
"""Customers of one file at most."""
CHUNK = 500
SORTS = {
    "name": (gettext_lazy("Name"), ("pinyin", "pk")),
    "unit": (gettext_lazy("Unit"), ("unit__path", "pinyin", "pk")),
    "new": (gettext_lazy("Registered"), ("-registered_at", "-pk")),
}
HISTORY = 100


def number_of(request: HttpRequest) -> int:
    """The page that was asked for."""
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


def seen_customers(person: Person, now: datetime) -> QuerySet[Customer]:
    return visible(person, Customer.objects.standing(), now)


def page_of(request: HttpRequest, pk: int, *, whole: bool = False) -> CustomerPage:
    """The customer's page for who is signed in; what one may not see is not found."""
    person, now = cast("Person", request.user), clock.now()
    row = visible(person, Customer.objects.filter(pk=pk), now).select_related("unit", "survivor__unit").first()
    if row is None:
        raise Http404
    return CustomerPage(row.survivor or row, person, now, whole)


def keeping(request: HttpRequest, pk: int) -> CustomerPage:
    """The page for who may change the file. Raises PermissionDenied."""
    page = page_of(request, pk)
    if not page.may_keep:
        raise PermissionDenied(_("No post of yours serves this customer: you see the file, others change it."))
    return page


def _units(person: Person, now: datetime) -> list[Unit]:
    return sorted(visible(person, Unit.objects.holding(now), now), key=lambda unit: unit.line)


def _asked(request: HttpRequest) -> tuple[dict[str, str], QuerySet[Customer]]:
    """What the list was asked for, and the customers that fit: list, count and export stand on it."""
    person, now = cast("Person", request.user), clock.now()
    asked = {
        "q": typed(request.GET.get("q", ""), 100),
        "unit": request.GET.get("unit", "") if request.GET.get("unit", "").isdecimal() else "",
        "kind": request.GET.get("kind", "") if request.GET.get("kind", "") in CustomerKind.values else "",
        "sort": request.GET.get("sort", "") if request.GET.get("sort", "") in SORTS else "name",
    }
    rows = search(asked["q"], seen_customers(person, now), localdate(now))
    if asked["unit"]:
        unit = Unit.objects.filter(pk=asked["unit"][:18]).first()
        rows = rows.filter(served_within(unit.path)) if unit else rows.none()
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    return asked, rows.select_related("unit").order_by(*SORTS[asked["sort"]][1])


@login_required
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Every customer that the person may see, masked; a search is written down for each customer that it shows."""
    person, now = cast("Person", request.user), clock.now()
    asked, rows = _asked(request)
    page = Paginator(rows, PAGE).get_page(number_of(request))
    found = list(page.object_list)
    if asked["q"] and found:
        shown = [str(one.pk) for one in found]
        access_log.looked(person, None, "customer list", kind=AccessKind.SEARCHED, customers=shown)
    context = {
        "page": page,
        "listed": listed(found, person, now),
        "asked": asked,
        "units": unit_choices(_units(person, now)),
        "kinds": CustomerKind.choices,
        "sorts": [(name, title) for name, (title, _order) in SORTS.items()],
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/customers.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The list as an Excel file: asked why, written down for every customer in it.

    Masked, unless it is asked for in full; and then in full only where the person's posts keep the file.
    """
    person, now = cast("Person", request.user), clock.now()
    asked, rows = _asked(request)
    kept = kept_by(person, rows, now)
    form = ExportForm(request.POST if request.method == "POST" else None, may_whole=kept.exists())
    count, status = rows.count(), HTTPStatus.OK
    if request.method == "POST" and form.is_valid() and 0 < count <= EXPORTED:
        whole = form.cleaned_data.get("whole") == "whole"
        return _exported(person, rows, kept if whole else kept.none(), form.cleaned_data["reason"], now)
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "count": count, "most": EXPORTED, "query": request.GET.urlencode(), "asked": asked}
    return render(request, "desk/customers_export.html", context, status=status)


def _exported(
    person: Person, rows: QuerySet[Customer], whole: QuerySet[Customer], reason: str, now: datetime
) -> HttpResponse:
    found = list(rows)
    in_full = set(whole.values_list("pk", flat=True))
    ids = [str(one.pk) for one in found]
    access_log.looked(person, None, "customer list", kind=AccessKind.EXPORTED, customers=ids, reason=reason)
    lines: list[list[str]] = []
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        plain = {one.customer.pk: one for one in listed(chunk, person, now)}
        clear = {one.customer.pk: one for one in listed([c for c in chunk if c.pk in in_full], person, now, whole=True)}
        lines += [_line(clear.get(one.pk, plain[one.pk])) for one in chunk]
    headers = ("#", _("Name"), _("Kind"), _("Phone"), _("Homes"), _("Unit"), _("Open"), _("Matters"), _("Registered"))
    name = f"{_('Customers')} {local(now)[:10]}.xlsx"
    return as_file(sheet(_("Customers"), [str(header) for header in headers], lines), name)


def _line(one: Listed) -> list[str]:
    customer = one.customer
    return [
        str(customer.pk),
        one.name,
        str(customer.get_kind_display()),
        one.phone,
        "、".join(one.homes),
        customer.unit.name,
        str(one.open),
        str(one.matters),
        local(customer.registered_at, customer.unit.zone)[:10],
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a customer, masked. Sent with a reason: unmasked, for this once; both are written down."""
    page = page_of(request, pk)
    if page.customer.pk != pk:
        return redirect("desk:customer", page.customer.pk)
    form, status, full = ReasonForm(), HTTPStatus.OK, ""
    if request.method == "POST":
        if not page.may_keep:
            raise PermissionDenied(_("No post of yours serves this customer: you see the file masked."))
        form = ReasonForm(request.POST)
        page.whole = form.is_valid()
        status = HTTPStatus.OK if page.whole else HTTPStatus.UNPROCESSABLE_ENTITY
    kind = AccessKind.REVEALED if page.whole else AccessKind.LOOKED
    reason = form.cleaned_data["reason"] if page.whole else ""
    try:
        access_log.looked(page.person, None, "customer page", kind=kind, customers=page.ids, reason=reason)
    except NoRoom as error:
        page.whole, full, status = False, str(error), HTTPStatus.INSUFFICIENT_STORAGE
    context = {"page": page, "form": form, "full": full, "reason": reason, "now": page.now}
    return render(request, "desk/customer.html", context, status=status)


@login_required
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every change of a customer's file, latest first."""
    page = page_of(request, pk)
    rows = Change.objects.filter(of_file(page.customer)).select_related("by").order_by("-pk")
    part = Paginator(rows, HISTORY).get_page(number_of(request))
    context = {"customer": page, "page": part, "changes": [page.told(change) for change in part.object_list]}
    return render(request, "desk/customer_history.html", context)
