"""The demonstration's house (云麓集团): laid into an empty database, and carried on to the present afterwards."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from shouwen.demonstration import people
from shouwen.demonstration.calendar import Calendar
from shouwen.demonstration.ground import PASSWORD, laid_at, lay_ground, places, stands, unit_keys
from shouwen.demonstration.keys import PREFIX, story_of
from shouwen.demonstration.player import Player
from shouwen.demonstration.stories import Story
from shouwen.journal import clock
from shouwen.journal.models import Duty, DutyState, Entry, Subject
from shouwen.organisation.models import Appointment

__all__ = ["MATTERS", "PASSWORD", "GoingOn", "carry_on", "lay", "sign_ins", "stands"]

MATTERS = 1_000
FRESH = 5
"""So many are due within the hour whenever the demonstration starts."""
GAP = timedelta(days=14)
"""Of a longer time in which nobody looked, no new matters came in before this."""
AHEAD = timedelta(days=1)
"""How far ahead the worker looks for what it is to play."""
EVERY = timedelta(seconds=20)

Tell = Callable[[str], None]


def _silent(_line: str) -> None:
    pass


def lay(now: datetime, tell: Tell = _silent, *, matters: int = MATTERS) -> Player | None:
    """Lays the house as of `now` (aware) and says what was played; None where it stands already.

    Without matters, its two oldest branches alone.
    """
    if stands():
        return None
    tell("units, people, regulations, customers")
    lay_ground(now, whole=matters > 0)
    return _play(now, matters, tell) if matters else Player({}, now)


def carry_on(now: datetime, tell: Tell = _silent) -> Player:
    """From the last thing that happened in the house that stands to `now`."""
    return _play(now, _matters(), tell)


def _play(now: datetime, matters: int, tell: Tell) -> Player:
    """Plays what the stories have for the time up to `now`, and sees that something is due in the next hour."""
    player, calendar, last = _prepared(now, now, matters)
    if last is not None:
        player.wakes(last)
    until = min(laid_at() - timedelta(days=370), now) if last is None else last
    told = 0
    with _no_looking_for_rings():
        while until < now:
            until = min(until + timedelta(days=30), now)
            player.play(until)
            if player.done > told:
                told = player.done
                tell(f"{until:%Y-%m-%d}: {told} acts")
    _make_due(player, calendar, FRESH)
    return player


@contextmanager
def _no_looking_for_rings() -> Iterator[None]:
    """Looking through all that a year's acts leave in memory, again and again, is a sixth of the laying."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _prepared(now: datetime, later: datetime, matters: int) -> tuple[Player, Calendar, datetime | None]:
    """A player with every act that is yet to be played, up to `later`; and when the last one was."""
    player = Player(unit_keys(), now)
    begun, last, touched = _begun()
    calendar = Calendar(places(player.units), laid_at(), matters)
    since = last or laid_at() - timedelta(days=800)
    for story in (*calendar.until(later, now - GAP), *_fresh_ones(calendar, begun)):
        subject = begun.get(story.sid) or (player.opened(story) if last else None)
        if subject is None or subject.pk not in touched:
            player.add(story, subject, since, later)
    return player, calendar, last


class GoingOn:
    """What the demonstration's people go on doing while it is served: a step of the worker's round."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._again: datetime | None = None

    def step(self) -> int:
        """Plays what is due by now; how many acts that was."""
        now = clock.now()
        if not stands() or (self._again is not None and now < self._again):
            return 0
        if self._until is None or now > self._until:
            self._until = now + AHEAD
            self._player, self._calendar, _last = _prepared(now, self._until, _matters())
        self._again = now + EVERY
        done = self._player.play_late(now)
        _make_due(self._player, self._calendar, 1)
        return done


def _begun() -> tuple[dict[str, Subject], datetime | None, set[UUID]]:
    """The subject of each story that was begun, when the last act of any was written, and what others have touched.

    Where somebody else has taken a matter in hand, its story is over.
    """
    ours = Entry.objects.filter(key__startswith=PREFIX)
    last: datetime | None = ours.aggregate(at=Max("recorded_at"))["at"]
    theirs = Entry.objects.filter(by__isnull=False).exclude(call__in=ours.values("call"))
    touched = set(theirs.values_list("subject_id", flat=True))
    first = ours.filter(seq=1).select_related("subject__unit")
    begun = {
        story_of(entry.key): entry.subject
        for entry in first
        if entry.key and entry.subject_id not in touched and entry.subject.kind != "cause"
    }
    return begun, last, touched


def _matters() -> int:
    """How many matters the house was laid with: their stories' names say so."""
    for key in Entry.objects.filter(key__startswith=PREFIX, seq=1).values_list("key", flat=True).iterator():
        number, _, matters = story_of(str(key)).partition(".")
        if number.isdigit() and len(number) < 8:
            return int(matters)
    return MATTERS


def _fresh_ones(calendar: Calendar, begun: dict[str, Subject]) -> Iterator[Story]:
    for sid, subject in begun.items():
        if sid.startswith("fresh"):
            yield calendar.fresh(sid, subject.opened_at)


def _make_due(player: Player, calendar: Calendar, wanted: int) -> None:
    """Matters that somebody writes down only now, and whose first hours are nearly over."""
    now = player.now
    soon = Duty.objects.filter(state=DutyState.OPEN, due_at__gt=now, due_at__lte=now + timedelta(hours=1))
    for number in range(wanted - soon.count()):
        due_at = now + timedelta(minutes=10 + 10 * number)
        story = calendar.fresh(f"fresh{now:%Y%m%d%H%M}{number}", due_at - calendar.fresh_within())
        player.take_in_late(story)


def sign_ins(*, everybody: bool = False) -> list[tuple[str, str, str, str]]:
    """(sign-in name, name, unit, posts): the ground's and one for each further post, or everybody in the house."""
    found = []
    told: set[str] = set()
    ground = {seat.username for seat in people.GROUND_SEATS}
    for username in dict.fromkeys(seat.username for seat in people.seats(whole=True)):
        held = Appointment.objects.filter(person__username=username, until=None).select_related("person", "post__unit")
        rows = list(held.order_by("pk"))
        posts = {row.post.name for row in rows}
        if rows and (everybody or username in ground or posts - told):
            told |= posts
            named = "、".join(row.post.name for row in rows)
            found.append((username, rows[0].person.name, rows[0].post.unit.name, named))
    return found
