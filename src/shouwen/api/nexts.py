"""What may be done next upon a matter, each with its form (下一步)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shouwen.api.plain import form_of
from shouwen.api.problems import ProblemError
from shouwen.api.told import Plain, local, shut_told
from shouwen.engine import Next, Program
from shouwen.governance.programs import NoPolicy, program_for
from shouwen.journal.acting import Acting, open_journal
from shouwen.journal.fields import form_fields
from shouwen.journal.models import Subject
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.models import Person, Unit
from shouwen.policy.model import EventType
from shouwen.policy.vocabulary import shared_events

INTAKE = "received"


def next_acts(subject: Subject, person: Person, now: datetime) -> list[Plain]:
    """Owed acts first, by due time, then what a power allows; an act that several duties await stands once a duty."""
    journal = open_journal(subject)
    if journal.standing is None:
        return []
    acting = Acting(journal, person, now)
    moment = max(now, journal.steps[-1].recorded_at) if journal.steps else now
    return [_told(one, journal, acting) for one in _writable(journal, journal.standing.next_acts(moment))]


def _writable(journal: OpenJournal, found: Iterable[Next]) -> Iterable[Next]:
    """Without what the house writes itself."""
    return (one for one in found if not journal.events[one.event].implied)


def _told(one: Next, journal: OpenJournal, acting: Acting) -> Plain:
    event = journal.events[one.event]
    return {
        "event": one.event,
        "title": one.owed.rule.title or event.title if one.owed else event.title,
        "act": event.act,
        "roles": list(one.roles),
        "may": acting.may(one.event),
        "duty": one.owed.key if one.owed else None,
        "instance": one.instance,
        "due_at": local(one.due_at, journal.subject.unit),
        "shut": [shut_told(shut) for shut in one.shut],
        "form": _form(journal.program, event, journal.subject.kind),
    }


def form_for(subject: Subject, name: str) -> Plain:
    """The form of one event of the matter; ``not-found`` for what is none, or is the house's own."""
    journal = open_journal(subject)
    event = journal.events.get(name)
    if event is None or event.implied:
        raise ProblemError("not-found")
    return event_told(journal.program, event, journal.subject.kind)


def intake_form(unit: Unit, kind: str, now: datetime) -> Plain:
    """The form of intake for a kind; where no policy holds, that of the shared vocabulary."""
    try:
        program: Program | None = program_for(unit, kind, now)
    except NoPolicy:
        program = None
    events = program.policy.events if program else shared_events()
    return event_told(program, events[INTAKE], kind)


def event_told(program: Program | None, event: EventType, kind: str) -> Plain:
    return {"event": event.name, "title": event.title, "act": event.act, "form": _form(program, event, kind)}


def _form(program: Program | None, event: EventType, kind: str) -> dict[str, Any]:
    return form_of(event, form_fields(program, event, kind))
