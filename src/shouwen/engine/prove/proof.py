"""The proof of a policy (证明): nine things that hold, or what speaks against them.

What is claimed was either worked out over all cases, or is shown by a story on the real standing; the rest is said to
be not proven. ``docs/prove.md`` says what is reduced, and what a proof does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from shouwen.calendars import Calendar, Period, PeriodKind
from shouwen.engine.program import Program, compile_policy
from shouwen.engine.prove import alone, tables
from shouwen.engine.prove.arising import Arising, arises, cone_of
from shouwen.engine.prove.closing import Closing, closes, opens
from shouwen.engine.prove.cone import Cone
from shouwen.engine.prove.fault import (
    CLOSING,
    CONTRARY,
    DEAD,
    GATE,
    KEEPING,
    LATENESS,
    NOBODY,
    SORTS,
    TABLE,
    UNBOUND,
    Fault,
)
from shouwen.engine.prove.keeping import always_keeps, keeps
from shouwen.engine.prove.organisation import Posts, everybody
from shouwen.engine.prove.parts import of_kind, trigger_of, ways
from shouwen.engine.prove.solve import TooMany
from shouwen.engine.prove.walk import STATES
from shouwen.engine.prove.where import Answer, Given, Where, categories
from shouwen.policy import model

NINE = timedelta(hours=9)
ALL = frozenset(SORTS)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One kind of matter in one category: how many states its closing was walked through."""

    kind: str
    category: str
    states: int


@dataclass
class Proof:
    """`known`: faults that the policy itself says it has, and why; `stale`: such as were not found."""

    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unproven: list[Fault] = field(default_factory=list)
    known: list[tuple[Fault, str]] = field(default_factory=list)
    stale: list[model.Known] = field(default_factory=list)
    states: int = 0

    @property
    def proven(self) -> bool:
        return not (self.faults or self.unproven or self.stale)


def prove(
    policy: model.Policy,
    calendar: Calendar,
    posts: Posts = everybody,
    sorts: Collection[str] = ALL,
    most: int = STATES,
    tell: Tell = lambda _line: None,
) -> Proof:
    """Prove what `sorts` names (keys of SORTS). `most`: the bound of each walk; one that is reached proves nothing."""
    program = compile_policy(policy, calendar)
    work = _Work(program, posts, frozenset(sorts), most, tell)
    work.rules()
    for kind in policy.kinds.values():
        work.kind(kind)
    return work.proof()


