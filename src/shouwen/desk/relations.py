"""What stands between a subject and others, in words (关联)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RELATIONS_BACK: Mapping[str, str | Promise] = {
    "part_of": _("comprises"),
    "repeat_of": _("is repeated by"),
    "continued_as": _("continues"),
    "about": _("is spoken of in"),
    "merged": _("has taken in"),
}
"""Seen from the side that does not state it; from the other, ``words.RELATIONS``."""
