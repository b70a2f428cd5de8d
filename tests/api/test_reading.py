"""Reading: everything that the integration's posts see and nothing else, counts equal lists (Issue: one set)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.api.caller import Api, join
from tests.journal.world import INTAKE, MONDAY, POLICY, World, at

from shouwen.api.models import Scope
from shouwen.customers import actions as registry
from shouwen.journal import clock
from shouwen.journal.drafts import Draft, NewSubject
from shouwen.journal.models import AccessLog, Duty, Subject
from shouwen.organisation.access import visible
from shouwen.policy import load_text

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json()["items"]]


def walked(api: Api, path: str, query: dict[str, Any]) -> list[Any]:
    """All items of all pages."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        told = api.get(path, {**query, "cursor": cursor}).json()
        found += told["items"]
        cursor = told["next"]
    return found


def test_a_matter_is_told_with_owner_categories_and_zone(api: Api, world: World) -> None:
    subject = world.intake()
    answer = api.get(f"/matters/{subject.pk}")
    told = answer.json()
    assert answer["ETag"] == f'"{subject.head_seq}"'
    assert {
        name: told[name] for name in ("number", "kind", "unit_name", "state", "owner_person", "owner_post", "seq")
    } == {
        "number": "投诉-云栖一期-2026-0001",
        "kind": "complaint",
        "unit_name": "云栖一期",
        "state": "open",
        "owner_person": world.clerk.pk,
        "owner_post": None,
        "seq": 1,
    }
    assert (told["axes"], told["zone"], told["opened_at"]) == (
        {"nature": None},
        "Asia/Shanghai",
        "2026-03-02T09:00:00+08:00",
    )


def test_list_count_and_visible_are_one_set(api: Api, world: World) -> None:
    """Of matters here, elsewhere, confidential and handed over: the set of `visible()`, in list and count alike."""
    for minute in range(5):
        world.intake(at(f"2026-03-02 09:0{minute}"))
    other = world.intake(at("2026-03-02 09:05"))
    world.take(
        Draft(other, "restricted", {"people": [str(world.boss.pk)], "reason": "举报"}), now=at("2026-03-02 09:06")
    )
    elsewhere = join("外部", [world.other.posts.get()])
    with clock.at(at("2026-03-02 10:00")):
        for one in (api, elsewhere, join("集团", [world.branch.posts.get()])):
            seen = set(visible(one.person, Subject.objects.all(), clock.now()).values_list("pk", flat=True))
            listed = walked(one, "/matters", {"limit": 2})
            assert {item["id"] for item in listed} == {str(pk) for pk in seen}
            assert len(listed) == len(seen)
            assert one.get("/matters/count").json() == {"count": len(seen)}
            duties = visible(one.person, Duty.objects.all(), clock.now()).count()
            assert len(walked(one, "/duties", {"limit": 3})) == duties
            assert one.get("/duties/count").json() == {"count": duties}


def test_pages_neither_skip_nor_repeat_while_others_write(api: Api, world: World) -> None:
    made = [world.intake(at(f"2026-03-02 09:0{minute}")) for minute in range(6)]
    first = api.get("/matters", {"limit": 3}).json()
    world.intake(at("2026-03-02 09:30"))
    second = api.get("/matters", {"limit": 3, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + second["items"]] == [str(one.pk) for one in reversed(made)]
    assert second["next"] is None


def test_what_has_changed_since_is_found_oldest_change_first(api: Api, world: World) -> None:
    first, second = world.intake(), world.intake(at("2026-03-02 09:10"))
    world.take(Draft(first, "noted"), now=at("2026-03-02 09:20"))
    told = api.get("/matters", {"order": "updated", "updated_since": "2026-03-02T09:10:00+08:00"})
    assert ids(told) == [str(second.pk), str(first.pk)]
    assert ids(api.get("/matters", {"order": "updated", "updated_since": "2026-03-02T01:20:00Z"})) == [str(first.pk)]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ({"kind": "complaint"}, 2),
        ({"kind": "cause"}, 0),
        ({"state": "ended"}, 0),
        ({"matter": "true"}, 2),
        ({"number": "投诉-云栖一期-2026-0002"}, 1),
        ({"axis": "nature:重大"}, 1),
        ({"axis": "nature:一般"}, 0),
        ({"q": "渗水"}, 2),
        ({"q": "漏电"}, 0),
        ({"opened_from": "2026-03-02T09:05:00+08:00"}, 1),
        ({"opened_before": "2026-03-02T09:05:00+08:00"}, 1),
        ({"overdue": "true"}, 0),
        ({"overdue": "false"}, 2),
        ({"unit": "999999"}, 0),
    ],
)
def test_filters_narrow_list_and_count_alike(api: Api, world: World, query: dict[str, str], hits: int) -> None:
    world.intake()
    second = world.intake(at("2026-03-02 09:10"))
    world.take(Draft(second, "classified", {"category": "重大"}), now=at("2026-03-02 09:11"))
    assert len(ids(api.get("/matters", query))) == hits
    assert api.get("/matters/count", query).json() == {"count": hits}


