"""What the desk shows of notices: the bell, the list, a person's choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from shouwen.channels.kinds import CHANNELS, KINDS, OTHER, WECOM, WHEN, available, chosen
from shouwen.channels.models import Preferences
from shouwen.journal.models import Duty, Outbox
from shouwen.organisation.models import Person

MOST = 100
"""Unread notices that are counted: one looks at no more."""


class Counted(Subquery):
    """How many rows there are."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _unread(person: int) -> QuerySet[Outbox]:
    return Outbox.objects.filter(person=person, on_desk=True, read_at__isnull=True)[:MOST]


def with_unread(rows: QuerySet[Person], pk: int) -> QuerySet[Person]:
    """The row of the person ``pk`` with the number of notices that were unread as it was read; still one query."""
    return rows.annotate(unread=Counted(_unread(pk).values("pk")))


def unread(person: Person) -> int:
    """How many notices the person has not read, at most 100, by index; no query for who is signed in."""
    known: int | None = getattr(person, "unread", None)
    return _unread(person.pk).count() if known is None else known


@dataclass(frozen=True)
class Notice:
    """One line of the list; ``duty`` None where the notice is about none, or it is not known any more."""

    row: Outbox
    title: str
    duty: Duty | None


def noted(rows: Sequence[Outbox]) -> list[Notice]:
    """With the duties they are about; one query."""
    asked = {row.subject_id for row in rows if row.duty}
    found = Duty.objects.filter(subject__in=asked, key__in={row.duty for row in rows}) if asked else ()
    duties = {(duty.subject_id, duty.key): duty for duty in found}
    return [
        Notice(
            row,
            str(KINDS.get(row.kind, OTHER).title) or row.kind,
            duties.get((row.subject_id, row.duty)) if row.subject_id else None,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Choices:
    """A kind of notice with the control of each channel."""

    title: str
    controls: Sequence[forms.BoundField]


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """我的通知设置: how each kind comes, when digests do, what is quiet, what breaks through."""

    class Meta:
        model = Preferences
        fields = (
            "wecom",
            "language",
            "digest_at",
            "second_at",
            "quiet_from",
            "quiet_until",
            "urgent_through",
            "urgent_hours",
            "remind_hours",
        )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.label_suffix = ""
        languages = [("", _("the house's")), ("zh-hans", "简体中文"), ("en", "English")]
        self.fields["language"] = forms.ChoiceField(choices=languages, required=False, label=_("Language of messages"))
        self.channels = available()
        if WECOM not in self.channels:
            del self.fields["wecom"]
        for kind, one in KINDS.items():
            for channel in self.channels:
                initial = chosen(self.instance.ways, kind, channel)
                control: forms.Field = forms.ChoiceField(choices=list(WHEN.items()), initial=initial)
                control.label = f"{one.title} · {CHANNELS[channel]}"
                control.channel_title = CHANNELS[channel]  # type: ignore[attr-defined]
                control.widget.attrs["aria-label"] = control.label
                self.fields[f"{kind}-{channel}"] = control
        for control in self.fields.values():
            widget = control.widget
            if isinstance(widget, forms.TimeInput):
                widget.input_type, widget.format = "time", "%H:%M"
            style = "form-check-input" if isinstance(widget, forms.CheckboxInput) else "form-control"
            widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else style
            control.is_check = isinstance(widget, forms.CheckboxInput)  # type: ignore[attr-defined]

    def matrix(self) -> list[Choices]:
        """Each kind with its channels."""
        return [
            Choices(str(one.title), [self[f"{kind}-{channel}"] for channel in self.channels])
            for kind, one in KINDS.items()
        ]

    def times(self) -> list[forms.BoundField]:
        """Everything else."""
        return [self[name] for name in self.Meta.fields if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Give both ends of the quiet hours, or neither."))
        return data

    def save(self, commit: bool = True) -> Preferences:
        """What is as usual is not kept, so that it goes on being as usual."""
        ways: dict[str, dict[str, str]] = {kind: dict(kept) for kind, kept in self.instance.ways.items()}
        for kind in KINDS:
            for channel in self.channels:
                given = self.cleaned_data[f"{kind}-{channel}"]
                ways.setdefault(kind, {}).pop(channel, None)
                if given != chosen({}, kind, channel):
                    ways[kind][channel] = given
        self.instance.ways = {kind: kept for kind, kept in ways.items() if kept}
        made: Preferences = super().save(commit)
        return made
