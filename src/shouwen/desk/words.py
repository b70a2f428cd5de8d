"""Values of entries in words: ids become names, yes and no are said, times stand in the unit's zone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from shouwen.customers.masking import mask_name
from shouwen.customers.models import Asset, Customer
from shouwen.journal.checks import is_id
from shouwen.journal.models import Attachment, Subject
from shouwen.organisation.models import Person, Unit
from shouwen.policy.model import Field

LATER = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Said:
    """One line of an entry: the field's title and its value in words, perhaps leading somewhere."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    """(address, words)."""


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


class Names:
    """Names behind ids, one query a type for a whole page. Customers are masked: who needs the name reveals it."""

    def __init__(self, references: Iterable[tuple[str, Any]]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, value in references:
            wanted[kind].update(str(one) for one in _each(value))
        self._people = Person.objects.in_bulk(_numbers(wanted["person"]))
        self._units = Unit.objects.in_bulk(_numbers(wanted["unit"]))
        self._customers = Customer.objects.in_bulk(_numbers(wanted["customer"]))
        self._assets = Asset.objects.select_related("unit").in_bulk(_numbers(wanted["asset"]))
        self._subjects = Subject.objects.in_bulk(sorted(filter(is_id, wanted["subject"])))
        self._files = Attachment.objects.in_bulk(sorted(wanted["file"])) if wanted["file"] else {}

    def name(self, kind: str, ref: str) -> str:
        """The words for one reference; the reference itself where nothing stands behind it."""
        if kind == "customer":
            customer = self._customers.get(int(ref)) if ref.isdecimal() else None
            return mask_name(customer.name) if customer else ref
        if kind == "asset":
            asset = self._assets.get(int(ref)) if ref.isdecimal() else None
            return f"{asset.unit.name} {asset.building}" if asset else ref
        if kind == "subject":
            link = self.subject(ref)
            return link[1] if link else ref
        known: Mapping[int, Person | Unit] = self._people if kind == "person" else self._units
        found = known.get(int(ref)) if ref.isdecimal() else None
        return found.name if found else ref

    def file(self, ref: str) -> tuple[str, str] | None:
        found = next((one for key, one in self._files.items() if str(key) == ref), None)
        if found is None or found.erased_at is not None:
            return None
        return reverse("journal:attachment", args=[found.pk]), found.name

    def subject(self, ref: str) -> tuple[str, str] | None:
        found = next((one for key, one in self._subjects.items() if str(key) == ref), None)
        return None if found is None else (reverse("desk:matter", args=[found.pk]), found.number or str(found.pk)[:8])


def _numbers(ids: Iterable[str]) -> list[int]:
    return sorted(int(one) for one in ids if one.isdecimal())


def references(fields: Mapping[str, Field], data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(fields[name].type, value) for name, value in data.items() if name in fields and value is not None]


def said(
    fields: Mapping[str, Field],
    data: Mapping[str, Any],
    names: Names,
    zone: ZoneInfo,
    titles: Mapping[tuple[str, str], str],
) -> list[Said]:
    """An entry's data in the order in which the event declares it. ``titles``: words for own duties and entries."""
    found = []
    for name, one in fields.items():
        if data.get(name) is None:
            continue
        values = [str(value) if one.type in ("file", "subject") else value for value in _each(data[name])]
        if one.type in ("file", "subject"):
            look = names.file if one.type == "file" else names.subject
            links = tuple(link for value in values if (link := look(str(value))) is not None)
            found.append(Said(one.title, "" if links else _("erased"), links))
        else:
            found.append(Said(one.title, "、".join(_word(one, value, names, zone, titles) for value in values)))
    return found


def _word(one: Field, value: Any, names: Names, zone: ZoneInfo, titles: Mapping[tuple[str, str], str]) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if one.type in ("person", "unit", "customer", "asset"):
        return names.name(one.type, str(value))
    if one.type in ("duty", "entry"):
        return titles.get((one.type, str(value)), str(value))
    if one.type == "instant" and "T" in str(value):
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime(LATER)
    if one.type == "money":
        return _("%(sum)s yuan") % {"sum": value}
    return str(value)


def axis_word(value: Any) -> str:
    """A category's value in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def summary(lines: Sequence[Said], limit: int = 80) -> str:
    text = "；".join(f"{line.title}：{line.text}" for line in lines if line.text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
