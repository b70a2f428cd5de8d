"""The form of what comes in: the declared fields of ``received``, with a customer who may be new."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shouwen.desk.forms import Choices, Combobox, EventForm, InstantField, Surroundings, Upload
from shouwen.organisation.models import Unit
from shouwen.policy.model import Axis, EventType, Fact

FRONT = ("customer", "channel", "category", "text")
"""What is asked first, in the order of the talk; then what this policy reads or requires, then the rest."""
PLACED = frozenset({"customer", "asset"})
"""Fields with a place of their own on the page."""


class IntakeForm(EventForm):
    """接诉: who, how, what."""

    new_name = forms.CharField(required=False, max_length=100, label=_("Name"))
    new_phone = forms.CharField(required=False, max_length=40, label=_("Phone"))
    home = forms.CharField(required=False, label=_("Home"))
    unit = forms.ChoiceField(required=False, label=_("Unit"))
    repeat_of = forms.CharField(required=False)
    reason_late = forms.CharField(required=False, label=_("Why it is recorded late"))

    def __init__(
        self,
        event: EventType,
        around: Surroundings,
        units: Choices,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Upload] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(event, around, data, files, initial)
        self.fields["unit"] = forms.ChoiceField(
            choices=[("", _("That of the home, else mine")), *units], required=False, label=_("Unit")
        )
        when = forms.TextInput(attrs={"data-instant": "", "autocomplete": "off"})
        self.fields["at"] = InstantField(around.zone, required=False, widget=when, label=_("When it happened"))
        self.fields["at"].help_text = _("Leave empty if it is now.")
        self.fields["home"].widget = Combobox("asset", reverse_lazy("desk:find-assets"), around.name_of)
        self.fields["home"].shape = "combobox"  # type: ignore[attr-defined]
        for name in ("new_name", "new_phone", "at", "reason_late"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["unit"].widget.attrs["class"] = "form-select"
        policy = around.program.policy
        sources: tuple[Axis | Fact, ...] = (*policy.axes.values(), *policy.facts.values())
        self._read = {place.key for source in sources for place in source.sources if place.event == event.name}
        if "customer" in self.fields:
            self.fields["customer"].widget.attrs |= {
                "placeholder": gettext("Phone, name, pinyin initials or room"),
                "autofocus": True,
            }

    def _names(self) -> tuple[list[str], list[str]]:
        asked = {name for name, one in self.declared.items() if one.required or name in self._read}
        front = [name for name in FRONT if name in self.declared and name not in PLACED]
        front += [name for name in self.declared if name in asked and name not in (*FRONT, *PLACED)]
        return front, [name for name in self.declared if name not in (*front, *PLACED)]

    def front(self) -> list[forms.BoundField]:
        """What is asked at once."""
        return [self[name] for name in self._names()[0]]

    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in self._names()[1]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if isinstance(cleaned.get("at"), str):
            self.add_error("at", _("Please give the time too, as 2026-03-02 09:00."))
        if cleaned.get("anonymous"):
            for name in ("new_name", "new_phone", "home"):
                if cleaned.get(name):
                    self.add_error(name, _("The matter is anonymous: nothing is kept that tells who brought it."))
            return cleaned
        typed = self.data.get("d-customer_label", "").strip()
        if typed and not cleaned.get("customer") and not cleaned.get("new_name"):
            self.add_error("customer", _("Choose one of the customers found, or enter a new one below."))
        return cleaned


def unit_choices(units: list[Unit]) -> Choices:
    return [(str(unit.pk), f"{'　' * (len(unit.line) - 1)}{unit.name}") for unit in units]
