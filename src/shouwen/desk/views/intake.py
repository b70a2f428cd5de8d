"""Intake: one page from the first word to a number with its first due time."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shouwen.customers import actions as registry
from shouwen.customers.models import Asset, Customer
from shouwen.customers.phones import backwards
from shouwen.customers.queries import Found, described, ids_of, with_phone
from shouwen.desk.drafts import recorded
from shouwen.desk.forms import Surroundings
from shouwen.desk.intake import IntakeForm, unit_choices
from shouwen.desk.reach import own_units
from shouwen.desk.templatetags.desk import local
from shouwen.desk.views.act import Answer, kept_files, with_files
from shouwen.desk.words import duty_words, naming, worded
from shouwen.governance.programs import program_for
from shouwen.governance.queries import policies_for
from shouwen.governance.terms import offered
from shouwen.journal import access_log, clock
from shouwen.journal.checks import is_id
from shouwen.journal.drafts import Actor
from shouwen.journal.errors import Invalid, NoRoom, NotAllowed, Refused, room
from shouwen.journal.models import AccessKind, Duty, DutyState, Subject
from shouwen.journal.typed import typed
from shouwen.matters import actions
from shouwen.matters.queries import repeats as likely_repeats
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit, UnitKind
from shouwen.organisation.seats import Seat, seats

EVENT = "received"
OWNERS = 5
"""Customers of one telephone that are offered."""
NOT_FOR_MATTERS = (UnitKind.CONTRACTOR, UnitKind.DEPARTMENT)


def _home(person: Person, now: datetime) -> tuple[Unit | None, Seat | None]:
    """The unit for which the person takes in by default, and the seat: a department's is its superior's."""
    seat = next(iter(seats(person, now)), None)
    if seat is None:
        return None, None
    unit = seat.unit.parent if seat.unit.kind == UnitKind.DEPARTMENT and seat.unit.parent else seat.unit
    return unit, seat


def _kinds(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """Kinds of matters that some policy in force here knows: (kind, title)."""
    found = []
    for row in policies_for(unit, now):
        kind = program_for(unit, row.kind, now).policy.kinds.get(row.kind)
        if kind is not None and kind.matter:
            found.append((row.kind, kind.title))
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """The empty form, or what was sent."""
    person = cast("Person", request.user)
    now = clock.now()
    unit, seat = _home(person, now)
    kinds = _kinds(unit, now) if unit else []
    if unit is None or seat is None or not kinds:
        return render(request, "desk/intake_none.html", {"unit": unit})
    asked = request.GET.get("kind", "")
    kind = asked if asked in dict(kinds) else kinds[0][0]
    program = program_for(unit, kind, now)
    around = Surroundings(
        program,
        ZoneInfo(unit.zone),
        kind,
        units=unit_choices(own_units(person, now)),
        terms=offered(unit, now),
        name_of=naming(person, now),
    )
    units = unit_choices([one for one in own_units(person, now) if one.kind not in NOT_FOR_MATTERS])
    event = worded(program.policy.events[EVENT])
    answer = Answer()
    if request.method == "POST":
        form = IntakeForm(event, around, units, request.POST, request.FILES)
        saved = _save(request, form, person, seat, unit, kind, answer)
        if saved is not None:
            messages.success(request, _first_due(saved))
            return recorded(redirect("desk:matter", pk=saved.pk), request.POST.get("key", ""))
    else:
        channels = event.fields["channel"].offers if "channel" in event.fields else ()
        named = _customer(person, request.GET.get("customer", ""), now)
        initial = {"channel": channels[0] if channels else "", "customer": str(named.pk) if named else ""}
        form = IntakeForm(event, around, units, initial=initial)
    context = {"form": form, "kinds": kinds, "kind": kind, "answer": answer, **_known(person, form, now)}
    return render(request, "desk/intake.html", context, status=answer.status)


def _first_due(subject: Subject) -> str:
    """Number and first due time, as the officer tells them to the customer."""
    duties = Duty.objects.filter(subject=subject, state=DutyState.OPEN, outside=False, due_at__isnull=False)
    first = duties.order_by("due_at").first()
    if first is None:
        return _("Taken in as %(number)s.") % {"number": subject.number}
    return _("Taken in as %(number)s. First due: %(what)s, %(when)s.") % {
        "number": subject.number,
        "what": duty_words(first.event, first.title),
        "when": local(first.due_at, subject.unit.zone),
    }


def _save(
    request: HttpRequest, form: IntakeForm, person: Person, seat: Seat, home: Unit, kind: str, answer: Answer
) -> Subject | None:
    """The new matter, or None with the reason in `answer` or at the form's fields."""
    answer.files = kept_files(request, person)
    if not form.is_valid():
        answer.status = HTTPStatus.UNPROCESSABLE_ENTITY
        return None
    try:
        with room(), transaction.atomic():
            return _take_in(form, person, seat, home, kind, answer)
    except Refused as refused:
        answer.status, answer.shut = HTTPStatus.CONFLICT, refused.shut
    except Invalid as invalid:
        form.take_errors({"reason_late" if name == "reason" else name: text for name, text in invalid.errors.items()})
        answer.status = HTTPStatus.UNPROCESSABLE_ENTITY
    except ValidationError as error:
        text = "；".join(error.messages)
        form.add_error("new_phone" if "value" in getattr(error, "error_dict", {}) else "new_name", text)
        answer.status = HTTPStatus.UNPROCESSABLE_ENTITY
    except NotAllowed as refused:
        answer.status, answer.text, answer.roles = HTTPStatus.FORBIDDEN, str(refused), refused.roles
    except NoRoom as full:
        answer.status, answer.text = HTTPStatus.INSUFFICIENT_STORAGE, str(full)
    return None


