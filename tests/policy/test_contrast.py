"""Regulations side by side and searched, on a policy whose every answer is plain from its text (issue 4, point 9)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from shouwen.cli.policy import policy as commands
from shouwen.policy import load_text
from shouwen.policy.contrast import Contrast, Told
from shouwen.policy.levels import Level, levels
from shouwen.policy.search import Searched, words_of
from shouwen.policy.subjects import topic, topics

TEXT = """---
language: 1
name: small
title: 小办法
issuer: 某公司
trade: 家电售后
version: "1"
effective: "2026-01-01"
roles:
  客服: {post: 客服, at: own}
  经理: {post: 经理, at: up}
  客户: {party: customer}
kinds:
  complaint: {title: 投诉, matter: true}
  month: {title: 月度, period: month}
axes:
  hard: {title: 疑难, type: bool, from: classified.hard, presumed: false}
papers: {投诉月报: null}
---
### small/1 第一条
接到投诉二小时内联系客户，一个工作日内查明，再三日内答复；疑难的再七日内答复。逾期由客服报告经理，扣二分。
```yaml rules
duties:
- {meets: [1], who: 客服, after: received, do: contacted, within: 2h}
- {meets: [2], who: 客服, after: received, do: verified, within: 1wd}
- {meets: [3], who: 客服, after: verified, do: answered, within: 3d, when: '!hard', id: plain}
- {meets: [3], who: 经理, after: verified, do: answered, within: 7d, when: hard, id: hard}
- {meets: [4], who: 客服, to: 经理, after: {passed: 5d, since: received, unless: answered}, do: reported_up}
- {meets: [5], who: 客服, to: 客户, after: answered, do: notified, title: 寄送书面结果}
gates:
- {meets: [6], shut: answered, until: {event: approval_decided, where: approved}}
proposals:
- {meets: [7], on: {event: overdue, where: 'duty.endsWith(":plain")'}, propose: penalised, data: {points: "2"}, against: [客服], decide: 经理}
checklist:
- {meets: [8], item: 语气平和}
```
### small/2 第二条
每月5日前报送投诉月报；档案保存三年。
```yaml rules
duties:
- {meets: [1], subject: [month], who: 客服, to: 经理, after: opened, do: {event: submitted, where: 'paper == "投诉月报"'}, due: {month: next, day: 5}, title: 投诉月报}
waiting:
- {meets: [2], room: archives, rule: {retention: 投诉档案, keep: 3y, since: 办结}}
```
"""  # noqa: E501  a policy as it is written
SMALL = load_text(TEXT, "small.md", "small")


def told(name: str, column: str) -> list[str]:
    return [one.text for one in Contrast(SMALL).cells(topic(name)).get(column, ())]


def test_how_fast_from_the_receipt_on() -> None:
    told = Told("small/1", "接诉后核实", "核实", "限1个工作日内", "", 33.6)
    assert Contrast(SMALL).cells(topic("verified"))["fast"] == (told,)
    fast = Contrast(SMALL).cells(topic("replied"))["fast"]
    assert [(one.text, one.limit, one.since) for one in fast] == [
        ("核实后答复（疑难为“否”）", "限3日内", "1个工作日＋3日"),
        ("核实后答复（疑难为“是”）", "限7日内", "1个工作日＋7日"),
    ]


def test_who_signs_is_told_and_what_if_late() -> None:
    assert told("replied", "who") == ["客服", "经理"]
    assert told("replied", "signs") == ["须已签署处理意见（同意为“是”）"]
    assert told("replied", "told") == ["客服寄送书面结果，不设时限"]
    assert told("replied", "late") == [
        "自接诉起满5日仍未答复时，客服应向经理上报",
        "逾期（义务以:plain结尾）后，建议处罚（分数：2），对象：客服，由经理决定",
    ]
    assert told("verified", "late") == []


def test_reports_and_records() -> None:
    assert told("reports", "what") == ["投诉月报：月度，次月5日前（含当日）；客服报经理"]
    assert told("kept", "what") == ["投诉档案：自办结起3年"]
    assert Contrast(SMALL).cells(topic("closed")) == {}


def test_topics_are_those_that_some_duty_is_about() -> None:
    single = [one.name for one in topics([SMALL])][10:]
    assert single == ["contacted", "verified", "reported_up", "notified", "answered", "submitted"]
    assert told("answered", "fast") == told("replied", "fast")


def test_search_finds_words_in_text_and_in_sentences() -> None:
    searched = Searched(SMALL)
    assert [(hit.clause.id, hit.stretch) for hit in searched.hits(words_of("月报"))] == [
        ("small/2", "每月5日前报送投诉月报；档案保存三年。")
    ]
    (hit,) = searched.hits(words_of("满5日"))
    assert (hit.stretch, [said for _rule, said in hit.rules]) == (
        "",
        ["自接诉起满5日仍未答复时，客服应向经理上报，不设时限，以历时显示。"],
    )
    assert [hit.clause.id for hit in searched.hits(words_of("二小时 寄送"))] == ["small/1"]
    assert list(searched.hits(words_of("二小时 档案"))) == []
    with pytest.raises(ValueError, match="至少2个字"):
        words_of("月")


def test_levels_count_demands_by_what_becomes_of_them() -> None:
    found = levels(SMALL, {"small/1": ("甲", "乙")})
    assert found == {"small/1": Level(8, 7, 1, 0, 2), "small/2": Level(2, 1, 0, 1, 0)}


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.md").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("SHOUWEN_POLICIES", str(tmp_path))
    run = CliRunner().invoke
    compared = run(commands, ["compare", "--event", "kept"])
    assert (compared.exit_code, compared.output) == (
        0,
        "small 小办法（家电售后）\n  保存什么，多久：投诉档案：自办结起3年（待执行） [small/2]\n",
    )
    limits = run(commands, ["compare", "small"]).output.splitlines()
    assert limits[1:3] == [
        "  首次响应：接诉后联系客户：限2小时内 [small/1]",
        "  核实与判定：接诉后核实：限1个工作日内 [small/1]",
    ]
    assert run(commands, ["compare", "--event", "nonsense"]).exit_code == 2
    found = run(commands, ["search", "语气平和"])
    assert (found.exit_code, found.output.splitlines()[-1]) == (0, "1 条")
    assert run(commands, ["search", "没有的词"]).exit_code == 1
    assert run(commands, ["search", "无"]).exit_code == 2
