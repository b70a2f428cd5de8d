"""Stories: what is to happen to a matter, act by act, each at its own instant; the same from the same seed.

Written in ``stories/NAME.yaml``, one file for each policy that holds somewhere in the demonstration's group. Nothing
here looks at a database: a story that was begun yesterday is planned again today, and comes out the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from shouwen.demonstration.keys import key_of
from shouwen.demonstration.writing import Writer, read

SEED = "云麓"
ZONE = ZoneInfo("Asia/Shanghai")
OPENS, SHUTS = 8.5, 20.5
"""Hours of the day between which people of the house act; customers call at any time."""
_LENGTH = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": 24.0, "h": 1.0, "m": 1 / 60}

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Happening:
    """An event and its data, in the role whose act it is; "" is the matter's officer."""

    event: str
    data: Data
    role: str = ""


@dataclass(frozen=True)
class Act:
    """What one person does at one instant, whole or not at all. `name` tells it from the other acts of its story."""

    at: datetime
    name: str
    happenings: tuple[Happening, ...] = ()
    role: str = ""
    fact: bool = False
    hand_over: str = ""
    """Not an entry of its own: the owner offers the matter to a colleague, for this reason, and he takes it."""


@dataclass(frozen=True)
class Place:
    """Where stories happen: a unit of the group with the policy that holds there, its pace and who lives there."""

    key: str
    policy: str
    branch: str
    pace: float
    customers: int


@dataclass(frozen=True)
class Story:
    """`sid` names it for ever; `customer` and `officer` are places in the lists of who lives and works there."""

    sid: str
    path: str
    kind: str
    place: Place
    customer: int
    officer: int
    taker: str
    acts: tuple[Act, ...]
    after_earlier: bool = False
    repeats: bool = False
    cause: tuple[str, ...] = ()
    """The stories that this one's cause joins."""

    @property
    def starts(self) -> datetime:
        return self.acts[0].at

    @property
    def ends(self) -> datetime:
        return max(act.at for act in self.acts)

    def key(self, act: Act) -> str:
        return key_of(self.path, self.sid, act.name)


@dataclass
class Script:
    """The stories of one policy."""

    policy: str
    told: Data = field(init=False)

    def __post_init__(self) -> None:
        self.told = read(f"stories/{self.policy}.yaml")

    @property
    def stories(self) -> Sequence[Data]:
        found: Sequence[Data] = self.told["stories"]
        return found

    def weighted(self, rng: Random) -> Data:
        return rng.choices(self.stories, [story["share"] for story in self.stories])[0]

    def shared_out(self, count: int) -> list[Data]:
        """So many stories, each as often as its share asks, by largest remainders."""
        total = sum(story["share"] for story in self.stories)
        exact = [count * story["share"] / total for story in self.stories]
        given = [int(one) for one in exact]
        by_rest = sorted(range(len(exact)), key=lambda one: given[one] - exact[one])
        for one in by_rest[: count - sum(given)]:
            given[one] += 1
        return [story for story, times in zip(self.stories, given, strict=True) for _ in range(times)]


def hours(text: str) -> float:
    return sum(int(number) * _UNITS[unit] for number, unit in _LENGTH.findall(text))


class Teller:
    """Plans one story from its text, with chance of its own."""

    def __init__(self, script: Script, place: Place, sid: str) -> None:
        self._script = script
        self._place = place
        self._sid = sid
        self.rng = Random(f"{SEED}:{sid}")  # noqa: S311  nothing secret: the same story every time
        self._writer = Writer(self.rng)
        self._officer = self.rng.randrange(3)
        pace = Random(f"{SEED}:{place.branch}:{self._officer}").choice((0.55, 0.8, 0.9, 1.0, 1.5))  # noqa: S311
        self._pace = pace * place.pace

    def tell(self, told: Data, starts: datetime, kind: str = "complaint") -> Story:
        """`told` from its text, beginning at `starts`."""
        takers = told.get("taken_by", self._script.told["taken_by"])
        taker = self.rng.choice(takers)
        intake = self._writer.fill(told.get("received", {}))
        event = Happening("received" if "received" in told else "opened", intake)
        acts = [Act(starts, "0", (event,), taker)]
        acts += self._steps(list(_flat(told.get("steps", ()))), starts)
        if kind == "complaint":
            acts = self._with_asides(acts)
        return Story(
            sid=self._sid,
            path=told["path"],
            kind=kind,
            place=self._place,
            customer=self.rng.randrange(max(1, self._place.customers)),
            officer=self._officer,
            taker=taker,
            acts=tuple(acts),
            after_earlier=told.get("needs_earlier", False),
            repeats=told.get("repeats", False),
        )

    def _steps(self, steps: Sequence[Data], starts: datetime) -> Iterator[Act]:
        last = starts
        for number, step in enumerate(steps, 1):
            if self.rng.random() > step.get("chance", 1.0):
                continue
            if "left" in step and self.rng.random() < step["left"] * self._place.pace**1.5:
                return
            last = self._when(step, starts, last)
            yield self._act(step, str(number), last)

    def _act(self, step: Data, name: str, at: datetime) -> Act:
        role = step.get("as", "")
        happenings = []
        for one in step["do"] if isinstance(step["do"], list) else [step["do"]]:
            event, data = next((name, data) for name, data in one.items() if name != "as")
            happenings.append(Happening(event, self._writer.fill(data), one.get("as", role)))
        return Act(at, name, tuple(happenings), role, step.get("fact", False))

    def _when(self, step: Data, starts: datetime, last: datetime) -> datetime:
        shortest, longest = map(hours, step.get("after", step.get("by")).split("-"))
        length = shortest + (longest - shortest) * self.rng.random() ** 1.7
        if "by" in step:
            return self._in_hours(starts + timedelta(hours=length))
        at = last + timedelta(hours=length * (self._pace if longest > 1 else 1))
        return at if longest <= 1 else self._in_hours(at)

    def _in_hours(self, at: datetime) -> datetime:
        """People act by day: what would fall into the night is done next morning."""
        local = at.astimezone(ZONE)
        hour = local.hour + local.minute / 60
        if OPENS <= hour < SHUTS:
            return at
        morning = local.replace(hour=0, minute=0, second=0) + timedelta(days=hour >= SHUTS)
        return morning + timedelta(hours=OPENS, seconds=self.rng.randrange(5_400))

    def _with_asides(self, acts: list[Act]) -> list[Act]:
        for aside in self._script.told["asides"]:
            if self.rng.random() * 100 >= aside["share"] or len(acts) < 2:
                continue
            place = self.rng.randrange(len(acts) - 1)
            extra = list(self._aside(aside, acts[place].at))
            if aside.get("stops"):
                acts = [act for act in acts if act.at <= extra[0].at]
            acts = sorted([*acts, *extra], key=lambda act: act.at)
        return acts

    def _aside(self, aside: Data, after: datetime) -> Iterator[Act]:
        at = self._when(aside, after, after)
        if "hand_over" in aside:
            yield Act(at, f"{aside['name']}", hand_over=self._writer.fill(aside["hand_over"]))
            return
        yield self._act(aside, aside["name"], at)
        if "then" in aside:
            at = self._when(aside["then"], at, at)
            yield self._act(aside["then"], f"{aside['name']}2", at)


def _flat(steps: Any) -> Iterator[Data]:
    for step in steps:
        if isinstance(step, list):
            yield from _flat(step)
        else:
            yield step