class _Work:
    def __init__(self, program: Program, posts: Posts, sorts: frozenset[str], most: int, tell: Tell) -> None:
        self.program, self.posts, self.sorts, self.most, self.tell = program, posts, sorts, most, tell
        self.start = program.calendar.instant(alone.DAY) + NINE
        self.solver = tables.Solver(program)
        self.found = Proof()
        self._dead: set[str] = set()
        self._lives: dict[str, bool] = {}
        self._never: dict[str, Fault] = {}
        """Rules that did not come about in the kinds of subject looked at so far."""
        self._shut: dict[str, bool] = {}

    # --- by the rules alone -------------------------------------------------------------

    def rules(self) -> None:
        program, solver = self.program, self.solver
        checks: list[tuple[str, Callable[[], Iterable[Fault]]]] = [
            (DEAD, lambda: alone.dead(program, solver)),
            (LATENESS, lambda: alone.lateness(program)),
            (NOBODY, lambda: alone.nobody(program, self.posts)),
            (CONTRARY, lambda: alone.contrary(program, solver)),
            (KEEPING, lambda: alone.too_late(program)),
            (TABLE, lambda: tables.lists(program)),
            (TABLE, lambda: tables.tables(program, solver)),
        ]
        for sort, check in checks:
            if sort in self.sorts or (sort == TABLE and DEAD in self.sorts):
                try:
                    self.faults(check())
                except TooMany:
                    self.miss(Fault(sort, "", "", "情形太多，没有试完"))

    def faults(self, found: Iterable[Fault]) -> None:
        for fault in found:
            if fault.sort == DEAD:
                self._dead.add(fault.rule)
            if fault.sort in self.sorts and fault not in self.found.faults:
                self.found.faults.append(fault)

    def miss(self, fault: Fault) -> None:
        if fault.sort in self.sorts and fault not in self.found.unproven:
            self.found.unproven.append(fault)

    # --- by walking ---------------------------------------------------------------------

    def kind(self, kind: model.Kind) -> None:
        where = self.where(kind)
        if UNBOUND in self.sorts:
            self.faults(alone.unbound(self.program, kind.name))
        if GATE in self.sorts or self.sorts & {KEEPING, CONTRARY, CLOSING}:
            for rule in of_kind(self.program, kind.name):
                if isinstance(rule, model.Gate):
                    self.gate(where, rule)
        if CLOSING in self.sorts and kind.matter:
            self.closing(where, kind)
        if self.sorts & {DEAD, KEEPING, CONTRARY}:
            for rule in of_kind(self.program, kind.name):
                if isinstance(rule, (model.Duty, model.Proposal)) and rule.id not in self._dead:
                    self.rule(where, rule)
        self.found.states += where.states

    def where(self, kind: model.Kind) -> Where:
        if not kind.period:
            return Where(self.program, kind.name, self.start, self.posts, self.most)
        period = Period.containing(PeriodKind(kind.period), alone.DAY)
        opens = period.opens(self.program.calendar)
        return Where(self.program, kind.name, opens, self.posts, self.most, period.key)

    def gate(self, where: Where, gate: model.Gate) -> None:
        if gate.id in self._dead:
            return
        answer = opens(where, gate)
        self._shut[gate.id] = not answer.found
        if answer.found:
            return
        title = gate.title or gate.id
        if not answer.possible and not answer.bounded:
            self.faults([Fault(DEAD, gate.clause, gate.id, f"“{title}”从来用不上")])
            return
        fault = Fault(GATE, gate.clause, gate.id, f"“{title}”：没有谁能打开", answer.stuck)
        self.miss(fault) if answer.bounded else self.faults([fault])

    def closing(self, where: Where, kind: model.Kind) -> None:
        cone = Cone(self.program, kind.name, (model.Happening("closed"),))
        for given in categories(where, cone):
            closing = closes(where, given)
            category = "、".join(str(value) for value in given.values())
            self.found.parts.append(Part(kind.title, category, closing.states))
            self.tell(f"{kind.title}{f'（{category}）' if category else ''}：{closing.states} 个状态")
            for what, answer in self._closings(closing, kind, category):
                if answer.bounded:
                    self.miss(Fault(CLOSING, "", kind.name, what, answer.stuck))
                elif not answer.found:
                    self.faults([Fault(CLOSING, "", kind.name, what, answer.stuck)])

    def _closings(self, closing: Closing, kind: model.Kind, category: str) -> Iterable[tuple[str, Answer]]:
        title = f"{kind.title}{f'（{category}）' if category else ''}"
        if closing.missing is not None:
            yield f"{title}没有一条路走到办结", closing.missing
            return
        for (name, value), answer in closing.categories.items():
            axis = self.program.policy.axes[name]
            said = value if isinstance(value, str) else "是" if value else "否"
            yield f"{title}在“{axis.title}”为{said}时没有一条路走到办结", answer
        yield f"{title}走到这一步以后，再没有路走到办结", closing.anywhere

    # --- duties and proposals -----------------------------------------------------------

    def rule(self, where: Where, rule: model.Duty | model.Proposal) -> None:
        cone = cone_of(where, rule, ways(trigger_of(rule))[0])
        lives, bounded = False, False
        for given in categories(where, cone, rule.when):
            arising = arises(where, rule, given)
            if isinstance(arising, Answer):
                bounded = bounded or arising.bounded
                continue
            lives = True
            if isinstance(rule, model.Duty):
                self.duty(where, rule, arising, given)
        self._lives[rule.id] = self._lives.get(rule.id, False) or lives
        if not lives:
            title = rule.title or rule.id
            fault = Fault(DEAD, rule.clause, rule.id, f"“{title}”怎样都不会成立")
            self._never[rule.id] = fault
            if bounded:
                self.miss(fault)

    def duty(self, where: Where, duty: model.Duty, arising: Arising, given: Given) -> None:
        answer = keeps(where, duty, arising)
        if answer.found:
            answer = always_keeps(where, duty, arising)
        if answer.found or any(one.rule == duty.id and one.sort in (KEEPING, NOBODY) for one in self.found.faults):
            return
        if any(self._shut.get(gate) for gate in answer.shut):
            return  # it is the gate that is at fault
        fault = self._unkept(duty, answer)
        self.miss(fault) if answer.bounded else self.faults([fault])

    def _unkept(self, duty: model.Duty, answer: Answer) -> Fault:
        title = duty.title or duty.id
        if answer.shut and not answer.late:
            gates = "、".join(answer.shut)
            what = f"“{title}”须做，关口 {gates} 不许做，再没有谁能打开"
            return Fault(CONTRARY, duty.clause, duty.id, what, answer.stuck)
        why = "赶不上到期" if answer.late else "没有能履行它的行为"
        return Fault(KEEPING, duty.clause, duty.id, f"“{title}”即使人人立即去做也办不到：{why}", answer.stuck)

    # --- the end ------------------------------------------------------------------------

    def proof(self) -> Proof:
        for rule, fault in self._never.items():
            if not self._lives[rule] and rule not in {one.rule for one in self.found.unproven}:
                self.faults([fault])
        order = list(SORTS)
        self.found.faults.sort(key=lambda one: (order.index(one.sort), one.clause, one.rule))
        self._known()
        return self.found

    def _known(self) -> None:
        """Set aside what the policy says that it knows of."""
        for one in self.program.policy.known:
            own = [fault for fault in self.found.faults if (fault.sort, fault.rule) == (one.fault, one.rule)]
            self.found.known += [(fault, one.why) for fault in own]
            self.found.faults = [fault for fault in self.found.faults if fault not in own]
            if not own and one.fault in self.sorts:
                self.found.stale.append(one)
