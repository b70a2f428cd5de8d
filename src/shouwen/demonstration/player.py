"""Plays stories: every act at its own instant under the clock, through the rooms' own actions, with the sweep and the
delivery of the outbox running in that time.

People of the demonstration have no mail address: what they are told stands on their desks, and no file is written.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from shouwen.calendars.periods import Period, PeriodKind
from shouwen.customers.models import Holding
from shouwen.demonstration.cast import Cast
from shouwen.demonstration.people import units
from shouwen.demonstration.stories import Act, Script, Story, hours
from shouwen.journal import attachments, clock
from shouwen.journal.drafts import HOUSE, Actor, Draft, NewSubject
from shouwen.journal.errors import NotRecorded
from shouwen.journal.models import Attachment, Duty, DutyState, Entry, Subject, SubjectState
from shouwen.journal.outbox import deliver_due
from shouwen.journal.periods import number_of
from shouwen.journal.record import record
from shouwen.journal.sweep import sweep
from shouwen.matters import actions as matters
from shouwen.organisation.models import Unit
from shouwen.policy.model import Kind

FILE = "$file "
MATTERS = ("complaint", "cause")
TICK = timedelta(minutes=10)
"""How often the demonstration's worker looks what has come about by time alone."""


@dataclass
class Played:
    """A story under way."""

    story: Story
    subject: Subject | None = None
    earlier: Subject | None = None
    taker: Actor | None = None
    officer: Actor | None = None


