"""Walks through what can become of a subject (探索), as far as one question depends on it.

A state is what is known, which swaying events have come about, and which others have. Others only ever open gates: so
they are taken as soon as they can be done, which hides no way to anything (and says nothing about what must be done).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from shouwen.engine.entry import Entry
from shouwen.engine.gates import Openings, listed
from shouwen.engine.prove.choices import Choices
from shouwen.engine.prove.cone import CONTROLS, Cone
from shouwen.engine.prove.organisation import Posts
from shouwen.engine.prove.parts import untils
from shouwen.engine.values import Known
from shouwen.policy import model

STATES = 20_000
FIRST = ("received", "opened")


@dataclass(frozen=True, eq=False)
class Move:
    """One thing that somebody may do or that may happen."""

    number: int
    entry: Entry
    sways: bool
    kept: bool
    """Whether some gate looks back for it."""
    look: Any
    """What it is told by once it is past."""


@dataclass(eq=False)
class State:
    """Where the subject stands: `swayed` are the swaying moves in order, `done` the others."""

    known: Known
    swayed: tuple[Move, ...]
    done: frozenset[Move]
    path: tuple[Move, ...]
    key: Any = None
    openings: Openings | None = None


Goal = Callable[[State], "tuple[Move, ...] | None"]


class Walk:
    """All that can become of one subject, seen from one cone."""

    def __init__(
        self,
        cone: Cone,
        start: datetime,
        posts: Posts,
        most: int = STATES,
        period: str = "",
        kept: dict[Any, Any] | None = None,
    ) -> None:
        self.cone, self.program, self.kind, self.start, self.posts = cone, cone.program, cone.kind, start, posts
        self.most, self.period = most, period
        self.states = 0
        self.bounded = False
        self.first = "received" if self.kind in self.program.matter_kinds else "opened"
        self.choices = Choices(cone, kept)
        self._sway = cone.swaying() | {self.first}
        self._looked = {one.event for gate in cone.gates.values() for one in _looked(gate)} | cone.lasting | CONTROLS
        self._latest = [(until, gate.per) for gate in cone.gates.values() for until in untils(gate.until) if until.last]
        self._ever = self._sway & (CONTROLS | cone.lasting | frozenset(_ever(cone)))
        self._latched = [table for table in cone.tables() if table.latch]
        self._read_by = self._readers()
        self._caps = self._capped()
        self.moves = list(self._moves())
        self._swaying: dict[str, list[Move]] = {}
        for move in self.moves:
            if move.sways and move.entry.type not in FIRST:
                self._swaying.setdefault(move.entry.type, []).append(move)
        self._anew = {event: self._told_anew(event) for event in self._swaying}
        self.bounded = self.choices.cut
        self._low: dict[Any, State] | None = None

    def _capped(self) -> dict[str, Any]:
        facts = (self.program.policy.facts.get(name) for name in self.cone.names)
        return {
            fact.name: self.choices.domains.most(fact.name) for fact in facts if fact and fact.fold in ("sum", "count")
        }

    # --- moves --------------------------------------------------------------------------

    def _moves(self) -> Iterator[Move]:
        number = 0
        seen: set[Any] = set()
        for event in dict.fromkeys([self.first, *self.cone.events]):
            for data in self._data(event):
                for post in self._posts(event):
                    look = (post, self.choices.look(event, data, post))
                    if event not in self._sway and look in seen:
                        continue
                    seen.add(look)
                    number += 1
                    at = self.start
                    entry = Entry(f"e{number}", "M", self.kind, event, at, at, 0, "", post, "", data)
                    yield Move(number, entry, event in self._sway, event in self._looked, look[1])

    def _data(self, event: str) -> Iterator[dict[str, Any]]:
        """What the event may say that agrees with the categories that are given; the first event says them."""
        given = self.cone.given
        here = {
            place.key: value for name, value in given.items() for place in self._places(name) if place.event == event
        }
        for data in self.choices.data(event, self.start):
            if event == self.first:
                yield {**data, **here, **({"period": self.period} if self.period else {})}
            elif not any(data.get(key) not in (None, value) for key, value in here.items()):
                yield data

    def _places(self, name: str) -> tuple[model.FieldDue, ...]:
        return self.program.policy.axes[name].sources

    def _given(self) -> Iterator[Move]:
        """What settles the categories that are given and that the first event does not say."""
        for name, value in self.cone.given.items():
            places = self._places(name)
            if not any(place.event == self.first for place in places):
                place, at = places[0], self.start
                entry = Entry("e0", "M", self.kind, place.event, at, at, 0, "", "", "", {place.key: value})
                yield Move(0, entry, True, False, None)

    def _posts(self, event: str) -> list[str]:
        """In which roles it may be done: one for each that the question tells apart; none where nobody may."""
        may = self.program.may(event, self.kind)
        roles = [role for role in may or () if self.posts.fills(self.program.policy, role)]
        rules = [rule for rule in self.cone.rules if isinstance(rule, model.Duty)]
        told = {role for rule in rules for role in rule.by if any(one.event == event for one in rule.act.happenings)}
        asked = any(
            model.POST in condition.names
            for one in self.cone.happenings()
            if one.event == event
            for condition in one.conditions
        )
        if asked and (may is None or not self.program.policy.events[event].act):
            named = [role for role in self.program.policy.roles if self.posts.fills(self.program.policy, role)]
            return ["", *named]
        apart = roles if asked else [role for role in roles if role in told]
        if may is None or not self.program.policy.events[event].act:
            return apart or [""]
        return list(dict.fromkeys([*roles[:1], *apart]))

    # --- states -------------------------------------------------------------------------

    def beginnings(self) -> Iterator[State]:
        """The first states, one for each way in which the subject comes in."""
        copied = [move for move in self.moves if move.entry.type == "opened"] if self.first == "received" else []
        for start in (*copied, *([] if copied else [None])):
            for move in self.moves:
                if move.entry.type == self.first:
                    state = State(Known(self.program), (), frozenset(), ())
                    for one in (start, move, *self._given()):
                        if one is not None:
                            state = self.after(state, one)
                    yield state

    def after(self, state: State, move: Move) -> State:
        """The state once the move was made."""
        path = (*state.path, move)
        if not move.sways:
            return State(state.known, state.swayed, state.done | {move}, path, state.key)
        known = state.known.copy()
        known.take(move.entry)
        for name, most in self._caps.items():
            if known.values[name] is not None and known.values[name] > most:
                known.values[name] = most
        swayed = state.swayed
        if move.kept:
            swayed = (*(one for one in swayed if one.look != move.look), move)
        return State(known, swayed, state.done, path)

    def openings(self, state: State) -> Openings:
        if state.openings is None:
            past: dict[str, list[Entry]] = {}
            for move in (*state.done, *state.swayed):
                if move.kept:
                    past.setdefault(move.entry.type, []).append(move.entry)
            state.openings = Openings(self.program, past, state.known.values)
        return state.openings

    def key(self, state: State) -> Any:
        """What tells states apart, but for what only opens."""
        if state.key is None:
            values = state.known.values
            latest = tuple(self._last_of(until, per, state) for until, per in self._latest)
            idle = self._idle(state)
            interval = self.choices.domains.interval
            known = tuple(
                values.get(name) if name in self._caps else interval(name, values.get(name))
                for name in self.cone.names
                if name not in idle
            )
            turns = tuple(self._turns(table, state) for table in self._latched)
            state.key = (known, frozenset(idle), turns, self._happened(state), latest)
        return state.key

    def _happened(self, state: State) -> frozenset[Any]:
        """What has happened, of events of which it counts that they ever did, not only what they said last."""
        return frozenset(one.look for one in state.swayed if one.entry.type in self._ever)

    @staticmethod
    def _turns(table: model.Table, state: State) -> int:
        """How often the value changes in the rows up to the one that decided: above it nothing goes any more."""
        rank = state.known.ranks.get(table.axis, len(table.rows))
        said = [row.value for row in table.rows[: rank + 1]]
        return sum(one != other for one, other in pairwise(said)) + (rank >= len(table.rows))

    def _idle(self, state: State) -> set[str]:
        """Names that only tables read which have come to their last word."""
        done = {table.axis for table in self._latched if self._final(table, state.known.values.get(table.axis))}
        return {name for name, axes in self._read_by.items() if axes and axes <= done}

    @staticmethod
    def _final(table: model.Table, value: Any) -> bool:
        """Whether no row before those with this value says anything else."""
        first = [row.value for row in table.rows]
        return value is not None and value in first and set(first[: first.index(value)]) <= {value}

    def _readers(self) -> dict[str, set[str]]:
        """By name the axes whose tables alone read it; none where anything else does."""
        found: dict[str, set[str]] = {name: set() for name in self.cone.names}
        others: set[str] = set()
        for table in self.cone.tables():
            for row in table.rows:
                for name in row.when.names & found.keys():
                    found[name].add(table.axis)
        for condition in self.cone.other_conditions():
            others |= condition.names
        return {name: axes for name, axes in found.items() if name not in others}

    def _last_of(self, until: model.Until, per: str | None, state: State) -> frozenset[Any]:
        key = until.same or (until.for_each.key if until.for_each else per)
        latest: dict[Any, Any] = {}
        fits = self.program.fits_of(until.among) if until.among else None
        for move in state.swayed:
            entry = move.entry
            if entry.type != until.happening.event or (fits and fits(entry, state.known.values) is not True):
                continue
            for instance in listed(entry.data.get(key)) if key else [None]:
                latest[instance] = move.look
        return frozenset(latest.items())

    def can(self, state: State, move: Move) -> bool:
        """Whether no gate shuts the move now."""
        if move.entry.type in FIRST:
            return False
        if move.entry.type not in self.program.gates:
            return True
        gates = self.openings(state).concerning(move.entry, self.kind)
        return all(missing is None or gate.follow is not None for gate, _, missing in gates)

    def settled(self, state: State) -> State:
        """With everything done that only opens and can be done."""
        left = [move for move in self.moves if not move.sways and move.kept and move not in state.done]
        again = True
        while again:
            again = False
            for move in list(left):
                if self.can(state, move):
                    state = self.after(state, move)
                    left.remove(move)
                    again = True
        return state

    def next(self, state: State, seen: set[Any] | None = None, *, free: bool = False) -> Iterator[State]:
        """What comes of each swaying move that can be made (`free`: whatever is shut).

        `seen` notes what was walked on from: where an event says all anew that it changes, what it comes to does not
        depend on what it said before.
        """
        for event, moves in self._swaying.items():
            if seen is not None and self._anew[event] and (free or event not in self.program.gates):
                base = (event, self._base(state, event))
                if base in seen:
                    continue
                seen.add(base)
            for move in moves:
                if free or self.can(state, move):
                    yield self.after(state, move)

    def _base(self, state: State, event: str) -> Any:
        values = state.known.values
        ranks = tuple(self._turns(table, state) for table in self._latched)
        rest = tuple(values.get(name) for name in self.cone.names if name not in self._anew[event])
        latest = tuple(self._last_of(until, per, state) for until, per in self._latest)
        return rest, ranks, self._happened(state), latest, state.done

    def _told_anew(self, event: str) -> frozenset[str]:
        """Names that each such event sets alone and whatever they were, and what tables make of them."""
        tables = {table.axis for table in self.cone.tables() if not table.latch and table.when is None}
        own = {name for name in self.cone.names if self.choices.alone(event, name)}
        return frozenset(own | tables) if own else frozenset()

    # --- searching ----------------------------------------------------------------------

    def find(self, goal: Goal, first: Iterable[State] | None = None) -> tuple[State, tuple[Move, ...]] | None:
        """The nearest state in which the goal answers, and its answer; None where none does (or, `bounded`, none of
        those that were walked)."""
        seen: dict[Any, list[frozenset[Move]]] = {}
        walked: set[Any] = set()
        level = list(self.beginnings() if first is None else first)
        while level:
            here: list[State] = []
            for begun in level:
                state = self.settled(begun)
                done = seen.setdefault(self.key(state), [])
                if any(state.done <= other for other in done):
                    continue
                done.append(state.done)
                self.states += 1
                answer = goal(state)
                if answer is not None:
                    return state, answer
                here.append(state)
            if len(seen) > self.most:
                self.bounded = True
                return None
            level = [child for state in here for child in self.next(state, walked)]
        return None

    def everywhere(self) -> dict[Any, State]:
        """Every state that can come about and maybe some that cannot, each without what was opened on the way to it.

        Where categories are given, a subject may come from any other: then no gate is trusted to have held.
        """
        if self._low is None:
            self._low = self._free() if self.cone.given else self._everywhere()
        return self._low

    def _free(self) -> dict[Any, State]:
        found: dict[Any, State] = {}
        walked: set[Any] = set()
        queue = deque(self.beginnings())
        while queue:
            state = queue.popleft()
            if self.key(state) not in found:
                found[self.key(state)] = State(state.known, state.swayed, frozenset(), state.path, state.key)
                if len(found) > self.most:
                    self.bounded = True
                    return found
                queue.extend(self.next(state, walked, free=True))
        self.states += len(found)
        return found

    def _everywhere(self) -> dict[Any, State]:
        ever: frozenset[Move] = frozenset()
        while True:
            found: dict[Any, State] = {}
            walked: set[Any] = set()
            before = ever
            queue = deque(self.beginnings())
            while queue:
                state = queue.popleft()
                if self.key(state) in found:
                    continue
                found[self.key(state)] = State(state.known, state.swayed, frozenset(), state.path, state.key)
                if len(found) > self.most:
                    self.bounded = True
                    return found
                most = self.settled(State(state.known, state.swayed, ever, state.path, state.key))
                ever |= most.done
                queue.extend(self.next(most, walked))
            self.states += len(found)
            if ever == before:
                return found

    def stuck(self, begin: Callable[[State], bool], goal: Callable[[State], bool]) -> list[State]:
        """Those states of all in which `begin` holds, from which no way leads to one in which `goal` does."""
        states = self.everywhere()
        settled = {key: self.settled(low) for key, low in states.items()}
        reached = {key for key, state in settled.items() if goal(state)}
        lucky: dict[Move, None] = {}
        children: dict[Any, list[Any]] = {}
        before = -1
        while len(reached) != before:
            before = len(reached)
            for key, state in settled.items():
                if key not in reached and self._leads(state, key, reached, lucky, children):
                    reached.add(key)
        return [state for key, state in states.items() if key not in reached and begin(state)]

    def _leads(
        self, state: State, key: Any, reached: set[Any], lucky: dict[Move, None], children: dict[Any, list[Any]]
    ) -> bool:
        """Whether a move leads to where a way was found from; those first that did before."""
        if key in children:
            return any(child in reached for child in children[key])
        found = []
        for move in [*lucky, *(move for moves in self._swaying.values() for move in moves if move not in lucky)]:
            if self.can(state, move):
                child = self.key(self.after(state, move))
                if child in reached:
                    lucky[move] = None
                    return True
                found.append(child)
        children[key] = found
        return False


def _looked(gate: model.Gate) -> Iterator[model.Happening]:
    for until in untils(gate.until):
        yield until.happening
        if until.for_each:
            yield model.Happening(until.for_each.event)


def _ever(cone: Cone) -> Iterator[str]:
    """Swaying events of which it counts that they have ever happened."""
    for gate in cone.gates.values():
        for until in untils(gate.until):
            if not until.last:
                yield until.happening.event
            if until.for_each:
                yield until.for_each.event
