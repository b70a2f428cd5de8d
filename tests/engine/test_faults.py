"""Standing in cases that once went wrong (docs/engine.md; numbers are its paragraphs)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shouwen.calendars import statutory_calendar
from shouwen.engine import Entry, Owed, Program, Standing, compile_policy, fold
from shouwen.policy import PolicyErrors, load_text

SMALL = (Path(__file__).parent / "small.md").read_text(encoding="utf-8")
CALENDAR = statutory_calendar("Asia/Shanghai")


def program(*rules: str) -> Program:
    """The small policy with further rules under its second clause."""
    text = SMALL.replace("- {id: assist,", "".join(f"{rule}\n" for rule in rules) + "- {id: assist,")
    return compile_policy(load_text(text, "small.md", "small"), CALENDAR)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


def entries(*rows: tuple[str, str, dict[str, Any]]) -> list[Entry]:
    made = []
    for number, (at, event, data) in enumerate(rows, 1):
        moment = instant(at)
        made.append(Entry(f"e{number}", "M1", "complaint", event, moment, moment, number, "u", "前台", "一部", data))
    return made


def duty(standing: Standing, key: str, now: str) -> Owed:
    (found,) = [owed for owed in standing.duties(instant(now)) if owed.key == f"small/{key}"]
    return found


def folded(made: list[Entry], *rules: str) -> Standing:
    standing = Standing(program(*rules), "M1", "complaint")
    standing.take(made)
    return standing


def test_a_refused_signature_is_no_signature() -> None:
    """1: 拒签。"""
    sign = {"paper": "整改方案", "order": "O1"}
    rows: list[tuple[str, str, dict[str, Any]]] = [("02 09:00", "received", {})]
    rows += [("02 10:00", "signed", {**sign, "party": party}) for party in ("施工单位", "工程部")]
    refused = folded(entries(*rows, ("02 11:00", "signed", {**sign, "party": "客户", "refused": True})))
    (shut,) = refused.shut("work_started", {"order": "O1"})
    assert shut.missing == ("签署：客户",)
    given = folded(entries(*rows, ("02 11:00", "signed", {**sign, "party": "客户", "refused": False})))
    assert given.shut("work_started", {"order": "O1"}) == []


@pytest.mark.parametrize("lifting", ["excused", "waived"])
def test_lifted_and_then_done_stays_lifted(lifting: str) -> None:
    """3: 特殊情况除外的，后来做了也不算逾期。3月2日起10日止于3月12日。"""
    made = entries(
        ("01 09:00", "received", {}),
        ("02 09:00", "verified", {}),
        ("02 09:00", "plan_made", {}),
        ("03 09:00", lifting, {"duties": ["settled"]}),
        ("20 09:00", "settled", {}),
    )
    owed = duty(folded(made), "1:settle", "21 09:00")
    assert (owed.state, owed.kept_at) == (lifting, instant("20 09:00"))


def test_closing_what_was_withdrawn_revives_nothing() -> None:
    """9: 撤诉之后办结，直到重新受理。"""
    made = entries(("02 09:00", "received", {}), ("02 10:00", "withdrawn", {}), ("02 11:00", "closed", {}))
    assert duty(folded(made), "1:verified", "10 09:00").state == "void"
    made += entries(*[("01 09:00", "received", {})] * 3, ("03 09:00", "reopened", {}))[3:]
    assert duty(folded(made), "1:verified", "10 09:00").state == "overdue"


def test_a_later_pause_hides_nothing() -> None:
    """8: 24小时止于3月3日9:00；次日才中止的，仍是逾期。"""
    made = entries(("02 09:00", "received", {}), ("04 09:00", "suspended", {}))
    owed = duty(folded(made), "1:verified", "05 09:00")
    assert (owed.state, owed.due_at) == ("overdue", instant("03 09:00"))


def test_an_order_that_took_another_s_place_leaves_it_void() -> None:
    """1: 重新下单的，旧单的期限不再计。"""
    made = entries(
        ("02 09:00", "received", {}),
        ("02 10:00", "rectification_ordered", {"order": "O1", "item": "电梯"}),
        ("04 10:00", "rectification_ordered", {"order": "O2", "item": "电梯", "replaces": "O1"}),
    )
    standing = folded(made)
    assert duty(standing, "2:lift@O1", "20 09:00").state == "void"
    # 3月4日起5日止于3月9日24:00
    assert duty(standing, "2:lift@O2", "20 09:00").due_at == instant("10 00:00")


TIMER = (
    "- {id: promise, who: 前台, per: promise, after: {passed: 3d, since: promised, "
    "unless: {event: answered, where: 'accepted'}}, do: progress_told}"
)


def test_what_spares_one_timer_spares_no_other() -> None:
    """2: 甲的答复不免乙的届满。3月2日起3日止于3月5日24:00。"""
    made = entries(
        ("02 09:00", "received", {}),
        ("02 10:00", "promised", {"promise": "甲"}),
        ("02 10:00", "promised", {"promise": "乙"}),
        ("03 10:00", "answered", {"promise": "甲", "accepted": True}),
    )
    standing = folded(made, TIMER)
    assert [owed.key for owed in standing.duties(instant("10 09:00")) if "promise" in owed.key] == [
        "small/2:promise@乙"
    ]
    assert duty(standing, "2:promise@乙", "10 09:00").opened_at == instant("06 00:00")


AGREED = (
    "- {id: agreed, who: 前台, per: order, after: rectification_ordered, do: work_finished, within: 5d, "
    "agreed: agreement_signed.agreed_due}"
)


def test_an_agreement_after_the_fact_changes_nothing() -> None:
    """3: 3月2日起5日止于3月7日；3月20日才完成，之后补签的约定不改它。"""
    made = entries(
        ("02 09:00", "received", {}),
        ("02 10:00", "rectification_ordered", {"order": "O1", "item": "别的"}),
        ("20 10:00", "work_finished", {"order": "O1"}),
        ("25 10:00", "agreement_signed", {"agreed_due": "2026-03-30"}),
    )
    assert duty(folded(made, AGREED), "2:agreed@O1", "26 09:00").state == "late"
    made[2], made[3] = made[3], made[2]
    before = entries(*[("02 09:00", "received", {}), ("02 10:00", "rectification_ordered", {"order": "O1"})])
    before += entries(
        *[("01 09:00", "received", {})] * 2, ("03 10:00", "agreement_signed", {"agreed_due": "2026-03-30"})
    )[2:]
    before += entries(*[("01 09:00", "received", {})] * 3, ("20 10:00", "work_finished", {"order": "O1"}))[3:]
    owed = duty(folded(before, AGREED), "2:agreed@O1", "26 09:00")
    assert (owed.state, owed.due_at) == ("kept", instant("31 00:00"))


@pytest.mark.parametrize(
    ("event", "data", "name"),
    [
        ("plan_made", {"way": ["整改"]}, "way"),
        ("plan_made", {"way": 3}, "way"),
        ("validity_decided", {"valid": 0}, "valid"),
        ("validity_decided", {"valid": "true"}, "valid"),
    ],
)
def test_what_is_of_another_type_is_unknown(event: str, data: dict[str, Any], name: str) -> None:
    """11: 类型不对的，当作未知，决不当作真。"""
    assert folded(entries(("02 09:00", "received", {}), ("02 10:00", event, data))).values[name] is None


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "sNaN", True, [1], "一万"])
def test_what_is_no_number_sets_no_sum(amount: Any) -> None:
    """11: 默认为 0.00 的金额不被不是数的东西改动。"""
    standing = folded(entries(("02 09:00", "received", {}), ("02 10:00", "cost_estimated", {"amount": amount})))
    assert (str(standing.values["amount"]), standing.values["gravity"]) == ("0.00", "轻")


FOLLOW = "- {id: late_paper, shut: settled, until: explained, follow: 2d}"


def following() -> Program:
    text = SMALL.replace("- {id: signatures,", f"{FOLLOW}\n- {{id: signatures,").replace(
        "proposals:\n", "powers:\n- {who: 前台, may: [explained]}\nproposals:\n"
    )
    return compile_policy(load_text(text, "small.md", "small"), CALENDAR)


def test_a_paper_may_follow_its_act() -> None:
    """6: 可先行，2日内补齐：3月3日起止于3月5日24:00；先有了的，不必再补。"""
    after = Standing(following(), "M1", "complaint")
    after.take(entries(("02 09:00", "received", {}), ("03 09:00", "settled", {})))
    owed = duty(after, "2:late_paper", "04 09:00")
    assert (owed.who, owed.state, owed.due_at, after.breaches) == ("前台", "open", instant("06 00:00"), [])
    before = Standing(following(), "M1", "complaint")
    before.take(entries(("02 09:00", "received", {}), ("02 10:00", "explained", {}), ("03 09:00", "settled", {})))
    assert [owed.key for owed in before.duties(instant("04 09:00")) if "late_paper" in owed.key] == []


@pytest.mark.parametrize("until", ["{any: [explained, settled]}", "{fact: valid}"])
def test_a_paper_that_may_follow_is_one_event(until: str) -> None:
    gate = f"- {{id: late_paper, shut: closed, until: {until}, follow: 2d}}\n- {{id: signatures,"
    with pytest.raises(PolicyErrors) as refused:
        load_text(SMALL.replace("- {id: signatures,", gate), "small.md", "small")
    assert [problem.message for problem in refused.value.problems] == [
        "关口 small/2:late_paper 可先行后补，until 却不是一个事件"
    ]


def test_mending_goes_before_the_question_of_when() -> None:
    """9: 更正到以后的，现在还没有发生；由以后更正到现在的，已经发生。"""
    made = entries(("02 09:00", "received", {}), ("02 20:00", "verified", {}), ("20 09:00", "settled", {}))
    later = entries(
        *[("01 09:00", "received", {})] * 3,
        ("03 08:00", "corrected", {"entry": "e2", "at": "2026-03-20T09:00:00+08:00"}),
    )[3:]
    standing = fold(program(), [*made, *later], instant("09 09:00"))["M1"]
    assert duty(standing, "1:verified", "09 09:00").state == "overdue"
    earlier = entries(
        *[("01 09:00", "received", {})] * 4,
        ("03 08:00", "corrected", {"entry": "e3", "at": "2026-03-03T07:00:00+08:00"}),
    )[4:]
    standing = fold(
        program("- {id: thanks, who: 前台, after: settled, do: called_back}"), [*made, *earlier], instant("09 09:00")
    )["M1"]
    assert duty(standing, "2:thanks", "09 09:00").opened_at == instant("03 07:00")


def test_a_correction_can_be_corrected() -> None:
    """9: 更正又被更正的，以后一次为准；互相更正的，各按原样。"""
    made = entries(
        ("02 09:00", "received", {}),
        ("03 09:00", "corrected", {"entry": "e1", "data": {"amount": "1.00"}}),
        ("04 09:00", "corrected", {"entry": "e2", "data": {"data": {"amount": "20000.00"}}}),
    )
    assert folded(made).values["gravity"] == "重"
    ring = entries(
        ("02 09:00", "received", {}),
        ("03 09:00", "corrected", {"entry": "e3", "data": {}}),
        ("04 09:00", "corrected", {"entry": "e2", "data": {}}),
    )
    assert folded(ring).values["gravity"] == "轻"


RECORDED: list[tuple[dict[str, Any], str | None]] = [
    ({"to": ["领导"]}, None),
    ({"to": ["客户", "领导", "领导"]}, None),
    ({"to": ["领导", "工程部"]}, "open"),
    ({"to": ["工程部"]}, "open"),
    # Nothing is known of whom it went to: what is unknown does not exclude.
    ({}, "open"),
    ({"to": []}, "open"),
    ({"to": "领导"}, None),
    ({"to": [3]}, "open"),
]


@pytest.mark.parametrize(("data", "state"), RECORDED)
def test_an_exception_excludes_only_what_surely_fits_it(data: dict[str, Any], state: str | None) -> None:
    """2: except。"""
    only = 'sets.contains(["领导", "客户"], to)'
    trigger = f"{{event: assistance_requested, except: '{only}'}}"
    rule = f"- {{id: help, who: 工程部, after: {trigger}, do: verified, within: 24h}}"
    standing = folded(entries(("02 09:00", "assistance_requested", data)), rule)
    found = [owed.state for owed in standing.duties(instant("02 10:00")) if owed.key == "small/2:help"]
    assert found == ([state] if state else [])


@pytest.mark.parametrize(("party", "state"), [("领导", "open"), ("工程部", "kept"), (None, "kept"), (3, "kept")])
def test_an_act_that_is_excepted_keeps_nothing(party: Any, state: str) -> None:
    """2: except, by what is done and by what sets off at once."""
    done = "{event: assistance_given, except: 'party == \"领导\"'}"
    rule = f"- {{id: help, who: 工程部, after: received, do: {done}, within: 24h}}"
    made = entries(("02 09:00", "received", {}), ("02 10:00", "assistance_given", {"party": party}))
    assert duty(folded(made, rule), "2:help", "02 11:00").state == state


def test_condition_and_exception_must_both_let_it_through() -> None:
    """2: where and except; 1: an exception that names what negates looks at it itself, as a condition does."""
    both = "{event: signed, where: 'paper == \"整改方案\"', except: 'party == \"领导\"'}"
    rule = f"- {{id: told, who: 前台, after: {both}, do: verified}}"
    refusals = "- {id: refused, who: 前台, after: {event: signed, except: '!refused'}, do: plan_made}"

    def opened(**data: Any) -> set[str]:
        standing = folded(entries(("02 09:00", "signed", data)), rule, refusals)
        return {owed.key.removeprefix("small/2:") for owed in standing.duties(instant("02 10:00"))}

    plan = "整改方案"
    assert opened(paper=plan, party="客户", refused=False) == {"told"}
    assert opened(paper=plan, party="领导", refused=False) == set()
    assert opened(party="客户", refused=False) == set()
    assert opened(paper=plan, party="客户", refused=True) == {"refused"}
    assert opened(paper=plan, party="客户") == {"told", "refused"}


def test_an_exception_of_a_gate() -> None:
    """6: what is surely excepted is not shut; what is unknown is."""
    shut_by, until = "{event: settled, except: 'result == \"转办\"'}", "{event: signed, except: 'party == \"领导\"'}"
    gate = f"- {{id: it, shut: {shut_by}, until: {until}}}"
    text = SMALL.replace("- {id: accepted,", f"{gate}\n- {{id: accepted,")
    ready = compile_policy(load_text(text, "small.md", "small"), CALENDAR)

    def shuts(party: str | None, data: dict[str, Any]) -> list[str]:
        standing = Standing(ready, "M1", "complaint")
        standing.take(
            entries(("02 09:00", "received", {}), *([("02 10:00", "signed", {"party": party})] if party else []))
        )
        return [one.gate.id for one in standing.shut("settled", data)]

    assert shuts(None, {"result": "转办"}) == []
    assert shuts(None, {"result": "办好"}) == ["small/2:it"]
    assert shuts(None, {}) == ["small/2:it"]
    assert shuts("领导", {}) == ["small/2:it"]
    assert shuts("客户", {}) == []
