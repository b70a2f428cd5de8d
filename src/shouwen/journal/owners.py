"""Whose a matter is (首问负责): read from its journal alone.

The one first asked owns it from its first entry. An offered hand-over changes nothing until it is accepted;
an assignment (指派、改派) by a superior takes hold at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shouwen.engine import Entry, effective

FIRST_ASKED = "first_asked"
FIRST_ASKED_POST = "first_asked_post"
"""Written by the house where no person was first asked: the id of the post that takes what is nobody's yet."""


@dataclass(frozen=True)
class Ownership:
    """Exactly one of ``person`` and ``post`` (ids as text), and what is on offer."""

    person: str | None
    post: str | None
    since: datetime
    offered_to: str | None = None
    offered_at: datetime | None = None


def ownership(entries: Iterable[Entry]) -> Ownership | None:
    """None where no entry names an owner: subjects that no customer brought."""
    owner: Ownership | None = None
    for entry in effective(entries):
        data = entry.data
        if owner is None:
            if FIRST_ASKED in data or FIRST_ASKED_POST in data:
                owner = Ownership(data.get(FIRST_ASKED), data.get(FIRST_ASKED_POST), entry.at)
        elif entry.type == "handover_offered":
            owner = Ownership(owner.person, owner.post, owner.since, data.get("to"), entry.at)
        elif entry.type == "handover_accepted":
            owner = Ownership(data.get("to") or owner.offered_to or entry.by, None, entry.at)
        elif entry.type in ("assigned", "reassigned") and data.get("to"):
            owner = Ownership(data["to"], None, entry.at)
    return owner
