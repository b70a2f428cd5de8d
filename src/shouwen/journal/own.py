"""Nobody lightens what he owes himself (不得自行中止、延期、免除自己的义务), unless a clause says that he may."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouwen.engine import STANDING, Owed
from shouwen.engine.gates import listed
from shouwen.journal.checks import names_of
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Duty
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.models import Person
from shouwen.organisation.seats import Seats, selves

LIGHTENING = frozenset({"suspended", "extended", "waived", "excused"})
"""Acts that give a duty more time, or take it away. To let one's own clock run on (``resumed``) is no favour."""


def check_own(
    draft: Draft,
    data: Mapping[str, Any],
    journal: OpenJournal,
    person: Person,
    role: str,
    held: Seats,
    now: datetime,
) -> None:
    """Raise NotAllowed where the person, acting in `role`, would lighten a duty that he owes himself.

    `held` are his posts. An act that names no duty means every standing one. A power that a clause gives upon
    one's own duties too (``own``) goes before.
    """
    if draft.type not in LIGHTENING or journal.standing is None or journal.program is None:
        return
    if not journal.duties or journal.program.may_own(draft.type, role, journal.subject.kind):
        return
    names = {str(name) for name in listed(data.get("duties"))}
    policy = journal.program.policy
    names |= {f"{policy.name}/{name}" for name in names}
    for owed in journal.standing.duties(max(now, journal.steps[-1].at)):
        row = journal.duties.get(owed.key)
        if owed.state not in STANDING or row is None or (names and not names & names_of(owed)):
            continue
        if _owes(person, row, held, personal=policy.roles[owed.who].form == "actor"):
            raise _refusal(draft.type, owed, row, journal, role)


def _owes(person: Person, duty: Duty, held: Seats, *, personal: bool) -> bool:
    """Whether the duty lies with the person, or with a post of his; what somebody did himself is his alone.

    Who stands in for another owes what the other owes.
    """
    if duty.person_id in selves(person, held):
        return True
    return not personal and any(seat.post.pk == duty.post_id for seat in held)


def _refusal(event: str, owed: Owed, row: Duty, journal: OpenJournal, role: str) -> NotAllowed:
    assert journal.standing is not None
    named = journal.standing.may(event)
    others = tuple(name for name in named or () if name != role)
    message = _("“%(duty)s” (%(clause)s) is your own duty: others decide on “%(act)s”.") % {
        "duty": row.title,
        "clause": owed.clause,
        "act": journal.events[event].title,
    }
    if named is None:
        message += " " + _("Another post of the unit or a superior may do it.")
    elif not others:
        message += " " + _("No other post has this power: the duty stands as it is; bring it before your superior.")
    return NotAllowed(message, others)
