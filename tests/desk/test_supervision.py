"""The pages of supervision and the regulation reader: what they show opens into exactly what they count."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.test import Client
from tests.insight.overseen import NOW, Overseen, oversee
from tests.journal.world import POLICY, World, at

from shouwen.desk.ladder import ladder_of
from shouwen.desk.matter import MatterPage
from shouwen.desk.reader import differences
from shouwen.governance.actions import publish
from shouwen.governance.ladder import Ladders, Rung
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.insight.supervision import FIGURES
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.ladder_actions import put
from shouwen.journal.models import Duty, Entry, Outbox
from shouwen.journal.sweep import sweep
from shouwen.organisation.models import Person

Pages = Callable[[str], Client]


@pytest.fixture
def overseen(db: None) -> Iterator[Overseen]:
    made = oversee()
    with clock.at(NOW):
        yield made


@pytest.fixture
def pages(overseen: Overseen) -> Pages:
    def client(username: str) -> Client:
        made = Client(headers={"accept-language": "zh-hans"})
        made.force_login(Person.objects.get(username=username))
        return made

    return client


@pytest.mark.parametrize("who", ["boss", "clerk", "outsider"])
@pytest.mark.parametrize("unit", ["", "group", "project"])
def test_every_figure_of_the_page_opens_into_as_many_rows(
    pages: Pages, overseen: Overseen, who: str, unit: str
) -> None:
    query = {"unit": str(getattr(overseen.world, unit).pk)} if unit else {}
    answer = pages(who).get("/supervision/", query)
    assert answer.status_code == 200
    for tile in answer.context["tiles"]:
        rows = pages(who).get("/supervision/list/", {**query, "figure": tile.name})
        assert (tile.name, rows.context["page"].paginator.count) == (tile.name, tile.n)
    links = {unescape(link) for link in re.findall(r'href="(/supervision/list/\?[^"]+)"', answer.content.decode())}
    assert {link for link in links if pages(who).get(link).status_code != 200} == set()


def test_what_is_stuck_says_gate_clause_and_since_when(pages: Pages) -> None:
    page = pages("boss").get("/supervision/list/", {"figure": "stuck"}).content.decode()
    assert page.count("须先有：业主验收") == 3
    assert "自 2026-03-02 09:00 起关着" in page
    assert "/regulations/desk/?version=" in page


def test_figures_that_are_not_there_and_units_that_are_not_there(pages: Pages) -> None:
    client = pages("boss")
    asked = [
        ("list/", {"figure": "nothing"}),
        ("", {"unit": "999999"}),
        ("", {"unit": "x"}),
        ("list/", {"unit": "1" * 40}),
    ]
    assert [client.get(f"/supervision/{page}", query).status_code for page, query in asked] == [404] * 4
    odd = {
        "clause": "x" * 500,
        "post": "-1",
        "holder": "none",
        "opened_from": "2026-02-30",
        "outcome": "?",
        "page": "0",
    }
    assert client.get("/supervision/list/", odd).status_code == 200


@pytest.mark.parametrize("figure", list(FIGURES))
def test_empty_lists_say_so(pages: Pages, overseen: Overseen, figure: str) -> None:
    unit = str(overseen.world.group.pk)
    page = pages("outsider").get("/supervision/list/", {"figure": figure, "unit": unit, "direct": "1"})
    assert page.context["page"].paginator.count == 0
    assert "这里没有可数的" in page.content.decode()


# --- urging ----------------------------------------------------------------------------------


def test_many_are_urged_with_a_result_each(pages: Pages, overseen: Overseen) -> None:
    late = Duty.objects.get(subject=overseen.silent, event="verified")
    plan = Duty.objects.get(subject=overseen.tardy, event="plan_made")
    own = Duty.objects.get(subject=overseen.silent, event="reported_up")
    hidden = Duty.objects.get(subject=overseen.secret, event="closed")
    sent = {
        "duty": [str(one.pk) for one in (late, plan, own, hidden)],
        "event": "urged",
        "text": "今天报来",
        "key": "k1",
    }
    for _ in range(2):  # 再发一次，不写第二遍
        answer = pages("boss").post("/supervision/urge/", sent)
        assert [(one.duty.pk, one.refused) for one in answer.context["results"]] == [
            (late.pk, ""),
            (plan.pk, ""),
            (own.pk, "这是您自己欠的。"),
        ]
    entries = list(Entry.objects.filter(type="urged"))
    assert {(one.subject_id, one.by.username if one.by else "", one.post, one.data["duty"]) for one in entries} == {
        (late.subject_id, "boss", "领导", late.key),
        (plan.subject_id, "boss", "领导", plan.key),
    }
    assert len(entries) == 2
    told = Outbox.objects.filter(kind="urged", person__isnull=False).values_list("person__username", flat=True)
    assert set(told) == {"clerk", "second", "outsider"}


def test_who_does_not_stand_above_is_told_why(pages: Pages, overseen: Overseen) -> None:
    duty = Duty.objects.get(subject=overseen.closed, event="answered")
    sent = {"duty": [str(duty.pk)], "event": "inquired", "key": "k2"}
    (result,) = pages("clerk").post("/supervision/urge/", sent).context["results"]
    assert result.refused == "只有欠办单位的上级、事项的首问人，或规章指明的人可以催办。"
    assert Entry.objects.filter(type="inquired").count() == 0


def test_nothing_picked(pages: Pages) -> None:
    answer = pages("boss").post("/supervision/urge/", {"event": "urged", "key": "k3"})
    assert answer.status_code == 422
    assert "没有选中" in answer.content.decode()


def test_the_holder_sees_the_urging_and_answers(pages: Pages, overseen: Overseen) -> None:
    duty = Duty.objects.get(subject=overseen.silent, event="verified")
    pages("boss").post("/supervision/urge/", {"duty": [str(duty.pk)], "event": "urged", "key": "k4"})
    seq = Entry.objects.get(type="urged").seq
    bench = pages("clerk").get("/").content.decode()
    assert "催办一次，2026-03-10 09:00，欧阳明" in bench
    (answer_link,) = re.findall(rf'href="(/matters/{duty.subject_id}/do/noted/[^"]+)"', bench)
    form = pages("clerk").get(unescape(answer_link)).context["form"]
    assert (form.initial["duty"], form.initial["entry"]) == (duty.key, str(seq))
    matter = pages("clerk").get(f"/matters/{duty.subject_id}/").content.decode()
    assert "催办一次" in matter
    assert "<strong>催办</strong>" in matter
    overseen.world.take(Draft(duty.subject, "noted", {"entry": str(seq), "duty": duty.key, "text": "今天办"}), now=NOW)
    assert "已答复 2026-03-10 09:00" in pages("boss").get("/supervision/list/", {"figure": "overdue"}).content.decode()


def test_the_matter_page_offers_urging_to_who_may(pages: Pages, overseen: Overseen) -> None:
    address = f"/matters/{overseen.tardy.pk}/do/urged/?duty=desk%2F1%3Aplan_made"
    assert address in unescape(pages("boss").get(f"/matters/{overseen.tardy.pk}/").content.decode())
    assert "/do/urged/" not in pages("outsider").get(f"/matters/{overseen.tardy.pk}/").content.decode()


# --- the ladder ---------------------------------------------------------------------------------


def test_the_ladder_tells_what_came_and_what_comes(overseen: Overseen) -> None:
    """云栖二期：三日上报已因核实不再来；拟定方案3月6日9:00逾期，本单位的阶梯满97、120小时。"""
    world = overseen.world
    put(world.group, "", [Rung(97, "领导"), Rung(120, "前台")], NOW)
    with clock.at(at("2026-03-10 10:01")):
        sweep()
    page = MatterPage(overseen.tardy, world.boss, at("2026-03-10 11:00"))
    assert [(one.title, one.whom, f"{one.at:%m-%d}", one.passed, one.clause) for one in ladder_of(page)] == [
        ("拟定方案：逾期满 97 小时", "领导（欧阳明）", "03-10", True, ""),
        ("拟定方案：逾期满 120 小时", "前台", "03-11", False, ""),
    ]
    silent = MatterPage(overseen.silent, world.boss, NOW)
    steps = [(one.title, one.whom, one.passed, one.clause) for one in ladder_of(silent) if one.clause == "desk/1"]
    assert steps == [("上报", "领导（欧阳明）", True, "desk/1")]


def test_what_a_timer_will_bring_is_on_the_ladder(db: None) -> None:
    from tests.journal.world import world as lay

    world: World = lay()
    subject = world.intake()
    (step,) = ladder_of(MatterPage(subject, world.clerk, at("2026-03-02 10:00")))
    assert (step.title, step.whom, step.passed, step.clause) == ("上报", "领导", False, "desk/1")
    assert step.at == at("2026-03-06 00:00")


# --- the reader ----------------------------------------------------------------------------------


def test_the_reader_shows_text_rules_and_figures_that_open_into_their_rows(pages: Pages) -> None:
    client = pages("boss")
    page = client.get("/regulations/desk/").content.decode()
    assert 'id="desk/1"' in page
    assert "首问人应在二十四小时内核实" in page
    figures = client.get("/regulations/desk/figures/", {"days": "30"}).content.decode()
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+) <b>(\d+)</b>', figures)
    assert len(found) > 5
    for address, title, n in found:
        rows = client.get(unescape(address)).context["page"].paginator.count
        assert (title, rows) == (title, int(n))


def test_search_keeps_the_clauses_that_hold_the_words(pages: Pages) -> None:
    page = pages("boss").get("/regulations/desk/", {"q": "验收"}).content.decode()
    assert ('id="desk/2"' in page, 'id="desk/1"' in page) == (True, False)
    assert "<mark>验收</mark>" in page
    nothing = pages("boss").get("/regulations/desk/", {"q": "<script>"}).content.decode()
    assert "没有条款含有这些字" in nothing


def test_a_clock_leads_to_its_clause_and_its_arithmetic(pages: Pages, overseen: Overseen) -> None:
    duty = Duty.objects.get(subject=overseen.silent, event="verified")
    for page in ("/", f"/matters/{overseen.silent.pk}/", "/supervision/list/?figure=overdue"):
        shown = pages("clerk").get(page).content.decode()
        assert f"/regulations/desk/?version={duty.policy_version_id}#desk/1" in shown
        assert f"/matters/{overseen.silent.pk}/why/?duty=" in shown
    why = pages("clerk").get(f"/matters/{overseen.silent.pk}/why/", {"duty": duty.key}).content.decode()
    assert f"/regulations/desk/?version={duty.policy_version_id}#desk/1" in why
    assert "2026-03-04" in why


def test_two_versions_beside_each_other(pages: Pages, overseen: Overseen) -> None:
    older = PolicyVersion.objects.get(name="desk", version="2026-01-01")
    newer = PolicyVersion.objects.get(name="desk", version="2026-02-01")
    found = [
        (one.place, [(change.what, change.sort) for change in one.changes])
        for one in differences(policy_of(older), policy_of(newer))
    ]
    assert found == [("题头", [("", "changed")]), ("1", [("义务", "added")])]
    page = pages("boss").get("/regulations/desk/compare/", {"before": older.pk, "after": newer.pk}).content.decode()
    assert "<ins>" in page
    assert "办结" in page
    same = pages("boss").get("/regulations/desk/compare/", {"before": older.pk, "after": older.pk}).content.decode()
    assert "两版所说相同" in same


def test_readings_and_waiting_rules_are_marked(pages: Pages, overseen: Overseen) -> None:
    """金科：未采用的读法和待执行的规则，看得出不在执行。"""
    from shouwen.policy import policies_folder

    text = (policies_folder() / "jinke.md").read_text(encoding="utf-8")
    publish(text, name="jinke", by=None, at=NOW)
    page = pages("boss").get("/regulations/jinke/").content.decode()
    for words in ("未采用的读法", "采用的读法", "尚未执行"):
        assert words in page
    assert page.count('class="clause-block"') == 128


def test_the_edition_is_printed(pages: Pages) -> None:
    answer = pages("boss").get("/regulations/desk/print/")
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_regulations_that_are_not_there(pages: Pages) -> None:
    client = pages("boss")
    asked = ("nobody/", "nobody/figures/", "nobody/print/", "nobody/compare/", "desk/?version=999", "desk/?unit=x")
    assert [client.get(f"/regulations/{page}").status_code for page in asked] == [404] * 6
    assert POLICY.exists()


def test_an_administrator_sets_the_house_s_ladder_and_it_is_an_entry(pages: Pages, overseen: Overseen) -> None:
    world = overseen.world
    sent = {"unit": str(world.group.pk), "kind": "", "hours": ["24", "", "72"], "post": ["领导", "", "前台"]}
    assert pages("boss").post("/supervision/ladder/", sent).status_code == 404
    Person.objects.filter(pk=world.boss.pk).update(is_superuser=True)
    assert pages("boss").post("/supervision/ladder/", {**sent, "hours": ["24", "", "x"]}).status_code == 422
    assert pages("boss").post("/supervision/ladder/", sent).status_code == 302
    assert [(row.hours, row.post) for row in Ladders(NOW).of(world.project, "complaint")] == [
        (24, "领导"),
        (72, "前台"),
    ]
    (entry,) = Entry.objects.filter(type="administered")
    assert entry.data == {"what": "ladder.set", "object": "*", "after": "24 h 领导；72 h 前台"}
    assert "逾期满 24 小时：领导" in pages("clerk").get("/supervision/ladder/").content.decode()
