"""Tables without gap or overlap (判定表、时限表), found by solving: is there a case that no row answers, or two do?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shouwen.engine.program import Program
from shouwen.engine.prove.choices import fitting_rows
from shouwen.engine.prove.domains import Domains
from shouwen.engine.prove.fault import DEAD, TABLE, Fault
from shouwen.engine.prove.parts import live_rows
from shouwen.engine.prove.solve import Test, TooMany, solve
from shouwen.policy import conditions as cel
from shouwen.policy import model
from shouwen.policy.phrases import literal


class Solver:
    """Solves conditions over categories and facts of one policy; what a table decides is what it decides."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._tables = {table.axis: table for table in program.tables}
        read = [row.when for table in program.tables for row in table.rows]
        self._domains = Domains(program, [*read, *(rule.when for rule in program.policy.rules if rule.when)])

    def solve(self, tests: Sequence[Test], names: frozenset[str]) -> dict[str, Any] | None:
        """Values of the names, and of what tables make of them, under which all tests hold.

        Raises TooMany where neither that nor the opposite was found out in time.
        """
        names = self._needed(names)
        tables = [self._tables[name] for name in sorted(names) if name in self._tables]
        domains = self._domains
        facts = sorted(names - self._tables.keys())
        order = [*facts, *sorted(names & self._tables.keys())]
        options = {name: domains.possible(name) for name in order}
        return solve(options, [*tests, *(self._decided(table) for table in tables)])

    def _needed(self, names: frozenset[str]) -> frozenset[str]:
        left, found = set(names), set[str]()
        while left:
            name = left.pop()
            found.add(name)
            table = self._tables.get(name)
            if table is not None:
                left |= {one for row in table.rows for one in row.when.names} - found
        return frozenset(found)

    def _decided(self, table: model.Table) -> Test:
        """Whether a category is what its table says. What latches may also be more than that."""
        rows = live_rows(self.program, table)

        def test(env: Mapping[str, Any]) -> bool | None:
            value = env.get(table.axis)
            if table.latch or table.when is not None or value is None:
                return True if value is not None else None
            for row in rows:
                answer = row.when.evaluate(env)
                if answer is None:
                    return None
                if answer:
                    return bool(row.value == value)
            return bool(table.otherwise == value)

        return test

    def holds(self, condition: cel.Condition) -> bool | None:
        """Whether the condition can hold at all; None where that was not found out."""
        try:
            return self.solve([condition.evaluate], condition.names) is not None
        except TooMany:
            return None


def _not(test: Test) -> Test:
    def opposite(env: Mapping[str, Any]) -> bool | None:
        answer = test(env)
        return None if answer is None else not answer

    return opposite


def tables(program: Program, solver: Solver) -> Iterator[Fault]:
    """Gaps, overlaps and rows that never decide; a table that is too large to be solved raises TooMany."""
    for table in program.tables:
        rows = live_rows(program, table)
        names = frozenset[str]().union(*(row.when.names for row in rows), table.when.names if table.when else ())
        own: list[Test] = [table.when.evaluate] if table.when else []
        title = program.policy.axes[table.axis].title
        if table.otherwise is None:
            gap = solver.solve([*own, *(_not(row.when.evaluate) for row in rows)], names)
            if gap is not None:
                what = f"“{title}”判不出：{_case(program, gap)}时没有一行成立，也没有 else"
                yield Fault(TABLE, table.clause, table.id, what)
        if not (table.latch or table.first):
            yield from _overlaps(program, solver, table, rows, names)
        for place, row in enumerate(rows):
            earlier = [_not(one.when.evaluate) for one in rows[:place]]
            if solver.solve([*own, row.when.evaluate, *earlier], names) is None:
                what = f"“{title}”判定表的一行永不生效：“{row.when.text}”怎样都不成立，或总有前面的行先成立"
                yield Fault(DEAD, table.clause, table.id, what)


def _overlaps(
    program: Program, solver: Solver, table: model.Table, rows: Sequence[model.TableRow], names: frozenset[str]
) -> Iterator[Fault]:
    for place, row in enumerate(rows):
        for other in rows[place + 1 :]:
            both = solver.solve([row.when.evaluate, other.when.evaluate], names) if row.value != other.value else None
            if both is not None:
                title = program.policy.axes[table.axis].title
                what = f"“{title}”两行都成立而结果不同：{_case(program, both)}时既是{_said(row)}，又是{_said(other)}"
                yield Fault(TABLE, table.clause, table.id, what)
                return


def _said(row: model.TableRow) -> str:
    return literal(row.value)


def _case(program: Program, values: Mapping[str, Any]) -> str:
    policy = program.policy
    titles: dict[str, model.Axis | model.Fact] = {**policy.axes, **policy.facts}
    tabled = {table.axis for table in program.tables}
    return "、".join(
        f"{titles[name].title or name}为{_words(value)}" for name, value in values.items() if name not in tabled
    )


def _words(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, (tuple, list)) else literal(value)


def lists(program: Program) -> Iterator[Fault]:
    """Lists of limits: rows that no rule reads, items that no rule has a limit for, two limits for one item."""
    limits = [
        (duty, duty.within) for duty in program.policy.all_of(model.Duty) if isinstance(duty.within, model.ListLimit)
    ]
    read = {(limit.list, item) for _, limit in limits for item in fitting_rows(program.policy, limit)}
    seen: dict[tuple[str, str], model.ListRow] = {}
    for row in program.policy.all_of(model.ListRow):
        if (row.list, row.item) not in read:
            yield Fault(DEAD, row.clause, row.id, f"时限表“{row.list}”的“{row.item}”没有哪条规则用到")
        if seen.setdefault((row.list, row.item), row).within != row.within:
            yield Fault(TABLE, row.clause, row.id, f"时限表“{row.list}”的“{row.item}”有两个时限")
    for name in dict.fromkeys(limit.list for _, limit in limits):
        own = [(duty, limit) for duty, limit in limits if limit.list == name]
        if not any(limit.missing for _, limit in own):
            duty = own[0][0]
            what = f"时限表“{name}”没有的项目，没有哪条规则管（没有 rows: none 的一条）"
            yield Fault(TABLE, duty.clause, duty.id, what)