def _take_in(form: IntakeForm, person: Person, seat: Seat, home: Unit, kind: str, answer: Answer) -> Subject:
    now = clock.now()
    data, answer.files = with_files(form, answer.files, person)
    new = bool(form.cleaned_data["new_name"]) and not data.get("customer")
    if new and form.cleaned_data["home"]:
        data["asset"] = form.cleaned_data["home"]
    _check_reach(person, data, now)
    if "d-asset" not in form.data and data.get("customer") and "asset" in form.declared:
        data["asset"] = _first_home(person, data["customer"], now)
    asset = _asset(person, str(data.get("asset", "")), now)
    chosen = form.cleaned_data["unit"]
    unit = Unit.objects.get(pk=chosen) if chosen else asset.unit if asset else home
    repeat = visible(person, Subject.objects.filter(pk__in=_uuids(form.cleaned_data["repeat_of"])), now).first()
    with transaction.atomic():
        registered = _registered(form, person, unit, asset, now) if new else None
        if registered is not None:
            data["customer"] = str(registered.pk)
        subject = actions.take_in(
            unit,
            data,
            actor=Actor(person, seat.post.name, seat.unit),
            kind=kind,
            at=cast("datetime | None", form.cleaned_data["at"]),
            key=form.cleaned_data["key"],
            repeat_of=repeat,
            reason=form.cleaned_data["reason_late"],
        )
        if registered is not None and subject.brought.customer != str(registered.pk):
            # The same form for the second time: the first one's customer stands, this one never was.
            transaction.set_rollback(True)
    return subject


def _first_home(person: Person, ref: str, now: datetime) -> str:
    """What the page would have chosen: whoever is quick sends the form before the customer's homes have come."""
    customer = _customer(person, ref, now)
    homes = described([customer], localdate(now))[0].holdings if customer else ()
    return next((str(home.asset_id) for home in homes if _asset(person, str(home.asset_id), now)), "")


