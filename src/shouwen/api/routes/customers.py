"""Customers and homes: masked unless revealed for a reason, every look written down."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from ninja import Query, Router, Schema
from pydantic import Field

from shouwen.api import schemas
from shouwen.api.cursors import page, whole
from shouwen.api.filters import Paging, in_unit, without_nul
from shouwen.api.models import Scope
from shouwen.api.once import Done, once
from shouwen.api.problems import ProblemError
from shouwen.api.refusals import from_models
from shouwen.api.routes.recording import WITH_KEY
from shouwen.api.seeing import REASON, one_of, reach, reveal_reason, unit_in_reach
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain, asset_told, contact_told, customer_told, holding_told
from shouwen.customers import actions
from shouwen.customers.models import Asset, Customer
from shouwen.customers.queries import Found, described, kept_by, search
from shouwen.journal import access_log
from shouwen.journal.models import AccessKind
from shouwen.organisation.access import visible

router = Router(tags=["customers"])
READ = Bearer(Scope.CUSTOMERS_READ)
WRITE = Bearer(Scope.CUSTOMERS_WRITE)
REVEALED: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": REASON,
            "schema": {"type": "string", "maxLength": 600},
            "description": "Why it is needed in full; UTF-8, percent-encoded. Needs the scope `reveal`. Logged.",
        }
    ]
}
R = TypeVar("R", bound=Model)


class CustomerFilter(Schema):
    q: str = Field("", max_length=200, description="Telephone or its last four digits, name, pinyin, initials or room")
    unit: schemas.Key | None = Field(None, description="Whose file this unit or one below keeps")


class AssetFilter(Schema):
    unit: schemas.Key | None = Field(None, description="In this unit and all below")
    building: str | None = Field(None, max_length=30, description="Building (栋)")


def visible_customers(who: Caller, by: CustomerFilter) -> QuerySet[Customer]:
    """Files that go on; those merged into another are read with it."""
    rows: QuerySet[Customer] = search(by.q, visible(who.person, Customer.objects.all(), who.now), localdate(who.now))
    return rows if by.unit is None else rows.filter(in_unit("unit__", by.unit))


def _kept(who: Caller, rows: QuerySet[Customer], reason: str) -> set[int]:
    """Of these customers, those that may be told in full."""
    return set(kept_by(who.person, rows, who.now).values_list("pk", flat=True)) if reason else set()


def _log(who: Caller, what: str, found: Sequence[Found], revealed: set[int], reason: str) -> None:
    if revealed:
        access_log.looked(
            who.person,
            None,
            f"API: {what}",
            kind=AccessKind.REVEALED,
            customers=tuple(str(one) for one in sorted(revealed)),
            reason=reason,
        )
    masked = tuple(str(one.customer.pk) for one in found if one.customer.pk not in revealed)
    if masked:
        access_log.looked(who.person, None, f"API: {what}", kind=AccessKind.LOOKED, customers=masked)


@router.get("/customers", auth=READ, response=schemas.Customers, openapi_extra=REVEALED)
def list_customers(request: HttpRequest, by: Query[CustomerFilter], paging: Query[Paging]) -> Plain:
    """Customers whom the integration's posts serve, or who fit `q` among them."""
    who, reason = caller(request), reveal_reason(request)
    rows = visible_customers(who, by).select_related("unit")
    found, following = page(rows, ("pk",), paging.cursor, paging.limit, (whole,))
    revealed = _kept(who, Customer.objects.filter(pk__in=[one.pk for one in found]), reason)
    told = described(found, localdate(who.now))
    _log(who, "customers", told, revealed, reason)
    return {"items": [customer_told(one, revealed=one.customer.pk in revealed) for one in told], "next": following}


@router.get("/customers/count", auth=READ, response=schemas.Count)
def count_customers(request: HttpRequest, by: Query[CustomerFilter]) -> Plain:
    """How many the list with the same filters has."""
    return {"count": visible_customers(caller(request), by).count()}


@router.get("/customers/{int:customer}", auth=READ, response=schemas.Customer, openapi_extra=REVEALED)
def read_customer(request: HttpRequest, customer: schemas.Pk) -> Plain:
    """One customer with contacts and homes of today. An id that was merged into another leads to that one."""
    who, reason = caller(request), reveal_reason(request)
    file = _file(who, customer)
    revealed = _kept(who, Customer.objects.filter(pk=file.pk), reason)
    (found,) = described([file], localdate(who.now))
    _log(who, "customer", [found], revealed, reason)
    return customer_told(found, revealed=file.pk in revealed)


@router.post("/customers", auth=WRITE, response={201: schemas.Customer}, openapi_extra=WITH_KEY)
def register_customer(request: HttpRequest, body: schemas.NewCustomer) -> HttpResponse:
    """A new customer whose file the unit keeps."""
    who = caller(request)

    def work(_key: str | None) -> Done:
        unit = unit_in_reach(who, body.unit, reach(who))
        made = _sound(
            lambda: actions.register(unit, body.name, who.now, kind=body.kind, phones=body.phones, by=who.person)
        )
        return Done(201, customer_told(described([made], localdate(who.now))[0], revealed=False))

    return once(request, schemas.Customer, work)


