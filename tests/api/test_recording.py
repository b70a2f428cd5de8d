"""Recording: the same door as the desk's; refusals with gate, clause and roles; keys, staleness, dry runs, batches."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests.api.caller import Api, join
from tests.journal.world import MONDAY, World, at

from shouwen.api.models import Answer
from shouwen.api.once import forget
from shouwen.journal import clock
from shouwen.journal.models import AccessLog, Attachment, Entry, Numbering, Outbox, Subject
from shouwen.journal.verify import verify

pytestmark = pytest.mark.django_db

COMPLAINT = {"channel": "电话", "text": "外墙渗水严重"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)


def intake(api: Api, world: World, /, more: dict[str, Any] | None = None, **headers: str) -> Any:
    return api.post("/matters", {"unit": world.project.pk, "data": COMPLAINT, **(more or {})}, **headers)


def entries(api: Api, matter: str, event: str, data: dict[str, Any] | None = None, **rest: Any) -> Any:
    headers = {name: rest.pop(name) for name in ("if_match", "idempotency_key", "accept_language") if name in rest}
    query = "?dry_run=true" if rest.pop("dry_run", False) else ""
    return api.post(f"/matters/{matter}/entries{query}", {"type": event, "data": data or {}, **rest}, **headers)


def test_a_matter_is_taken_in_with_number_owner_and_duties(api: Api, world: World) -> None:
    answer = intake(api, world)
    told = answer.json()
    matter = told["matter"]
    assert (answer.status_code, answer["Location"], answer["ETag"]) == (201, f"/api/v1/matters/{matter['id']}", '"1"')
    assert (matter["number"], matter["owner_person"]) == ("投诉-云栖一期-2026-0001", api.person.pk)
    assert [(one["event"], one["due_at"]) for one in told["duties"] if one["due_at"]] == [
        ("verified", "2026-03-03T09:00:00+08:00")
    ]
    (entry,) = told["entries"]
    assert (entry["type"], entry["by"], entry["post"], entry["data"]["channel"]) == (
        "received",
        api.person.pk,
        "前台",
        "电话",
    )
    assert "text" not in entry["data"]


def test_fields_are_checked_and_pointed_at_in_the_callers_language(api: Api, world: World) -> None:
    body = {"data": {"channel": "电话", "amount": "一万", "colour": "红"}}
    chinese = intake(api, world, body)
    assert (chinese.status_code, chinese["Content-Type"]) == (422, "application/problem+json")
    told = chinese.json()
    assert (told["type"], told["title"], told["status"], told["instance"]) == (
        "/problems/invalid",
        "有字段不符合要求",
        422,
        "/api/v1/matters",
    )
    assert sorted((one["pointer"], one["detail"]) for one in told["errors"]) == [
        ("#/data/amount", "应为数字。"),
        ("#/data/colour", "这个事件没有此字段。"),
        ("#/data/text", "必填。"),
    ]
    english = intake(api, world, body, accept_language="en").json()
    assert english["title"] == "Some fields do not fit"
    assert ("#/data/text", "This is required.") in [(one["pointer"], one["detail"]) for one in english["errors"]]
    assert Subject.objects.count() == 0


def test_the_bodys_own_shape_is_checked_too(api: Api, world: World) -> None:
    told = intake(api, world, {"unit": "x", "at": "2026-03-02T09:00:00", "colour": 1}).json()
    assert sorted((one["pointer"], one["detail"]) for one in told["errors"]) == [
        ("#/at", "时间没有时区。"),
        ("#/colour", "没有这个字段。"),
        ("#/unit", "应为整数。"),
    ]


def test_a_unit_beyond_the_posts_reach_takes_nothing_in(api: Api, world: World) -> None:
    for unit in (world.other.pk, world.group.pk, 999_999):
        told = intake(api, world, {"unit": unit})
        assert (told.status_code, [one["pointer"] for one in told.json()["errors"]]) == (422, ["#/unit"])


def test_a_late_intake_needs_its_reason(api: Api, world: World) -> None:
    body = {"at": "2026-02-20T09:00:00+08:00"}
    assert [one["pointer"] for one in intake(api, world, body).json()["errors"]] == ["#/reason"]
    assert intake(api, world, {**body, "reason": "系统停机"}).status_code == 201


def test_a_repeat_is_linked_at_once(api: Api, world: World) -> None:
    first = intake(api, world).json()["matter"]
    second = intake(api, world, {"repeat_of": first["id"]}).json()["matter"]
    (link,) = api.get(f"/matters/{second['id']}/links").json()["items"]
    assert (link["role"], link["other"]) == ("repeat_of", first["id"])
    wrong = intake(api, world, {"repeat_of": str(uuid4())})
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["#/repeat_of"]


def test_an_act_behind_a_gate_is_told_clause_and_what_is_missing(world: World) -> None:
    boss = join("领导系统", [world.branch.posts.get()])
    matter = intake(boss, world).json()["matter"]["id"]
    answer = entries(boss, matter, "closed")
    told = answer.json()
    assert (answer.status_code, told["type"]) == (409, "/problems/gate-shut")
    (gate,) = told["gates"]
    assert (gate["gate"], gate["clause"], gate["event"]) == ("desk/2:accepted", "desk/2", "accepted_by_customer")
    assert gate["missing"] == ["业主验收"]
    assert entries(boss, matter, "accepted_by_customer", {"accepted": True}).status_code == 201
    assert entries(boss, matter, "closed").json()["matter"]["state"] == "ended"


def test_an_act_of_others_is_told_whose_it_is(api: Api, world: World) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    answer = entries(api, matter, "closed")
    assert (answer.status_code, answer.json()["type"], answer.json()["roles"]) == (
        403,
        "/problems/not-allowed",
        ["领导"],
    )


def test_a_fact_is_always_written_and_with_it_the_breach(api: Api, world: World) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    told = entries(api, matter, "work_started", {"order": "1"}).json()
    assert [one["type"] for one in told["entries"]] == ["work_started", "breached"]
    assert told["entries"][1]["data"]["clause"] == "desk/2"


@pytest.mark.parametrize("event", ["no_such_event", "overdue", "breached"])
def test_events_that_nobody_writes(api: Api, world: World, event: str) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    answer = entries(api, matter, event)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["#/type"])


def test_who_writes_upon_an_old_state_is_shown_the_difference(api: Api, world: World) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    assert entries(api, matter, "noted", {"text": "先看过"}, if_match='"1"').status_code == 201
    for stale in ({"if_match": '"1"'}, {"seq": 1}):
        answer = entries(api, matter, "verified", {"result": "属实"}, **stale)
        told = answer.json()
        assert (answer.status_code, told["type"], told["seq"]) == (409, "/problems/stale", 2)
        assert [(one["seq"], one["type"]) for one in told["since"]] == [(2, "noted")]
    assert entries(api, matter, "verified", {"result": "属实"}, if_match='"2"').status_code == 201
    assert entries(api, matter, "noted", if_match="*").status_code == 201
    assert entries(api, matter, "noted", if_match="three").json()["errors"][0]["header"] == "If-Match"
    assert entries(api, matter, "noted", if_match='"4"', seq=3).json()["errors"][0]["pointer"] == "#/seq"


def test_a_key_does_a_call_once_and_answers_alike(api: Api, world: World) -> None:
    first = intake(api, world, idempotency_key="k-1")
    with clock.at(at("2026-03-02 12:00")):
        again = intake(api, world, idempotency_key="k-1")
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    assert [again[name] for name in ("Location", "ETag")] == [first[name] for name in ("Location", "ETag")]
    assert (Subject.objects.count(), Answer.objects.count()) == (1, 1)
    other = intake(api, world, {"data": {**COMPLAINT, "channel": "来访"}}, idempotency_key="k-1")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    elsewhere = api.post("/batch", {"items": [{"matter": str(uuid4()), "type": "noted"}]}, idempotency_key="k-1")
    assert elsewhere.json()["type"] == "/problems/key-reused"


def test_answers_are_kept_for_thirty_days_and_a_matter_is_taken_in_once_for_ever(api: Api, world: World) -> None:
    first = intake(api, world, idempotency_key="k").json()["matter"]["id"]
    with clock.at(MONDAY + timedelta(days=30)):
        assert forget() == 0
    with clock.at(MONDAY + timedelta(days=30, minutes=59)):
        assert forget() == 0
    with clock.at(MONDAY + timedelta(days=30, hours=1)):
        assert forget() == 1
        again = intake(api, world, idempotency_key="k")
        assert (again.status_code, again.json()["matter"]["id"], "Idempotent-Replayed" in again) == (201, first, False)
        assert Subject.objects.count() == 1
    with clock.at(MONDAY + timedelta(days=61)):
        assert forget() == 1
        other = intake(api, world, {"data": {**COMPLAINT, "text": "电梯停运"}}, idempotency_key="k")
    assert (other.status_code, Subject.objects.count()) == (201, 2)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_is_one_call_and_two_bodies_are_two_answers(world: World) -> None:
    """Threads with connections of their own stand for processes: the keys live in the database alone."""
    caller = join("并发系统", [world.desk])

    def call(number: int) -> tuple[int, bytes]:
        try:
            with clock.at(MONDAY):
                text = {"data": {**COMPLAINT, "text": f"外墙渗水{number % 2}"}}
                answer = intake(Api(caller.integration, caller.issued), world, text, idempotency_key="k")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, range(8)))
    assert sorted(status for status, _body in answers) == [201] * 4 + [422] * 4
    assert len({body for status, body in answers if status == 201}) == 1
    assert (Subject.objects.count(), Answer.objects.count()) == (1, 1)


def test_two_integrations_keys_are_apart(api: Api, world: World) -> None:
    other = join("另一热线", [world.desk])
    assert intake(api, world, idempotency_key="k").status_code == intake(other, world, idempotency_key="k").status_code
    assert Subject.objects.count() == 2


def test_a_refused_call_keeps_its_key_free(api: Api, world: World) -> None:
    assert intake(api, world, {"data": {}}, idempotency_key="k").status_code == 422
    assert intake(api, world, idempotency_key="k").status_code == 201


def test_a_kept_answer_holds_nothing_sealed(api: Api, world: World) -> None:
    intake(api, world, idempotency_key="k")
    api.post("/customers", {"unit": world.project.pk, "name": "王小明", "phones": ["13800010001"]}, idempotency_key="c")
    kept = "".join(Answer.objects.values_list("body", flat=True))
    assert Answer.objects.count() == 2
    assert [word for word in ("渗水", "王小明", "13800010001") if word in kept] == []


@pytest.mark.parametrize("key", ["k" * 129, "钥匙", "a\tb"])
def test_keys_have_their_form(api: Api, world: World, key: str) -> None:
    answer = intake(api, world, idempotency_key=key)
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (422, "Idempotency-Key")


def test_a_dry_run_says_all_and_writes_nothing(api: Api, world: World) -> None:
    answer = api.post("/matters?dry_run=true", {"unit": world.project.pk, "data": COMPLAINT}, idempotency_key="dry")
    told = answer.json()
    assert (answer.status_code, told["dry_run"], told["matter"]["number"]) == (200, True, "投诉-云栖一期-2026-0001")
    assert {one["event"] for one in told["duties"]} == {"verified", "answered"}
    left = [model.objects.count() for model in (Subject, Entry, Answer, Outbox, Numbering)]
    assert left == [0, 0, 0, 0, 0]
    matter = intake(api, world).json()["matter"]["id"]
    assert entries(api, matter, "closed", dry_run=True).status_code == 403
    assert entries(api, matter, "verified", {"result": "属实"}, dry_run=True).json()["matter"]["seq"] == 2
    assert api.get(f"/matters/{matter}").json()["seq"] == 1


def test_a_batch_has_a_result_for_each_item_and_one_refused_hinders_no_other(api: Api, world: World) -> None:
    one, two = (intake(api, world).json()["matter"]["id"] for _n in range(2))
    items = [
        {"matter": one, "type": "verified", "data": {"result": "属实"}},
        {"matter": one, "type": "closed"},
        {"matter": str(uuid4()), "type": "noted"},
        {"matter": two, "type": "verified", "data": {"colour": "红"}},
        {"matter": two, "type": "joined", "data": {"other": one}},
        {"matter": two, "type": "noted", "data": {"text": "备注"}, "seq": 1},
    ]
    answer = api.post("/batch", {"items": items}, idempotency_key="b-1")
    told = answer.json()["items"]
    assert [item["status"] for item in told] == [201, 403, 404, 422, 201, 201]
    assert told[3]["problem"]["errors"][0]["pointer"] == "#/items/3/data/colour"
    assert (told[0]["seq"], told[1]["problem"]["roles"]) == (2, ["领导"])
    assert api.post("/batch", {"items": items}, idempotency_key="b-1").content == answer.content
    assert [one["type"] for one in api.get(f"/matters/{two}/entries").json()["items"]] == [
        "received",
        "joined",
        "noted",
    ]
    assert Entry.objects.filter(subject=one, type="joined").count() == 1


def test_a_batch_may_be_tried_dry(api: Api, world: World) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    told = api.post("/batch?dry_run=true", {"items": [{"matter": matter, "type": "noted"}]}).json()
    assert (told["dry_run"], told["items"][0]["status"], Entry.objects.count()) == (True, 201, 1)


def test_relations_stand_in_both_journals(api: Api, world: World) -> None:
    one, two = (intake(api, world).json()["matter"]["id"] for _n in range(2))
    assert entries(api, two, "merged", {"other": one}).json()["matter"]["state"] == "merged"
    assert Entry.objects.filter(subject=one, type="linked").count() == 1
    assert entries(api, two, "unmerged", {"other": one}).json()["matter"]["state"] == "open"
    wrong = entries(api, two, "left", {"other": one}).json()
    assert [error["pointer"] for error in wrong["errors"]] == ["#/data/other"]


def test_files_are_typed_by_content_and_named_by_entries(api: Api, world: World) -> None:
    answer = api.upload(SimpleUploadedFile("wall.png", PNG), idempotency_key="f-1")
    told = answer.json()
    assert (answer.status_code, told["media_type"], told["size"], told["matter"]) == (201, "image/png", len(PNG), None)
    assert api.upload(SimpleUploadedFile("wall.png", PNG), idempotency_key="f-1").content == answer.content
    assert Attachment.objects.count() == 1
    wrong = api.upload(SimpleUploadedFile("wall.pdf", PNG))
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/file")
    matter = intake(api, world, {"data": {**COMPLAINT, "files": [told["id"]]}}).json()["matter"]["id"]
    (listed,) = api.get(f"/matters/{matter}/attachments").json()["items"]
    assert (listed["id"], listed["matter"]) == (told["id"], matter)
    content = api.get(f"/attachments/{told['id']}/content")
    assert (b"".join(content.streaming_content), content["Content-Type"]) == (PNG, "image/png")
    assert AccessLog.objects.get(what=f"attachment {told['id']}").person == api.person
    elsewhere = join("外部", [world.other.posts.get()])
    assert elsewhere.get(f"/attachments/{told['id']}").status_code == 404
    assert elsewhere.get(f"/attachments/{told['id']}/content").status_code == 404


def test_an_upload_that_is_none(api: Api, world: World) -> None:
    answer = api.post("/attachments", {"file": "x"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_what_the_api_wrote_verifies(api: Api, world: World) -> None:
    matter = intake(api, world).json()["matter"]["id"]
    entries(api, matter, "verified", {"result": "属实"})
    entries(api, matter, "work_started", {"order": "1"})
    assert list(verify()) == []
    assert Subject.objects.get().opened_at == MONDAY
