"""By which ways a notice goes out of the house (途径): the room of the channels says so, through a router."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from shouwen.journal.models import Duty, Subject
from shouwen.organisation.models import Person


class Telling(NamedTuple):
    """A notice to be: what kind, to whom, about what."""

    kind: str
    person: Person
    subject: Subject
    duty: Duty | None = None


class Way(NamedTuple):
    """One way out: at ``try_at``, by itself or within the digest of this key."""

    channel: str
    address: str
    try_at: datetime
    digest: str = ""


Router = Callable[[Sequence[Telling], datetime], Sequence[Sequence[Way]]]
"""The ways of each notice, in their order; none: it is seen on the desk alone. No query for a notice, one for all."""
_routers: list[Router] = []


def register(router: Router) -> None:
    """The last one registered decides."""
    _routers.append(router)


def ways(tellings: Sequence[Telling], now: datetime) -> Sequence[Sequence[Way]]:
    return _routers[-1](tellings, now) if _routers and tellings else [()] * len(tellings)
