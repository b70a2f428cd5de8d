"""Who is addressed, or whose act keeps a duty, sees the matter from then on: list, count, search, page, files alike."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouwen.desk.workbench import bench
from shouwen.journal import attachments
from shouwen.journal.drafts import HOUSE, Draft
from shouwen.journal.models import Involved, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]
SAID = {"channel": "电话", "text": "供暖不热。", "category": "一般工程质量投诉", "anonymous": True}


def seen(client: Client, matter: Subject, now: datetime, name: str) -> dict[str, object]:
    """What each way of looking finds."""
    person = Person.objects.get(username=name)
    found = bench(person, "supervised", "all", "", 1, now)
    searched = client.get("/ledger/", {"q": matter.number[-4:]}).context["listed"]
    file = matter.attachments.first()
    return {
        "page": client.get(f"/matters/{matter.pk}/").status_code == 200,
        "list": matter.number in client.get("/ledger/").content.decode(),
        "search": [line.subject_id for line, _cells in searched] == [matter.pk],
        "picker": matter.number in client.get("/find/matters/", {"q": matter.number}).content.decode(),
        "duties": {row.duty.subject_id for row in found.rows} == {matter.pk},
        "count": found.counts["all"] == len(found.rows) > 0,
        "file": file is not None and client.get(f"/journal/attachments/{file.pk}/").status_code == 200,
    }


@pytest.fixture
def with_file(matter: Subject) -> Subject:
    upload = SimpleUploadedFile("单.txt", "内容".encode())
    kept = attachments.keep(upload, "单.txt", Person.objects.get(username="jingban"))
    record(Draft(matter, "noted", {"text": "附件", "files": [str(kept.pk)]}, as_fact=True), actor=HOUSE)
    return matter


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("forwarded", {"to": ["财务部"]}),
        ("assistance_requested", {"to": ["财务部"], "request": "A1", "what": "核账"}),
        ("approval_requested", {"to": ["财务部"]}),
    ],
)
def test_whoever_is_addressed_sees_it_everywhere(
    signed_in: SignedIn, with_file: Subject, house: datetime, event: str, data: dict[str, object]
) -> None:
    client = signed_in("caiwu")
    assert set(seen(client, with_file, house, "caiwu").values()) == {False}
    record(Draft(with_file, event, data, as_fact=True), actor=HOUSE)
    assert set(seen(client, with_file, house, "caiwu").values()) == {True}
    # The other company's finance department was not addressed.
    assert set(seen(signed_in("nanhucw"), with_file, house, "nanhucw").values()) == {False}


def test_a_person_addressed_keeps_seeing_it(signed_in: SignedIn, with_file: Subject, house: datetime) -> None:
    """Offered to somebody of another company, then to one nearer: both have read it."""
    for name in ("nanhu", "jingban"):
        person = Person.objects.get(username=name)
        record(Draft(with_file, "handover_offered", {"to": str(person.pk)}, as_fact=True), actor=HOUSE)
    assert set(seen(signed_in("nanhu"), with_file, house, "nanhu").values()) == {True}


def test_an_outside_party_has_no_row(matter: Subject) -> None:
    before = Involved.objects.count()
    record(Draft(matter, "forwarded", {"to": ["客户", "施工单位", "不知谁"]}, as_fact=True), actor=HOUSE)
    assert Involved.objects.count() == before


def test_addressed_twice_is_one_row(matter: Subject) -> None:
    for _ in "12":
        record(Draft(matter, "forwarded", {"to": ["财务部", "财务部"]}, as_fact=True), actor=HOUSE)
    posts = Involved.objects.filter(subject=matter, post__name="财务部")
    people = Involved.objects.filter(subject=matter, person__username="caiwu")
    assert (posts.count(), people.count()) == (1, 1)


def test_no_query_for_a_row(signed_in: SignedIn, matter: Subject) -> None:
    client, asked = signed_in("caiwu"), []
    for number in range(1, 4):
        fresh = matter if number == 1 else take_in(matter.unit, SAID, actor=HOUSE)
        record(Draft(fresh, "forwarded", {"to": ["财务部"]}, as_fact=True), actor=HOUSE)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/ledger/")
        assert len(page.context["listed"]) == number
        asked.append(len(queries))
    assert asked[1] == asked[2]


def test_whose_act_keeps_a_duty_sees_it(house: datetime, matter: Subject) -> None:
    """金科 3.2.B.2.2：签署处理意见是公司领导的事，未在上报中写明收件人的也一样。"""
    major = take_in(matter.unit, SAID | {"category": "重大工程质量投诉"}, actor=HOUSE)
    leader = Involved.objects.filter(subject=major, post__name="公司分管领导")
    before = leader.count()
    record(Draft(major, "approval_requested", {}, as_fact=True), actor=HOUSE)
    assert (before, leader.count()) == (0, 1)
