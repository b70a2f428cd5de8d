"""By which gate a duty is stuck and since when; what timers will open (docs/engine.md, paragraphs 2, 5 and 6)."""

from typing import Any

import pytest
from tests.engine.test_faults import duty, entries, folded, instant

from shouwen.engine import Standing, stuck

FINISH = "- {id: finish, who: 前台, after: received, do: closed, within: 10d}"
BEGIN = "- {id: begin, who: 工程部, each: rectification_ordered, per: order, do: work_started, within: 5d}"
EITHER = "- {id: either, who: 前台, after: received, do: {any: [closed, withdrawn]}, within: 10d}"
RULES = (FINISH, BEGIN, EITHER)
ORDER = {"order": "O1", "item": "漏水"}
OPEN: tuple[str, str, dict[str, Any]] = ("02 09:00", "received", {})
ORDERED = ("03 09:00", "rectification_ordered", ORDER)
SIGNERS = ("施工单位", "工程部", "客户")


def signatures(day: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (f"{day} 1{n}:00", "signed", {"paper": "整改方案", "order": "O1", "party": p}) for n, p in enumerate(SIGNERS)
    ]


def stands(standing: Standing, key: str, now: str) -> tuple[list[str], str] | None:
    """Gates in the way, and since when."""
    found = stuck(standing, duty(standing, key, now))
    return None if found is None else ([one.gate.id for one in found.shut], f"{found.since:%d %H:%M}")


def test_a_gate_that_was_shut_at_the_opening_stuck_it_then() -> None:
    standing = folded(entries(OPEN, ORDERED), *RULES)
    assert stands(standing, "2:finish", "04 09:00") == (["small/2:accepted"], "02 09:00")
    assert stands(standing, "2:begin@O1", "04 09:00") == (["small/2:signatures"], "03 09:00")


def test_what_one_act_of_several_could_keep_is_not_stuck() -> None:
    assert stands(folded(entries(OPEN), *RULES), "2:either", "04 09:00") is None


def test_what_no_gate_shuts_is_not_stuck() -> None:
    assert stands(folded(entries(OPEN), *RULES), "1:verified", "02 10:00") is None


def test_the_paper_that_was_missing_frees_it() -> None:
    standing = folded(entries(OPEN, ORDERED, *signatures("04")), *RULES)
    assert stands(standing, "2:begin@O1", "05 09:00") is None


def test_an_order_of_its_own_is_stuck_by_its_own_paper() -> None:
    second = ("05 09:00", "rectification_ordered", {"order": "O2", "item": "漏水"})
    standing = folded(entries(OPEN, ORDERED, *signatures("04"), second), *RULES)
    assert stands(standing, "2:begin@O2", "06 09:00") == (["small/2:signatures"], "05 09:00")


def test_the_entry_that_shut_it_again_says_since_when() -> None:
    """验收之后又下一单：办结自那一单起又关着。"""
    accepted = ("06 09:00", "accepted_by_customer", {"order": "O1", "accepted": True})
    again = ("08 15:00", "rectification_ordered", {"order": "O2", "item": "漏水"})
    assert stands(folded(entries(OPEN, ORDERED, accepted), *RULES), "2:finish", "07 09:00") is None
    standing = folded(entries(OPEN, ORDERED, accepted, again), *RULES)
    assert stands(standing, "2:finish", "09 09:00") == (["small/2:accepted"], "08 15:00")


def test_a_category_can_shut_it() -> None:
    """关口只在有效时立着：判为无效则开，改判有效则自改判起关。"""
    rows = [OPEN, ("03 09:00", "validity_decided", {"valid": False})]
    assert stands(folded(entries(*rows), *RULES), "2:finish", "04 09:00") is None
    rows.append(("05 11:00", "validity_decided", {"valid": True}))
    assert stands(folded(entries(*rows), *RULES), "2:finish", "06 09:00") == (["small/2:accepted"], "05 11:00")


def test_a_retraction_shuts_it_when_it_is_written() -> None:
    """签署被撤销：自撤销之时起又卡住，此前是开的。"""
    rows = [OPEN, ORDERED, *signatures("04"), ("05 16:00", "retracted", {"entry": "e5"})]
    assert stands(folded(entries(*rows), *RULES), "2:begin@O1", "06 09:00") == (["small/2:signatures"], "05 16:00")


@pytest.mark.parametrize("now", ["05 09:00", "20 09:00"])
def test_stepping_and_taking_at_once_say_the_same(now: str) -> None:
    made = entries(OPEN, ORDERED, ("06 09:00", "accepted_by_customer", {"order": "O1", "accepted": True}))
    stepped = Standing(folded(made, *RULES).program, "M1", "complaint")
    for entry in reversed(made):
        stepped.step(entry)
    assert stands(stepped, "2:finish", now) == stands(folded(made, *RULES), "2:finish", now)


def test_what_a_timer_will_open_is_known_ahead() -> None:
    """核实后满15天未达成一致的，书面上报：3月3日核实，15日届满于3月18日24时。"""
    rows: list[tuple[str, str, dict[str, Any]]] = [OPEN, ("03 09:00", "verified", {})]
    coming = folded(entries(*rows)).coming(instant("04 09:00"))
    assert [(one.rule.id, one.clause, f"{one.at:%d %H:%M}") for one in coming] == [
        ("small/2:escalate", "small/2", "19 00:00")
    ]
    rows.append(("05 09:00", "negotiated", {"result": "一致"}))
    assert folded(entries(*rows)).coming(instant("06 09:00")) == []
