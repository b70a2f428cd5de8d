"""What comboboxes ask while one types: a few lines to choose from."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from shouwen.customers import queries
from shouwen.customers.masking import mask_contact
from shouwen.customers.models import Asset, Customer
from shouwen.insight import search
from shouwen.journal import access_log, clock
from shouwen.journal.models import AccessKind
from shouwen.journal.typed import typed
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.queries import find_people

LIMIT = 8


@dataclass(frozen=True)
class Option:
    """A line: what is sent, what the field shows, and what helps to tell it from others."""

    value: str
    label: str
    hint: str = ""


def _lines(request: HttpRequest, options: list[Option]) -> HttpResponse:
    context = {"options": options[:LIMIT], "list": request.GET.get("list", "list")[:60]}
    return render(request, "desk/parts/options.html", context)


def _asked(request: HttpRequest) -> tuple[Person, str]:
    return cast("Person", request.user), typed(request.GET.get("q", ""), 60)


@login_required
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Customers whom the person sees, by telephone, name, pinyin or room."""
    person, text = _asked(request)
    now = clock.now()
    found = queries.find(text, visible(person, Customer.objects.all(), now), localdate(now))[:LIMIT]
    if found:
        shown = [str(one.customer.pk) for one in found]
        access_log.looked(person, None, "customer search", kind=AccessKind.SEARCHED, customers=shown)
    options = []
    for one in found:
        rooms = "、".join(f"{holding.asset.unit.name} {holding.asset.label}" for holding in one.holdings[:2])
        phones = "、".join(mask_contact(contact) for contact in one.contacts[:1])
        options.append(Option(str(one.customer.pk), one.customer.name, "　".join(filter(None, (rooms, phones)))))
    return _lines(request, options)


@login_required
@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    person, text = _asked(request)
    found = queries.find_assets(text, visible(person, Asset.objects.all(), clock.now()))
    return _lines(request, [Option(str(asset.pk), f"{asset.unit.name} {asset.label}") for asset in found])


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    _person, text = _asked(request)
    now = clock.now()
    options = []
    for one in find_people(text, now)[:LIMIT]:
        held = one.appointments.holding(now).select_related("post__unit").first()
        options.append(Option(str(one.pk), one.name, f"{held.post.unit.name} · {held.post.name}" if held else ""))
    return _lines(request, options)


@login_required
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units that stand, by any part of their name."""
    person, text = _asked(request)
    now = clock.now()
    rows = visible(person, Unit.objects.holding(now).filter(name__contains=text), now) if text else Unit.objects.none()
    found = rows.select_related("parent").order_by("path")[:LIMIT]
    return _lines(request, [Option(str(one.pk), one.name, one.parent.name if one.parent else "") for one in found])


@login_required
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """The newest matters, and causes, that hold what was typed and that the person may see."""
    person, text = _asked(request)
    sought = search.read(text)
    found = search.newest(person, sought, clock.now(), LIMIT) if sought else []
    return _lines(request, [Option(str(one.subject_id), one.number, one.customer_name) for one in found])
