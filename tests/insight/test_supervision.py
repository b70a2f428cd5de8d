"""Supervision: each figure is the number of rows that its list holds, for everybody and every unit (督办)."""

from collections.abc import Mapping

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from tests.insight.overseen import NOW, Overseen, oversee

from shouwen.insight import supervision
from shouwen.insight.clauses import Span, fared, shutting
from shouwen.insight.duties import OUTCOMES, Narrowed
from shouwen.insight.supervision import FIGURES, Scope, board
from shouwen.journal.models import Duty, Subject
from shouwen.organisation import actions
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person, Unit


@pytest.fixture
def overseen(db: None) -> Overseen:
    return oversee()


def listed(scope: Scope, figure: str) -> int:
    of = {"duties": supervision.duties_of, "matters": supervision.matters_of, "entries": supervision.entries_of}
    return len(of[FIGURES[figure].of](scope, figure))  # type: ignore[operator]


def counted(scope: Scope) -> Mapping[str, int]:
    totals = board(scope).totals
    return {name: totals.get(name, 0) for name in FIGURES}


def test_what_the_branch_s_leader_sees(overseen: Overseen) -> None:
    """云栖一期：一件无人动，一件已拟方案并在移交，一件办结；云栖二期：一件迟核实。保密的一件不算。

    逾期三项：无人动的核实，和三日届满（3月5日24时）后24小时内由领导上报；云栖二期的拟定方案（3月5日9:00起24小时）。
    卡住：三件在办的办结，都等业主验收；七日内到期的也是它们，3月12日24时。
    近30日到期七项：按期的是已拟方案一件的核实和方案、办结一件的核实。所欠十项：在办三件各有办结和答复，
    办结一件还有答复，加逾期三项。
    """
    assert counted(Scope(overseen.world.boss, NOW)) == {
        "open": 3,
        "overdue": 3,
        "stuck": 3,
        "today": 0,
        "week": 3,
        "still": 1,
        "offered": 1,
        "late": 0,
        "breached": 1,
        "lifted": 1,
        "extended": 1,
        "fell_due": 7,
        "in_time": 3,
        "standing": 10,
    }


@pytest.mark.parametrize("who", ["boss", "clerk", "second", "outsider", "auditor"])
def test_every_figure_is_the_length_of_its_list(overseen: Overseen, who: str) -> None:
    world = overseen.world
    if who == "auditor":
        person = actions.create_person("auditor", "审计员")
        Person.objects.filter(pk=person.pk).update(auditor=True)
        person.refresh_from_db()
    else:
        person = getattr(world, who)
    for unit in (None, world.group, world.branch, world.project, world.other):
        for direct in (False, True) if unit else (False,):
            scope = Scope(person, NOW, unit, direct)
            assert counted(scope) == {name: listed(scope, name) for name in FIGURES}


def test_the_units_sum_up_to_the_whole(overseen: Overseen) -> None:
    world = overseen.world
    whole = board(Scope(world.boss, NOW, world.branch))
    assert [one.unit.name for one in whole.branches] == ["云栖一期", "云栖二期"]
    assert whole.own is not None
    for name in supervision.OF_TREE:
        assert sum(one.figures[name] for one in (*whole.branches, whole.own)) == whole.totals[name]
    assert {one.unit.name: one.in_time for one in whole.branches} == {"云栖一期": 60, "云栖二期": 0}
    top = board(Scope(world.boss, NOW))
    assert [(one.unit.name, one.figures["open"], one.below) for one in top.branches] == [
        ("云栖一期", 2, 0),
        ("云栖二期", 1, 0),
    ]
    assert top.own is not None
    assert top.own.unit.name == "江州公司"


def test_nobody_is_counted_whom_the_person_may_not_see(overseen: Overseen) -> None:
    """保密的一件：经办人自己看得见，领导和审计员看不见。"""
    world = overseen.world
    open_ones = {
        name: set(supervision.matters_of(Scope(person, NOW), "open"))
        for name, person in {"clerk": world.clerk, "boss": world.boss, "outsider": world.outsider}.items()
    }
    assert (overseen.secret in open_ones["clerk"], overseen.secret in open_ones["boss"]) == (True, False)
    assert open_ones["outsider"] == {overseen.tardy}
    for person in (world.clerk, world.boss, world.outsider):
        seen = set(visible(person, Subject.objects.all(), NOW))
        assert {row.subject for row in supervision.every_duty(Scope(person, NOW))} <= seen


def test_breakdowns_open_into_their_rows(overseen: Overseen) -> None:
    scope = Scope(overseen.world.boss, NOW)
    for by in supervision.BY:
        lines = supervision.overdue_by(scope, by)
        assert sum(line.n for line in lines) == 3
        for line in lines:
            query = QueryDict(mutable=True)
            query.update({name: str(value) for name, value in line.query.items()})
            rows = supervision.duties_of(scope, "overdue").filter(Narrowed.read(query).keeps(NOW))
            assert len(rows) == line.n
    (gate,) = supervision.stuck_by_gate(scope)
    assert (gate.n, gate.query["gate"], gate.clause) == (3, "desk/2:accepted", "desk/2")
    assert gate.since == overseen.silent.opened_at


def test_a_clause_s_figures_are_the_rows_that_they_open(overseen: Overseen) -> None:
    """第一条所开的义务：按期、迟做、未了、逾期、免除、失效合为开出之数。"""
    for person in (overseen.world.boss, overseen.world.clerk, overseen.world.outsider):
        scope = Scope(person, NOW)
        span = Span.of(30, scope)
        for clause, figures in fared(scope, ("desk/1", "desk/2"), span).items():
            assert figures["opened"] == sum(n for name, n in figures.items() if name != "opened")
            for name, n in figures.items():
                asked = Narrowed(clause=clause, outcome=name, opened_from=span.first, opened_to=span.last)
                assert (clause, name, len(supervision.every_duty(scope).filter(asked.keeps(NOW)))) == (clause, name, n)
    boss = fared(Scope(overseen.world.boss, NOW), ("desk/1",), Span.of(30, Scope(overseen.world.boss, NOW)))
    assert boss["desk/1"]["opened"] == len(Duty.objects.filter(clause="desk/1").exclude(subject=overseen.secret))
    assert set(OUTCOMES) == set(boss["desk/1"])
    assert shutting(Scope(overseen.world.boss, NOW)) == {"desk/2:accepted": 3}


def test_duties_opened_outside_the_days_are_not_counted(overseen: Overseen) -> None:
    scope = Scope(overseen.world.boss, NOW)
    assert fared(scope, ("desk/1",), Span.of(7, scope))["desk/1"]["opened"] == 2  # 3月5日：领导上报；拟定方案
    assert Span.of(7, scope).first.isoformat() == "2026-03-04"


def test_the_page_asks_few_questions(overseen: Overseen) -> None:
    scope = Scope(overseen.world.boss, NOW, Unit.objects.get(pk=overseen.world.branch.pk))
    supervision.stuck_by_gate(scope)  # the regulation's text is read once a process
    with CaptureQueriesContext(connection) as asked:
        board(scope)
        supervision.overdue_by(scope, "person")
        supervision.stuck_by_gate(scope)
        supervision.due_next(scope)
    assert len(asked) <= 10