def test_overdue_is_said_from_the_due_instant_on(api: Api, world: World) -> None:
    world.intake()
    for when, overdue in (("2026-03-03 08:59", 0), ("2026-03-03 09:00", 1)):
        with clock.at(at(when)):
            assert api.get("/matters/count", {"overdue": "true"}).json() == {"count": overdue}
            assert api.get("/duties/count", {"overdue": "true"}).json() == {"count": overdue}
            states = [one["state"] for one in api.get("/duties").json()["items"]]
            assert states == (["overdue", "open"] if overdue else ["open", "open"])


def test_a_duty_has_its_clock_clause_and_arithmetic(api: Api, world: World) -> None:
    subject = world.intake()
    first, answered = api.get(f"/matters/{subject.pk}/duties").json()["items"]
    if first["event"] != "verified":
        first, answered = answered, first
    assert (first["clause"], first["role"], first["due_at"], first["state"]) == (
        "desk/1",
        "前台",
        "2026-03-03T09:00:00+08:00",
        "open",
    )
    assert (answered["event"], answered["due_at"]) == ("answered", None)
    told = api.get(f"/duties/{first['id']}/arithmetic").json()
    assert (told["form"], told["due_at"], told["clause"]) == ("counted", "2026-03-03T09:00:00+08:00", "desk/1")
    assert told["lines"][0] == "起算：2026年3月2日（周一）09:00，期限24小时"
    assert told["steps"][0]["kind"] == "start"
    english = api.get(f"/duties/{first['id']}/arithmetic", accept_language="en").json()
    assert english["lines"][0].startswith("Start: ")
    assert api.get(f"/duties/{answered['id']}/arithmetic").json()["form"] == "none"


def test_duties_are_found_by_who_owes_them_and_when(api: Api, world: World) -> None:
    world.intake()
    post = world.desk.pk
    assert {one["event"] for one in api.get("/duties", {"post": post}).json()["items"]} == {"verified", "answered"}
    assert {one["event"] for one in api.get("/duties", {"person": world.clerk.pk}).json()["items"]} == {"answered"}
    assert api.get("/duties/count", {"due_before": "2026-03-03T09:00:01+08:00"}).json() == {"count": 1}
    assert api.get("/duties/count", {"due_before": "2026-03-03T09:00:00+08:00"}).json() == {"count": 0}
    assert api.get("/duties/count", {"state": "kept"}).json() == {"count": 0}
    assert api.get("/duties/count", {"unit": world.group.pk, "clause": "desk/1"}).json() == {"count": 2}


def test_the_journal_is_envelopes_and_what_is_sealed_is_shown_for_a_reason(api: Api, world: World) -> None:
    customer = registry.register(world.project, "张三", MONDAY, phones=["13800010001"])
    subject = world.intake(customer=str(customer.pk))
    (told,) = api.get(f"/matters/{subject.pk}/entries").json()["items"]
    assert (told["type"], told["data"]["channel"], told["sealed"], "text" in told["data"]) == (
        "received",
        "电话",
        True,
        False,
    )
    assert told["content"] is None
    assert AccessLog.objects.count() == 0
    asked = f"/matters/{subject.pk}/entries"
    refused = api.get(asked, {"content": "true"})
    assert refused.json()["errors"] == [{"detail": "必填。", "header": "Access-Reason"}]
    (shown,) = api.get(asked, {"content": "true"}, access_reason=quote("回访核对")).json()["items"]
    assert shown["content"] == {"text": "外墙渗水"}
    look = AccessLog.objects.get()
    assert (look.person, look.subject, look.kind, look.reason, look.customer) == (
        api.person,
        subject,
        "revealed",
        "回访核对",
        str(customer.pk),
    )


