"""From the declared fields of an event to its form: the one place where that happens.

The policy narrows the vocabulary (values, what a record must contain) in ``journal.fields.form_fields``; here each
field gets the control that fits its type. A policy that nobody has seen works because nothing here knows an event.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.desk.hints import from_a_list, offers, orders_made_by
from shouwen.desk.words import value_words
from shouwen.engine import Program
from shouwen.journal.fields import form_fields
from shouwen.policy.model import EventType, Field

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile
Choices = list[tuple[Any, Any]]
PILLS = 6
OFFERED_PILLS = 8
"""Up to so many values are shown side by side, more as a list."""
NOT_LISTED = "表上没有的项目"
"""What an order is for where its item stands in no row of the list; a value of the record, so always in Chinese."""


@dataclass(frozen=True)
class Surroundings:
    """What a form can offer besides the event's own declaration: what stands in the journal, who there is."""

    program: Program
    zone: ZoneInfo
    kind: str = ""
    """Of the subject; by default the policy's first kind of matter."""
    orders: tuple[str, ...] = ()
    duties: Choices = field(default_factory=list)
    entries: Choices = field(default_factory=list)
    units: Choices = field(default_factory=list)
    contractors: tuple[str, ...] = ()
    subjects: Choices | None = None
    """The subjects to choose from; None: any that the person finds."""
    filled: frozenset[str] = frozenset()
    """Fields that the act itself fills in: they are not asked."""
    terms: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """What the house's dictionaries offer, by (event, field)."""
    name_of: Callable[[str, str], str] = lambda _type, _ref: ""
    """The words for a reference already given: (type, id)."""


class Combobox(forms.TextInput):
    """A text in which one types and chooses; the id travels in a hidden input beside it."""

    template_name = "desk/parts/combobox.html"

    def __init__(self, kind: str, url: str | Promise, name_of: Callable[[str, str], str]) -> None:
        super().__init__()
        self.kind, self.url, self.name_of = kind, url, name_of
        self.typed = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.typed = data.get(f"{name}_label", "")
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        label = self.typed or (self.name_of(self.kind, str(value)) if value else "")
        context["widget"] |= {"kind": self.kind, "url": str(self.url), "label": label}
        return context


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        given = data if isinstance(data, (list, tuple)) else [data]
        found = [one for one in given if one]
        if not found:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return []
        return [super(FilesField, self).clean(one, initial) for one in found]


class InstantField(forms.CharField):
    """A date and time in the unit's zone, or a bare date: the end of that day."""

    def __init__(self, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone

    def clean(self, value: Any) -> datetime | str | None:
        text = str(super().clean(value) or "").strip().replace("T", " ")
        if not text:
            return None
        try:
            if len(text) == len("2026-03-02"):
                return date.fromisoformat(text).isoformat()
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("A date and time is expected, as 2026-03-02 09:00.")) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


