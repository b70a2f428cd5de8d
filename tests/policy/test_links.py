"""Clauses that repeat or contradict one another (`also`, `replaces`): what runs, what is said, what cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwen.policy import Policy, PolicyErrors, load_text
from shouwen.policy.compare import changes
from shouwen.policy.coverage import cover
from shouwen.policy.edition import content
from shouwen.policy.joined import Clash, joined
from shouwen.policy.ledger import read_ledger
from shouwen.policy.links import displacing, problems_between
from shouwen.policy.model import Duty
from shouwen.policy.sentences import link_sentences

FRONT = """---
language: 1
name: NAME
title: 办法NAME
issuer: 示例集团
version: "1"
effective: 2020-01-01
roles:
  分部: {post: 分部}
  领导: {post: 领导, at: up}
kinds: {complaint: {title: 投诉, matter: true}}
MORE
---
"""
VERIFY = "duties: [{meets: [1], who: 分部, after: received, do: verified, within: LIMIT}]"
CLOSED = "gates: [{meets: [2], shut: closed, until: verified}]"


def policy(name: str, *clauses: str, more: str = "facts: {}") -> Policy:
    """A policy whose clauses 1, 2, … hold these rules."""
    text = FRONT.replace("NAME", name).replace("MORE", more)
    for number, rules in enumerate(clauses, start=1):
        text += f"### {name}/{number} 第{number}条\n正文{number}\n```yaml rules\n{rules}\n```\n"
    return load_text(text, f"{name}.md", name)


def duties(found: Policy) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(rule.id, str(rule.within), rule.also) for rule in found.all_of(Duty)]


def verify(limit: str) -> str:
    return VERIFY.replace("LIMIT", limit)


def test_duty_that_another_clause_of_the_policy_says_too_is_owed_once() -> None:
    found = policy("a", f"{verify('24h')}\nalso: ['2']", f"{verify('24h')}\n{CLOSED}")
    assert [(one[0], one[2]) for one in duties(found)] == [("a/1:verified", ("a/2",))]
    assert [rule.id for rule in found.rules] == ["a/1:verified", "a/2:closed"]


def test_clause_that_is_replaced_does_not_run_and_both_are_shown() -> None:
    found = policy("a", f"{verify('8h')}\nreplaces: ['2']", verify("24h"))
    assert [one[0] for one in duties(found)] == ["a/1:verified"]
    assert link_sentences(found, found.by_id["a/1"]) == [
        ("取代", "两者都施行时，以本条为准，a/2 的规则不执行。"),
    ]
    assert link_sentences(found, found.by_id["a/2"]) == [("被取代", "以 a/1 为准，本条的规则不执行。")]
    rules = [part["rules"] for part in content(found)["body"]]
    assert [[(rule["tag"], rule["marks"]) for rule in clause] for clause in rules] == [
        [("取代", []), ("义务", [])],
        [("被取代", []), ("义务", ["被取代"])],
    ]


def test_only_the_rules_of_one_demand_are_replaced() -> None:
    found = policy("a", f"{verify('8h')}\nreplaces: ['2#1']", f"{verify('24h')}\n{CLOSED}")
    assert [rule.id for rule in found.rules] == ["a/1:verified", "a/2:closed"]
    assert link_sentences(found, found.by_id["a/2"]) == [("被取代", "a/2#1 以 a/1 为准，落实它的规则不执行。")]


def test_coverage_shows_both_texts_and_who_wins(tmp_path: Path) -> None:
    found = policy("a", f"{verify('8h')}\nreplaces: ['2']", verify("24h"), f"{CLOSED}\nalso: [b/7]")
    demands = "demands: [{kind: step, what: 核实, who: 分部, holds: enforced}"
    text = "name: a\nclauses:\n" + "".join(
        f"- {{id: a/{n}, ref: 第{n}条, text: 正文{n}, {demands}{extra}]}}\n"
        for n, extra in ((1, ""), (2, ""), (3, ", {kind: step, what: 办结, who: 分部, holds: enforced}"))
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    report = cover(found, read_ledger(tmp_path, "a"), {})
    assert [(str(line.asked.demand), line.carried, line.links) for line in report.lines] == [
        ("a/1#1", "carried", ("两者都施行时，以本条为准，a/2 的规则不执行。",)),
        ("a/2#1", "replaced", ("以 a/1 为准，本条的规则不执行。",)),
        ("a/3#1", "none", ("与 b/7 所说相同，同一行为只欠一次。",)),
        ("a/3#2", "carried", ("与 b/7 所说相同，同一行为只欠一次。",)),
    ]


def test_relation_is_part_of_the_difference_of_two_versions() -> None:
    before, after = (
        policy("a", verify("8h"), verify("24h")),
        policy("a", f"{verify('8h')}\nreplaces: ['2']", verify("24h")),
    )
    assert [(one.where, one.before, one.after) for one in changes(before, after)] == [
        ("1 取代", None, "两者都施行时，以本条为准，a/2 的规则不执行。"),
        ("2 被取代", None, "以 a/1 为准，本条的规则不执行。"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "third", "said"),
    [
        ("replaces: ['2']", "replaces: ['1']", "", ["a/1：与 a/2 互相写了 replaces", "a/2：与 a/1 互相写了 replaces"]),
        ("also: ['2']", "also: ['1']", "", ["a/1：与 a/2 互相写了 also", "a/2：与 a/1 互相写了 also"]),
        (
            "also: ['2']",
            "replaces: ['1']",
            "",
            ["a/1：also a/2，而那一条 replaces 本条", "a/2：replaces a/1，而那一条 also 本条"],
        ),
        (
            "replaces: ['2']",
            "replaces: ['3']",
            "replaces: ['1']",
            [
                "a/1：取代成环：a/1 → a/2 → a/3 → a/1",
                "a/2：取代成环：a/2 → a/3 → a/1 → a/2",
                "a/3：取代成环：a/3 → a/1 → a/2 → a/3",
            ],
        ),
    ],
)
def test_relations_that_cannot_hold_together(first: str, second: str, third: str, said: list[str]) -> None:
    with pytest.raises(PolicyErrors) as caught:
        policy("a", *(f"{verify('8h')}\n{one}" for one in (first, second, third)))
    assert [str(one).split(": ", 1)[1].split("；")[0] for one in caught.value.problems] == said


def test_clauses_of_another_policy_are_looked_at_where_both_are_known() -> None:
    one, other = policy("a", f"{verify('8h')}\nreplaces: [b/9]"), policy("b", verify("24h"))
    assert [str(problem) for problem in problems_between([one])] == []
    line = one.by_id["a/1"].links[0].place.line
    assert [str(problem) for problem in problems_between([one, other])] == [
        f"a.md:{line}: a/1：没有条款 b/9；是不是“b/1”？"
    ]


def test_policies_that_hold_together_add_up() -> None:
    one, other = policy("a", f"{verify('8h')}\nreplaces: [b/1]"), policy("b", verify("24h"), CLOSED)
    both = joined([one, other])
    assert [rule.id for rule in both.rules] == ["a/1:verified", "b/2:closed"]
    assert (both.name, both.title, both.replaced) == ("a", "办法a + 办法b", {"b/1": "a/1"})
    assert displacing(other, [one]) == {"b/1": "a/1"}


def test_demand_of_two_policies_is_met_once_and_names_both_clauses() -> None:
    one, other = policy("a", f"{verify('8h')}\nalso: [b/1]"), policy("b", verify("24h"), CLOSED)
    assert [(rule.id, rule.also) for rule in joined([one, other]).all_of(Duty)] == [("a/1:verified", ("b/1",))]


def test_what_only_a_clause_can_settle_is_said() -> None:
    axes = (
        "axes: {nature: {title: 类别, from: classified.category, values: [VALUE]}}\ndefaults: {count_first_day: FLAG}"
    )
    one = policy("a", verify("8h"), more=axes.replace("VALUE", "甲").replace("FLAG", "true"))
    other = policy("b", verify("24h"), more=axes.replace("VALUE", "乙").replace("FLAG", "false"))
    with pytest.raises(Clash) as caught:
        joined([one, other])
    assert caught.value.told == (
        "办法a、办法b的日期计算规则（defaults）不同",
        "类别轴“nature”各部规章所指不同",
    )