def test_who_may_not_reveal_sees_nothing_sealed_whatever_the_reason(world: World) -> None:
    plain = join("看板", [world.desk], [Scope.MATTERS_READ])
    subject = world.intake()
    answer = plain.get(f"/matters/{subject.pk}/entries", {"content": "true"}, access_reason="because")
    assert (answer.status_code, answer.json()["scope"]) == (403, "reveal")


def test_next_acts_have_their_gates_and_forms(api: Api, world: World) -> None:
    subject = world.intake()
    told = api.get(f"/matters/{subject.pk}/next").json()
    acts = {one["event"]: one for one in told["items"]}
    assert told["seq"] == 1
    assert (acts["verified"]["due_at"], acts["verified"]["may"], acts["verified"]["act"]) == (
        "2026-03-03T09:00:00+08:00",
        True,
        False,
    )
    closed = acts["closed"]
    assert (closed["may"], closed["roles"]) == (False, ["领导"])
    assert [(one["clause"], one["event"], one["opens"]) for one in closed["shut"]] == [
        ("desk/2", "accepted_by_customer", [])
    ]
    form = acts["verified"]["form"]
    assert (form["title"], form["additionalProperties"]) == ("核实", False)
    assert form["properties"]["findings"] == {
        "type": "string",
        "maxLength": 20000,
        "title": "核实情况",
        "x-personal": True,
    }


def test_forms_are_the_policys(api: Api, world: World) -> None:
    subject = world.intake()
    told = api.get(f"/matters/{subject.pk}/forms/classified").json()
    assert told["form"]["properties"]["category"] == {"type": "string", "enum": ["一般", "重大"], "title": "类别"}
    intake = api.get("/intake-form", {"unit": world.project.pk}).json()
    assert (intake["event"], intake["form"]["required"]) == ("received", ["channel", "text"])
    plain = api.get("/intake-form", {"unit": world.project.pk, "kind": "unheard_of"}).json()
    assert plain["form"]["required"] == []
    for event in ("overdue", "no_such_event"):
        assert api.get(f"/matters/{subject.pk}/forms/{event}").status_code == 404


def test_links_show_only_what_is_seen(api: Api, world: World) -> None:
    there = NewSubject("complaint", world.other)
    other = world.take(Draft(there, "received", INTAKE), by=world.outsider).subject
    own = world.intake()
    world.take(Draft(own, "linked", {"other": str(other.pk), "role": "repeat_of"}), by=world.boss)
    above = join("集团", [world.branch.posts.get()])
    (link,) = above.get(f"/matters/{own.pk}/links").json()["items"]
    (back,) = above.get(f"/matters/{other.pk}/links").json()["items"]
    assert (link["role"], link["direction"], link["number"]) == ("repeat_of", "to", other.number)
    assert (back["role"], back["direction"], back["number"]) == ("repeat_of", "from", own.number)
    assert api.get(f"/matters/{own.pk}/links").json()["items"] == []


def test_what_is_not_seen_is_not_there(world: World) -> None:
    subject = world.intake()
    duty = Duty.objects.first()
    assert duty is not None
    elsewhere = join("外部", [world.other.posts.get()])
    for path in (
        f"/matters/{subject.pk}",
        f"/matters/{uuid4()}",
        f"/matters/{subject.pk}/entries",
        f"/matters/{subject.pk}/next",
        f"/matters/{subject.pk}/duties",
        f"/matters/{subject.pk}/links",
        f"/matters/{subject.pk}/attachments",
        f"/duties/{duty.pk}",
        f"/duties/{duty.pk}/arithmetic",
        f"/units/{world.project.pk}",
        f"/posts/{world.desk.pk}",
        f"/calendars/{world.project.pk}/2026",
        "/policies/999999",
        "/customers/999999",
        "/assets/999999",
    ):
        answer = elsewhere.get(path)
        assert (path, answer.status_code, answer.json()["type"]) == (path, 404, "/problems/not-found")
    assert elsewhere.post(f"/matters/{subject.pk}/entries", {"type": "noted"}).status_code == 404


