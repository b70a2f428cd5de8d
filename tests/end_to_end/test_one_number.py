"""One number of 金科 第三条 2 B (1) is changed; browser, `record()` and replay follow, what was opened before stays.

Instants were worked out by hand. 2026-03-02 is a Monday; hours run on without regard to working time.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.browser.officer import Clock, Desks
from tests.end_to_end.three_ways import Line, as_shown, at, replayed, rows, shown, when, written

from shouwen.customers.models import Holding
from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation.models import Person, Unit
from shouwen.policy import policies_folder

JINKE = policies_folder() / "jinke.md"
CLAUSE = "jinke/3.2.B.1"
TITLE = "核实和分析投诉情况"
RULE = f"- {{meets: [3], who: 客户服务分部, after: received, do: verified, within: 24h, warn: [4h], title: {TITLE}}}"
TEXT = "飘窗渗水。"


def eight_hours() -> str:
    """The regulation with one number changed."""
    text = JINKE.read_text(encoding="utf-8")
    clause = text.index(f"### {CLAUSE} ")
    place = text.index(RULE, clause)
    assert place < text.index("\n### ", clause + 1)
    return text[:place] + RULE.replace("24h", "8h") + text[place + len(RULE) :]


def clerk() -> Actor:
    person = Person.objects.get(username="jingban")
    return Actor(person, "客户服务分部", Unit.objects.get(posts__appointments__person=person))


def by_call() -> Subject:
    """The same complaint about the same home, by call."""
    holding = Holding.objects.select_related("asset__unit").get(customer__name="赵一鸣")
    data = {"channel": "电话", "text": TEXT, "category": "一般工程质量投诉"}
    ids = {"customer": str(holding.customer_id), "asset": str(holding.asset_id)}
    return take_in(holding.asset.unit, {**data, **ids}, actor=clerk())


def by_mouse(desks: Desks) -> tuple[Subject, str]:
    path = desks("jingban").take_in("zym", "一般工程质量投诉", TEXT)
    return Subject.objects.get(pk=path.strip("/").rpartition("/")[2]), path


def verify_line(opened: str, due: str, state: str = "open", kept: str = "") -> Line:
    return Line(at(opened), CLAUSE, "verified", "", (), "客户服务分部", when(due), state, when(kept))


def of_clause(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.clause == CLAUSE and line.event == "verified"]


def limits(lines: list[Line]) -> list[tuple[Any, ...]]:
    """Every duty with the time that it gives, whenever the matter was opened."""
    return [(line.clause, line.event, line.instance, line.due_at and line.due_at - line.opened_at) for line in lines]


class Ways:
    """The same two matters on the page, in the rows and in a replay under a policy file."""

    def __init__(self, desks: Desks, folder: Path) -> None:
        self.desks, self.folder = desks, folder
        self.mouse, self.path = by_mouse(desks)
        self.call = by_call()

    def verify(self) -> None:
        self.desks("jingban").do(self.path, "核实", findings="属实。")
        record(Draft(self.call, "verified", {"findings": "属实。"}, post="客户服务分部"), actor=clerk())

    def compare(self, line: Line, policy: Path, now: datetime) -> None:
        assert of_clause(rows(self.mouse)) == [line]
        assert of_clause(rows(self.call)) == [line]
        assert [one for one in shown(self.desks("jingban"), self.path) if one.title == TITLE] == [as_shown(line, TITLE)]
        journal = written(self.mouse, self.call, folder=self.folder)
        found = replayed(journal, policy, now)
        assert [of_clause(found[str(one.pk)]) for one in (self.mouse, self.call)] == [[line], [line]]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    file = tmp_path / "jinke.md"
    file.write_text(eight_hours(), encoding="utf-8")
    return file


def test_one_number(house: Clock, desks: Desks, tmp_path: Path, changed: Path) -> None:
    before = Ways(desks, tmp_path)
    # 3月2日9:00 + 24小时 = 3月3日9:00。
    before.compare(verify_line("2026-03-02 09:00", "2026-03-03 09:00"), JINKE, house.now)

    house.set(at("2026-03-02 10:00"))
    text = changed.read_text(encoding="utf-8").replace('version: "2005-05-28"', 'version: "2026-03-02"')
    version = publish(text, name="jinke", by=None, at=house.now)
    put_in_force(Unit.objects.get(parent=None), "complaint", version, house.now)
    after = Ways(desks, tmp_path)
    # 3月2日10:00 + 8小时 = 3月2日18:00。
    after.compare(verify_line("2026-03-02 10:00", "2026-03-02 18:00"), changed, house.now)
    before.compare(verify_line("2026-03-02 09:00", "2026-03-03 09:00"), JINKE, house.now)
    differing = set(limits(rows(before.call))) ^ set(limits(rows(after.call)))
    assert {(clause, event) for clause, event, *_rest in differing} == {(CLAUSE, "verified")}

    # 18:30核实：新的一件晚了半小时，旧的一件还在24小时之内。
    house.set(at("2026-03-02 18:30"))
    before.verify()
    after.verify()
    kept = "2026-03-02 18:30"
    after.compare(
        verify_line("2026-03-02 10:00", "2026-03-02 18:00", "late", kept),
        changed,
        house.now,
    )
    before.compare(
        verify_line("2026-03-02 09:00", "2026-03-03 09:00", "kept", kept),
        JINKE,
        house.now,
    )
    # 旧的一件若按改过的办法重放，也是逾期：差别只在那一个数。
    journal = written(before.mouse, folder=tmp_path)
    assert of_clause(replayed(journal, changed, house.now)[str(before.mouse.pk)]) == [
        verify_line("2026-03-02 09:00", "2026-03-02 17:00", "late", kept)
    ]
