"""Whether data fits its event: every field's type, its values and what it refers to (字段检查)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from shouwen.engine import Program
from shouwen.policy.model import Axis, EventType, Fact, Field

TEXT_LIMIT = 20_000
"""Characters of one text."""
LIST_LIMIT = 1_000
SUM_LIMIT = Decimal("1e12")
NUMBER_LIMIT = 10**15

Checker = Callable[[Sequence[str]], set[str]]
"""Of the references given, those that exist."""
_checkers: dict[str, Checker] = {}
NO_CHECKERS: Mapping[str, Checker] = {}


class Wrong(ValueError):  # noqa: N818  said as what it is
    """A value that does not fit; the message is for the user."""


def register_reference(type_name: str, existing: Checker) -> None:
    """Rooms say how a reference of their type is looked up: all of a call's at once, by their ids as text."""
    _checkers[type_name] = existing


def event_type(program: Program | None, name: str, shared: Mapping[str, EventType]) -> EventType | None:
    return (program.policy.events if program else shared).get(name)


def form_fields(program: Program | None, event: EventType, kind: str = "") -> dict[str, Field]:
    """The event's fields as a form shows them: values narrowed by the policy's axes and facts, the record's
    demanded fields required. ``kind`` of the subject, by default the policy's first kind of matter."""
    if program is None:
        return dict(event.fields)
    narrowed: dict[str, tuple[str, ...]] = {}
    sources: list[Axis | Fact] = [*program.policy.axes.values(), *program.policy.facts.values()]
    for source in sources:
        if source.values:
            narrowed.update({place.key: source.values for place in source.sources if place.event == event.name})
    demanded = program.require(event.name, kind)
    return {name: _shown(one, narrowed.get(name, ()), demanded=name in demanded) for name, one in event.fields.items()}


def _shown(one: Field, narrowed: tuple[str, ...], *, demanded: bool) -> Field:
    values = one.values or (narrowed if one.type == "text" else ())
    required = one.required or demanded
    if values == one.values and required == one.required:
        return one
    return replace(one, values=values, required=required)


@dataclass
class Checked:
    """Data ready to be written: ``data`` for the envelope, ``sealed`` for the content, or ``errors`` by field."""

    data: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    references: list[tuple[str, str, str]] = field(default_factory=list)
    """(field, type, id) still to be looked up."""


def check(fields: Mapping[str, Field], given: Mapping[str, Any], zone: ZoneInfo) -> Checked:
    """Bring `given` into the form that is stored, or say what is wrong with each field.

    Instants are brought to `zone`, so that they compare as text. Empty values are left out.
    """
    checked = Checked()
    for name in given.keys() - fields.keys():
        checked.errors[name] = _("This event has no such field.")
    for name, one in fields.items():
        value = given.get(name)
        if value is None or value in ("", []):
            if one.required:
                checked.errors[name] = _("This is required.")
            continue
        try:
            clean = _many(one, value, zone) if one.many else _single(one, value, zone)
        except Wrong as wrong:
            checked.errors[name] = str(wrong)
            continue
        (checked.sealed if one.personal else checked.data)[name] = clean
        if one.type in REFERENCES:
            items = clean if isinstance(clean, list) else [clean]
            checked.references += [(name, one.type, item) for item in items]
    return checked


def look_up(checks: Iterable[Checked], seen: Mapping[str, Checker] = NO_CHECKERS) -> None:
    """Ask for all references at once, one query a type; what is unknown becomes an error of its field.

    `seen`: of a type's references, those that the actor may name; the others are as unknown to him as if there were
    none.
    """
    wanted: dict[str, set[str]] = {}
    checks = list(checks)
    for one in checks:
        for _field, type_name, ref in one.references:
            wanted.setdefault(type_name, set()).add(ref)
    checkers = {**_checkers, **seen}
    known = {kind: checkers[kind](sorted(refs)) for kind, refs in wanted.items() if kind in checkers}
    for one in checks:
        for name, type_name, ref in one.references:
            if type_name in known and ref not in known[type_name]:
                one.errors[name] = _("There is no such thing: %(what)s.") % {"what": ref}


