"""Files that may be one customer's: found, laid side by side, merged or kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shouwen.customers import duplicates as finder
from shouwen.customers.changes import Stale
from shouwen.customers.merging import keep_apart, merge
from shouwen.customers.models import Customer
from shouwen.desk.customer_forms import MergeForm, OtherForm, ReasonForm
from shouwen.desk.customers import CustomerPage, Listed, ToldChange, listed
from shouwen.desk.views.customer_acts import take_errors
from shouwen.desk.views.customers import keeping, number_of, seen_customers
from shouwen.journal import access_log, clock
from shouwen.journal.models import AccessKind
from shouwen.organisation.models import Person

PAGE = 20


@dataclass(frozen=True)
class Beside:
    """Two files that may be one customer's, in a list."""

    one: Listed
    other: Listed
    reasons: Sequence[str | Promise]


def _beside(pairs: Sequence[finder.Pair], person: Person) -> list[Beside]:
    ids = {pk for pair in pairs for pk in (pair.one, pair.other)}
    files = Customer.objects.filter(pk__in=ids).select_related("unit").order_by("pk")
    rows = {one.customer.pk: one for one in listed(files, person, clock.now())}
    return [Beside(rows[p.one], rows[p.other], [finder.REASONS[name] for name in p.reasons]) for p in pairs]


@login_required
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs among the customers that the person may see, masked."""
    person = cast("Person", request.user)
    page = Paginator(finder.duplicates(seen_customers(person, clock.now())), PAGE).get_page(number_of(request))
    context = {"page": page, "pairs": _beside(list(page.object_list), person)}
    return render(request, "desk/duplicates.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The other file of a merge: one that looks alike, or any that is found."""
    page = keeping(request, pk)
    if request.GET.get("other"):
        form = OtherForm(request.GET)
        if form.is_valid() and form.cleaned_data["other"].isdecimal():
            return redirect("desk:customer-compare", page.customer.pk, int(form.cleaned_data["other"][:18]))
    else:
        form = OtherForm()
    mine = page.customer.pk
    found = finder.duplicates(seen_customers(page.person, page.now))
    pairs = _beside([pair for pair in found if mine in (pair.one, pair.other)], page.person)
    alike = [(p.other if p.one.customer.pk == mine else p.one, p.reasons) for p in pairs]
    return render(request, "desk/customer_merge.html", {"page": page, "form": form, "alike": alike})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two files side by side, masked: which is the same is said of each line; then merged, or kept apart."""
    one, two = keeping(request, pk), keeping(request, other)
    if one.customer.pk == two.customer.pk:
        messages.info(request, _("These two are one file already."))
        return redirect("desk:customer", one.customer.pk)
    doing = request.POST.get("do", "") if request.method == "POST" else ""
    reasons = ReasonForm(request.POST if doing == "reveal" else None)
    form = _form(request, one, two) if doing == "merge" else _form(None, one, two)
    status, since = HTTPStatus.OK, []
    if doing == "reveal":
        one.whole = two.whole = reasons.is_valid()
        status = HTTPStatus.OK if one.whole else HTTPStatus.UNPROCESSABLE_ENTITY
    elif doing == "apart":
        keep_apart(one.customer, two.customer, by=one.person)
        messages.success(request, _("Kept as two customers."))
        return redirect("desk:duplicates")
    elif doing == "merge":
        try:
            stays = _merged(form, one, two)
        except Stale as stale:
            status, since = HTTPStatus.CONFLICT, [one.told(change) for change in stale.since]
            form = _form(None, keeping(request, pk), keeping(request, other))
        else:
            if stays is not None:
                messages.success(request, _("Merged into #%(pk)s.") % {"pk": stays.pk})
                return redirect("desk:customer", stays.pk)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _compared(request, one, two, form, reasons, status, since)


def _form(request: HttpRequest | None, one: CustomerPage, two: CustomerPage) -> MergeForm:
    files = [(str(page.customer.pk), f"#{page.customer.pk} {page.name}") for page in (one, two)]
    older = min((one, two), key=lambda page: page.customer.pk)
    initial = {"seen_one": one.seen, "seen_other": two.seen, "stays": str(older.customer.pk)}
    return MergeForm(request.POST if request else None, initial=initial, files=files)


def _merged(form: MergeForm, one: CustomerPage, two: CustomerPage) -> Customer | None:
    """The file that goes on; None with the reason at the form's fields. Raises Stale."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    seen = {one.customer.pk: given["seen_one"], two.customer.pk: given["seen_other"]}
    stays, gone = (one, two) if given["stays"] == str(one.customer.pk) else (two, one)
    try:
        with transaction.atomic():
            return merge(
                gone.customer,
                stays.customer,
                by=one.person,
                reason=given["reason"],
                seen=seen[gone.customer.pk],
                seen_into=seen[stays.customer.pk],
            )
    except ValidationError as error:
        take_errors(form, error)
        return None


@dataclass(frozen=True)
class Row:
    """One thing about both files; ``same`` says whether the whole values, not the masked ones, are the same."""

    title: str
    one: str
    other: str
    same: bool


def _rows(one: CustomerPage, two: CustomerPage) -> list[Row]:
    pages = (one, two)
    values = [{kept.row.value for kept in page.contacts if not kept.past} for page in pages]  # type: ignore[union-attr]
    homes = [{kept.row.asset_id for kept in page.holdings if not kept.past} for page in pages]  # type: ignore[union-attr]
    shown = [["、".join(k.text for k in kept if not k.past) for kept in (p.contacts, p.holdings)] for p in pages]
    return [
        Row(_("Name"), one.name, two.name, one.customer.name == two.customer.name),
        Row(_("Contacts"), shown[0][0], shown[1][0], bool(values[0] & values[1])),
        Row(_("Homes"), shown[0][1], shown[1][1], bool(homes[0] & homes[1])),
        Row(_("Unit"), one.customer.unit.name, two.customer.unit.name, one.customer.unit == two.customer.unit),
    ]


def _compared(
    request: HttpRequest,
    one: CustomerPage,
    two: CustomerPage,
    form: MergeForm,
    reasons: ReasonForm,
    status: int,
    since: Sequence[ToldChange],
) -> HttpResponse:
    kind = AccessKind.REVEALED if one.whole else AccessKind.LOOKED
    reason = reasons.cleaned_data["reason"] if one.whole else ""
    ids = [*one.ids, *two.ids]
    access_log.looked(one.person, None, "customers compared", kind=kind, customers=ids, reason=reason)
    context = {"one": one, "two": two, "rows": _rows(one, two), "form": form, "reasons": reasons, "since": since}
    return render(request, "desk/customer_compare.html", context, status=status)
