"""What is wrong with a draft, all of it at once, before anything is stepped."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from shouwen.engine import Owed, effective
from shouwen.engine.gates import listed
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Stale
from shouwen.journal.fields import Checked, check, form_fields
from shouwen.journal.models import Entry
from shouwen.journal.pen import OpenJournal, unknown_event
from shouwen.journal.rows import sealed_of
from shouwen.policy.model import EventType

KEY_LIMIT = 200
NAMING_DUTIES = frozenset({"excused", "waived", "extended"})
CORRECTED = "corrected"
RETRACTED = "retracted"
FIRST = "1"
"""The entry without which there is no subject."""
EXTENDED = "extended"
RECEIVED = "received"
IDENTIFYING = frozenset({"customer", "asset"})
"""Types of fields that lead to a person: a home leads to its holder."""


def check_draft(draft: Draft, journal: OpenJournal, actor: Actor, now: datetime) -> Checked:
    """The draft's data, brought into the form that is stored, or its errors by field."""
    event = journal.events.get(draft.type)
    if event is None:
        return Checked(errors=unknown_event(draft.type))
    if event.implied and not actor.system:
        return Checked(errors={"type": _("The house writes this itself.")})
    data = {key: value for key, value in draft.data.items() if key not in ("at", "data")}
    checked = check(
        form_fields(journal.program, event, journal.subject.kind),
        data if draft.type == CORRECTED else draft.data,
        journal.zone,
    )
    if draft.type == CORRECTED:
        _check_correction(draft, journal, checked)
    checked.errors |= _anonymity_errors(draft, checked, journal)
    own = {name for name, kind, ref in checked.references if kind == "subject" and ref == str(journal.subject.pk)}
    checked.errors |= dict.fromkeys(own, _("A subject cannot refer to itself."))
    checked.errors |= _time_errors(draft, journal, now) | _extension_errors(draft, checked.data, journal, now)
    if draft.key is not None and not 0 < len(draft.key) <= KEY_LIMIT:
        checked.errors["key"] = _("A key has 1 to %(limit)d characters.") % {"limit": KEY_LIMIT}
    return checked


def _anonymity_errors(draft: Draft, checked: Checked, journal: OpenJournal) -> dict[str, str]:
    """Of whoever stays anonymous nothing is kept that names him: no customer, no contact, no home, which has a holder.

    A correction counts with what stands of the entry that it corrects.
    """
    if draft.type == CORRECTED:
        known = next((step for step in effective(journal.steps) if step.id == str(draft.data.get("entry"))), None)
        if known is None or known.type != RECEIVED:
            return {}
        changed = {**checked.data.get("data", {}), **checked.sealed.get("data", {})}
        if "anonymous" not in changed and known.data.get("anonymous") is not True:
            return {}
        given = {**known.data, **sealed_of(journal.subject, known.seq), **changed}
        return {f"data.{name}": text for name, text in _naming(given, journal).items()}
    return _naming({**checked.data, **checked.sealed}, journal) if draft.type == RECEIVED else {}


def _naming(data: Mapping[str, Any], journal: OpenJournal) -> dict[str, str]:
    if data.get("anonymous") is not True:
        return {}
    fields = journal.events[RECEIVED].fields
    named = [name for name in data if name in fields and (name == "contact" or fields[name].type in IDENTIFYING)]
    return dict.fromkeys(named, _("The matter is anonymous: nothing is kept that tells who brought it."))


def _time_errors(draft: Draft, journal: OpenJournal, now: datetime) -> dict[str, str]:
    if draft.at is None:
        return {}
    if draft.at.tzinfo is None:
        return {"at": _("The time has no time zone.")}
    if draft.at > journal.recorded_at(now)[0]:
        return {"at": _("The time lies in the future.")}
    if draft.at < journal.subject.opened_at:
        return {"at": _("The time lies before the subject was opened.")}
    return {}


