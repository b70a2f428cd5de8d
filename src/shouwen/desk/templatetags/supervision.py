"""Urging and escalation in templates."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from shouwen.desk.clocks import Clock
from shouwen.desk.ladder import ladder_of
from shouwen.desk.matter import MatterPage
from shouwen.desk.words import worded
from shouwen.desk.workbench import Listed
from shouwen.insight.supervision import Scope
from shouwen.journal.models import Duty, Entry
from shouwen.journal.urging import STANDING, Urged, urged_of, urgings
from shouwen.policy.vocabulary import shared_events

register = template.Library()


def mark(text: str) -> SafeString:
    return format_html("<mark>{}</mark>", text)


@register.filter
def at(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """``mapping[key]``, where the key is no text."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def query_of(scope: Scope, given: Mapping[str, Any] | None = None, **more: Any) -> str:
    """The address' parameters of a list in this scope."""
    own: dict[str, Any] = {"unit": scope.unit.pk} if scope.unit else {}
    if scope.kind:
        own["kind"] = scope.kind
    if scope.direct:
        own["direct"] = 1
    if more.get("figure") == "still":
        own["still"] = scope.still
    return urlencode({**own, **(given or {}), **more})


@register.filter
def entry_title(entry: Entry) -> str:
    """What the entry is called: by the shared vocabulary, else its bare name."""
    shared = shared_events().get(entry.type)
    return worded(shared).title if shared else entry.type


@register.filter
def marked(text: str, words: str) -> SafeString:
    """The text with every place where one of the words stands marked."""
    if not words.split():
        return escape(text)
    # The longest first: where one word begins another, the whole of it is marked.
    asked = "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))
    parts = re.split(f"({asked})", text, flags=re.IGNORECASE)
    return format_html_join("", "{}", ((mark(part) if number % 2 else part,) for number, part in enumerate(parts)))


@register.simple_tag
def urged_rows(rows: Iterable[Listed]) -> dict[int, Urged]:
    """What was urged of the listed duties, by the duty's id; one query."""
    return urgings(row.duty for row in rows)


@register.simple_tag
def urged_duties(duties: Iterable[Duty]) -> dict[int, Urged]:
    """What was urged of these duties, by the duty's id; one query."""
    return urgings(duties)


@register.inclusion_tag("desk/parts/pressed_clock.html")
def pressed_clock(page: MatterPage, clock: Clock) -> dict[str, Any]:
    """How often this clock was urged, and the way to urge it."""
    duty = clock.row
    if duty is None:
        return {}
    standing = duty.state in STANDING
    return {
        "urged": urged_of(duty, page.entries) if standing else None,
        "duty": duty,
        "subject": page.subject,
        "may": standing and page.acting.may_urge(duty),
    }


@register.inclusion_tag("desk/parts/ladder.html")
def ladder(page: MatterPage) -> dict[str, Any]:
    return {"steps": ladder_of(page), "page": page}
