"""One act of an administrator: its form, the preview of what it does, the doing with its entry, all or nothing."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.asked import Admin
from shouwen.desk.administration.tables import Section, Text
from shouwen.desk.forms import Combobox
from shouwen.journal.errors import Invalid, NotAllowed, room
from shouwen.organisation.administration import AUTHORITY
from shouwen.organisation.models import Unit

SALT = "desk.administration"
FIRST, LAST = 1949, 2199
"""Years that a moment may lie in."""
MOST_BYTES = 2 * 1024 * 1024
"""Of a file that travels in the form between preview and act."""


@dataclass(frozen=True)
class Done:
    """What was done, for its entry and for the page that follows."""

    thing: str
    before: str = ""
    after: str = ""
    message: Text = ""
    url: str = ""
    once: str = ""
    """Shown on this one page and never again."""


@dataclass
class Act:
    """``what`` names it in the journal; ``unit`` is the one concerned (None: the whole house)."""

    title: Text
    what: str
    unit: Unit | None
    form: "AdminForm"
    do: Callable[[Mapping[str, Any]], Done]
    back: str
    about: Text = ""
    state: Mapping[str, str] = field(default_factory=dict)
    """What stands now, by its title: shown, and compared when the form comes back."""
    preview: Callable[[Mapping[str, Any]], Sequence[Section]] | None = None
    sections: Sequence[Section] = ()
    submit: Text = ""
    """The word on the button; empty: save."""
    authority: str = AUTHORITY

    @property
    def previewed_first(self) -> bool:
        """For the page: it would call ``preview`` itself."""
        return self.preview is not None


class AdminForm(forms.Form):
    """The controls as the desk's pages have them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for one in self.fields.values():
            self._dress(one)

    def add(self, name: str, one: forms.Field) -> None:
        self.fields[name] = one
        self._dress(one)

    def _dress(self, one: forms.Field) -> None:
        shape = ""
        if isinstance(one.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            shape = "choices"
        elif isinstance(one.widget, Combobox):
            shape = "combobox"
        elif isinstance(one.widget, forms.CheckboxInput):
            one.widget.attrs["class"] = "form-check-input d-block"
        elif not one.widget.is_hidden:
            one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"
        one.shape = shape  # type: ignore[attr-defined]
        one.wide = isinstance(one.widget, (forms.Textarea, forms.CheckboxSelectMultiple))  # type: ignore[attr-defined]

    @property
    def kept(self) -> str:
        """A file that was sent, for the next sending; empty for forms without one."""
        return ""


class UploadForm(AdminForm):
    """A file, kept in the page from the preview to the act."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    name, content = "", b""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("file")
        if given is not None:
            if given.size > MOST_BYTES:
                self.add_error("file", _("The file is larger than 2 MB: import it from the command line."))
                return data
            self.name, self.content = given.name, given.read()
        else:
            self._again()
        if not self.content and not self.errors:
            self.add_error("file", _("Choose a file."))
        return data | {"content": self.content, "name": self.name}

    def _again(self) -> None:
        name, _sign, text = self.data.get("kept", "").partition(":")
        try:
            self.name, self.content = name, b64decode(text, validate=True)
        except (NotBase64, ValueError):
            self.content = b""

    @property
    def kept(self) -> str:
        return f"{self.name.replace(':', ' ')}:{b64encode(self.content).decode()}" if self.content else ""


class MomentField(forms.CharField):
    """From when: a date (its first instant) or a date and time in the zone; empty is now. ``last``: until when, a date
    being the last day."""

    def __init__(self, zone: ZoneInfo, now: datetime | None = None, *, last: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"data-date": "", "autocomplete": "off"}))
        super().__init__(required=False, **kwargs)
        self.zone, self.now, self.last = zone, now, last

    def clean(self, value: Any) -> datetime | None:
        text = str(super().clean(value) or "").strip().replace("T", " ")
        if not text:
            return self.now
        try:
            day = date.fromisoformat(text) if len(text) == len("2026-03-02") else None
            moment = datetime.fromisoformat(text) if day is None else datetime.combine(day, time(), self.zone)
        except ValueError:
            moment = None
        if moment is None or not FIRST <= moment.year <= LAST:
            raise forms.ValidationError(_("A date is expected, as 2026-03-02 or 2026-03-02 09:00."))
        if day is not None and self.last:
            return moment + timedelta(days=1)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)


@contextmanager
def undone() -> Iterator[None]:
    """Inside, a preview really does what it shows; afterwards nothing of it is left."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(request: HttpRequest, admin: Admin, act: Act) -> HttpResponse:
    """Shows the form; with a POST previews the act or does it."""
    admin.insist(act.unit, act.authority)
    sections: Sequence[Section] = ()
    status = HTTPStatus.OK
    stale: Sequence[tuple[str, str, str]] = ()
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if act.form.is_valid():
            given = act.form.cleaned_data
            changed = _changed(request, act)
            if changed:
                status, stale = HTTPStatus.CONFLICT, changed
            elif act.preview is not None and request.POST.get("step") != "do":
                sections, status = _preview(act, given)
            else:
                done = _do(admin, act, given)
                if done is not None:
                    return _then(request, act, done)
    return _page(request, admin, act, status, sections, stale)


def _preview(act: Act, given: Mapping[str, Any]) -> tuple[Sequence[Section], HTTPStatus]:
    assert act.preview is not None
    try:
        return act.preview(given), HTTPStatus.OK
    except (ValidationError, Invalid, NotAllowed) as error:
        take(act.form, error)
        return (), HTTPStatus.UNPROCESSABLE_ENTITY


def _do(admin: Admin, act: Act, given: Mapping[str, Any]) -> Done | None:
    try:
        with room(), transaction.atomic():
            done = act.do(given)
            admin.write(act.unit, act.what, done.thing, done.before, done.after, act.authority)
    except (ValidationError, Invalid, NotAllowed) as error:
        take(act.form, error)
        return None
    return done


def _then(request: HttpRequest, act: Act, done: Done) -> HttpResponse:
    if done.once:
        return render(request, "desk/admin/once.html", {"act": act, "done": done, "url": done.url or act.back})
    messages.success(request, str(done.message or _("Done and written down.")))
    return HttpResponseRedirect(done.url or act.back)


def take(form: forms.Form, error: ValidationError | Invalid | NotAllowed) -> None:
    """Puts what was refused beside the field that it is about."""
    if isinstance(error, ValidationError):
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    elif isinstance(error, Invalid):
        by_field = {name: [text] for name, text in error.errors.items()}
    else:
        by_field = {NON_FIELD_ERRORS: [str(error)]}
    for name, texts in by_field.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def _changed(request: HttpRequest, act: Act) -> Sequence[tuple[str, str, str]]:
    """(title, when the form was made, now) of what others changed since."""
    if not act.state:
        return ()
    try:
        seen: dict[str, str] = signing.loads(request.POST.get("seen", ""), salt=SALT)
    except signing.BadSignature:
        seen = {}
    return [(name, seen.get(name, "—"), value) for name, value in act.state.items() if seen.get(name) != value]


def _page(
    request: HttpRequest,
    admin: Admin,
    act: Act,
    status: HTTPStatus,
    sections: Sequence[Section],
    stale: Sequence[tuple[str, str, str]],
) -> HttpResponse:
    seen = signing.dumps(dict(act.state), salt=SALT)
    context = {"act": act, "form": act.form, "seen": seen, "previewed": sections, "stale": stale, "shell": admin.shell}
    return render(request, "desk/admin/act.html", context, status=status)