def _extension_errors(draft: Draft, data: Mapping[str, Any], journal: OpenJournal, now: datetime) -> dict[str, str]:
    """An extension reaches beyond the act that grants it; a bare date means the end of that day."""
    if draft.type != EXTENDED or not data.get("until"):
        return {}
    text = str(data["until"])
    if len(text) == len("2026-03-02"):
        until = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), tzinfo=journal.zone)
    else:
        until = datetime.fromisoformat(text)
    at = draft.at if draft.at is not None and draft.at.tzinfo is not None else journal.recorded_at(now)[0]
    return {} if until > at else {"until": _("An extension must end after the time at which it is granted.")}


def _check_correction(draft: Draft, journal: OpenJournal, checked: Checked) -> None:
    """A correction carries new data (and a new time) for the entry it corrects, by that entry's own fields."""
    target = next((step for step in journal.steps if step.id == str(draft.data.get("entry"))), None)
    event: EventType | None = journal.events.get(target.type) if target else None
    given = draft.data.get("data") or {}
    if event is not None and isinstance(given, Mapping):
        known = {
            name: one
            for name, one in form_fields(journal.program, event, journal.subject.kind).items()
            if name in given
        }
        inner = check({**known}, given, journal.zone)
        checked.errors |= {f"data.{name}": message for name, message in inner.errors.items()}
        checked.references += inner.references
        checked.data["data"] = inner.data
        if inner.sealed:
            checked.sealed["data"] = inner.sealed
    if draft.data.get("at") is not None:
        _check_corrected_time(draft.data["at"], journal, checked)


def _check_corrected_time(given: Any, journal: OpenJournal, checked: Checked) -> None:
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except (TypeError, ValueError):
        checked.errors["data.at"] = _("A date and time is expected, as 2026-03-02T09:00:00+08:00.")
        return
    if moment.tzinfo is None:
        checked.errors["data.at"] = _("The time has no time zone.")
        return
    checked.data["at"] = moment.astimezone(journal.zone).isoformat()


def check_own_references(draft: Draft, data: Mapping[str, Any], journal: OpenJournal, now: datetime) -> dict[str, str]:
    """References into the own journal: entries by number, duties by key, rule, clause or event."""
    errors = {}
    known = {step.id for step in journal.steps}
    for name, field in journal.events[draft.type].fields.items():
        given = [str(item) for item in listed(data.get(name))]
        if field.type == "entry" and any(item not in known for item in given):
            errors[name] = _("There is no such entry in this journal.")
        elif field.type == "entry" and draft.type == RETRACTED and FIRST in given:
            errors[name] = _(
                "The first entry of a journal cannot be retracted. Correct it, or, to drop the matter, record that it "
                "was withdrawn or merged."
            )
        if field.type == "duty" and (given or draft.type in NAMING_DUTIES) and journal.standing is not None:
            message = _duty_error(draft.type, given, journal, now)
            if message:
                errors[name] = message
    return errors


def _duty_error(event: str, names: list[str], journal: OpenJournal, now: datetime) -> str | None:
    assert journal.standing is not None
    assert journal.program is not None
    policy = journal.program.policy.name
    owed = journal.standing.duties(max(now, journal.steps[-1].at)) if journal.steps else []
    if event in NAMING_DUTIES and not names:
        return _("Say which duty.")
    for name in names:
        meant = [one for one in owed if name in names_of(one) or f"{policy}/{name}" in names_of(one)]
        if not meant:
            return _("There is no such duty: %(name)s.") % {"name": name}
        if event == "excused" and not any(one.rule.excusable for one in meant):
            return _("The clause allows no exception: %(clause)s.") % {"clause": meant[0].clause}
    return None


def names_of(owed: Owed) -> set[str | None]:
    """The names under which an act can mean this duty."""
    events = {happening.event for happening in owed.rule.act.happenings}
    return {owed.key, owed.rule.id, owed.rule.clause, owed.instance, *events}


def check_seen(draft: Draft, journal: OpenJournal, head: int) -> None:
    """Raise Stale where somebody has written since the form was made; what the house itself writes does not count."""
    if draft.seen is None or draft.seen >= head:
        return
    written = Entry.objects.filter(subject=journal.subject, seq__gt=draft.seen, seq__lte=head)
    since = [entry for entry in written.select_related("by") if not journal.events[entry.type].implied]
    if since:
        raise Stale(since)


def is_id(value: Any) -> bool:
    """Whether a value can be a subject's id."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
