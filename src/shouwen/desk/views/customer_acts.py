"""What is changed in the registry: a new file, and every act upon one that stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouwen.customers import actions, merging
from shouwen.customers.changes import Stale
from shouwen.customers.models import Asset, Contact, Customer, Holding
from shouwen.customers.queries import find, with_phone
from shouwen.desk.customer_forms import ContactForm, FileForm, HoldForm, RegisterForm, RenameForm, UntilForm
from shouwen.desk.customers import CustomerPage, Listed, ToldChange, listed, place, reached
from shouwen.desk.intake import unit_choices
from shouwen.desk.reach import own_units
from shouwen.desk.views.customers import keeping, seen_customers
from shouwen.journal import access_log, clock
from shouwen.journal.models import AccessKind
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit, UnitKind

SIMILAR = 5
NO_FILES = (UnitKind.CONTRACTOR, UnitKind.DEPARTMENT)


@dataclass(frozen=True)
class Doing:
    """An act upon a file: its title, its form, what it does, and the row it is about where there is one."""

    title: str | Promise
    form: type[FileForm]
    do: Callable[[CustomerPage, Any, dict[str, Any]], object]
    row: Callable[[CustomerPage, int], Contact | Holding | Customer] | None = None


def _contact(page: CustomerPage, pk: int) -> Contact:
    rows = (kept.row for kept in page.contacts)
    return next(row for row in rows if isinstance(row, Contact) and row.pk == pk)


def _holding(page: CustomerPage, pk: int) -> Holding:
    rows = (kept.row for kept in page.holdings)
    return next(row for row in rows if isinstance(row, Holding) and row.pk == pk)


def _merged(page: CustomerPage, pk: int) -> Customer:
    return next(file for file in page.merged if file.pk == pk)


def _rename(page: CustomerPage, _row: None, given: dict[str, Any]) -> object:
    return actions.rename(page.customer, given["name"], kind=given["kind"], by=page.person, seen=given["seen"])


def _add_contact(page: CustomerPage, _row: None, given: dict[str, Any]) -> object:
    return actions.add_contact(
        page.customer, given["value"], kind=given["kind"], since=given["since"], by=page.person, seen=given["seen"]
    )


def _end_contact(page: CustomerPage, row: Contact, given: dict[str, Any]) -> object:
    return actions.end_contact(row, given["until"], by=page.person, seen=given["seen"])


def _hold(page: CustomerPage, _row: None, given: dict[str, Any]) -> object:
    asset = _asset(page.person, given)
    return actions.hold(
        page.customer, asset, role=given["role"], since=given["since"], by=page.person, seen=given["seen"]
    )


def _release(page: CustomerPage, row: Holding, given: dict[str, Any]) -> object:
    return actions.end_holding(row, given["until"], by=page.person, seen=given["seen"])


def _unmerge(page: CustomerPage, row: Customer, given: dict[str, Any]) -> object:
    return merging.unmerge(row, by=page.person, seen=given["seen"])


ACTS: Mapping[str, Doing] = {
    "rename": Doing(gettext_lazy("Change name or kind"), RenameForm, _rename),
    "contact": Doing(gettext_lazy("Add a contact"), ContactForm, _add_contact),
    "end-contact": Doing(gettext_lazy("End a contact"), UntilForm, _end_contact, _contact),
    "hold": Doing(gettext_lazy("Move in"), HoldForm, _hold),
    "release": Doing(gettext_lazy("Move out"), UntilForm, _release, _holding),
    "unmerge": Doing(gettext_lazy("Take the merge back"), FileForm, _unmerge, _merged),
}


def _asset(person: Person, given: Mapping[str, Any]) -> Asset:
    """The home that was chosen, or a new one. Raises ValidationError for what is not the person's to name."""
    now = clock.now()
    ref = str(given.get("asset") or "")
    if ref:
        rows = visible(person, Asset.objects.filter(pk=ref), now) if ref.isdecimal() else Asset.objects.none()
        found = rows.first()
        if found is None:
            raise ValidationError({"asset": _("Choose one of the homes found, or enter a new one below.")})
        return found
    unit = Unit.objects.get(pk=given["unit"])
    return actions.add_asset(unit, given["building"], given["room"], entrance=given["entrance"])


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act upon a customer's file: its form shown, or sent."""
    doing = ACTS.get(name)
    if doing is None:
        raise Http404
    page = keeping(request, pk)
    row = _row_of(doing, page, request.GET.get("row", ""))
    units = _units_to_keep(page.person) if doing.form is HoldForm else None
    if request.method != "POST":
        form = doing.form(initial=_initial(page, name), units=units)
        return _show(request, page, doing, form, row)
    form = doing.form(request.POST, units=units)
    if not form.is_valid():
        return _show(request, page, doing, form, row, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with transaction.atomic():
            doing.do(page, row, form.cleaned_data)
    except Stale as stale:
        return _stale(request, pk, doing, form, stale)
    except ValidationError as error:
        take_errors(form, error)
        return _show(request, page, doing, form, row, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Done: %(what)s.") % {"what": doing.title})
    return redirect("desk:customer", page.customer.pk)


def _row_of(doing: Doing, page: CustomerPage, ref: str) -> Contact | Holding | Customer | None:
    if doing.row is None:
        return None
    try:
        return doing.row(page, int(ref) if ref.isdecimal() and len(ref) < 19 else 0)
    except StopIteration:
        raise Http404 from None


def _units_to_keep(person: Person) -> list[tuple[str, str]]:
    return unit_choices([unit for unit in own_units(person, clock.now()) if unit.kind not in NO_FILES])


def _initial(page: CustomerPage, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"seen": page.seen}
    if name == "rename":
        found |= {"name": page.customer.name, "kind": page.customer.kind}
    if name in ("end-contact", "release", "contact", "hold"):
        found["until" if name in ("end-contact", "release") else "since"] = localdate(page.now)
    return found


def _stale(request: HttpRequest, pk: int, doing: Doing, form: FileForm, stale: Stale) -> HttpResponse:
    """Others changed the file meanwhile: that is shown, what was typed stays, the next try knows of it."""
    page = keeping(request, pk)
    sent = form.data.copy()  # type: ignore[attr-defined]
    sent["seen"] = str(page.seen)
    form.data = sent
    since = [page.told(change) for change in stale.since]
    row = _row_of(doing, page, request.GET.get("row", ""))
    return _show(request, page, doing, form, row, HTTPStatus.CONFLICT, since)


def take_errors(form: forms.Form, error: ValidationError) -> None:
    """What the registry found wrong, at the fields it concerns."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in found.items():
        form.add_error(name if name in form.fields else None, said)


def _show(
    request: HttpRequest,
    page: CustomerPage,
    doing: Doing,
    form: FileForm,
    row: Contact | Holding | Customer | None,
    status: int = HTTPStatus.OK,
    since: list[ToldChange] | None = None,
) -> HttpResponse:
    if doing.form is RenameForm:
        # The form cannot but show the name.
        access_log.looked(
            page.person, None, "customer file", kind=AccessKind.REVEALED, customers=page.ids, reason="更正档案"
        )
    context = {"page": page, "doing": doing, "form": form, "about": _about(row), "since": since or []}
    return render(request, "desk/customer_act.html", context, status=status)


def _about(row: Contact | Holding | Customer | None) -> str:
    if isinstance(row, Contact):
        return reached(row, whole=False)
    if isinstance(row, Holding):
        return place(row.asset, whole=False)
    return f"#{row.pk}" if row else ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new customer. Files that look alike are shown first, so that nobody is registered twice."""
    person = cast("Person", request.user)
    units = _units_to_keep(person)
    if request.method != "POST":
        form = RegisterForm(units=units, initial={"unit": units[0][0] if len(units) == 1 else ""})
        return render(request, "desk/customer_new.html", {"form": form, "units": units})
    form = RegisterForm(request.POST, units=units)
    similar: list[Listed] = []
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        similar = [] if form.cleaned_data["anyway"] else _similar(person, form.cleaned_data)
        if similar:
            status = HTTPStatus.CONFLICT
        else:
            made = _register(person, form)
            if made is not None:
                messages.success(request, _("Registered as #%(pk)s.") % {"pk": made.pk})
                return redirect("desk:customer", made.pk)
    context = {"form": form, "similar": similar, "units": units}
    return render(request, "desk/customer_new.html", context, status=status)


def _similar(person: Person, given: Mapping[str, Any]) -> list[Listed]:
    """Files with the same telephone or the same whole name among those that the person sees."""
    now = clock.now()
    seen = seen_customers(person, now)
    found = {one.pk: one for one in with_phone(given["phone"], seen, localdate(now)).select_related("unit")[:SIMILAR]}
    named = (hit.customer for hit in find(given["name"], seen.select_related("unit"), localdate(now)))
    found |= {one.pk: one for one in named if one.name == given["name"].strip()}
    shown = list(found.values())[:SIMILAR]
    if shown:
        ids = [str(one.pk) for one in shown]
        access_log.looked(person, None, "similar customers", kind=AccessKind.SEARCHED, customers=ids)
    return listed(shown, person, now)


def _register(person: Person, form: RegisterForm) -> Customer | None:
    given = form.cleaned_data
    phones = [phone for phone in [given["phone"].strip()] if phone]
    try:
        with transaction.atomic():
            unit = Unit.objects.get(pk=given["unit"])
            made = actions.register(unit, given["name"], clock.now(), kind=given["kind"], phones=phones, by=person)
            if given["asset"]:
                actions.hold(made, _asset(person, given), role=given["role"], since=given["since"], by=person)
    except ValidationError as error:
        if hasattr(error, "error_dict") and "value" in error.error_dict:
            error = ValidationError({"phone": error.error_dict["value"]})
        take_errors(form, error)
        return None
    return made
