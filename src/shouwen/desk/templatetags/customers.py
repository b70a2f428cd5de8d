"""How the pages about customers say things."""

from django import template

from shouwen.desk.customer_forms import REASONS
from shouwen.desk.customers import looked_at as words_of_look

register = template.Library()


@register.filter
def looked_at(what: str) -> str:
    """What was looked at, in words."""
    return words_of_look(what)


@register.filter
def reason_words(reason: str) -> str:
    """A usual reason in the page's language; any other as it was written."""
    return str(REASONS.get(reason, reason))
