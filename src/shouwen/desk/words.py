"""Values of entries in words: ids become names, yes and no are said, times stand in the unit's zone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouwen.calendars.periods import Period, PeriodKind
from shouwen.customers.masking import mask_customer, mask_reached, mask_text
from shouwen.customers.models import Asset, Customer
from shouwen.customers.queries import with_merged
from shouwen.journal.checks import is_id
from shouwen.journal.models import Attachment, Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit
from shouwen.organisation.snapshot import snapshot
from shouwen.policy.model import EventType, Field, Kind
from shouwen.policy.vocabulary import shared_events

LATER = "%Y-%m-%d %H:%M"
KIND = "kind"
"""The field that names a kind of subject by its key."""
CONTACT = "contact"
"""The field in which is typed how somebody is reached."""
RELATIONS: Mapping[str, str | Promise] = {
    "part_of": gettext_lazy("is part of"),
    "repeat_of": gettext_lazy("is a repeat of"),
    "continued_as": gettext_lazy("is continued as"),
    "about": gettext_lazy("is about"),
    "merged": gettext_lazy("is merged into"),
}
ENGLISH: Mapping[str, str] = {
    "电话": "telephone", "来访": "visit", "来函": "letter", "短信": "text message", "微信": "WeChat", "邮件": "e-mail",
    "网络": "internet", "转办": "passed on", "一致": "agreed", "未一致": "not agreed",
    "签字": "signed", "盖章": "sealed", "签收": "receipt signed",
}  # fmt: skip
"""Values of the shared vocabulary; the record keeps the Chinese word in every language."""


def in_chinese() -> bool:
    """Whether the page is Chinese."""
    return (get_language() or "zh").startswith("zh")


def worded(event: EventType) -> EventType:
    """The event as pages name it: on pages not in Chinese, what the shared vocabulary calls it goes by its English
    name. Titles that the regulation gives itself stay as they are written there."""
    shared = shared_events().get(event.name)
    if shared is None or in_chinese():
        return event
    fields = {
        name: replace(one, title=_human(name))
        if name in shared.fields and shared.fields[name].title == one.title
        else one
        for name, one in event.fields.items()
    }
    return replace(event, title=_human(event.name) if event.title == shared.title else event.title, fields=fields)


def duty_words(event: str, title: str) -> str:
    """A stored duty's title: the event's name where it has no title of its own."""
    shared = shared_events().get(event)
    return _human(event) if shared is not None and shared.title == title and not in_chinese() else title


def value_words(event: str, field: str) -> dict[str, str]:
    """Words for the values that the shared vocabulary itself gives to a field; none for a regulation's own."""
    shared = shared_events().get(event)
    one = shared.fields.get(field) if shared else None
    if one is None:
        return {}
    known: Mapping[str, str | Promise] = RELATIONS if in_chinese() else {**RELATIONS, **ENGLISH}
    return {value: str(known[value]) for value in (*one.values, *one.offers) if value in known}


