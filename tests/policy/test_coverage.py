"""`policy coverage`: what counts as placed, carried out and tested, and what does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwen.policy import load_text
from shouwen.policy.coverage import Coverage, cases_by_clause, cover
from shouwen.policy.ledger import read_ledger

FRONT = """---
language: 1
name: small
title: 小办法
issuer: 示例集团
version: "1"
effective: 2020-01-01
defaults: {days: DAYS}
roles:
  分部: {post: 分部, also: [客服分部]}
  领导: {post: 领导, at: up}
kinds: {complaint: {title: 投诉, matter: true}}
words: {及时: {within: 2d, why: 约定}}
READINGS
---
### small/1 第一条
正文
一
```yaml rules
RULES
```
"""


def ledger(folder: Path, *demands: str, text: str = "正文一") -> Path:
    """A ledger of one clause with these demands, each a YAML flow mapping without what and holds."""
    lines = [f"  - {{what: 某事, holds: enforced, {demand}}}" for demand in demands]
    head = f"name: small\nclauses:\n- id: small/1\n  ref: 第一条\n  text: {text}\n  demands:\n"
    (folder / "small.yaml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def covered(folder: Path, rules: str, *demands: str, days: str = "natural", readings: str = "") -> Coverage:
    text = FRONT.replace("DAYS", days).replace("READINGS", readings).replace("RULES", rules)
    policy = load_text(text, "small.md", "small")
    return cover(policy, read_ledger(ledger(folder, *demands), "small"), {})


DEADLINES = [
    # rules, demand, days of the policy, why it is not placed
    ("24h", "who: 分部, within: PT24H, days: natural", "natural", ""),
    ("24h", "who: 客服分部, within: PT24H, days: natural", "natural", ""),
    ("24h", "who: null, within: PT24H, days: natural", "natural", ""),
    ("24h", "who: 领导, within: PT24H, days: natural", "natural", "没有由领导承担的义务"),
    ("48h", "who: 分部, within: PT24H, days: natural", "natural", "没有24小时的义务"),
    ("24wh", "who: 分部, within: PT24H, days: natural", "natural", "没有24小时的义务"),
    ("1d", "who: 分部, within: PT24H, days: natural", "natural", "没有24小时的义务"),
    ("10d", "who: 分部, within: P10D, days: unstated", "natural", ""),
    ("10wd", "who: 分部, within: P10D, days: unstated", "natural", "没有10日的义务"),
    ("10d", "who: 分部, within: P10D, days: unstated", "working", ""),
    ("10nd", "who: 分部, within: P10D, days: unstated", "working", "没有10个工作日的义务"),
    ("10wd", "who: 分部, within: P10D, days: working", "natural", ""),
    ("10nd", "who: 分部, within: P10D, days: natural", "working", ""),
    ("7d", "who: 分部, within: P1W, days: unstated", "natural", ""),
    ("1w", "who: 分部, within: P7D, days: natural", "natural", ""),
    ("12mo", "who: 分部, within: P1Y, days: unstated", "natural", ""),
    ("0d", "who: 分部, within: P0D, days: natural", "natural", ""),
    ("0h", "who: 分部, within: PT0S, days: natural", "natural", ""),
    ("{word: 及时}", "who: 分部, within: P2D, days: natural", "natural", ""),
]


@pytest.mark.parametrize(("limit", "demand", "days", "lacking"), DEADLINES)
def test_deadline_is_placed_only_by_the_same_role_limit_and_days(
    tmp_path: Path, limit: str, demand: str, days: str, lacking: str
) -> None:
    rules = f"duties:\n- {{meets: [1], who: 分部, after: received, do: verified, within: {limit}}}"
    (line,) = covered(tmp_path, rules, f"kind: deadline, {demand}", days=days).lines
    assert (line.lacking, line.carried) == (lacking, "carried")


def test_deadline_of_a_row_is_owed_by_who_uses_the_list(tmp_path: Path) -> None:
    rules = (
        "duties:\n- {who: 分部, after: work_started, do: work_finished, "
        "within: {list: 甲, item: rectification_ordered.item, rows: {start: a}}}\n"
        "lists:\n- {name: 甲, attributes: {start: 起算}}\n"
        "rows:\n- {meets: [1], list: 甲, item: 一, within: 5d, start: a}\n"
        "- {meets: [2], list: 甲, item: 二, within: 5d, start: b}"
    )
    asked = "kind: deadline, who: 分部, within: P5D, days: unstated"
    report = covered(tmp_path, rules, asked, asked)
    assert [line.lacking for line in report.lines] == ["", "没有由分部承担的义务"]


@pytest.mark.parametrize(
    ("other", "lacking"),
    [
        ("{id: b, meets: [1], who: 分部, after: received, do: verified, within: 24h, reading: 乙}", ""),
        ("{id: b, meets: [1], who: 分部, after: received, do: verified, within: 72h, reading: 乙}", "没有24小时的义务"),
    ],
)
def test_another_limit_is_a_reading_only_where_its_switch_has_the_clause_s(
    tmp_path: Path, other: str, lacking: str
) -> None:
    readings = "readings: {期限: {of: [1#1], choices: {甲: a, 乙: b}, take: 甲, why: 字面}}"
    taken = "{id: a, meets: [1], who: 分部, after: received, do: verified, within: 48h, reading: 甲}"
    demand = "kind: deadline, who: 分部, within: PT24H, days: natural"
    (line,) = covered(tmp_path, f"duties: [{taken}, {other}]", demand, readings=readings).lines
    assert line.lacking == lacking


def test_a_reading_without_a_rule_places_no_deadline(tmp_path: Path) -> None:
    readings = "readings: {起点: {of: [1#1], choices: {甲: a, 乙: b}, take: 甲, why: 字面}}"
    demand = "kind: deadline, who: 分部, within: P1D, days: natural"
    (line,) = covered(tmp_path, "reference: [{meets: [1], why: 无}]", demand, readings=readings).lines
    assert (line.placed, line.carried, line.lacking) == (False, "printed", "没有义务")


@pytest.mark.parametrize("kind", ["approval", "signature"])
def test_approval_and_signature_are_placed_only_by_a_gate_or_a_duty(tmp_path: Path, kind: str) -> None:
    rules = (
        "gates: [{meets: [1], shut: closed, until: signed}]\n"
        "duties: [{meets: [2], who: 领导, after: received, do: signed}]\n"
        "powers: [{meets: [3], who: 领导, may: [closed]}]"
    )
    report = covered(tmp_path, rules, *[f"kind: {kind}"] * 3)
    assert [line.lacking for line in report.lines] == ["", "", "须由关口或义务落实"]


def test_what_a_room_carries_out_and_what_waits(tmp_path: Path) -> None:
    rules = (
        "definitions: [{meets: [1], kind: complaint}]\n"
        "checklist: [{meets: [2], item: 着装}]\n"
        "waiting: [{meets: [3], room: appraisal, what: 考评}]\n"
        "responsibilities: [{meets: [4], who: 分部, what: 负责}]\n"
        "duties: [{meets: [5], who: 分部, after: received, do: verified, reading: 乙}, "
        "{id: own, meets: [7], who: 分部, after: received, do: verified}]"
    )
    readings = "readings: {起点: {of: [1#6], choices: {甲: a, 乙: b}, take: 甲, why: 字面}}"
    report = covered(tmp_path, rules, "kind: definition", *["kind: step"] * 6, readings=readings)
    assert [(line.carried, line.lacking) for line in report.lines] == [
        ("carried", ""),
        ("printed", ""),
        ("waiting", ""),
        ("printed", ""),
        ("none", "没有规则"),
        ("none", "没有规则"),
        ("carried", ""),
    ]


def test_a_definition_does_not_carry_out_a_step(tmp_path: Path) -> None:
    (line,) = covered(tmp_path, "definitions: [{meets: [1], kind: complaint}]", "kind: step").lines
    assert (line.placed, line.carried) == (True, "printed")


def test_citation_that_does_not_exist_and_text_that_differs(tmp_path: Path) -> None:
    text = FRONT.replace("DAYS", "natural").replace("READINGS", "").replace(
        "RULES", "reference: [{meets: [2, '9#1'], why: 无}]"
    )  # fmt: skip
    policy = load_text(text + "### small/9 第九条\n正文\n", "small.md", "small")
    report = cover(policy, read_ledger(ledger(tmp_path, "kind: step", text="正文二三"), "small"), {})
    assert report.faults == (
        "small.md:16: small/1：正文与台账不同，自第 3 字起：规章“正文一”，台账“正文二三”",
        "small.md:20: small/1：台账没有 small/1#2",
        "small.md:20: small/1：台账没有 small/9#1",
        "small.md:22: small/9：台账没有这一条",
    )


def test_white_space_does_not_make_a_text_differ(tmp_path: Path) -> None:
    assert covered(tmp_path, "reference: [{meets: [1], why: 无}]", "kind: step").faults == ()


def test_cases_name_the_clauses_they_prove(tmp_path: Path) -> None:
    text = FRONT.replace("DAYS", "natural").replace("READINGS", "").replace("RULES", "checklist: [{item: 甲}]")
    policy = load_text(text, "small.md", "small")
    (tmp_path / "a.yaml").write_text("- {case: 甲, clauses: [4.20, small/1]}\n- {case: 乙, clauses: [4.20]}\n", "utf-8")
    assert cases_by_clause(policy, tmp_path) == {"small/4.20": ("甲", "乙"), "small/1": ("甲",)}
