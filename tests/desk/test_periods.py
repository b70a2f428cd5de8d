"""Periods and other subjects at the desk: on the bench of who owes them, kept with a file, several at once, opened."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

# Models are imported inside the tests: this file is read before Django is set up.

REPORT = "客户投诉分析报告"
SignedIn = Callable[[str], Client]


@pytest.fixture
def month(house: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """江城 March, opened by the calendar; the path of its page."""
    from shouwen.journal import periods
    from shouwen.journal.models import Subject

    monkeypatch.setattr(periods, "_looked", None)
    periods.open_periods()
    return f"/matters/{Subject.objects.get(number='分部月度-江城公司-2026-03').pk}/"


def page(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def said(html: str) -> str:
    """The words of a page without its tags."""
    return re.sub(r"<[^>]*>", " ", html)


def a_file(name: str = "三月.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "三月投诉分析".encode())


def test_a_months_report_stands_on_the_bench_and_is_kept_with_a_file(month: str, signed_in: SignedIn) -> None:
    """jinke: 每月5日前报送上月客户投诉分析报告."""
    from shouwen.journal.models import Attachment, Duty

    client = signed_in("jingban")
    bench = page(client, "/?kind=unit_month")
    assert "分部月度-江城公司-2026-03" in bench
    assert "分部月度-江城公司-2026-03" not in page(client, "/?kind=unit_week")
    duty = next(
        one for one in Duty.objects.filter(subject__number="分部月度-江城公司-2026-03") if one.role == "客户服务分部"
    )
    about = page(client, month)
    assert "2026年3月" in about
    assert "2026年3月的数字" in about
    main = about.partition("<main")[2].partition("</main")[0]
    assert [words for words in ("客户说", "显示姓名和电话", "移交", "合并", "客户再来") if words in said(main)] == []
    form = page(client, f"{month}do/{duty.event}/?duty={duty.key}")
    assert REPORT in form
    sent = {"key": "k1", "seen": "", "d-paper": REPORT, "d-files": a_file()}
    assert client.post(f"{month}do/{duty.event}/", sent).status_code == 302
    duty.refresh_from_db()
    assert duty.state == "kept"
    assert [one.name for one in Attachment.objects.filter(subject=duty.subject)] == ["三月.txt"]
    assert "三月.txt" in page(client, month)


def test_several_are_kept_at_once_with_one_file(month: str, matter: Any, signed_in: SignedIn) -> None:
    """A week's round and a month's report: one call, a result for each, the file with each subject."""
    from shouwen.journal.models import Attachment, Duty, Entry

    client = signed_in("jingban")
    here = Duty.objects.filter(subject__unit__name="江城公司", subject__matter=False, outside=False)
    owed = list(here.filter(role="客户服务分部").order_by("due_at"))
    assert {duty.event for duty in owed} == {"checked", "submitted"}
    others = Duty.objects.get(subject=matter, event="verified")
    picked = {"duty": [str(duty.pk) for duty in (*owed, others)]}
    asked = unescape(client.get("/keep/", picked).content.decode())
    assert asked.count('name="duty"') == len(owed)
    assert "须单独填表办理" in asked
    sent = {**picked, "key": "together", "attached": a_file("巡检.txt")}
    assert f"完成 {len(owed)} 项" in unescape(client.post("/keep/", sent).content.decode())
    assert set(Duty.objects.filter(pk__in=[duty.pk for duty in owed]).values_list("state", flat=True)) == {"kept"}
    others.refresh_from_db()
    assert others.state == "open"
    files = Attachment.objects.filter(name="巡检.txt")
    assert {file.subject_id for file in files} == {duty.subject_id for duty in owed}
    assert len({file.sha256 for file in files}) == 1
    # 同一张表发两次，只登记一次。
    client.post("/keep/", {**picked, "key": "together", "attached": a_file("巡检.txt")})
    assert Entry.objects.filter(key__startswith="keep:together:").count() == len(owed)


def test_what_no_customer_brings_is_opened_by_hand(house: datetime, signed_in: SignedIn) -> None:
    """Only kinds that a policy in force knows; numbered by its rule; listed by kind; the calendar's are not offered."""
    from shouwen.journal.models import Subject

    client = signed_in("jingban")
    offered = page(client, "/subjects/new/")
    assert "房屋销售" in offered
    assert "设计变更" in offered
    assert "分部月度" not in offered.partition("<main")[2]
    sent = {
        "key": "k2",
        "unit": "",
        "d-name": "听松苑 1-1-301",
        "d-text": "现房，一次付清。",
        "d-files": a_file("合同.txt"),
    }
    form = page(client, "/subjects/new/?kind=home_sale")
    assert 'name="d-name"' in form
    assert 'name="d-period"' not in form
    sent["unit"] = str(Subject._meta.get_field("unit").related_model.objects.get(name="听松苑").pk)
    assert client.post("/subjects/new/?kind=home_sale", sent).status_code == 302
    sale = Subject.objects.get(kind="home_sale")
    assert sale.number == "售房-听松苑-2026-0001"
    about = page(client, f"/matters/{sale.pk}/")
    assert [words for words in ("听松苑 1-1-301", "现房，一次付清。", "合同.txt") if words not in about] == []
    assert sale.number in page(client, "/ledger/?kind=home_sale&state=open")
    assert sale.number not in page(client, "/ledger/?state=open")
    # 再发一次同一张表，还是那一件。
    sent["d-files"] = a_file("合同.txt")
    assert client.post("/subjects/new/?kind=home_sale", sent).status_code == 302
    assert Subject.objects.filter(kind="home_sale").count() == 1


def test_who_acts_for_no_unit_here_opens_nothing(house: datetime, signed_in: SignedIn) -> None:
    from shouwen.journal.drafts import Actor
    from shouwen.journal.errors import Invalid, NotAllowed
    from shouwen.matters.subjects import open_subject
    from shouwen.organisation.models import Person, Unit

    away, here = Person.objects.get(username="nanhu"), Unit.objects.get(name="听松苑")
    post = away.appointments.get().post
    with pytest.raises(NotAllowed):
        open_subject(here, "home_sale", {}, actor=Actor(away, post.name, post.unit))
    own = Unit.objects.get(name="南湖公司")
    for kind in ("complaint", "unit_month", "loan"):
        with pytest.raises(Invalid):
            open_subject(own, kind, {}, actor=Actor(away, post.name, post.unit))


def test_supervision_shows_what_periods_owe_by_kind(month: str, signed_in: SignedIn) -> None:
    """The figure and its list, of the kind alone."""
    from shouwen.journal.models import Duty

    client = signed_in("zhongxin")
    months = Duty.objects.filter(subject__kind="unit_month", outside=False).count()
    assert 0 < months < Duty.objects.filter(outside=False).count()
    listed = page(client, "/supervision/list/?figure=standing&kind=unit_month")
    assert f'<span class="chip">{months}</span>' in listed
    assert "分部月度" in listed
    assert "分部周次" not in listed.partition("<main")[2]
    assert "kind=unit_month" in page(client, "/supervision/?kind=unit_month")
