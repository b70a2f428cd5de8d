"""How times, clauses and fields are written on the desk's pages."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms, template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shouwen.desk import words
from shouwen.desk.context import Frame
from shouwen.desk.matter import MatterPage
from shouwen.desk.words import axis_word, duty_words
from shouwen.engine import Owed
from shouwen.journal.models import Duty, Subject

register = template.Library()
HOUR = 3600
DAY = 24 * HOUR


def span(length: timedelta) -> str:
    """A length of time in its two largest measures: ``2天 3小时``."""
    seconds = int(abs(length.total_seconds()))
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // 60
    if days:
        return (
            _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours else _("%(days)d d") % {"days": days}
        )
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes}


@register.filter
def local(moment: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """An instant in the unit's zone: ``2026-03-02 09:00``; midnight at a day's end stays the next day's 00:00."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


@register.filter
def first_choices(field: forms.BoundField) -> list[Any]:
    """The choices that the regulation names; all of them where it names none."""
    count = getattr(field.field, "first", None)
    return list(field)[:count]


@register.filter
def other_choices(field: forms.BoundField) -> list[Any]:
    count = getattr(field.field, "first", None)
    return [] if count is None else list(field)[count:]


@register.filter
def control(field: forms.BoundField) -> SafeString:
    """The field's control with what screen readers need."""
    attrs: dict[str, str | bool] = {}
    described = [f"{field.auto_id}-hint"] if field.help_text else []
    if field.errors:
        attrs |= {"aria-invalid": "true", "class": f"{field.field.widget.attrs.get('class', '')} is-invalid".strip()}
        described.append(f"{field.auto_id}-error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


def clause_address(clause_id: str, version: Any = None) -> str:
    """Where a clause stands in the reader: in that version of its regulation, or in what holds of it now."""
    name = clause_id.partition("/")[0]
    if not version or not name:
        return reverse("desk:clause", args=[clause_id])
    return f"{reverse('desk:policy', args=[name])}?version={version}#{clause_id}"


@register.simple_tag
def clause(clause_id: str, version: Any = None) -> SafeString:
    """A clause's number, leading to its text in the regulation."""
    if not clause_id:
        return format_html("")
    return format_html('<a class="clause" href="{}">{}</a>', clause_address(clause_id, version), clause_id)


@register.filter
def joined(values: Iterable[Any]) -> str:
    """A list in one line, as Chinese writes it."""
    return "、".join(str(value) for value in values)


@register.filter
def since(moment: datetime, now: datetime) -> str:
    """How long between an instant and now, either way."""
    return span(now - moment)


@register.filter
def within_day(moment: datetime, now: datetime) -> bool:
    return moment - now <= timedelta(days=1)


@register.filter
def as_query(values: Mapping[str, Any]) -> str:
    """Parameters as an address has them."""
    return urlencode(values)


@register.filter
def person_named(page: MatterPage, ref: str) -> str:
    """The name of a person whom the journal names."""
    return page.names.name("person", str(ref))


@register.filter
def is_list(value: Any) -> bool:
    """Whether a choice is a group of choices."""
    return isinstance(value, list)


@register.filter
def item(mapping: Any, key: str) -> Any:
    """``mapping[key]``, which Django's dots cannot say for a variable key."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """The present address with some of its parameters changed; a page number falls away unless it is one of them."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def event_title(event: str, page: MatterPage) -> str:
    """The event's name in the regulation's words."""
    return page.event(event).title


@register.filter
def duty_title(owed: Owed, page: MatterPage) -> str:
    return page.title_of(owed)


@register.filter
def stored_title(duty: Duty) -> str:
    """The duty's title as the page's language has it."""
    return duty_words(duty.event, duty.title)


@register.filter
def named(subject: Subject, desk: Frame) -> str:
    """What a subject is called on the desk."""
    return words.named(subject, desk.kinds) if not subject.number else subject.number


@register.filter
def in_vocabulary(value: str, where: str) -> str:
    """A value of the shared vocabulary in the page's language; ``where``: ``event.field``."""
    event, _dot, name = where.partition(".")
    return words.value_words(event, name).get(value, value)


@register.filter
def may_write(event: str, page: MatterPage) -> bool:
    return page.acting.may(event)


@register.filter
def in_words(value: Any) -> str:
    """A category's value: yes and no are said."""
    return axis_word(value)


@register.filter
def owner(subject: Subject) -> str:
    """Whose the matter is: the person, else the post that holds it."""
    if subject.owner_person is not None:
        return subject.owner_person.name
    return subject.owner_post.name if subject.owner_post else ""