def _human(name: str) -> str:
    return name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Said:
    """One line of an entry: the field's title and its value in words, perhaps leading somewhere."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    """(address, words)."""


def each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


class Names:
    """Names behind ids, one query a type for a whole page. Customers are masked: who needs the name reveals it."""

    def __init__(
        self,
        references: Iterable[tuple[str, Any]],
        subjects: QuerySet[Subject] | None = None,
        files: Iterable[Attachment] | None = None,
    ) -> None:
        """``subjects``: those that may be named, as ``visible()`` leaves them; without it none is, but see ``know``.

        ``files``: the attachments, where they are at hand.
        """
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, value in references:
            wanted[kind].update(str(one) for one in each(value))
        house = snapshot()
        self._people, self._units = house.people, house.units
        self._customers = {str(one.pk): one for one in with_merged(wanted["customer"])}
        self._assets = Asset.objects.select_related("unit").in_bulk(_numbers(wanted["asset"]))
        self.named = {UUID(one) for one in wanted["subject"] if is_id(one)}
        """Ids of subjects that the references name."""
        self._subjects: Mapping[UUID, Subject] = {}
        if subjects is not None and self.named:
            self._subjects = subjects.in_bulk(list(self.named))
        if files is None:
            files = Attachment.objects.filter(pk__in=wanted["file"]) if wanted["file"] else ()
        self._files = {str(one.pk): one for one in files}

    def know(self, subjects: Mapping[UUID, Subject]) -> None:
        """These subjects may be named."""
        self._subjects = subjects

    def customer(self, ref: str) -> Customer | None:
        """As the file goes on, where it was merged."""
        found = self._customers.get(ref)
        return found and (found.survivor or found)

    def files_of(self, customer: Customer) -> list[str]:
        """The ids under which journals may name the customer, as ``customers.queries.ids_of`` gives them; no query."""
        merged = [ref for ref, one in self._customers.items() if one.survivor_id == customer.pk]
        return [str(customer.pk), *merged]

    def asset(self, ref: str) -> Asset | None:
        return self._assets.get(int(ref)) if ref.isdecimal() else None

    def name(self, kind: str, ref: str) -> str:
        """The words for one reference; the reference itself where nothing stands behind it."""
        if kind == "customer":
            customer = self.customer(ref)
            return mask_customer(customer) if customer else ref
        if kind == "asset":
            asset = self.asset(ref)
            return f"{asset.unit.name} {asset.building}" if asset else ref
        if kind == "subject":
            link = self.subject(ref)
            return link[1] if link else ref
        known: Mapping[int, Person | Unit] = self._people if kind == "person" else self._units
        found = known.get(int(ref)) if ref.isdecimal() else None
        return found.name if found else ref

    def file(self, ref: str) -> tuple[str, str] | None:
        found = self._files.get(ref)
        if found is None or found.erased_at is not None:
            return None
        return reverse("journal:attachment", args=[found.pk]), found.name

    def subject(self, ref: str) -> tuple[str, str] | None:
        found = self._subjects.get(UUID(ref)) if is_id(ref) else None
        return None if found is None else (reverse("desk:matter", args=[found.pk]), found.number or str(found.pk)[:8])


def naming(person: Person, at: datetime) -> Callable[[str, str], str]:
    """What gives the words for one reference, (type, id), so far as the person may see what it means."""
    return lambda kind, ref: Names([(kind, ref)], visible(person, Subject.objects.all(), at)).name(kind, ref)


def _numbers(ids: Iterable[str]) -> list[int]:
    return sorted(int(one) for one in ids if one.isdecimal())


def references(fields: Mapping[str, Field], data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(fields[name].type, value) for name, value in data.items() if name in fields and value is not None]


def said(
    event: EventType,
    data: Mapping[str, Any],
    names: Names,
    zone: ZoneInfo,
    titles: Mapping[tuple[str, str], str],
) -> list[Said]:
    """An entry's data in the order in which the event declares it. ``titles``: words for own duties and entries."""
    found = []
    for name, one in event.fields.items():
        if data.get(name) is None:
            continue
        known = value_words(event.name, name)
        values = [str(value) if one.type in ("file", "subject") else value for value in each(data[name])]
        if one.type in ("file", "subject"):
            look = names.file if one.type == "file" else names.subject
            links = tuple(link for value in values if (link := look(str(value))) is not None)
            hidden = _("erased") if one.type == "file" else _("not open to you")
            found.append(Said(one.title, "" if links else hidden, links))
        else:
            found.append(
                Said(
                    one.title,
                    "、".join(known.get(str(value)) or _word(one, value, names, zone, titles) for value in values),
                )
            )
    return found


def _word(one: Field, value: Any, names: Names, zone: ZoneInfo, titles: Mapping[tuple[str, str], str]) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if one.personal and isinstance(value, str):
        return mask_reached(value) if one.name == CONTACT else mask_text(value)
    if one.type in ("person", "unit", "customer", "asset"):
        return names.name(one.type, str(value))
    if one.name == KIND:
        return titles.get((KIND, str(value)), str(value))
    if one.type in ("duty", "entry"):
        return titles.get((one.type, str(value)), str(value))
    if one.type == "instant" and "T" in str(value):
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime(LATER)
    if one.type == "money":
        return _("%(sum)s yuan") % {"sum": value}
    return str(value)


def named(subject: Subject, kinds: Mapping[str, Kind]) -> str:
    """A subject's number; what has none goes by its kind, a period with its time: ``分部月度 2026-02``."""
    if subject.number:
        return subject.number
    kind = kinds.get(subject.kind)
    title = kind.title if kind else subject.kind
    return f"{title} {period_of(kind.period, subject).key}" if kind and kind.period else title


def period_of(period: str, subject: Subject) -> Period:
    """The month, week or day in which the subject was opened."""
    first = subject.opened_at.astimezone(ZoneInfo(subject.unit.zone)).date()
    return Period.containing(PeriodKind(period), first)


def axis_word(value: Any) -> str:
    """A category's value in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def summary(lines: Sequence[Said], limit: int = 80) -> str:
    text = "；".join(f"{line.title}：{line.text}" for line in lines if line.text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
