"""What the ledger's page was asked for: filter, columns and order, all of it in the address."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.desk.forms import Choices, Combobox
from shouwen.desk.words import naming
from shouwen.insight import ledger
from shouwen.insight.catalogue import Catalogue
from shouwen.insight.columns import DEFAULT, OF_OTHERS, Column, columns
from shouwen.insight.models import SavedView
from shouwen.journal.models import SubjectState
from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import snapshot

ALL = "all"
STATES: dict[str, str | Promise] = {"open": _("Open"), "ended": _("Settled"), "merged": _("Merged"), ALL: _("All")}
DUE: dict[str, str | Promise] = {
    "overdue": _("Overdue"),
    "24h": _("Due within 24 hours"),
    "3d": _("Due within 3 days"),
    "7d": _("Due within 7 days"),
}


@dataclass(frozen=True)
class Asked:
    """``state`` as the page says it: the open ones unless something else is asked for, all where words are searched."""

    chosen: ledger.Filter
    state: str
    sort: str
    columns: list[Column]
    after: str = ""
    before: str = ""

    @property
    def query(self) -> str:
        """The filter as an address has it, to be kept or handed on."""
        return urlencode({**self.chosen.query(), "state": self.state}, doseq=True)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def address(self) -> str:
        """Filter, columns and order."""
        usual = self.names == list(DEFAULT)
        more = {"sort": self.sort, "columns": [] if usual else self.names}
        return f"{self.query}&{urlencode(more, doseq=True)}"


def read(query: QueryDict, words: Catalogue) -> Asked:
    """What an address asks for; what it cannot mean is left out."""
    chosen = ledger.read(query.dict(), query.getlist(ledger.AXIS))
    state = query.get("state", "")
    if state not in STATES:
        state = ALL if chosen.q else SubjectState.OPEN
    sort = query.get("sort", "")
    return Asked(
        replace(chosen, state="" if state == ALL else state),
        state,
        sort if sort.removeprefix("-") in ledger.SORTS else ledger.NEWEST,
        _columns(query.getlist("columns"), words, others=chosen.kind in words.others),
        query.get("after", "")[:300],
        query.get("before", "")[:300],
    )


def _columns(names: list[str], words: Catalogue, *, others: bool) -> list[Column]:
    """What no customer has brought was not received but begun, and ended, not closed."""
    if not others:
        return columns(names, words)
    titles = {"opened": _("Begun"), "ended": _("Ended at")}
    return [replace(one, title=titles.get(one.name, one.title)) for one in columns(names or OF_OTHERS, words)]


def of_view(view: SavedView) -> str:
    """The address of a saved view."""
    return f"{view.query}&{urlencode({'sort': view.sort, 'columns': view.columns}, doseq=True)}"


def _naming(person: Person, at: datetime) -> Callable[[str, str], str]:
    """Words for what the address names; units and people are in memory."""
    others = naming(person, at)

    def name_of(kind: str, ref: str) -> str:
        pk = int(ref) if ref.isdecimal() else 0
        found = snapshot().units.get(pk) if kind == "unit" else snapshot().people.get(pk) if kind == "person" else None
        return found.name if found is not None else others(kind, ref)

    return name_of


class FilterForm(forms.Form):
    """The filter's controls; what they hold is read by ``read``, never from here."""

    q = forms.CharField(label=_("Words, number, customer, phone or room"))
    exact = forms.BooleanField(label=_("Exactly as typed"))
    unit = forms.CharField(label=_("Unit and all below"))
    nature = forms.ChoiceField(label=_("Category"))
    kind = forms.ChoiceField(label=_("Kind"))
    due = forms.ChoiceField(label=_("Next due"), choices=[("", "—"), *DUE.items()])
    stuck = forms.BooleanField(label=_("A gate is in the way"))
    owner = forms.CharField(label=_("Owner"))
    channel = forms.ChoiceField(label=_("Channel"))
    source = forms.CharField(label=_("Source holds"))
    received_from = forms.CharField(label=_("Received from"))
    received_to = forms.CharField(label=_("Received until"))
    closed_from = forms.CharField(label=_("Closed from"))
    closed_to = forms.CharField(label=_("Closed until"))
    clause = forms.CharField(label=_("Kept late or overdue by clause"))
    cause = forms.CharField(label=_("Joined to the cause"))

    def __init__(self, asked: Asked, words: Catalogue, person: Person, now: datetime) -> None:
        said: dict[str, Any] = asked.chosen.query()
        said["owner"] = str(person.pk) if said.get("owner") == "me" else said.get("owner", "")
        super().__init__(initial=said, auto_id="by_%s")
        self.label_suffix = ""
        offered: dict[str, Choices] = {
            "nature": [(one, one) for one in words.natures],
            "kind": kind_choices(words),
            "channel": [(one, one) for one in words.channels],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        names = _naming(person, now)
        for name, kind, address in (
            ("unit", "unit", "desk:find-units"),
            ("owner", "person", "desk:find-people"),
            ("cause", "subject", "desk:find-matters"),
        ):
            self.fields[name].widget = Combobox(kind, reverse_lazy(address), names)
        for name in ("received_from", "received_to", "closed_from", "closed_to"):
            self.fields[name].widget.attrs |= {"data-date": "", "autocomplete": "off"}
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select"
            elif isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "form-check-input"
            elif not isinstance(field.widget, Combobox):
                field.widget.attrs["class"] = "form-control"

    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ("unit", "nature", "due")]

    def more(self) -> list[forms.BoundField]:
        """What stands behind “more”."""
        return [self[name] for name in self.fields if name not in ("q", "unit", "nature", "due")]

    def any_more(self) -> bool:
        return any(self.initial.get(name) for name in self.fields if name not in ("q", "unit", "nature", "due"))


def kind_choices(words: Catalogue) -> Choices:
    """Kinds of matters first, then those of other subjects, as a list offers them."""
    return [*words.kinds.items(), *([(_("Other subjects"), list(words.others.items()))] if words.others else [])]


def axis_choices(asked: Asked, words: Catalogue) -> list[tuple[str, str, Choices]]:
    """A choice for each axis whose values the policies name: its name, its title, (value sent, words)."""
    found: list[tuple[str, str, Choices]] = []
    for name, axis in words.axes.items():
        values: Choices = [(one, one) for one in axis.values]
        if axis.type == "bool":
            values = [("true", _("Yes")), ("false", _("No"))]
        if values:
            found.append((name, axis.title, [(f"{name}={value}", text) for value, text in values]))
    return found


def hidden_fields(request: HttpRequest, *without: str) -> list[tuple[str, str]]:
    """The address's parameters but for some, as a form carries them on."""
    return [(name, one) for name in request.GET if name not in without for one in request.GET.getlist(name)]
