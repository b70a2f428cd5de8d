"""The tabs of the pages of administration."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag(takes_context=True)
def admin_tabs(context: template.Context) -> list[dict[str, Any]]:
    """Where one can go, and where one is."""
    asked = (
        ("admin-units", _("Units")),
        ("admin-people", _("People")),
        ("admin-import", _("Import of the organisation")),
        ("admin-calendars", _("Calendars")),
        ("admin-policies", _("Policies in force")),
        ("admin-readings", _("Parameters and readings")),
        ("admin-numbering", _("Numbering")),
        ("admin-terms", _("Dictionaries")),
        ("admin-log", _("Administration log")),
    )
    path = context["request"].path
    found = [(reverse(f"desk:{name}"), title) for name, title in asked]
    here = max((url for url, _title in found if path.startswith(url)), key=len, default="")
    return [{"url": url, "title": title, "here": url == here} for url, title in found]