def test_units_and_posts(api: Api, world: World) -> None:
    (unit,) = api.get("/units").json()["items"]
    assert (unit["id"], unit["name"], unit["kind"], unit["path"]) == (
        world.project.pk,
        "云栖一期",
        "project",
        world.project.path,
    )
    (post,) = api.get("/posts", {"unit": world.project.pk}).json()["items"]
    assert [one["name"] for one in post["holders"]] == ["单晓雨", "𠮷祥", "热线"]
    assert api.get(f"/posts/{world.desk.pk}").json() == post
    assert api.get("/units", {"kind": "group"}).json()["items"] == []
    whole = join("集团", [world.branch.posts.get()])
    below = whole.get("/units", {"within": world.other.pk}).json()["items"]
    assert [one["name"] for one in below] == ["云栖二期"]


def test_policies_in_force_with_clauses_and_rules(api: Api, world: World) -> None:
    held = api.get("/policies").json()["items"]
    assert [(one["kind"], one["unit"], one["name"]) for one in held] == [
        ("cause", world.group.pk, "desk"),
        ("complaint", world.group.pk, "desk"),
    ]
    version = held[0]["version"]
    told = api.get(f"/policies/{version}").json()
    assert told["text"] == POLICY.read_text(encoding="utf-8")
    assert told["clauses"] == [clause.id for clause in load_text(told["text"], "desk.md", "desk").clauses]
    clause = api.get(f"/policies/{version}/clauses/desk/2").json()
    gate = next(one for one in clause["rules"] if one["id"] == "desk/2:accepted")
    assert (gate["sort"], gate["taken"], gate["rule"]["shuts"][0]["event"]) == ("gate", True, "closed")
    assert gate["sentence"].endswith("。")
    assert clause in api.get(f"/policies/{version}/clauses").json()["items"]
    assert api.get(f"/policies/{version}/clauses/desk/99").status_code == 404
    assert api.get("/policies", {"kind": "cause"}).json()["items"] == held[:1]


def test_how_each_clause_fares(api: Api, world: World) -> None:
    """Two complaints open two duties each under desk/1; one is verified in time, one overdue a day later."""
    kept = world.intake()
    world.intake(at("2026-03-02 09:10"))
    world.take(Draft(kept, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"))
    version = api.get("/policies").json()["items"][0]["version"]
    with clock.at(at("2026-03-03 09:30")):
        told = api.get(f"/policies/{version}/figures", {"days": 7}).json()
        elsewhere = join("外部", [world.other.posts.get()]).get(f"/policies/{version}/figures").json()
    assert (told["first"], told["last"]) == ("2026-02-25", "2026-03-03")
    (desk,) = told["items"]
    assert desk == {
        "clause": "desk/1",
        "opened": 5,
        "kept": 1,
        "late": 0,
        "running": 3,
        "overdue": 1,
        "let_off": 0,
        "void": 0,
    }
    assert elsewhere["items"] == []


def test_a_year_of_the_calendar(api: Api, world: World) -> None:
    """国务院办公厅关于2026年部分节假日安排的通知: 1 to 7 October are holidays, 10 October is a workday."""
    told = api.get(f"/calendars/{world.project.pk}/2026").json()
    days = {one["date"]: one for one in told["days"]}
    assert (len(told["days"]), told["provisional"]) == (365, False)
    assert (days["2026-10-01"]["kind"], days["2026-10-10"]["kind"]) == ("holiday", "makeup_workday")
    assert api.get(f"/calendars/{world.project.pk}/2027").json()["provisional"] is True
    assert api.get(f"/calendars/{world.project.pk}/1066").status_code == 422


def test_instants_stand_in_the_units_zone(api: Api, world: World) -> None:
    subject = world.intake()
    type(world.project).objects.filter(pk=world.project.pk).update(zone="Asia/Urumqi")
    opened = datetime.fromisoformat(api.get(f"/matters/{subject.pk}").json()["opened_at"])
    assert (opened, opened.utcoffset()) == (MONDAY, datetime.fromisoformat("2026-03-02T07:00+06:00").utcoffset())
