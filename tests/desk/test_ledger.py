"""The ledger's pages (台账): list, totals, views, bulk acts, export; at most ten queries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from shouwen.insight import bulk, export
from shouwen.insight.models import BulkJob, ExportJob, Outcome, SavedView
from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE
from shouwen.journal.models import AccessLog, Entry, Subject
from shouwen.matters.actions import take_in
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]
SAID = {"channel": "电话", "text": "供暖不热。", "category": "一般工程质量投诉", "anonymous": True}


@pytest.fixture
def others(matter: Subject) -> list[Subject]:
    return [take_in(matter.unit, SAID | {"text": f"第{n}户供暖不热"}, actor=HOUSE) for n in range(3)]


def numbers(client: Client, **query: Any) -> set[str]:
    return {line.number for line, _cells in client.get("/ledger/", query).context["listed"]}


def test_words_inside_what_was_said_find_the_matter(
    signed_in: SignedIn, matter: Subject, others: list[Subject]
) -> None:
    client = signed_in("jingban")
    assert numbers(client, q="渗水") == {matter.number}
    assert numbers(client, q="供暖不热") == {one.number for one in others}
    assert numbers(client, q="電梯") == set()


def test_a_search_is_written_down_for_whom_it_shows(signed_in: SignedIn, matter: Subject) -> None:
    signed_in("jingban").get("/ledger/", {"q": "渗水"})
    look = AccessLog.objects.get(kind="searched")
    assert look.customer == Entry.objects.get(subject=matter, seq=1).data["customer"]


def test_filters_stand_in_the_address(signed_in: SignedIn, matter: Subject, others: list[Subject]) -> None:
    client = signed_in("jingban")
    everything = {matter.number, *(one.number for one in others)}
    person = Person.objects.get(username="jingban")
    assert numbers(client) == everything
    assert numbers(client, unit=matter.unit_id) == everything
    assert numbers(client, owner="me") == {matter.number}
    assert numbers(client, owner=person.pk) == {matter.number}
    assert numbers(client, state="ended") == set()
    assert numbers(client, channel="来访") == set()
    assert numbers(client, received_from="2026-03-02", received_to="2026-03-02") == everything
    assert numbers(client, received_from="2026-03-03") == set()
    assert numbers(client, due="24h") == everything
    assert numbers(client, due="overdue") == set()


def test_overdue_is_what_the_clock_says(signed_in: SignedIn, matter: Subject, house: datetime) -> None:
    client = signed_in("jingban")
    with clock.at(house + timedelta(days=2)):
        assert numbers(client, due="overdue") == {matter.number}
        page = client.get("/ledger/")
        assert (page.context["totals"].overdue, page.context["totals"].count) == (1, 1)


def test_totals_are_of_the_rows_that_are_listed(signed_in: SignedIn, matter: Subject, others: list[Subject]) -> None:
    page = signed_in("jingban").get("/ledger/", {"state": "all"})
    totals = page.context["totals"]
    assert (totals.count, totals.states, totals.age) == (4, {"open": 4, "ended": 0, "merged": 0}, timedelta(0))
    part = signed_in("jingban").get("/ledger/categories/", {"state": "all"}).context["groups"]
    assert sum(n for _nature, n, _late in part) == 4


def test_pages_go_on_where_the_one_before_ended(
    signed_in: SignedIn, others: list[Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shouwen.insight import ledger

    monkeypatch.setattr(ledger.page, "__kwdefaults__", {**ledger.page.__kwdefaults__, "size": 2})
    client = signed_in("jingban")
    for sort in ("-opened", "due", "-number", "owner", "-ended"):
        query, seen = {"sort": sort, "state": "all"}, []
        for _ in range(2):
            page = client.get("/ledger/", query).context["page"]
            seen.append([line.number for line in page.lines])
            query["after"] = page.after
        assert (len(seen[0]), len(seen[1]), page.after) == (2, 2, "")
        back = client.get("/ledger/", {"sort": sort, "state": "all", "before": page.before}).context["page"]
        assert [line.number for line in back.lines] == seen[0]


@pytest.mark.parametrize("query", [{}, {"q": "供暖"}, {"state": "all", "sort": "owner"}])
def test_ten_queries_whatever_the_number_of_rows(
    signed_in: SignedIn, others: list[Subject], query: dict[str, str]
) -> None:
    client = signed_in("jingban")
    client.get("/ledger/", query)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/ledger/", query).status_code == 200
    assert len(asked) <= 10, [one["sql"] for one in asked]


@pytest.mark.parametrize(
    "address",
    [
        "/ledger/?after=x&before=y",
        "/ledger/?unit=99999999999999999999&axis=a&sort=zz",
        "/ledger/?q=%00&cause=1&received_from=2026-13-01&columns=nope&after=1~zz&sort=due",
        "/ledger/?q=%22%27*%5C%25_",
    ],
)
def test_what_an_address_cannot_mean_is_left_out(signed_in: SignedIn, address: str) -> None:
    assert signed_in("jingban").get(address).status_code == 200


def test_a_view_is_kept_shared_and_opened_first(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    unit = Person.objects.get(username="jingban").appointments.get().post.unit_id
    sent = {"name": "渗水在办", "shared_with": str(unit), "first": "1"}
    assert client.post("/ledger/save/?q=渗水&state=open&sort=due&columns=number&columns=due", sent).status_code == 302
    view = SavedView.objects.get()
    opened = client.get("/ledger/", follow=True)
    assert [column.name for column in opened.context["asked"].columns] == ["number", "due"]
    assert (opened.context["asked"].chosen.q, opened.context["view"]) == ("渗水", view)
    assert view.name in signed_in("qiantai").get("/ledger/?state=open").content.decode()
    assert signed_in("qiantai").post("/ledger/views/", {"view": view.pk, "do": "delete"}).status_code == 403
    assert client.post("/ledger/views/", {"view": view.pk, "do": "delete"}).status_code == 302
    assert SavedView.objects.count() == 0


# --- bulk -----------------------------------------------------------------------------------


def begun(client: Client, *subjects: Subject, **more: str) -> str:
    answer = client.post("/ledger/bulk/?state=all", {"matter": [str(one.pk) for one in subjects], **more})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_one_act_upon_many_with_a_result_for_each(signed_in: SignedIn, matter: Subject, others: list[Subject]) -> None:
    client = signed_in("jingban")
    at = begun(client, matter, *others)
    assert "告知受理" in client.get(at).content.decode()
    form = client.get(at, {"event": "acknowledged"})
    sent = {"key": form.context["form"]["key"].value()}
    assert client.post(f"{at}?event=acknowledged", sent).status_code == 302
    before = Entry.objects.count()
    preview = client.get(at)
    assert ([row.outcome for row in preview.context["rows"]], Entry.objects.count()) == (["recorded"] * 4, before)
    assert client.post(f"{at}do/").status_code == 302
    assert Entry.objects.filter(type="acknowledged").count() == 4
    assert client.post(f"{at}do/").status_code == 302
    assert Entry.objects.filter(type="acknowledged").count() == 4
    assert client.get(at).context["counts"][0][1] == 4


def test_a_shut_gate_stops_its_own_row_alone_and_is_tried_again(
    signed_in: SignedIn, matter: Subject, others: list[Subject]
) -> None:
    """金科：未经业主验收等不得办结；挡住的说明条款，其余照办。"""
    client = signed_in("jingban")
    at = begun(client, matter, others[0])
    job = BulkJob.objects.get()
    assert client.post(f"{at}?event=closed", {"key": "k", "d-result": "已办结"}).status_code == 302
    client.post(f"{at}do/")
    outcomes = dict(job.rows.values_list("subject", "outcome"))
    assert outcomes[matter.pk] == Outcome.REFUSED
    assert "jinke/" in job.rows.get(subject=matter).said
    again = client.post(f"{at}again/")
    retried = BulkJob.objects.exclude(pk=job.pk).get()
    assert (again.status_code, retried.event) == (302, "closed")
    assert matter.pk in set(retried.rows.values_list("subject", flat=True))


def test_all_that_the_filter_finds(signed_in: SignedIn, matter: Subject, others: list[Subject]) -> None:
    client = signed_in("jingban")
    answer = client.post("/ledger/bulk/?q=供暖", {"all": "1"})
    job = BulkJob.objects.get(pk=answer.headers["Location"].split("/")[-2])
    assert set(job.rows.values_list("subject", flat=True)) == {one.pk for one in others}


def test_many_are_left_to_the_worker(
    signed_in: SignedIn, matter: Subject, others: list[Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = signed_in("jingban")
    at = begun(client, *others)
    client.post(f"{at}?event=acknowledged", {"key": "k"})
    client.post(f"{at}do/")
    job = BulkJob.objects.get()
    assert (job.state, job.rows.filter(outcome="waiting").count()) == ("running", 3)
    assert "后台会继续" in client.get(at).content.decode()
    bulk.run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.rows.filter(outcome="recorded").count()) == ("done", 3)


def test_joined_to_a_cause_together(signed_in: SignedIn, matter: Subject, others: list[Subject]) -> None:
    client = signed_in("jingban")
    client.post("/matters/causes/new/", {"key": "c", "matter": [str(matter.pk)]})
    cause = Subject.objects.get(kind="cause")
    at = begun(client, *others)
    assert client.post(f"{at}?event=joined", {"key": "k", "d-other": str(cause.pk)}).status_code == 302
    client.post(f"{at}do/")
    assert numbers(client, cause=str(cause.pk)) == {matter.number, *(one.number for one in others)}


def test_nobody_looks_into_anothers_bulk_act(signed_in: SignedIn, matter: Subject) -> None:
    at = begun(signed_in("jingban"), matter)
    assert signed_in("qiantai").get(at).status_code == 404


def test_a_row_out_of_sight_is_not_touched(signed_in: SignedIn, matter: Subject) -> None:
    job = bulk.prepare(Person.objects.get(username="caiwu"), "acknowledged", {}, [matter.pk])
    bulk.start(job)
    assert job.rows.get().outcome == Outcome.NOT_ALLOWED
    assert not Entry.objects.filter(type="acknowledged").exists()


# --- export ---------------------------------------------------------------------------------


def sheets(client: Client) -> dict[str, list[list[Any]]]:
    job = ExportJob.objects.latest("asked_at")
    answer = client.get(f"/ledger/exports/{job.pk}/")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))  # type: ignore[arg-type]
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def asked(client: Client, query: str, **sent: str) -> int:
    return client.post(f"/ledger/export/?{query}", {"reason_0": "检查统计", "reason_1": "", **sent}).status_code


def test_the_file_holds_the_rows_of_the_page_masked(
    signed_in: SignedIn, matter: Subject, others: list[Subject]
) -> None:
    client = signed_in("jingban")
    assert asked(client, "state=all&columns=customer&columns=opened") == 302
    found = sheets(client)
    rows = found["台账"]
    assert [str(title) for title in rows[0]] == ["编号", "客户", "受理时间"]
    assert {row[0] for row in rows[1:]} == numbers(client, state="all")
    by_number = {row[0]: row for row in rows[1:]}
    # A sheet knows no zones: the cell holds the unit's wall clock.
    assert by_number[matter.number][1:] == ["张**", datetime.fromisoformat("2026-03-02T09:00")]
    about = {row[0]: row[1] for row in found["说明"]}
    assert (about["理由"], about["件数"]) == ("检查统计", "4")
    assert [row[1].split(" · ")[1] for row in found["说明"] if row[0] == "规章"] == ["4"]
    look = AccessLog.objects.get(kind="exported")
    assert (look.customer, look.reason) == (Entry.objects.get(subject=matter, seq=1).data["customer"], "检查统计")


def test_in_full_for_who_keeps_the_file(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    assert asked(client, "state=all", whole="whole") == 302
    row = sheets(client)["台账"][1]
    assert ("张明远" in row, "飘窗渗水。" in row) == (True, True)


def test_no_reason_no_file(signed_in: SignedIn, matter: Subject) -> None:
    client = signed_in("jingban")
    assert client.post("/ledger/export/?state=all", {"reason_0": "", "reason_1": ""}).status_code == 422
    assert (ExportJob.objects.count(), AccessLog.objects.filter(kind="exported").count()) == (0, 0)


def test_a_large_file_is_made_by_the_worker_for_its_asker_alone(
    signed_in: SignedIn, matter: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 0)
    client = signed_in("jingban")
    assert asked(client, "state=all") == 302
    job = ExportJob.objects.get()
    assert (job.state, client.get(f"/ledger/exports/{job.pk}/").status_code) == ("running", 404)
    assert "正在生成" in client.get("/ledger/exports/").content.decode()
    export.make_asked(str(job.pk))
    assert sheets(client)["台账"][1][0] == matter.number
    assert signed_in("qiantai").get(f"/ledger/exports/{job.pk}/").status_code == 404
    with clock.at(job.asked_at + timedelta(hours=25)):
        assert client.get(f"/ledger/exports/{job.pk}/").status_code == 404


def test_what_looks_like_a_formula_stays_a_text(signed_in: SignedIn, matter: Subject) -> None:
    take_in(matter.unit, SAID | {"source": "=1+1"}, actor=HOUSE)
    client = signed_in("jingban")
    assert asked(client, "state=all&columns=source") == 302
    assert "=1+1" in {row[1] for row in sheets(client)["台账"][1:]}