def _check_reach(person: Person, data: Mapping[str, Any], now: datetime) -> None:
    """Ids come from the form: only those whom the person's posts serve may be named. Raises Invalid."""
    found = {"customer": _customer, "asset": _asset}
    wrong = [name for name, look in found.items() if data.get(name) and look(person, str(data[name]), now) is None]
    if wrong:
        raise Invalid(dict.fromkeys(wrong, _("Choose one of those found.")))


def _registered(form: IntakeForm, person: Person, unit: Unit, asset: Asset | None, now: datetime) -> Customer:
    phones = [phone for phone in [form.cleaned_data["new_phone"].strip()] if phone]
    customer = registry.register(unit, form.cleaned_data["new_name"], now, phones=phones, by=person)
    if asset is not None:
        registry.hold(customer, asset, by=person)
    return customer


def _uuids(text: str) -> list[str]:
    return [text] if is_id(text) else []


def _asset(person: Person, ref: str, now: datetime) -> Asset | None:
    return (
        visible(person, Asset.objects.filter(pk=ref).select_related("unit"), now).first() if ref.isdecimal() else None
    )


def _customer(person: Person, ref: str, now: datetime) -> Customer | None:
    """As the file goes on, where it was merged."""
    if not ref.isdecimal():
        return None
    found = visible(person, Customer.objects.filter(pk=ref).select_related("survivor"), now).first()
    return None if found is None else found.survivor or found


def _known(person: Person, form: IntakeForm, now: datetime) -> dict[str, Any]:
    """What stands in the registry about the customer that the form already names."""
    customer = _customer(person, str(form["customer"].value() or ""), now) if "customer" in form.fields else None
    try:
        found = _shown(person, customer, now)
    except NoRoom:
        found = None
    return {"found": found, "asset": str(form.data.get("d-asset", ""))}


@login_required
@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """The chosen customer's homes to choose from; looking at them is written down."""
    person = cast("Person", request.user)
    now = clock.now()
    customer = _customer(person, request.GET.get("customer", ""), now)
    return render(request, "desk/parts/known.html", {"found": _shown(person, customer, now), "asset": ""})


def _shown(person: Person, customer: Customer | None, now: datetime) -> Found | None:
    """What stands on the customer's file; looking at it is written down."""
    if customer is None:
        return None
    access_log.looked(person, None, "intake", customers=ids_of(customer))
    return described([customer], localdate(now))[0]


def _owners(person: Person, phone: str, now: datetime) -> list[Customer]:
    """Customers whom the person's posts serve and to whom this whole number belongs; looking is written down."""
    if not backwards(phone):
        return []
    found = list(with_phone(phone, visible(person, Customer.objects.all(), now), localdate(now))[:OWNERS])
    if found:
        shown = [str(one.pk) for one in found]
        access_log.looked(person, None, "customer by phone", kind=AccessKind.SEARCHED, customers=shown)
    return found


@login_required
@require_POST
def repeats(request: HttpRequest) -> HttpResponse:
    """Matters that may be the same, by customer, home and words; the customer may be a new one's telephone's."""
    person = cast("Person", request.user)
    now = clock.now()
    unit, _seat = _home(person, now)
    customer = _customer(person, request.POST.get("d-customer", ""), now)
    owners = [] if customer else _owners(person, request.POST.get("new_phone", "")[:40], now)
    customer = owners[0] if len(owners) == 1 else customer
    asset = _asset(person, request.POST.get("d-asset", ""), now)
    text = typed(request.POST.get("d-text", ""), 2000)
    units = [asset.unit] if asset else [unit] if unit else []
    found = [one for place in units for one in likely_repeats(customer, asset, text, place, now)]
    seen = set(visible(person, Subject.objects.filter(pk__in=[one.subject.pk for one in found]), now).values_list("pk"))
    context = {
        "owners": owners,
        "repeats": [one for one in found if (one.subject.pk,) in seen],
        "chosen": request.POST.get("repeat_of", ""),
        "asked": bool(customer or asset or text.strip()),
    }
    return render(request, "desk/parts/repeats.html", context)
