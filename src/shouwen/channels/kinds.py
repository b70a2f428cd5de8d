"""What people are told of (通知种类), and how, where they have not chosen otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.journal.notices import MAIL

SMS = "sms"
WECOM = "wecom"
CHANNELS: Mapping[str, str | Promise] = {MAIL: _("Mail"), SMS: _("SMS"), WECOM: _("WeCom")}
NOW, DIGEST, OFF = "now", "digest", "off"
WHEN: Mapping[str, str | Promise] = {NOW: _("at once"), DIGEST: _("in the digest"), OFF: _("not at all")}


@dataclass(frozen=True)
class Kind:
    """``ways``: by channel; a channel that is not named is off. ``urgent``: it breaks through quiet hours."""

    title: str | Promise
    ways: Mapping[str, str]
    urgent: bool = False


PRESSING = {MAIL: NOW, WECOM: NOW}
"""SMS costs: it is only ever on by choice."""
KINDS: Mapping[str, Kind] = {
    "duty": Kind(_("A new duty"), {MAIL: NOW}),
    "warning": Kind(_("A duty is due soon"), {MAIL: NOW}),
    "overdue": Kind(_("A duty is overdue"), PRESSING, urgent=True),
    "urged": Kind(_("Urged"), PRESSING, urgent=True),
    "inquired": Kind(_("Inquired into"), PRESSING, urgent=True),
    "escalated": Kind(_("Escalated to you"), PRESSING, urgent=True),
    "offered": Kind(_("A matter is offered to you"), PRESSING),
    "breached": Kind(_("A gate was passed while shut"), {MAIL: NOW}),
    "rebased": Kind(_("A due time was counted anew"), {MAIL: DIGEST}),
    "written": Kind(_("The customer has written"), {MAIL: NOW}),
    "returned": Kind(_("Mail came back"), {MAIL: NOW}),
}
OTHER = Kind("", {MAIL: NOW})
"""Of a kind that nobody chooses."""


def available() -> list[str]:
    """The channels that this site has."""
    asked = {MAIL: True, SMS: bool(settings.SHOUWEN_SMS), WECOM: bool(settings.SHOUWEN_WECOM)}
    return [name for name in CHANNELS if asked[name]]


def chosen(ways: Mapping[str, Mapping[str, str]], kind: str, channel: str) -> str:
    """``now``, ``digest`` or ``off``: as chosen, else as usual."""
    usual = KINDS.get(kind, OTHER).ways.get(channel, OFF)
    return ways.get(kind, {}).get(channel, usual)
