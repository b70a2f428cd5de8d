"""How the ledger's cells, spans and views are written."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.http import QueryDict

from shouwen.desk.ledger import of_view
from shouwen.desk.templatetags.desk import span
from shouwen.desk.words import duty_words
from shouwen.insight.models import SavedView
from shouwen.policy.model import EventType

register = template.Library()


@register.filter
def spanned(length: timedelta) -> str:
    """A length of time in its two largest measures."""
    return span(length)


@register.filter
def cell(value: Any) -> str:
    """A cell's value; a time is on the wall of the unit already."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


@register.filter
def is_time(value: Any) -> bool:
    return isinstance(value, datetime)


@register.filter
def view_address(view: SavedView) -> str:
    return of_view(view)


@register.filter
def list_of(query: QueryDict, name: str) -> list[str]:
    """All values of one parameter of an address."""
    return query.getlist(name)


@register.filter
def act_title(event: EventType | None) -> str:
    """The act's name in the page's language."""
    return "" if event is None else duty_words(event.name, event.title)