@router.patch("/customers/{int:customer}", auth=WRITE, response={200: schemas.Customer}, openapi_extra=WITH_KEY)
def rename_customer(request: HttpRequest, customer: schemas.Pk, body: schemas.ChangedCustomer) -> HttpResponse:
    """Put another name on the file."""
    who = caller(request)
    file = _own(who, customer)

    def work(_key: str | None) -> Done:
        changed = _sound(lambda: actions.rename(file, body.name, by=who.person))
        return Done(200, customer_told(described([changed], localdate(who.now))[0], revealed=False))

    return once(request, schemas.Customer, work)


@router.post("/customers/{int:customer}/contacts", auth=WRITE, response={201: schemas.Contact}, openapi_extra=WITH_KEY)
def add_contact(request: HttpRequest, customer: schemas.Pk, body: schemas.NewContact) -> HttpResponse:
    """One more way to reach the customer; the same one again is the one that stands."""
    who = caller(request)
    file = _own(who, customer)

    def work(_key: str | None) -> Done:
        made = _sound(lambda: actions.add_contact(file, body.value, kind=body.kind, by=who.person))
        return Done(201, contact_told(made, revealed=False))

    return once(request, schemas.Contact, work)


@router.post(
    "/customers/{int:customer}/holdings", auth=WRITE, response={201: schemas.HeldAsset}, openapi_extra=WITH_KEY
)
def hold_asset(request: HttpRequest, customer: schemas.Pk, body: schemas.NewHolding) -> HttpResponse:
    """The customer holds a home from a day on."""
    who = caller(request)
    file = _own(who, customer)

    def work(_key: str | None) -> Done:
        asset = one_of(visible(who.person, Asset.objects.filter(pk=body.asset), who.now))
        made = _sound(lambda: actions.hold(file, asset, role=body.role, since=body.since, by=who.person))
        return Done(201, holding_told(made))

    return once(request, schemas.HeldAsset, work)


@router.get("/assets", auth=READ, response=schemas.Assets, openapi_extra=REVEALED)
def list_assets(request: HttpRequest, by: Query[AssetFilter], paging: Query[Paging]) -> Plain:
    """Homes and other rooms; only the building is told unless a reason is given."""
    who, reason = caller(request), reveal_reason(request)
    rows = visible(who.person, Asset.objects.select_related("unit"), who.now)
    if by.unit is not None:
        rows = rows.filter(in_unit("unit__", by.unit))
    if by.building is not None:
        rows = rows.filter(building=without_nul(by.building))
    found, following = page(rows, ("pk",), paging.cursor, paging.limit, (whole,))
    _log_assets(who, reason)
    return {"items": [asset_told(one, revealed=bool(reason)) for one in found], "next": following}


@router.get("/assets/{int:asset}", auth=READ, response=schemas.Asset, openapi_extra=REVEALED)
def read_asset(request: HttpRequest, asset: schemas.Pk) -> Plain:
    """One home."""
    who, reason = caller(request), reveal_reason(request)
    found = one_of(visible(who.person, Asset.objects.select_related("unit").filter(pk=asset), who.now))
    _log_assets(who, reason)
    return asset_told(found, revealed=bool(reason))


@router.post("/assets", auth=WRITE, response={201: schemas.Asset}, openapi_extra=WITH_KEY)
def add_asset(request: HttpRequest, body: schemas.NewAsset) -> HttpResponse:
    """A room of a project; one that stands already is given back."""
    who = caller(request)

    def work(_key: str | None) -> Done:
        unit = unit_in_reach(who, body.unit, reach(who))
        made = _sound(
            lambda: actions.add_asset(
                unit, body.building, body.room, entrance=body.entrance, handed_over_on=body.handed_over_on
            )
        )
        return Done(201, asset_told(made, revealed=False))

    return once(request, schemas.Asset, work)


def _log_assets(who: Caller, reason: str) -> None:
    if reason:
        access_log.looked(who.person, None, "API: homes", kind=AccessKind.REVEALED, reason=reason)


def _file(who: Caller, pk: int) -> Customer:
    """The file as which the customer goes on, where the integration sees it."""
    found = one_of(
        visible(who.person, Customer.objects.select_related("unit", "survivor__unit").filter(pk=pk), who.now)
    )
    return found.survivor or found


def _own(who: Caller, pk: int) -> Customer:
    """A file that the integration's posts keep: it may be changed."""
    file = _file(who, pk)
    if not kept_by(who.person, Customer.objects.filter(pk=file.pk), who.now).exists():
        raise ProblemError("not-allowed")
    return file


def _sound(act: Callable[[], R]) -> R:
    try:
        return act()
    except ValidationError as error:
        raise from_models(error) from error
