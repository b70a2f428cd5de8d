"""The tabs of the pages of administration."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from shouwen.journal import clock
from shouwen.organisation.administration import realms

register = template.Library()
WHOLE = frozenset({"desk:admin-import", "admin-integrations"})
"""What holds for the whole house: superusers' alone."""


@register.simple_tag(takes_context=True)
def admin_tabs(context: template.Context) -> list[dict[str, Any]]:
    """Where one can go, and where one is."""
    asked = (
        ("desk:admin-units", _("Units")),
        ("desk:admin-people", _("People")),
        ("desk:admin-import", _("Import of the organisation")),
        ("desk:admin-calendars", _("Calendars")),
        ("desk:admin-policies", _("Policies in force")),
        ("desk:admin-publications", _("Publications")),
        ("desk:admin-readings", _("Parameters and readings")),
        ("desk:admin-whatifs", _("What-if")),
        ("desk:admin-numbering", _("Numbering")),
        ("desk:admin-terms", _("Dictionaries")),
        ("admin-integrations", _("Integrations")),
        ("desk:admin-log", _("Administration log")),
    )
    path, person = context["request"].path, context["request"].user
    whole, his = person.is_superuser, bool(realms(person, clock.now()))
    found = [
        (reverse(name), title)
        for name, title in asked
        if (whole or name not in WHOLE) and (his or name == "desk:admin-publications")
    ]
    here = max((url for url, _title in found if path.startswith(url)), key=len, default="")
    return [{"url": url, "title": title, "here": url == here} for url, title in found]