class LinesField(forms.CharField):
    """A list, one item a line."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else value


class YesNoField(forms.ChoiceField):
    """是、否，或尚未知道."""

    widget = forms.RadioSelect

    def clean(self, value: Any) -> bool | None:
        return {"true": True, "false": False}.get(str(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        return {True: "true", False: "false", None: ""}.get(value, value)


def _choose(one: Field, values: Sequence[str], more: Sequence[str] = ()) -> forms.Field:
    """One or several of the values; those that rules name come first."""
    if one.many:
        choices: Choices = [(value, value) for value in (*values, *more)]
        chosen = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
        chosen.first = len(values) or len(more)  # type: ignore[attr-defined]
        return chosen
    if len(values) + len(more) <= PILLS:
        choices = [(value, value) for value in (*values, *more)]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
    choices = [("", "—")]
    if values and more:
        choices += [(_("Named by the regulation"), [(v, v) for v in values]), (_("Others"), [(v, v) for v in more])]
    else:
        choices += [(value, value) for value in (*values, *more)]
    return forms.ChoiceField(choices=choices)


class OfferWidget(forms.MultiWidget):
    """A choice among known values, and a line for another one."""

    template_name = "desk/parts/offer.html"

    def __init__(self, values: Sequence[str]) -> None:
        self.values = tuple(values)
        choices: Choices = [(value, value) for value in values]
        known = (
            forms.RadioSelect(choices=choices)
            if len(values) <= OFFERED_PILLS
            else forms.Select(choices=[("", "—"), *choices], attrs={"class": "form-select"})
        )
        super().__init__([known, forms.TextInput(attrs={"class": "form-control"})])

    def decompress(self, value: Any) -> list[str]:
        text = str(value or "")
        return [text, ""] if text in self.values else ["", text]


class OfferField(forms.MultiValueField):
    """One of the values offered, or what was written beside them."""

    def __init__(self, values: Sequence[str]) -> None:
        parts = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(parts, widget=OfferWidget(values), require_all_fields=False)

    def compress(self, data_list: list[str]) -> str:
        chosen, other = data_list or ["", ""]
        return other.strip() or chosen


def _text(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    policy = around.program.policy
    named = offers(around.program).get((event.name, one.name), ())
    if one.values:
        return _choose(one, one.values)
    if one.name == "paper" and (policy.papers or named):
        return _choose(one, tuple(dict.fromkeys((*named, *policy.papers))))
    if (event.name, one.name) in from_a_list(around.program):
        return _choose(one, (*one.offers, NOT_LISTED))
    terms = around.terms.get((event.name, one.name), ())
    suggested = tuple(dict.fromkeys((*named, *one.offers, *terms)))
    if one.offers or ((named or terms) and not one.many):
        return OfferField(suggested)
    if one.many:
        return LinesField()
    return forms.CharField()


def _party(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    policy = around.program.policy
    named = tuple(dict.fromkeys((*one.values, *offers(around.program).get((event.name, one.name), ()))))
    if any(role.event == event.name and role.of == one.name for role in policy.roles.values()):
        return OfferField((*named, *around.contractors))
    return _choose(one, named, tuple(name for name in policy.roles if name not in named))


def _order(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    if event.name in orders_made_by(around.program) and one.name != "replaces":
        taken = [int(order) for order in around.orders if order.isdecimal()]
        number = str(max(taken, default=len(around.orders)) + 1)
        return forms.CharField(initial=number, validators=[partial(_not_taken, around.orders)])
    if not around.orders:
        return forms.CharField()
    single = len(around.orders) == 1 and one.name != "replaces"
    chosen = _choose(one, around.orders)
    chosen.initial = around.orders[0] if single else None
    return chosen


def _not_taken(orders: Sequence[str], number: str) -> None:
    if number in orders:
        raise forms.ValidationError(
            _("There is a number %(number)s already: give this one its own."), params={"number": number}
        )


def _nothing_to_name(one: Field, event: EventType, around: Surroundings) -> bool:
    """An order can be named only once there is one."""
    made_here = event.name in orders_made_by(around.program) and one.name != "replaces"
    return one.type == "order" and not (one.required or made_here or around.orders)


def _from(choices: Choices, one: Field) -> forms.Field:
    if one.many:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    return forms.ChoiceField(choices=[("", "—"), *choices])


def _picker(kind: str, address: str) -> Callable[[Field, EventType, Surroundings], forms.Field]:
    def made(one: Field, event: EventType, around: Surroundings) -> forms.Field:
        return forms.CharField(widget=Combobox(kind, reverse_lazy(address), around.name_of))

    return made


def _yes_no(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    choices: Choices = [("true", _("Yes")), ("false", _("No"))]
    return YesNoField(choices=choices if one.required else [*choices, ("", _("not known"))])


def _date(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"data-date": "", "autocomplete": "off"}),
    )


def _instant(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    return InstantField(around.zone, widget=forms.TextInput(attrs={"data-instant": "", "autocomplete": "off"}))


def _subject(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    if around.subjects is None:
        return _picker("subject", "desk:find-matters")(one, event, around)
    chosen = _from(around.subjects, one)
    if len(around.subjects) == 1:
        chosen.initial = around.subjects[0][0]
    return chosen


_MADE: Mapping[str, Callable[[Field, EventType, Surroundings], forms.Field]] = {
    "text": _text,
    "longtext": lambda one, event, around: forms.CharField(widget=forms.Textarea(attrs={"rows": 4})),
    "bool": _yes_no,
    "number": lambda one, event, around: forms.DecimalField(),
    "money": lambda one, event, around: forms.DecimalField(decimal_places=2, max_digits=14, min_value=Decimal(0)),
    "date": _date,
    "instant": _instant,
    "list": lambda one, event, around: LinesField(),
    "file": lambda one, event, around: FilesField(),
    "unit": lambda one, event, around: _from(around.units, one),
    "duty": lambda one, event, around: _from(around.duties, one),
    "entry": lambda one, event, around: _from(around.entries, one),
    "party": _party,
    "order": _order,
    "person": _picker("person", "desk:find-people"),
    "customer": _picker("customer", "desk:find-customers"),
    "asset": _picker("asset", "desk:find-assets"),
    "subject": _subject,
}
WIDE = (forms.Textarea, forms.CheckboxSelectMultiple, OfferWidget, Files)


def form_field(one: Field, event: EventType, around: Surroundings) -> forms.Field:
    """The control for one declared field."""
    made = _MADE[one.type](one, event, around)
    _reword(made, value_words(event.name, one.name))
    made.label = one.title
    made.required = one.required
    made.shape = _shape(made)  # type: ignore[attr-defined]
    made.wide = isinstance(made.widget, WIDE)  # type: ignore[attr-defined]
    made.unit = _("yuan") if one.type == "money" else ""  # type: ignore[attr-defined]
    if made.shape != "line":  # type: ignore[attr-defined]
        return made
    list_like = isinstance(made.widget, forms.Select)
    made.widget.attrs["class"] = "form-select" if list_like else "form-control"
    return made


def _reword(made: forms.Field, words: Mapping[str, str]) -> None:
    """The shared vocabulary's values in the page's language; what is sent stays the value."""
    control = made.widget.widgets[0] if isinstance(made.widget, OfferWidget) else made.widget
    if words and isinstance(control, (forms.Select, forms.RadioSelect)):
        control.choices = [(value, words.get(str(value), label)) for value, label in control.choices]


def _shape(made: forms.Field) -> str:
    if isinstance(made.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(made.widget, OfferWidget):
        return "offer"
    return "combobox" if isinstance(made.widget, Combobox) else "line"


class EventForm(forms.Form):
    """One event's form. ``data_of_event()`` is what ``record()`` is given, without what was left empty."""

    key = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        event: EventType,
        around: Surroundings,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Upload] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.declared = form_fields(around.program, event, around.kind)
        super().__init__(data, files, initial={"key": uuid4().hex, **(initial or {})})
        self.event = event
        self.around = around
        for name, one in list(self.declared.items()):
            if name in around.filled or _nothing_to_name(one, event, around):
                del self.declared[name]
            else:
                self.fields[name] = form_field(one, event, around)
        self.label_suffix = ""

    def add_prefix(self, field_name: str) -> str:
        """Declared names stand apart: a control named ``form`` or ``action`` would hide the form's own property."""
        return f"d-{field_name}" if field_name in self.declared else field_name

    def own_fields(self) -> list[forms.BoundField]:
        """The event's own fields in the order of their declaration, but required ones first, then those that are
        filled in already with the files that go with them.
        """
        known = any(name in self.declared for name in self.initial)

        def rank(name: str) -> int:
            if self.declared[name].required:
                return 0
            return 1 if name in self.initial else 2 if known and self.declared[name].type == "file" else 3

        return [self[name] for name in sorted(self.declared, key=rank)]

    def data_of_event(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name) for name in self.declared}
        return {name: value for name, value in given.items() if value is not None and value not in ("", [])}

    def take_errors(self, errors: Mapping[str, str]) -> None:
        """What ``record()`` found wrong, at the fields it concerns."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


class ActForm(EventForm):
    """An act or fact upon a subject: its own fields, in whose role, and when where it was not now."""

    at = forms.CharField(required=False)
    reason_late = forms.CharField(required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    post = forms.ChoiceField(required=False)

    def __init__(
        self,
        event: EventType,
        around: Surroundings,
        posts: Sequence[str],
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Upload] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(event, around, data, files, initial)
        when = forms.TextInput(attrs={"class": "form-control", "data-instant": "", "autocomplete": "off"})
        self.fields["at"] = InstantField(around.zone, required=False, widget=when, label=_("When it happened"))
        self.fields["at"].help_text = _("Leave empty if it is now.")
        self.fields["reason_late"].label = _("Why it is recorded late")
        choice = forms.ChoiceField(
            choices=[(name, name) for name in posts],
            required=False,
            label=_("In the role of") if event.act else _("Whose doing it is"),
            initial=next(iter(posts), ""),
        )
        choice.widget.attrs["class"] = "form-select"
        self.fields["post"] = choice
        self.several_posts = len(posts) > 1

    def clean_at(self) -> datetime | None:
        at = self.cleaned_data["at"]
        if isinstance(at, str):
            raise forms.ValidationError(_("Please give the time too, as 2026-03-02 09:00."))
        return at if isinstance(at, datetime) else None
