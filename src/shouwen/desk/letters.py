"""The form of a mail to the customer, and the mail that went and came about one matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.channels.letters import EVENTS
from shouwen.channels.models import Incoming, Letter, Outcome, Returned
from shouwen.customers.masking import mask_email
from shouwen.customers.models import ContactKind
from shouwen.customers.queries import contacts_of
from shouwen.desk.matter import MatterPage
from shouwen.journal.models import Attachment, Subject


def addresses(page: MatterPage) -> list[str]:
    """Where the customer is reached by mail: what he wrote from, latest first, then what his file holds."""
    rows = Incoming.objects.filter(subject=page.subject, outcome__in=(Outcome.MATTER, Outcome.ENTRY))
    wrote = list(rows.order_by("-arrived_at").values_list("sender", flat=True))
    kept = contacts_of(page.customer) if page.customer else []
    known = [one.value.lower() for one in kept if one.kind == ContactKind.EMAIL and one.until is None]
    return list(dict.fromkeys([*wrote, *known]))


class LetterForm(forms.Form):
    """去信: the act, to which address, what it says, which of the matter's files go with it."""

    key = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    event = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("What it is"))
    to = forms.ChoiceField(required=False, label=gettext_lazy("To"))
    other = forms.EmailField(required=False, label=gettext_lazy("Another address"))
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000, label=gettext_lazy("Text"))
    enclosed = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Attachments")
    )

    def __init__(self, page: MatterPage, data: Any = None) -> None:
        first = {"key": uuid4().hex, "seen": page.subject.head_seq, "event": EVENTS[0], "to": "0"}
        super().__init__(data, initial=first)
        self.label_suffix = ""
        self.known = addresses(page)
        doubtful = set(Returned.objects.filter(address__in=self.known).values_list("address", flat=True))
        # Their places in the list stand for the addresses: the page shows them masked.
        self.fields["to"] = forms.ChoiceField(
            choices=[
                *((str(place), _told(one, one in doubtful)) for place, one in enumerate(self.known)),
                ("", _("another address")),
            ],
            required=False,
            label=_("To"),
        )
        self.fields["event"].choices = [(name, page.event(name).title) for name in EVENTS if page.acting.may(name)]  # type: ignore[attr-defined]
        self.files_of_matter: Sequence[Attachment] = page.attachments
        self.fields["enclosed"].choices = [(str(one.pk), one.name) for one in self.files_of_matter]  # type: ignore[attr-defined]
        for name in ("to", "other", "text"):
            self.fields[name].widget.attrs["class"] = "form-select" if name == "to" else "form-control"
        for name, field in self.fields.items():
            choosing = isinstance(field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
            field.shape = "choices" if choosing else "line"  # type: ignore[attr-defined]
            field.wide = name in ("text", "enclosed", "event")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("to") and not data.get("other"):
            self.add_error("other", _("Say to which address."))
        return data

    @property
    def address(self) -> str:
        place = self.cleaned_data["to"]
        return self.known[int(place)] if place else str(self.cleaned_data["other"])

    @property
    def chosen_files(self) -> list[Attachment]:
        return [one for one in self.files_of_matter if str(one.pk) in self.cleaned_data["enclosed"]]


def _told(address: str, doubtful: bool) -> str:
    masked = mask_email(address)
    return _("%(address)s (mail came back)") % {"address": masked} if doubtful else masked


@dataclass(frozen=True)
class Mail:
    """One mail about a matter, either way; ``entry`` holds what it says."""

    at: datetime
    sent: bool
    address: str
    entry: int | None
    state: str
    error: str = ""


def mail_of(subject: Subject) -> list[Mail]:
    """The mail that went and came, the latest first; two queries."""
    went = Letter.objects.filter(subject=subject).select_related("outbox")
    came = Incoming.objects.filter(subject=subject).exclude(outcome=Outcome.DISMISSED)
    found = [
        Mail(
            one.outbox.sent_at or one.made_at,
            sent=True,
            address=mask_email(one.outbox.address),
            entry=one.entry,
            state=_("came back") if one.returned_at else _("sent") if one.outbox.sent_at else _("waiting to be sent"),
            error=one.returned,
        )
        for one in went
    ]
    found += [
        Mail(
            one.arrived_at, sent=False, address=mask_email(one.sender), entry=one.entry, state=one.get_outcome_display()
        )
        for one in came
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)
