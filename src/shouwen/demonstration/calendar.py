"""When which story begins: a year behind the demonstration's first day, and every day after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from shouwen.demonstration.stories import SEED, ZONE, Act, Data, Happening, Place, Script, Story, Teller, hours

YEAR = timedelta(days=365)
A_DAY = 3
"""Matters that come in on a day after the first."""
_HOURS = (0, 5, 7, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 14, 15, 15, 16, 16, 17, 18, 19, 19, 20, 21, 22, 23)


@dataclass(frozen=True)
class Calendar:
    """Every story of a demonstration that was laid at `laid` (aware) with so many matters."""

    places: Sequence[Place]
    laid: datetime
    matters: int

    def until(self, now: datetime, since: datetime) -> Iterator[Story]:
        """Those that begin by `now`; of those that come in day by day, only from `since` on."""
        yield from self._year()
        yield from self._days(now, since)
        yield from self._subjects(now)

    # --- matters -----------------------------------------------------------------------

    def _year(self) -> Iterator[Story]:
        mass = list(self._mass()) if self.matters >= 100 else []
        yield from mass
        rng = Random(f"{SEED}:{self.matters}")  # noqa: S311
        told: list[tuple[Place, Data]] = []
        left = self.matters - sum(story.kind == "complaint" for story in mass)
        for script, places in self._by_policy():
            count = round(left * len(places) / len(self.places))
            told += [(rng.choice(places), story) for story in script.shared_out(count)]
        rng.shuffle(told)
        for number, (place, story) in enumerate(told):
            starts = self.laid - YEAR * rng.random() ** 1.35
            starts = _called(rng, starts.astimezone(ZONE))
            if starts < self.laid:
                yield self._teller(place, f"{number}.{self.matters}").tell(story, starts)

    def _days(self, now: datetime, since: datetime) -> Iterator[Story]:
        day = max(since, self.laid).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= now:
            rng = Random(f"{SEED}:{day:%Y%m%d}")  # noqa: S311
            for number in range(A_DAY + 1):
                place = rng.choice(self.places)
                starts = _called(rng, day)
                if self.laid < starts <= now:
                    script = Script(place.policy)
                    sid = f"{day:%Y%m%d}.{number}"
                    yield self._teller(place, sid).tell(script.weighted(rng), starts)
            day += timedelta(days=1)

    def fresh(self, sid: str, starts: datetime) -> Story:
        """A matter whose first duty is due `within` after it came in: for something that is due soon."""
        places = [place for place in self.places if "fresh" in Script(place.policy).told]
        place = Random(sid).choice(places)  # noqa: S311
        return self._teller(place, sid).tell(Script(place.policy).told["fresh"], starts)

    def fresh_within(self) -> timedelta:
        told = next(script.told for script, _ in self._by_policy() if "fresh" in script.told)
        return timedelta(hours=hours(told["fresh"]["within"]))

    def _mass(self) -> Iterator[Story]:
        """One cause of many households: their matters one by one, then the cause that joins them."""
        for script, places in self._by_policy():
            told = script.told.get("mass")
            if told is None:
                continue
            starts = self.laid - timedelta(hours=hours(told["ago"]))
            sids = []
            for number in range(told["households"]):
                teller = self._teller(places[1], f"mass{number}")
                at = starts + timedelta(hours=5.3 * number, minutes=teller.rng.randrange(50))
                story = teller.tell(told, at)
                sids.append(story.sid)
                yield replace(story, customer=number)
            joined = starts + timedelta(hours=5.3 * told["households"])
            yield Story("mass", told["path"], "cause", places[1], 0, 0, "", (Act(joined, "0"),), cause=tuple(sids))

    # --- other subjects ------------------------------------------------------------------

    def _subjects(self, now: datetime) -> Iterator[Story]:
        if self.matters < 100:
            return
        for script, places in self._by_policy():
            for told in script.told["subjects"]:
                if "count" in told:
                    yield from self._spread(told, places)
                else:
                    yield from self._periods(told, places, now)

    def _spread(self, told: Data, places: Sequence[Place]) -> Iterator[Story]:
        for number in range(told["count"]):
            place = places[number * 5 % len(places)]
            starts = self.laid - YEAR * ((number + 0.6) / told["count"]) * 0.5
            teller = self._teller(place, f"{told['kind']}.{number}")
            story = teller.tell(told, starts, told["kind"])
            yield _opened(replace(story, place=_at(place, told)))

    def _periods(self, told: Data, places: Sequence[Place], now: datetime) -> Iterator[Story]:
        first = self.laid - (timedelta(weeks=told["last"]) if "last" in told else YEAR)
        for starts, period in _periods_from(first, told["every"], now):
            for branch in dict.fromkeys(place.branch for place in places):
                place = next(place for place in places if place.branch == branch)
                teller = self._teller(place, f"{told['kind']}.{period}.{branch}")
                story = teller.tell(told, starts, told["kind"])
                yield _opened(replace(story, place=_at(place, told)))

    def _teller(self, place: Place, sid: str) -> Teller:
        return Teller(Script(place.policy), place, sid)

    def _by_policy(self) -> Iterator[tuple[Script, list[Place]]]:
        for policy in dict.fromkeys(place.policy for place in self.places):
            yield Script(policy), [place for place in self.places if place.policy == policy]


def _called(rng: Random, day: datetime) -> datetime:
    """An instant of that day, at an hour when customers call."""
    return day.replace(hour=rng.choice(_HOURS), minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)


def _at(place: Place, told: Data) -> Place:
    return replace(place, key=place.branch) if told["unit"] == "branch" else place


def _opened(story: Story) -> Story:
    """The first entry of a subject that no customer brought is the house's own."""
    first = story.acts[0]
    opened = Happening("opened", {"kind": story.kind})
    return replace(story, acts=(replace(first, happenings=(opened,)), *story.acts[1:]))


def _periods_from(first: datetime, every: str, now: datetime) -> Iterator[tuple[datetime, str]]:
    """The beginnings of the months or weeks from `first` to `now`, each with its name."""
    day = first.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    day = day.replace(day=1) if every == "month" else day - timedelta(days=day.weekday())
    while day <= now:
        if day >= first:
            yield day, f"{day:%Y-%m}" if every == "month" else f"{day:%G-W%V}"
        day = (day + timedelta(days=32)).replace(day=1) if every == "month" else day + timedelta(days=7)
