"""What a matter's page takes out of the journal: papers with what became of them, talks; names without a number."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shouwen.desk.matter import MatterPage
from shouwen.desk.words import named
from shouwen.insight.catalogue import catalogue
from shouwen.journal.drafts import HOUSE, Draft
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.organisation.models import Person


def test_papers_and_talks_of_a_matter(matter: Subject, house: datetime) -> None:
    """第六条 1：整改方案由谁签署。"""
    signed = {"paper": "整改方案", "order": "1", "form": "签字"}
    for event, data in (
        ("signed", {**signed, "party": "工程部现场代表"}),
        ("contacted", {"how": "电话", "reached": True}),
        ("signed", {**signed, "party": "客户", "refused": True}),
    ):
        record(Draft(matter, event, data), actor=HOUSE)
    page = MatterPage(Subject.objects.get(pk=matter.pk), Person.objects.get(username="jingban"), house)
    (paper,) = page.papers
    assert (paper.title, [told.rest for told in paper.told]) == (
        "整改方案 1",
        ["签署方：工程部现场代表；形式：签字", "签署方：客户；形式：签字；拒签：是"],
    )
    assert [(told.title, told.rest) for told in page.talks] == [("联系客户", "方式：电话；联系上：是")]


@pytest.mark.parametrize(
    ("kind", "day", "name"),
    [("unit_month", (2026, 2, 1), "分部月度 2026-02"), ("unit_week", (2026, 3, 2), "分部周次 2026-W10")],
)
def test_a_period_is_called_by_its_time(matter: Subject, kind: str, day: tuple[int, int, int], name: str) -> None:
    begun = datetime(*day, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert named(Subject(kind=kind, unit=matter.unit, opened_at=begun), catalogue().subjects) == name
    assert named(matter, catalogue().subjects) == matter.number
