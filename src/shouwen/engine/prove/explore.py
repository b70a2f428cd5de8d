"""Walks through what can become of a subject (探索): by real standings, one act or one wait after another.

The walk is by novelty (iterated width; Lipovetzky and Geffner, ECAI 2012): a state is walked on from only where something
holds in it that held in none before, first single things, then pairs of things. So it finds short stories of nearly
everything that can happen in few states, and claims nothing about what it did not find.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, islice
from typing import Any

from shouwen.engine.answers import STANDING, Owed
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.choices import Choices, events_of
from shouwen.engine.standing import Standing
from shouwen.policy import model

MINUTE = timedelta(minutes=1)
LOOPS = 2
"""The same thing is walked so many times."""
FIRST = ("received", "opened")
FAR = 1_000
SEEDS = 2
LONGER = 4
"""Walking on from where rules were met takes no more than so many times the states of the first walk."""
ON = 600
"""So many states are walked on from where a rule was met."""

Goal = tuple[str, str]
"""(what, of which rule): fires, kept, opens, decides, closes."""


@dataclass(frozen=True, eq=False)
class Move:
    """One thing that somebody may do or that may happen."""

    number: int
    event: str
    data: Mapping[str, Any]
    post: str


@dataclass(eq=False)
class State:
    """What has happened so far, and how things stand."""

    entries: tuple[Entry, ...]
    now: datetime
    standing: Standing
    done: Mapping[int, int]
    owed: list[Owed]


@dataclass
class Found:
    """What one walk came upon: a shortest story for each goal, as far as it was found."""

    states: int = 0
    moves: int = 0
    bounded: bool = False
    stories: dict[Goal, tuple[Entry, ...]] = field(default_factory=dict)


class Walk:
    """All that can become of one subject of a kind, where some categories are given."""

    def __init__(
        self,
        program: Program,
        kind: str,
        choices: Choices,
        start: datetime,
        given: Mapping[str, Any],
        posts: Callable[[str], bool],
    ) -> None:
        self.program, self.kind, self.choices, self.start, self.given = program, kind, choices, start, given
        self.found = Found()
        self.moves = list(self._moves(posts))
        self.found.moves = len(self.moves)
        self._rules = {rule.id for rule in choices.rules}
        self._tables = [table for table in program.tables if kind in (table.kinds or program.matter_kinds)]
        self._ids: dict[Any, int] = {}
        gates = [rule for rule in choices.rules if isinstance(rule, model.Gate)]
        self._gates = [(gate, "1" if gate.per else None) for gate in gates]
        self._tests = [
            one for one in dict.fromkeys(choices._conditions) if one.names <= program.initial.keys()  # noqa: SLF001
        ]

    def _moves(self, posts: Callable[[str], bool]) -> Iterator[Move]:
        number = 0
        opening = "received" if self.kind in self.program.matter_kinds else "opened"
        events = dict.fromkeys([opening, *self.choices.events])
        for event in events:
            if event in FIRST and event != opening:
                continue
            for data in self.choices.data(event, self.start):
                if not self._as_given(event, data):
                    continue
                for post in self._posts(event, posts):
                    yield Move(number, event, data, post)
                    number += 1

    def _as_given(self, event: str, data: Mapping[str, Any]) -> bool:
        """Whether the data says nothing else than the categories that are given."""
        for update in self.program.updates.get(event, ()):
            value = update.read(data.get(update.key))
            if update.name in self.given and value is not None and value != self.given[update.name]:
                return False
        return True

    def _posts(self, event: str, posts: Callable[[str], bool]) -> list[str]:
        """In which roles it may be done: one for each that a rule tells apart."""
        may = self.program.may(event, self.kind)
        roles = [role for role in may or () if posts(role)]
        told = {role for rule in self.choices.rules if isinstance(rule, model.Duty) for role in rule.by}
        asked = any(
            model.POST in condition.names
            for one in self.choices.happenings()
            if one.event == event
            for condition in one.conditions
        )
        apart = roles if asked else [role for role in roles if role in told]
        if may is None or not self.program.policy.events[event].act:
            return apart or [""]
        return list(dict.fromkeys([*roles[:1], *apart]))

    # --- walking ---------------------------------------------------------------------

    def run(self, goals: Iterable[Goal], most: int) -> Found:
        """Walk until every goal is found or `most` states were: first from the beginning, then, for what is left, on from
        where its rule was met."""
        wanted = set(goals)
        first = [self._after(None, move) for move in self.moves if move.event in FIRST]
        for width in (1, 2):
            self._walk(first, lambda: wanted <= self.found.stories.keys(), width, most * width // 3)
        for goal in sorted(wanted - self.found.stories.keys()):
            for seed in islice(self._seeds(goal), SEEDS):
                if goal not in self.found.stories and self.found.states < LONGER * most:
                    self._nearer(goal, self._again(seed))
        return self.found

    def _nearer(self, goal: Goal, state: State) -> None:
        """Walk on until less is missing for the goal, and from there again (serialized width)."""
        left = self._missing(goal, state)
        while goal not in self.found.stories:
            nearer: list[State] = []

            def reached(left: int = left, nearer: list[State] = nearer) -> bool:
                return goal in self.found.stories or bool(nearer)

            def look(one: State, left: int = left, nearer: list[State] = nearer) -> None:
                if self._missing(goal, one) < left:
                    nearer.append(one)

            for width in (1, 2):
                if not reached():
                    self._walk([state], reached, width, self.found.states + ON * width, look)
            if not nearer:
                return
            state = self._again(nearer[0].entries)
            left = self._missing(goal, state)

    def _missing(self, goal: Goal, state: State) -> int:
        """How much is missing for the goal: what the gates of its act lack, and who has not done his part yet."""
        sort, name = goal
        if sort == "opens":
            return min((len(missing) for gate, missing in self._gated(state) if gate.id == name), default=FAR)
        if sort == "closes":
            acts, lacking = {"closed"}, 0
        else:
            own = [one for one in state.owed if one.rule.id == name and one.state in STANDING]
            if not own:
                return FAR
            acts = {one.event for one in own[0].rule.act.happenings}
            lacking = min(len(one.missing) for one in own)
        moves = [move for move in self.moves if move.event in acts]
        shut = [state.standing.openings.shut(self._entry(state, move), self.kind) for move in moves]
        return lacking + min((sum(len(one.missing) for one in each) for each in shut), default=0)

    def _gated(self, state: State) -> Iterator[tuple[model.Gate, list[str]]]:
        for move in self.moves:
            for gate, _instance, missing in state.standing.openings.concerning(self._entry(state, move), self.kind):
                yield gate, missing or []

    def _seeds(self, goal: Goal) -> Iterator[tuple[Entry, ...]]:
        """Stories that lead near: where the duty stood, the gate was shut, or what it waits for happened."""
        sort, name = goal
        stories = self.found.stories
        near = {"kept": "fires", "opens": "meets"}.get(sort)
        if near and (near, name) in stories:
            yield stories[near, name]
        if sort == "closes":
            yield min((story for (one, _), story in stories.items() if one == "happens"), key=len)
        rule = next((rule for rule in self.choices.rules if rule.id == name), None)
        for event in events_of(rule) if rule else ():
            if ("happens", event) in stories:
                yield stories["happens", event]

    def _again(self, story: tuple[Entry, ...]) -> State:
        return self._state(story, story[-1].at, {})

    def _walk(
        self,
        first: Iterable[State],
        reached: Callable[[], bool],
        width: int,
        most: int,
        look: Callable[[State], None] = lambda _state: None,
    ) -> None:
        seen: set[Any] = set()
        queue: deque[State] = deque()
        for state in first:
            self._take(state, seen, width, queue)
        while queue and not reached():
            if self.found.states >= most:
                self.found.bounded = True
                return
            state = queue.popleft()
            for child in self.children(state):
                look(child)
                self._take(child, seen, width, queue)
                if reached():
                    return

    def _take(self, state: State, seen: set[Any], width: int, queue: deque[State]) -> None:
        self.found.states += 1
        self._note(state)
        atoms = sorted({self._ids.setdefault(atom, len(self._ids)) for atom in self._atoms(state)})
        things = set(atoms) if width == 1 else {one << 20 | other for one, other in combinations(atoms, 2)}
        if not things <= seen:
            seen |= things
            queue.append(state)

    def children(self, state: State, *, waiting: bool = True) -> Iterator[State]:
        """What can come next: each act that no gate shuts, each fact, and that time goes by."""
        for move in self.moves:
            if move.event in FIRST or state.done.get(move.number, 0) >= LOOPS or not self._possible(state, move):
                continue
            yield self._after(state, move)
        if waiting:
            later = self._later(state)
            if later is not None:
                yield later

    def _possible(self, state: State, move: Move) -> bool:
        probe = self._entry(state, move)
        shut = False
        for gate, _instance, missing in state.standing.openings.concerning(probe, self.kind):
            if missing is None:
                self._tell(("opens", gate.id), state.entries, probe)
            elif gate.follow is None:
                shut = True
                self._tell(("meets", gate.id), state.entries)
        return not (shut and self.program.policy.events[move.event].act)

    def _after(self, state: State | None, move: Move) -> State:
        entry = self._entry(state, move)
        entries = (*(state.entries if state else ()), entry)
        done = dict(state.done) if state else {}
        done[move.number] = done.get(move.number, 0) + 1
        return self._state(entries, entry.at, done)

    def _entry(self, state: State | None, move: Move) -> Entry:
        at = self.start if state is None else state.now + MINUTE
        number = len(state.entries) + 1 if state else 1
        return Entry(f"e{number}", "M", self.kind, move.event, at, at, number, "", move.post, "", move.data)

    def _state(self, entries: tuple[Entry, ...], now: datetime, done: Mapping[int, int]) -> State:
        standing = Standing(self.program, "M", self.kind)
        standing.take(entries)
        return State(entries, now, standing, done, standing.duties(now))

    def _later(self, state: State) -> State | None:
        """The next instant at which something falls due or opens by itself; what passed is written as the sweep does."""
        due = [one.due_at for one in state.owed if one.state == "open" and one.due_at is not None]
        opens = state.standing.wakes_at(state.now)
        instants = [*due, *([opens] if opens else [])]
        if not instants:
            return None
        now = min(instants) + MINUTE
        entries = state.entries
        for one in state.owed:
            if one.state == "open" and one.due_at is not None and one.due_at < now:
                number = len(entries) + 1
                data = {"duty": one.key, "clause": one.clause}
                entries += (Entry(f"e{number}", "M", self.kind, "overdue", now, now, number, "", "", "", data),)
        return self._state(entries, now, state.done)

    # --- what holds --------------------------------------------------------------------

    def _atoms(self, state: State) -> Iterator[Any]:
        """What tells this state from others: duties, what gates lack, categories, timers. What nobody asks for is none."""
        standing = state.standing
        yield from (("duty", one.key, one.state, one.missing) for one in state.owed)
        yield from (("axis", name, standing.values[name]) for name in self.program.policy.axes)
        for number, test in enumerate(self._tests):
            yield "test", number, test.evaluate(standing.values)
        openings = standing.openings
        for gate, instance in self._gates:
            missing = openings.missing(gate.until, instance, gate.per)
            yield "gate", gate.id, None if missing is None else tuple(missing)
        yield from (("part", place, frozenset(parts)) for place, parts in standing.parts.items())
        yield from (("coming", one.rule.id, one.instance) for one in standing.coming(state.now))
        yield "ended", standing.ended

    def _note(self, state: State) -> None:
        for one in state.owed:
            if one.state != "void":
                self._tell(("fires", one.rule.id), state.entries)
            if one.state == "kept":
                self._tell(("kept", one.rule.id), state.entries)
        for proposed in state.standing.proposals(state.now):
            self._tell(("fires", proposed.rule.id), state.entries)
        for table in self._tables:
            for rank, row in enumerate(table.rows):
                if row.when.evaluate(state.standing.values) is True:
                    self._tell(("decides", f"{table.id}/{rank}"), state.entries)
                    break
        self._tell(("happens", state.entries[-1].type), state.entries)
        if state.entries[-1].type == "closed" and state.standing.ended:
            self._tell(("closes", self.kind), state.entries)

    def _tell(self, goal: Goal, entries: tuple[Entry, ...], last: Entry | None = None) -> None:
        known = self.found.stories.get(goal)
        story = entries if last is None else (*entries, last)
        if known is None or len(story) < len(known):
            self.found.stories[goal] = story

    # --- at once -----------------------------------------------------------------------

    def kept_at_once(self, story: tuple[Entry, ...], rule: str, most: int) -> bool | None:
        """Whether a duty that stands after this story can be kept in time if everybody acts at once, waiting only for
        what the regulation makes them wait for. None: not found out within `most` states.
        """
        first = self._state(story, story[-1].at, {})
        queue, seen, states = deque([first]), set[Any](), 0
        while queue:
            state = queue.popleft()
            for child in self.children(state):
                states += 1
                if any(one.rule.id == rule and one.state == "kept" for one in child.owed):
                    return True
                stands = any(one.rule.id == rule and one.state in STANDING - {"overdue"} for one in child.owed)
                new = set(self._atoms(child)) - seen
                if stands and new:
                    seen |= new
                    queue.append(child)
            if states > most:
                return None
        return False
