"""Forms about customers: why somebody looks, and what is changed in a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.customers.models import ContactKind, CustomerKind, HoldingRole
from shouwen.desk.forms import Choices, Combobox, OfferField
from shouwen.journal.models import AccessKind

REASONS: Mapping[str, str | Promise] = {
    "联系客户": _("to reach the customer"),
    "核实身份": _("to make sure who it is"),
    "办理事项": _("for a matter in hand"),
    "更正档案": _("to correct the file"),
    "客户要求": _("the customer asked for it"),
    "检查统计": _("inspection or report"),
}
"""Why somebody looks; the log keeps the Chinese word in every language."""
LONGEST_REASON = 200


def _nobody(_kind: str, _ref: str) -> str:
    return ""


class ReasonField(OfferField):
    """One of the usual reasons, or another one in words."""

    shape = "offer"
    wide = True

    def __init__(self) -> None:
        super().__init__(tuple(REASONS))
        self.widget.widgets[0].choices = list(REASONS.items())
        self.label = _("Reason")
        self.error_messages["required"] = _("Say why: it is written down with the look.")

    def compress(self, data_list: list[str]) -> str:
        reason = super().compress(data_list)
        if not reason:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return reason[:LONGEST_REASON]


class ReasonForm(forms.Form):
    """Why the data is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = ReasonField()
        self.label_suffix = ""


class ExportForm(ReasonForm):
    """What an export shows, and why."""

    def __init__(self, *args: Any, may_whole: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_whole:
            self.fields["whole"] = forms.ChoiceField(
                label=_("Personal data"),
                choices=[("", _("masked")), ("whole", _("in full"))],
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields["whole"].shape = "choices"  # type: ignore[attr-defined]


def _dress(form: forms.Form) -> None:
    """The controls as the desk's pages have them."""
    form.label_suffix = ""
    for field in form.fields.values():
        if isinstance(field.widget, forms.RadioSelect):
            field.shape = "choices"  # type: ignore[attr-defined]
        elif isinstance(field.widget, Combobox):
            field.shape = "combobox"  # type: ignore[attr-defined]
        elif not isinstance(field.widget, forms.HiddenInput):
            list_like = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if list_like else "form-control"


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"data-date": "", "autocomplete": "off"})
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class FileForm(forms.Form):
    """A change of a file; ``seen`` is the last change that the form knew."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].choices = [("", "—"), *(units or [])]  # type: ignore[attr-defined]
        _dress(self)


class RenameForm(FileForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices, widget=forms.RadioSelect)


class ContactForm(FileForm):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ContactKind.choices, initial=ContactKind.PHONE, widget=forms.RadioSelect
    )
    value = forms.CharField(label=_("Number or address"), max_length=200)
    since = _day(_("Since"), required=False, help_text=_("Leave empty if it is not known."))


class UntilForm(FileForm):
    until = _day(_("Until"), help_text=_("The first day on which it does not hold any more."))


class HomeFields(forms.Form):
    """A home: one that stands in the registry, or a new one."""

    asset = forms.CharField(
        label=_("Home"), required=False, widget=Combobox("asset", reverse_lazy("desk:find-assets"), _nobody)
    )
    unit = forms.ChoiceField(label=_("Project"), required=False)
    building = forms.CharField(label=_("Building"), required=False, max_length=30)
    entrance = forms.CharField(label=_("Entrance"), required=False, max_length=30)
    room = forms.CharField(label=_("Room"), required=False, max_length=30)


class HoldForm(HomeFields, FileForm):
    role = forms.ChoiceField(
        label=_("Role"), choices=HoldingRole.choices, initial=HoldingRole.OWNER, widget=forms.RadioSelect
    )
    since = _day(_("Since"), required=False, help_text=_("Leave empty if it is not known."))

    def front(self) -> list[forms.BoundField]:
        """What is asked at once."""
        return [self[name] for name in ("asset", "role", "since")]

    def rest(self) -> list[forms.BoundField]:
        """A home that does not stand in the registry yet."""
        return [self[name] for name in ("unit", "building", "entrance", "room")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("asset") and not (cleaned.get("unit") and cleaned.get("room")):
            self.add_error("asset", _("Choose one of the homes found, or enter a new one below."))
        return cleaned


class RegisterForm(forms.Form):
    """A new customer."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=CustomerKind.choices, initial=CustomerKind.PERSON, widget=forms.RadioSelect
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    unit = forms.ChoiceField(label=_("Unit that keeps the file"))
    asset = forms.CharField(
        label=_("Home"), required=False, widget=Combobox("asset", reverse_lazy("desk:find-assets"), _nobody)
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=HoldingRole.choices, initial=HoldingRole.OWNER, widget=forms.RadioSelect
    )
    since = _day(_("Moved in on"), required=False)
    anyway = forms.BooleanField(label=_("It is another customer: register all the same"), required=False)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "—"), *units]  # type: ignore[attr-defined]
        _dress(self)
        self.fields["anyway"].widget.attrs["class"] = "form-check-input"

    def asked(self) -> list[forms.BoundField]:
        """The fields in the order of the talk."""
        return [self[name] for name in self.fields if name != "anyway"]


class MergeForm(ReasonForm):
    """Which of two files goes on."""

    stays = forms.ChoiceField(label=_("Which file goes on"), widget=forms.RadioSelect)
    seen_one = forms.IntegerField(widget=forms.HiddenInput)
    seen_other = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, files: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = files  # type: ignore[attr-defined]
        self.fields["stays"].shape = "choices"  # type: ignore[attr-defined]
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), required=False, max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
        )


class OtherForm(forms.Form):
    """The other file of a merge."""

    other = forms.CharField(
        label=_("The other file"), widget=Combobox("customer", reverse_lazy("desk:find-customers"), _nobody)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class LooksForm(forms.Form):
    """Which looks are listed."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *AccessKind.choices])
    person = forms.CharField(
        label=_("Who looked"), required=False, widget=Combobox("person", reverse_lazy("desk:find-people"), _nobody)
    )
    customer = forms.CharField(label=_("Customer's number"), required=False, max_length=20)
    since = _day(_("From day"), required=False)
    until = _day(_("Up to and including"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)

    def chosen(self, name: str) -> Any:
        """What was asked; None for nothing or for what is none."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    def days(self) -> tuple[date | None, date | None]:
        return self.chosen("since"), self.chosen("until")
