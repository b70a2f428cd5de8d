"""The bell of the frame."""

from typing import Any

from django import template

from shouwen.desk.notices import unread
from shouwen.organisation.models import Person

register = template.Library()


@register.inclusion_tag("desk/parts/bell.html", takes_context=True)
def bell(context: template.Context) -> dict[str, Any]:
    """With how many notices are unread; one query."""
    person = context.get("user")
    return {"unread": unread(person) if isinstance(person, Person) else 0, "request": context.get("request")}
