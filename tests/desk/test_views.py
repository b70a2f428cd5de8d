"""Pages by request: who may see and do what, refusal, staleness, bad input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import override

from shouwen.customers.models import Customer
from shouwen.desk.workbench import bench
from shouwen.journal import clock
from shouwen.journal.models import AccessLog, Duty, Entry, Subject
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]


def address(matter: Subject, event: str) -> str:
    return f"/matters/{matter.pk}/do/{event}/"


def body(matter: Subject, **data: str) -> dict[str, str]:
    """A form's body: the event's own fields stand under ``d-``."""
    return {"key": uuid4().hex, "seen": str(matter.head_seq), **{f"d-{name}": value for name, value in data.items()}}


@pytest.mark.parametrize("page", ["/", "/matters/", "/matters/new/", "/regulations/", "/find/customers/?q=zmy"])
def test_nobody_sees_a_page_without_signing_in(db: None, page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_unit_sees_its_own_matters_alone(signed_in: SignedIn, matter: Subject) -> None:
    page = f"/matters/{matter.pk}/"
    for name, status in {"jingban": 200, "qiantai": 200, "lingdao": 200, "zhongxin": 200, "nanhu": 404}.items():
        assert (name, signed_in(name).get(page).status_code) == (name, status)
    for other in ("customer/", "why/?duty=x", "do/verified/"):
        assert signed_in("nanhu").get(page + other).status_code in (404, 405)


def test_an_act_of_another_role_is_refused_with_who_may(signed_in: SignedIn, matter: Subject) -> None:
    """金科 3.2.A：签署处理意见是公司领导的事。"""
    answer = signed_in("jingban").post(address(matter, "approval_decided"), body(matter, approved="true"))
    assert answer.status_code == 403
    assert "公司领导" in answer.content.decode()
    assert Entry.objects.filter(subject=matter).count() == 1


@pytest.mark.parametrize("event", ["suspended", "resumed", "extended", "waived"])
def test_whose_the_clocks_are(signed_in: SignedIn, matter: Subject, event: str) -> None:
    """金科 管理结构3(1)，读法“时限由监控者掌握”：分部不自己停表，监控的中心可以。"""
    key = Duty.objects.get(subject=matter, event="verified").key
    until = {"until": "2026-03-06T18:00"} if event == "extended" else {}
    sent = body(matter, duties=key, reason="业主外出", **until)
    answer = signed_in("jingban").post(address(matter, event), sent)
    assert answer.status_code == 403
    assert "集团公司客户服务中心" in answer.content.decode()
    assert Entry.objects.filter(subject=matter).count() == 1
    assert signed_in("zhongxin").post(address(matter, event), sent).status_code == 302
    entry = Entry.objects.get(subject=matter, type=event)
    assert (entry.post, entry.data["duties"]) == ("集团公司客户服务中心", [key])


def test_a_shut_gate_refuses_and_keeps_what_was_typed(signed_in: SignedIn, matter: Subject) -> None:
    """金科 3.2.B.1#9：未经业主验收满意不得办结。"""
    answer = signed_in("jingban").post(address(matter, "closed"), body(matter, result="办完"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "未经业主验收满意不得办结" in page
    assert 'value="办完"' in page
    assert Entry.objects.filter(subject=matter).count() == 1


def test_a_stale_form_is_shown_the_difference(signed_in: SignedIn, matter: Subject) -> None:
    stale = body(matter, findings="乙")
    signed_in("qiantai").post(address(matter, "verified"), body(matter, findings="甲"))
    answer = signed_in("jingban").post(address(matter, "verified"), stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "期间他人已有新的记录" in page
    assert "甲" in page
    assert 'name="seen" value="2"' in page
    assert answer.context["form"]["findings"].value() == "乙"


def test_the_same_request_twice_writes_once(signed_in: SignedIn, matter: Subject) -> None:
    sent = body(matter, findings="属实")
    for _ in range(2):
        assert signed_in("jingban").post(address(matter, "verified"), sent).status_code == 302
    assert Entry.objects.filter(subject=matter, type="verified").count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"findings": "字" * 20_001}, "findings"),
        ({"findings": ""}, "findings"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    signed_in: SignedIn, matter: Subject, data: dict[str, str], field: str
) -> None:
    answer = signed_in("jingban").post(address(matter, "verified"), body(matter, **data))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Entry.objects.filter(subject=matter).count() == 1


@pytest.mark.parametrize("at", ["2026-03-02 08:00", "2026-03-02 10:00", "2026-13-01 09:00", "昨天", "2026-03-02"])
def test_impossible_times(signed_in: SignedIn, matter: Subject, at: str) -> None:
    """Before the subject, in the future, no date, no time."""
    sent = body(matter, findings="属实") | {"at": at}
    answer = signed_in("jingban").post(address(matter, "verified"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["at"]


@pytest.mark.parametrize("event", ["no_such_event", "overdue", "breached"])
def test_events_that_no_form_writes(signed_in: SignedIn, matter: Subject, event: str) -> None:
    assert signed_in("jingban").get(address(matter, event)).status_code == 404


def test_a_value_that_the_policy_does_not_list(signed_in: SignedIn, matter: Subject) -> None:
    answer = signed_in("jingban").post(address(matter, "classified"), body(matter, category="随便"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["category"]


def test_five_megabytes_of_text_come_back_with_a_sentence(signed_in: SignedIn, matter: Subject) -> None:
    answer = signed_in("jingban").post(address(matter, "noted"), body(matter, text="长" * 1_700_000))
    assert answer.status_code == 422
    assert "附件" in str(answer.context["form"].errors["text"])


def test_more_than_the_server_reads_is_413(signed_in: SignedIn, matter: Subject, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = signed_in("jingban").post(address(matter, "noted"), body(matter, text="长" * 2000))
    assert answer.status_code == 413
    assert "提交内容过大" in answer.content.decode()


def test_pages_that_are_not_there(signed_in: SignedIn) -> None:
    client = signed_in("jingban")
    for page in ("/nowhere/", f"/matters/{uuid4()}/", "/regulations/999/", "/clauses/nobody/1"):
        assert (page, client.get(page).status_code) == (page, 404)
    assert "没有找到" in client.get("/nowhere/").content.decode()


def test_a_clause_leads_to_its_text(signed_in: SignedIn) -> None:
    client = signed_in("jingban")
    answer = client.get("/clauses/jinke/3.2.B.1")
    assert answer.headers["Location"].endswith("#jinke/3.2.B.1")
    page = client.get(answer.headers["Location"]).content.decode()
    assert 'id="jinke/3.2.B.1"' in page
    assert "在24小时内尽快核实和分析投诉情况" in page


def test_intake_of_a_customer_whom_one_does_not_serve(signed_in: SignedIn) -> None:
    """A stranger's id in the form gives nobody's file away, and is refused by who it is for."""
    other = Customer.objects.get(name="韩冰")
    client = signed_in("jingban")
    assert "南湖里" not in client.get(f"/matters/new/known/?customer={other.pk}").content.decode()
    assert "韩冰" not in client.get("/find/customers/?q=hb").content.decode()
    data = {"key": uuid4().hex, "d-channel_0": "电话", "d-text": "漏水", "d-customer": str(other.pk)}
    answer = client.post("/matters/new/", data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["customer"])
    assert Subject.objects.count() == 0


def test_intake_of_a_unit_that_is_not_there(signed_in: SignedIn) -> None:
    data = {"key": uuid4().hex, "d-channel_0": "电话", "d-text": "漏水", "unit": "99999"}
    answer = signed_in("jingban").post("/matters/new/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["unit"]
    assert Subject.objects.count() == 0


def test_intake_twice_with_one_key_takes_in_once(signed_in: SignedIn) -> None:
    data = {
        "key": uuid4().hex,
        "d-channel_0": "电话",
        "d-text": "漏水",
        "new_name": "新来的",
        "new_phone": "13900001111",
    }
    client = signed_in("jingban")
    places = {client.post("/matters/new/", data).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Subject.objects.count() == 1
    assert Customer.objects.filter(name="新来的").count() == 1


def test_a_failed_intake_leaves_no_customer_behind(signed_in: SignedIn) -> None:
    data = {"key": uuid4().hex, "d-channel_0": "电话", "d-text": "长" * 20_001, "new_name": "新来的"}
    answer = signed_in("jingban").post("/matters/new/", data)
    assert answer.status_code == 422
    assert not Customer.objects.filter(name="新来的").exists()


def test_looking_is_written_down(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    client.get(f"/matters/{matter.pk}/")
    client.post(f"/matters/{matter.pk}/customer/")
    looks = AccessLog.objects.filter(subject=matter).order_by("pk").values_list("person__username", "what")
    assert list(looks) == [("jingban", "page"), ("jingban", "customer")]


def test_the_workbench_counts_what_it_lists(house: Any, matter: Subject) -> None:
    person = Person.objects.get(username="jingban")
    for tab in ("mine", "unit", "supervised"):
        for shown in ("all", "overdue", "soon", "waiting"):
            found = bench(person, tab, shown, "", 1, clock.now())
            assert (tab, shown, found.counts[shown]) == (tab, shown, len(found.rows))


def test_overdue_is_what_the_clock_says(house: Any, matter: Subject) -> None:
    """金科 3.2.B.1#3：3月2日9:00 + 24小时 = 3月3日9:00。"""
    person = Person.objects.get(username="jingban")
    assert bench(person, "mine", "overdue", "", 1, house + timedelta(hours=23)).counts["overdue"] == 0
    late = bench(person, "mine", "overdue", "", 1, house + timedelta(hours=24))
    assert [row.duty.event for row in late.rows] == ["verified"]
    assert Duty.objects.get(subject=matter, event="verified").due_at == house + timedelta(hours=24)


def test_a_correction_keeps_the_entry_and_counts(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    client.post(address(matter, "classified"), body(matter, category="重大工程质量投诉"))
    page = f"/matters/{matter.pk}/entries/2/correct/"
    assert client.get(page).context["form"]["category"].value() == "重大工程质量投诉"
    sent = {"key": uuid4().hex, "seen": "2", "d-category": "一般性投诉", "why": "判错了"}
    assert client.post(page, sent).status_code == 302
    matter.refresh_from_db()
    assert matter.axes["nature"] == "一般性投诉"
    assert [entry.type for entry in matter.entries.order_by("seq") if entry.by_id] == [
        "received",
        "classified",
        "corrected",
    ]


def test_what_is_recorded_late_says_why(signed_in: SignedIn, matter: Subject, house: Any) -> None:
    """Meaning 8: later than the policy's tolerance of 24 hours, an entry needs a reason and is marked."""
    with clock.at(house + timedelta(hours=30)):
        sent = body(matter, findings="属实") | {"at": "2026-03-02 10:00"}
        answer = signed_in("jingban").post(address(matter, "verified"), sent)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason_late"])
        sent |= {"reason_late": "现场没有网络", "key": uuid4().hex}
        assert signed_in("jingban").post(address(matter, "verified"), sent).status_code == 302
        page = signed_in("jingban").get(f"/matters/{matter.pk}/").content.decode()
    assert "补录于 2026-03-03 15:00" in page
    assert Duty.objects.get(subject=matter, event="verified").state == "kept"


def test_a_list_of_more_than_fifty_has_pages(signed_in: SignedIn, matter: Subject) -> None:
    row = Duty.objects.get(subject=matter, event="verified")
    Duty.objects.bulk_create(
        Duty(
            subject=matter,
            key=f"k{number}",
            rule=row.rule,
            event=row.event,
            title=row.title,
            clause=row.clause,
            role=row.role,
            unit=row.unit,
            post=row.post,
            opened_at=row.opened_at,
            due_at=row.due_at,
            state="open",
        )
        for number in range(60)
    )
    client = signed_in("jingban")
    total = client.get("/").context["bench"].page.paginator.count
    first, second = (client.get(f"/?page={number}").context["bench"] for number in (1, 2))
    assert (len(first.rows), len(second.rows)) == (50, total - 50)
    assert {row.duty.pk for row in first.rows} & {row.duty.pk for row in second.rows} == set()
    assert client.get("/?page=99999999999").status_code == 200


def test_pages_in_both_languages(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    for language, word in (("zh-hans", "下一步"), ("en", "What to do next")):
        client.cookies["django_language"] = language
        with override(language):
            assert word in client.get(f"/matters/{matter.pk}/").content.decode()
