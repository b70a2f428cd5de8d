"""Each sort of fault is found on a policy written to contain it, alone, with its story."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from shouwen.calendars import statutory_calendar
from shouwen.engine.prove import Posts, Proof, prove, story_sentences
from shouwen.policy import Policy
from shouwen.policy.reader import load_text

CASES = YAML(typ="safe").load(Path(__file__).with_name("faults.yaml").read_text())
CALENDAR = statutory_calendar("Asia/Shanghai")
FRAME = """---
language: 1
name: small
title: 小规章
issuer: 明澄集团
version: "1"
effective: "2026-01-01"
roles:
  经办人: {{post: 经办人, at: own}}
  领导: {{post: 领导, at: up}}
  客户: {{party: customer}}
kinds:
  complaint: {{title: 投诉, matter: true}}
axes:
  nature: {{title: 类别, from: [received.category, classified.category], values: [甲类, 乙类]}}
{axes}
facts:
  amount: {{title: 金额, type: money, from: received.amount, default: "0.00"}}
{front}---
# 小规章
### small/1 第一条
投诉须核实。

```yaml rules
{rules}
```
"""


def policy(rules: str, front: str = "") -> Policy:
    axes = "".join(f"{line}\n" for line in front.splitlines()[1:]) if front.startswith("axes:") else ""
    rest = "" if axes else front
    return load_text(FRAME.format(rules=rules, front=rest, axes=axes.rstrip("\n")), "small.md", "small")


def proven(case: dict[str, Any]) -> tuple[Policy, Proof]:
    found = policy(case["rules"], case.get("front", ""))
    return found, prove(found, CALENDAR)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['sort']} {case.get('why', '')}".strip() for case in CASES])
def test_exactly_the_fault_is_found(case: dict[str, Any]) -> None:
    found, proof = proven(case)
    faults = [(one.sort, one.rule.removeprefix("small/1:"), one.what) for one in proof.faults]
    assert faults == [(case["sort"], case["found"]["rule"], case["found"]["what"])]
    assert list(story_sentences(found, proof.faults[0].story)) == case["story"]
    assert proof.unproven == []


def test_a_sound_policy_has_none() -> None:
    found = policy(
        """
duties:
- {meets: [1], id: verify, who: 经办人, after: received, do: verified, within: 24h}
gates:
- {meets: [1], shut: closed, until: verified}
""".strip()
    )
    proof = prove(found, CALENDAR)
    assert (proof.faults, proof.unproven, proof.proven) == ([], [], True)


def test_a_bound_that_is_reached_proves_nothing() -> None:
    """Design, proofs: a bound reached is “not proven”, never “proven”."""
    found = policy(
        """
gates:
- {meets: [1], shut: closed, until: {event: verified, last: true}}
- {meets: [1], shut: verified, until: {any: [accepted_by_customer, {not: returned}]}}
""".strip()
    )
    bounded = prove(found, CALENDAR, most=1)
    assert [one.sort for one in bounded.unproven] == ["办结不了"]
    assert (bounded.faults, bounded.proven) == ([], False)
    assert prove(found, CALENDAR).proven


DUTY = "duties:\n- {meets: [1], id: verify, title: 核实, who: 经办人, by: [经办人], after: received, do: verified}"


def test_a_post_without_people_does_nothing() -> None:
    acts = DUTY.replace("do: verified", "do: validity_decided")
    found = policy(acts)
    assert prove(found, CALENDAR, Posts({"经办人"}, ())).faults == []
    (fault,) = prove(found, CALENDAR, Posts({"领导"}, ())).faults
    assert (fault.sort, fault.rule) == ("无人能做", "small/1:verify")
    assert fault.what == "“核实”要经办人来做，没有人任这样的岗位"


KNOWN = "known:\n- {fault: 无人起算, rule: work_started, why: 原文如此}\n"
CLOCK = (
    "duties:\n- {meets: [1], id: finish, title: 完工, who: 经办人, after: work_started, do: work_finished, within: 10d}"
)


def test_what_the_policy_knows_of_is_said_and_does_not_fail() -> None:
    proof = prove(policy(CLOCK, KNOWN), CALENDAR)
    assert [(fault.rule, why) for fault, why in proof.known] == [("work_started", "原文如此")]
    assert (proof.faults, proof.stale, proof.proven) == ([], [], True)


def test_what_is_no_fault_any_more_must_go() -> None:
    proof = prove(policy(DUTY, KNOWN), CALENDAR)
    assert [one.rule for one in proof.stale] == ["work_started"]
    assert not proof.proven


def test_what_nobody_owes_may_be_declared() -> None:
    proof = prove(policy(CLOCK, "optional: {work_started: 何时开工由客户定}\n"), CALENDAR)
    assert proof.proven