@dataclass
class Player:
    """`units` by their keys, `now` the instant up to which is played. `refused` tells what a room did not accept."""

    units: Mapping[str, Unit]
    now: datetime
    under_way: dict[str, Played] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self._cast = Cast(self.now)
        self._heap: list[tuple[datetime, int, Played, Act]] = []
        self._order = count()
        self._wakes: list[datetime] = []
        self._homes: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, list[Played]] = defaultdict(list)
        self._contractors = [place.key for place in units(whole=True) if place.kind == "contractor"]

    def add(self, story: Story, subject: Subject | None, since: datetime, later: datetime) -> None:
        """Plan the acts of a story after `since` and up to `later`; `subject` is the one it was begun with."""
        acts = [act for act in story.acts[0 if subject is None else 1 :] if since < act.at <= later]
        if not acts or (subject is None and acts[0] is not story.acts[0]):
            return
        played = self.under_way.setdefault(story.sid, Played(story, subject))
        for act in acts:
            heapq.heappush(self._heap, (act.at, next(self._order), played, act))

    def wakes(self, at: datetime) -> None:
        heapq.heappush(self._wakes, at)

    def take_in_late(self, story: Story) -> None:
        """Take a matter in now that came in when its story says; the rest of it is yet to come."""
        played = self.under_way.setdefault(story.sid, Played(story))
        self._do(played, story.acts[0], late=True)

    def play(self, until: datetime) -> None:
        """Everything up to `until`, a day at a time in one transaction: one cut short is gone on with from there."""
        while self._heap and self._heap[0][0] <= until:
            midnight = self._heap[0][0] + timedelta(days=1)
            with transaction.atomic():
                while self._heap and self._heap[0][0] <= min(midnight, until):
                    at, _, played, act = heapq.heappop(self._heap)
                    self._tick(at)
                    self._do(played, act)
        with transaction.atomic():
            self._tick(until)

    def play_late(self, now: datetime) -> int:
        """What was to be done by `now`, done now; how many acts. The worker around it sweeps and delivers."""
        self.now = now
        before = self.done
        while self._heap and self._heap[0][0] <= now:
            _, _, played, act = heapq.heappop(self._heap)
            self._do(played, act, late=True)
        return self.done - before

    def _tick(self, until: datetime) -> None:
        """What the worker does on the way to this instant."""
        while self._wakes and self._wakes[0] < until:
            at = min(self._wakes[0] + TICK, until)
            with clock.at(at):
                sweep()
                deliver_due()
            soonest = Subject.objects.filter(wakes_at__isnull=False).aggregate(at=Min("wakes_at"))["at"]
            self._wakes = [] if soonest is None else [soonest]
            if soonest is not None and soonest <= at:
                return  # it failed, and is tried again later

    # --- one act -------------------------------------------------------------------------

    def _do(self, played: Played, act: Act, *, late: bool = False) -> None:
        if played.subject is None and act is not played.story.acts[0]:
            return
        try:
            # A savepoint: what a room refuses half-way leaves nothing.
            with clock.at(self.now if late else act.at), transaction.atomic():
                self._play(played, act)
        except (NotRecorded, Missing) as reason:
            self.refused.append(f"{played.story.key(act)}: {reason!r}")
            return
        self.done += 1
        subject = played.subject
        if subject is not None and subject.wakes_at is not None:
            self.wakes(subject.wakes_at)

    def _play(self, played: Played, act: Act) -> None:
        story, key = played.story, played.story.key(act)
        if story.cause:
            played.subject = self._join(story, key)
        elif played.subject is None:
            self._take_in(played, act, key)
        elif act.hand_over:
            self._hand_over(played, act, key)
        else:
            self._record(played, act, key)

    def _take_in(self, played: Played, act: Act, key: str) -> None:
        story, unit = played.story, self._unit(played)
        data = self._data(act.happenings[0].data, played)
        if story.kind != "complaint":
            played.subject = self.opened(story) or self._open_subject(story, unit, data, key, act.at)
            return
        earlier = self._earlier(played) if story.after_earlier else None
        if story.after_earlier and earlier is None:
            raise Missing("no earlier matter")
        played.earlier = earlier
        if earlier is not None:
            first = Entry.objects.get(subject=earlier, seq=1).data
            data |= {name: first[name] for name in ("customer", "asset") if name in first}
        takers = self._cast.of(story.taker, unit, story.kind)
        taker = takers[story.officer % len(takers)]
        officers = self._officers(played)
        played.taker = taker
        played.officer = taker if taker in officers else officers[story.officer % len(officers)]
        played.subject = matters.take_in(
            unit, data, actor=taker, key=key, at=act.at, repeat_of=earlier if story.repeats else None
        )
        self._open[unit.pk].append(played)

    def _open_subject(self, story: Story, unit: Unit, data: dict[str, Any], key: str, at: datetime) -> Subject:
        """A period as the calendar opens it; anything else with its number by rule."""
        period = self._period(story)
        if period is None:
            return record(Draft(NewSubject(story.kind, unit), "opened", data, key=key), actor=HOUSE).subject
        new = NewSubject(story.kind, unit, number=self._number(story, period))
        return record(Draft(new, "opened", {**data, "period": period.key}, at=at, key=key), actor=HOUSE).subject

    def opened(self, story: Story) -> Subject | None:
        """The period that the story is of, where the calendar has opened it already."""
        period = None if story.kind in MATTERS else self._period(story)
        if period is None:
            return None
        unit = self.units[story.place.key]
        return Subject.objects.filter(unit=unit, number=self._number(story, period)).select_related("unit").first()

    def _period(self, story: Story) -> Period | None:
        unit = self.units[story.place.key]
        kind = self._kind(story)
        if kind is None or kind.period is None:
            return None
        return Period.containing(PeriodKind(kind.period), story.starts.astimezone(ZoneInfo(unit.zone)).date())

    def _number(self, story: Story, period: Period) -> str:
        kind = self._kind(story)
        assert kind is not None
        return number_of(kind, self.units[story.place.key], period)

    def _kind(self, story: Story) -> Kind | None:
        return self._cast.policy(self.units[story.place.key], story.kind).kinds.get(story.kind)

    def _join(self, story: Story, key: str) -> Subject:
        joined = [self.under_way[sid] for sid in story.cause if sid in self.under_way]
        subjects = [one.subject for one in joined if one.subject is not None]
        officer = joined[0].officer or self._officers(joined[0])[0]
        cause = matters.open_cause(self.units[story.place.key], actor=officer, key=key)
        matters.join_cause(cause, subjects, actor=officer, households=len(subjects), key=f"{key}.1")
        return cause

    def _hand_over(self, played: Played, act: Act, key: str) -> None:
        """The owner offers the matter to a colleague, who takes it."""
        assert played.subject is not None
        subject = Subject.objects.select_related("owner_person", "unit").get(pk=played.subject.pk)
        officers = self._officers(played)
        known = [one for one in (*officers, played.taker) if one is not None]
        owner = next((one for one in known if one.person == subject.owner_person), None)
        others = [one for one in officers if one.person != subject.owner_person]
        if owner is None or not others:
            raise Missing("nobody to hand over to")
        colleague = others[played.story.officer % len(others)]
        matters.hand_over(subject, Cast.person(colleague), actor=owner, reason=act.hand_over, key=key)
        subject.refresh_from_db()
        with clock.at(min(act.at + TICK, self.now)):
            matters.accept_hand_over(subject, actor=colleague, key=f"{key}2")
        played.officer = colleague

    def _record(self, played: Played, act: Act, key: str) -> None:
        assert played.subject is not None
        actor = self._actor(played, act.role)
        if any(one.event == "merged" for one in act.happenings):
            if played.earlier is None:
                raise Missing("nothing to merge into")
            earlier = Subject.objects.select_related("unit").get(pk=played.earlier.pk)
            matters.merge(played.subject, earlier, actor=actor, key=key)
            return
        drafts = [
            Draft(
                played.subject,
                one.event,
                self._data(one.data, played),
                post=one.role or actor.post,
                key=key if not number else f"{key}.{number}",
                as_fact=act.fact,
            )
            for number, one in enumerate(act.happenings)
        ]
        played.subject = record(*drafts, actor=actor).subject

    # --- who and what ---------------------------------------------------------------------

    def _unit(self, played: Played) -> Unit:
        return self.units[played.story.place.key]

    def _officers(self, played: Played) -> list[Actor]:
        officer = Script(played.story.place.policy).told["officer"]
        return self._cast.of(officer, self._unit(played), played.story.kind)

    def _actor(self, played: Played, role: str) -> Actor:
        """Who writes: who holds the role; of what an outside party does, the matter's officer."""
        if played.officer is None:
            officers = self._officers(played)
            played.officer = officers[played.story.officer % len(officers)]
        if not role:
            return played.officer
        known = self._cast.policy(self._unit(played), played.story.kind).roles.get(role)
        if known is not None and known.form == "actor":
            role = played.story.taker
        found = self._cast.of(role, self._unit(played), played.story.kind)
        if not found or played.officer in found:
            return played.officer
        return found[played.story.officer % len(found)]

    def _earlier(self, played: Played) -> Subject | None:
        """The newest matter of the place that is still open."""
        for one in reversed(self._open[self._unit(played).pk][-40:]):
            if one.subject is not None and one.subject.state == SubjectState.OPEN:
                return one.subject
        return None

    def _data(self, value: Any, played: Played) -> Any:
        if isinstance(value, Mapping):
            return {key: self._data(one, played) for key, one in value.items()}
        if isinstance(value, list):
            return [self._data(one, played) for one in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith(FILE):
            return [str(self._file(value.removeprefix(FILE), played).pk)]
        return self._found(value, played)

    def _found(self, asked: str, played: Played) -> Any:
        name, _, rest = asked[1:].partition(" ")
        story = played.story
        if name in ("customer", "asset"):
            customer, asset = self._home(story)
            return str(customer if name == "customer" else asset)
        if name == "contractor":
            return self.units[self._contractors[story.customer % len(self._contractors)]].name
        if name == "manager":
            return self.units[f"{story.place.branch}-pm"].name
        if name in ("some", "several"):
            return story.customer % 11 + (2 if name == "some" else 5)
        if name == "in":
            return (clock.now() + timedelta(hours=hours(rest))).isoformat(timespec="minutes")
        if name == "holder":
            return str(Cast.person(self._cast.of(rest, self._unit(played), story.kind)[0]).pk)
        if name == "duty":
            return self._duty(played)
        if name == "entry":
            found = Entry.objects.filter(subject=played.subject, type=rest).order_by("-seq").first()
            if found is None:
                raise Missing(asked)
            return str(found.seq)
        raise Missing(asked)

    def _file(self, name: str, played: Played) -> Attachment:
        """A report to be attached, of a few lines."""
        assert played.subject is not None
        title = f"{played.subject.unit.name}{name}"
        text = f"{title}\n（示范数据）\n期间：{played.subject.number}\n填报时间：{clock.now():%Y-%m-%d}\n"
        return attachments.keep(BytesIO(text.encode()), f"{title}.txt", Cast.person(self._actor(played, "")))

    def _home(self, story: Story) -> tuple[int, int]:
        unit = self.units[story.place.key]
        if unit.pk not in self._homes:
            held = Holding.objects.filter(asset__unit__path__prefix=unit.path, until=None).order_by("pk")
            self._homes[unit.pk] = list(held.values_list("customer_id", "asset_id"))
        homes = self._homes[unit.pk]
        return homes[story.customer % len(homes)]

    def _duty(self, played: Played) -> str:
        """The standing duty that is due next; one without a limit where none has a time."""
        duty = (
            Duty.objects.filter(subject=played.subject, state__in=(DutyState.OPEN, DutyState.OVERDUE), outside=False)
            .order_by("due_at")
            .first()
        )
        if duty is None:
            raise Missing("no standing duty")
        return duty.key


class Missing(LookupError):  # noqa: N818  said as what it is
    """What an act of a story needs is not there: it is left out."""