def _many(one: Field, value: Any, zone: ZoneInfo) -> Any:
    if not isinstance(value, (list, tuple)):
        return _single(one, value, zone)
    if len(value) > LIST_LIMIT:
        raise Wrong(_("At most %(count)d items.") % {"count": LIST_LIMIT})
    return [_single(one, item, zone) for item in value]


def _single(one: Field, value: Any, zone: ZoneInfo) -> Any:
    clean = _BY_TYPE[one.type](value, zone)
    if one.values and clean not in one.values:
        raise Wrong(_("Must be one of: %(values)s.") % {"values": "、".join(one.values)})
    return clean


def _text(value: Any, zone: ZoneInfo) -> str:
    if not isinstance(value, str):
        raise Wrong(_("Text is expected."))
    if len(value) > TEXT_LIMIT:
        raise Wrong(
            _("The text has %(length)d characters; at most %(limit)d are kept. Please attach it as a file.")
            % {"length": len(value), "limit": TEXT_LIMIT}
        )
    if "\0" in value:
        raise Wrong(_("Null characters are not allowed."))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Wrong(_("The text contains half of a character.")) from None
    return value


def _bool(value: Any, zone: ZoneInfo) -> bool:
    if not isinstance(value, bool):
        raise Wrong(_("Yes or no is expected."))
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise Wrong(_("A number is expected."))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Wrong(_("A number is expected.")) from None
    if not number.is_finite():
        raise Wrong(_("A number is expected."))
    return number


def _number(value: Any, zone: ZoneInfo) -> int | float:
    number = _decimal(value)
    if abs(number) >= NUMBER_LIMIT:
        raise Wrong(_("The number is too large."))
    return int(number) if number == number.to_integral_value() else float(number)


def _money(value: Any, zone: ZoneInfo) -> str:
    number = _decimal(value)
    if not 0 <= number < SUM_LIMIT:
        raise Wrong(_("The sum must be between 0 and %(limit)s yuan.") % {"limit": f"{SUM_LIMIT:f}"})
    cents = number.quantize(Decimal("0.01"))
    if cents != number:
        raise Wrong(_("A sum has at most two decimals."))
    return str(cents)


def _date(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        raise Wrong(_("A date without time is expected."))
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise Wrong(_("A date is expected, as 2026-03-02.")) from None


def _instant(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, str) and len(value) == len("2026-03-02"):
        return _date(value, zone)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Wrong(_("A date and time is expected, as 2026-03-02T09:00:00+08:00.")) from None
    if moment.tzinfo is None:
        raise Wrong(_("The time has no time zone."))
    return moment.astimezone(zone).isoformat()


def _list(value: Any, zone: ZoneInfo) -> list[str]:
    if isinstance(value, str):
        return [_text(value, zone)]
    if not isinstance(value, (list, tuple)):
        raise Wrong(_("A list is expected."))
    if len(value) > LIST_LIMIT:
        raise Wrong(_("At most %(count)d items.") % {"count": LIST_LIMIT})
    return [_text(item, zone) for item in value]


def _reference(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str, UUID)):
        raise Wrong(_("A reference is expected."))
    return _text(str(value), zone)


_BY_TYPE: Mapping[str, Callable[[Any, ZoneInfo], Any]] = {
    "text": _text,
    "longtext": _text,
    "party": _text,
    "order": _text,
    "duty": _text,
    "bool": _bool,
    "number": _number,
    "money": _money,
    "date": _date,
    "instant": _instant,
    "list": _list,
    "file": _reference,
    "unit": _reference,
    "person": _reference,
    "customer": _reference,
    "asset": _reference,
    "entry": _reference,
    "subject": _reference,
}
REFERENCES = frozenset({"file", "unit", "person", "customer", "asset", "subject"})
"""Types that are looked up; an ``entry`` is looked up in its own journal."""
