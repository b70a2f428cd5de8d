"""What another policy would have done to the same journals (docs/engine.md, 13), counted by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from tests.engine.test_faults import CALENDAR, SMALL, instant

from shouwen.calendars import Limit
from shouwen.cli.whatif import whatif
from shouwen.engine import Comparison, Entry, Journal, Program, Report, compile_policy, report
from shouwen.policy import Policy, load_text
from shouwen.policy.altered import altered, numbers

POLICY = load_text(SMALL, "small.md", "small")
FILE = Path(__file__).parent / "small.md"
NOW = "03 13:00"
Row = tuple[str, str, dict[str, Any]]


def journal(name: str, unit: str, *rows: Row, kind: str = "complaint", post: str = "前台") -> Journal:
    made = []
    for number, (at, event, data) in enumerate(rows, 1):
        moment = instant(at)
        made.append(Entry(f"e{number}", name, kind, event, moment, moment, number, "u", post, unit, data))
    return Journal(name, kind, unit, made)


def taken(at: str, nature: str) -> tuple[Row, Row]:
    return (at, "received", {}), (at, "classified", {"category": nature})


JOURNALS = (
    journal("M1", "一部", *taken("02 09:00", "一般"), ("02 16:00", "verified", {})),
    journal("M2", "二部", *taken("02 09:00", "一般"), ("02 19:00", "verified", {})),
    journal("M3", "一部", *taken("02 09:00", "重大"), ("03 12:00", "verified", {})),
    journal("M4", "一部", *taken("03 02:00", "一般")),
)
"""核实：M1 七小时，M2 十小时，M3 二十七小时，M4 到3日13:00 仍未核实。M3 重大，当日上报无人做。"""


def made(policy: Policy) -> Program:
    return compile_policy(policy, CALENDAR)


def compared(after: Policy, *journals: Journal, before: Policy = POLICY, now: str = NOW) -> tuple[Comparison, Report]:
    found = Comparison(instant(now))
    was, then = made(before), made(after)
    for one in journals:
        found.take(one, was, then)
    return found, report(found)


EIGHT = altered(POLICY, {"small/1:verified": Limit.parse("8h")})


def test_eight_hours_instead_of_twenty_four() -> None:
    """M1 止于17:00，七小时按时；M2 17:00 到期，19:00 核实，转迟2小时；M3 迟3小时变19小时；M4 10:00 到期，逾期。"""
    _, found = compared(EIGHT, *JOURNALS)
    (clause,) = found.tables["clause"]
    assert clause.label == ("small/1",)
    assert {name: n for name, n in clause.counts.items() if n} == {
        "before.kept": 2,
        "before.late": 1,
        "before.overdue": 1,
        "before.open": 1,
        "after.kept": 1,
        "after.late": 2,
        "after.overdue": 2,
        "turned_late": 2,
        "moved": 2,
        "before.unsaid": 1,
        "after.unsaid": 1,
    }
    assert clause.lateness == {"before": (3.0, 3.0), "after": (10.5, 10.5)}
    assert [found.subjects[place] for place in clause.behind["turned_late"]] == ["M2", "M4"]
    assert [found.subjects[place] for place in clause.behind["moved"]] == ["M1", "M3"]
    assert found.total.counts == clause.counts


def test_by_unit_category_and_role() -> None:
    _, found = compared(EIGHT, *JOURNALS)
    units = {line.label: (line.duties("before"), line.counts["turned_late"]) for line in found.tables["unit"]}
    assert units == {("一部",): (4, 1), ("二部",): (1, 1)}
    natures = {line.label: line.counts["turned_late"] for line in found.tables["category"] if line.label[0] == "类别"}
    assert natures == {("类别", "一般"): 2, ("类别", "重大"): 0}
    assert [(line.label, line.duties("after")) for line in found.tables["role"]] == [(("前台",), 5)]
    # 3月2日是2026年第10周的星期一。
    assert [(load.role, load.period, load.before, load.after) for load in found.weeks] == [("前台", "2026-W10", 5, 5)]


def test_what_is_due_at_midnight_is_the_work_of_the_day_before() -> None:
    """3月8日是星期日；当日上报止于24:00，写作9日0:00，仍是第10周的工作。核实9日9:00 到期，是第11周的。"""
    _, found = compared(POLICY, journal("M1", "一部", *taken("08 09:00", "重大")), now="09 13:00")
    assert [(load.period, load.before) for load in found.weeks] == [("2026-W10", 1), ("2026-W11", 1)]


def test_nothing_is_otherwise_under_the_same_policy() -> None:
    _, found = compared(POLICY, *JOURNALS)
    assert not any(found.total.counts[name] for name in ("turned_late", "turned_timely", "moved", "new", "vanished"))


def test_a_longer_limit_turns_late_into_timely() -> None:
    """M3 二十七小时，限二十八小时即按时。"""
    _, found = compared(altered(POLICY, {"small/1:verified": Limit.parse("28h")}), *JOURNALS)
    assert found.total.counts["turned_timely"] == 1
    assert found.total.lateness["after"] is None


def test_a_gate_of_the_one_that_the_other_does_not_have() -> None:
    """没有验收就办结：现在违反一道关口，若没有这道关口则没有违反。"""
    gate = "- {id: accepted, shut: closed, when: 'valid != false'"
    (line,) = [line for line in SMALL.splitlines() if line.startswith(gate)]
    open_ = load_text(SMALL.replace(f"{line}\n", ""), "small.md", "small")
    done = journal("M1", "一部", *taken("02 09:00", "一般"), ("02 16:00", "closed", {}))
    _, found = compared(open_, done)
    assert (found.total.counts["before.breaches"], found.total.counts["after.breaches"]) == (1, 0)


OTHER = SMALL.replace("name: small", "name: other").replace("small/", "other/").replace("complaint:", "ticket:")


def test_under_another_regulation_what_it_does_not_know_is_said() -> None:
    """种类归到对方的事项；事件、类别的值、岗位不认识的各按记录计数；没有这一种类的对象不比。义务没有同一条，一边全去，一边全来。"""
    other = OTHER.replace("values: [一般, 重大], presumed: 重大", "values: [普通, 重大], presumed: 普通")
    own = SMALL.replace("axes:", "events:\n  looked: {title: 看过, act: true}\naxes:", 1)
    own = own.replace("kinds:\n", "kinds:\n  station: {title: 站}\n")
    seen = journal(
        "M1", "一部", *taken("02 09:00", "一般"), ("02 10:00", "looked", {}), ("02 16:00", "verified", {}), post="值班"
    )
    station = journal("S1", "一部", ("02 09:00", "opened", {}), kind="station")
    found, told = compared(
        load_text(other, "other.md", "other"), seen, station, before=load_text(own, "small.md", "small")
    )
    carried = {name: dict(of) for name, of in vars(found.carried).items()}
    assert carried == {
        "events": {"looked": 1},
        "values": {"nature=一般": 1},
        "posts": {"值班": 4},
        "taken_as": {"complaint→ticket": 1},
        "left_out": {"station": 1},
        "open_axes": {"类别": 1, "有效": 1},
    }
    assert told.subjects == ("M1",)
    # 核实七小时，两边都按时。
    assert (told.total.counts["before.kept"], told.total.counts["after.kept"]) == (1, 1)
    assert (told.total.counts["vanished"], told.total.counts["new"]) == (told.total.duties("before"), 1)


def test_what_counts_working_hours_cannot_be_counted_without_any() -> None:
    """法定日历没有工作时段。"""
    found, _ = compared(altered(POLICY, {"small/1:verified": Limit.parse("8wh")}), *JOURNALS)
    assert (sum(found.unfit.values()), found.subjects) == (4, [])


def test_the_numbers_of_a_policy_and_other_ones() -> None:
    named = {one.key: str(one.limit) for one in numbers(POLICY)}
    assert named["small/2:escalate@passed"] == "15d"
    other = altered(POLICY, dict.fromkeys(named, Limit.parse("9d")))
    assert {str(one.limit) for one in numbers(other)} == {"9d"}
    assert replace(other, clauses=POLICY.clauses) == POLICY
    with pytest.raises(KeyError, match="small/1:reported"):
        altered(POLICY, {"small/1:reported": Limit.parse("9d")})
    with pytest.raises(KeyError, match="及时"):
        altered(POLICY, {}, {"及时": None})


def ran(tmp_path: Path, *options: str) -> tuple[int, str]:
    """The four journals, in a file."""
    lines = [
        {
            "id": one.id,
            "matter": one.subject,
            "type": one.type,
            "at": one.at.isoformat(),
            "unit": one.unit,
            "data": one.data,
        }
        for taken_in in JOURNALS
        for one in taken_in.entries
    ]
    file = tmp_path / "journals.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    given = ("--journals", str(file), "--policy", str(FILE), "--now", instant(NOW).isoformat(), *options)
    done = CliRunner().invoke(whatif, given)
    return done.exit_code, done.output


def test_the_command_says_and_writes_it(tmp_path: Path) -> None:
    book, text = tmp_path / "w.xlsx", tmp_path / "w.json"
    code, said = ran(tmp_path, "--clause", "1:verified", "--within", "8h", "--export", str(book))
    assert code == 0, said
    assert "限8小时内" in said
    (unit,) = (line for line in said.splitlines() if line.startswith("│ 二部"))
    assert [cell.strip() for cell in unit.split("│")[2:6]] == ["1", "1 → 0", "0 → 1", "0"]
    heads, *rows = CalamineWorkbook.from_path(book).get_sheet_by_name("义务").to_python()
    turned = [row[0] for row in rows if row[heads.index("其他变化")] == "转迟"]
    assert turned == ["M2", "M4"]
    code, said = ran(tmp_path, "--clause", "1:verified", "--within", "8h", "--unit", "二部", "--export", str(text))
    assert code == 0, said
    written = orjson.loads(text.read_bytes())
    assert [(row["matter"], row["late_before"], row["late_after"]) for row in written["duties"]] == [("M2", None, 2.0)]
    assert written["report"]["total"]["counts"] == {"before.kept": 1, "after.late": 1, "turned_late": 1}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--clause", "1"), 2, "--clause and --within come in pairs"),
        (("--clause", "9", "--within", "8h"), 1, "没有条款 small/9"),
        (("--clause", "1:settled", "--within", "8h"), 1, "small/1:settle：核实、拟定方案都有之后"),
        (("--clause", "1:verified", "--within", "soon"), 1, "期限“soon”读不懂"),
        (("--set", "及时=24h"), 1, "没有参数 及时"),
        (("--reading", "某读法=甲"), 1, "没有读法或选项"),
        (("--since", "2027-01-01"), 1, "没有可比的对象"),
        (("--version", "2"), 2, "--version is of a house"),
        (("--export", "w.pdf"), 2, "应以 .xlsx 或 .json 结尾"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, options: tuple[str, ...], code: int, words: str) -> None:
    found, said = ran(tmp_path, *options)
    assert (found, words in said) == (code, True), said
