"""What a notice says where there is little room (短信、企业微信): what, of which matter, by when. Nothing personal."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouwen.channels import digests, sms
from shouwen.channels.kinds import KINDS, OTHER
from shouwen.channels.models import Preferences
from shouwen.channels.senders import Message
from shouwen.journal.models import Duty, DutyState, Outbox
from shouwen.journal.notices import DIGEST


def language_of(person: int | None) -> str:
    """The language that a person wants to be written to in."""
    wanted = Preferences.objects.filter(person=person).values_list("language", flat=True).first() if person else ""
    return wanted or settings.LANGUAGE_CODE


def link(row: Outbox) -> str:
    """Where the notice leads; empty where the site has no address."""
    if not settings.SHOUWEN_URL:
        return ""
    path = reverse("desk:matter", args=[row.subject_id]) if row.subject_id else reverse("desk:notices")
    return f"{settings.SHOUWEN_URL}{path}"


def for_wecom(row: Outbox) -> Message | None:
    with translation.override(language_of(row.person_id)):
        said = _said(row)
        if said is None:
            return None
        title, rest = said
        return Message(row.key, row.address, title, "\n".join(rest), link(row))


def for_sms(row: Outbox) -> Message | None:
    with translation.override(language_of(row.person_id)):
        said = _said(row)
        if said is None:
            return None
        title, rest = said
        return Message(row.key, row.address, "", sms.fitted(sms.sign(), title, "，".join(rest[:2])))


def _said(row: Outbox) -> tuple[str, list[str]] | None:
    """A title and further lines; None where nothing is left to say."""
    if row.kind == DIGEST:
        return _digest(row)
    duty = Duty.objects.filter(subject=row.subject_id, key=row.duty).first() if row.duty else None
    title = str(KINDS.get(row.kind, OTHER).title) or row.kind
    number = str(row.subject) if row.subject else ""
    if duty is None:
        return title, [number]
    due = [_("due %(when)s") % {"when": _short(duty.due_at)}] if duty.due_at else []
    said = _("%(kind)s: %(title)s") % {"kind": title, "title": duty.title}
    return said, [number, *due, _("clause %(clause)s") % {"clause": duty.clause}]


def _digest(row: Outbox) -> tuple[str, list[str]] | None:
    """How much waits, and what is due first."""
    waiting = list(digests.waiting(row).select_related("subject").order_by("pk"))
    lines = digests.lines(waiting)
    if not lines:
        return None
    count = len(lines)
    title = ngettext("%(count)d thing waits for you", "%(count)d things wait for you", count) % {"count": count}
    late = sum(1 for one in lines if one.duty is not None and one.duty.state == DutyState.OVERDUE)
    first = next((one for one in lines if one.duty is not None and one.due_at is not None), None)
    rest = [_("%(count)d overdue") % {"count": late}] if late else []
    if first is not None and first.duty is not None:
        rest.append(_("first due %(when)s: %(what)s") % {"when": _short(first.due_at), "what": first.duty.title})
    return title, rest


def _short(moment: datetime | None) -> str:
    return localtime(moment).strftime("%m-%d %H:%M") if moment else ""
