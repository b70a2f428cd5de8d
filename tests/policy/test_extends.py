"""A policy that extends another: what it takes over and replaces, its parameters, what cannot be (issue 4, 8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from shouwen.calendars import statutory_calendar
from shouwen.cli.policy import policy as commands
from shouwen.engine.mutate import mutants
from shouwen.engine.program import compile_policy
from shouwen.policy import Policy, PolicyErrors, load, load_text
from shouwen.policy.bundle import bundled, split
from shouwen.policy.compare import changes
from shouwen.policy.edition import content
from shouwen.policy.model import Duty
from shouwen.policy.sentences import clause_sentences, link_sentences

BASE = """---
language: 1
name: base
title: 基本办法
issuer: 某集团
trade: 通用
version: "1"
effective: "2026-01-01"
parameters:
  响应: {value: 2h, why: 通行做法}
  目标: {value: 90, unit: "%", why: 起步}
  大额: {value: 10000, unit: 元, why: 暂定}
roles:
  客服: {post: 客服, at: own}
  经理: {post: 经理, at: up}
  客户: {party: customer}
kinds:
  complaint: {title: 投诉, matter: true}
facts:
  amount: {title: 金额, type: money, from: received.amount, default: "0.00"}
---
# 基本办法
## 第一章 办理
### base/1 第一条
客服应当在 ${响应} 内响应，并查明；查明率目标 ${目标}。
```yaml rules
duties:
- {meets: [1], id: respond, who: 客服, after: received, do: acknowledged, within: '${响应}'}
- {meets: [2], id: verify, who: 客服, after: received, do: verified, within: 3d}
waiting:
- {meets: [3], room: measures, rule: {measure: 查明率, of: 客服, unit: "%", better: more, target: ">= ${目标}", window: 月, source: journal}}
```
### base/2 第二条
金额 ${大额} 以上的，经理应当三日内批复。
```yaml rules
duties:
- {meets: [1], id: approve, when: 'amount >= ${大额}', who: 经理, after: received, do: approval_decided, within: 3d, also: ["1"]}
```
### base/3 第三条
办结后一年内归档。
```yaml rules
duties:
- {meets: [1], id: file, who: 客服, after: closed, do: archived, within: 1y}
```
"""  # noqa: E501  a policy as it is written
HEIR = """---
language: 1
name: heir
title: 分公司办法
issuer: 某分公司
version: "1"
effective: "2026-02-01"
extends: base
parameters:
  响应: 1h
  归档: {value: 5d, why: 本公司快}
roles:
  专员: {post: 专员, at: own}
---
# 分公司办法
### heir/1 第一条
查明改由专员一日内办。
```yaml rules
duties:
- {meets: ["base/1#2"], id: verify, who: 专员, after: received, do: verified, within: 1d}
```
### heir/2 第二条
归档改为 ${归档} 内。
```yaml rules
replaces: [base/3]
duties:
- {meets: [1], id: file, who: 专员, after: closed, do: archived, within: '${归档}'}
```
"""
TEXTS = {"base": BASE, "heir": HEIR}


def read(text: str, **others: str) -> Policy:
    return load_text(bundled(text, "heir.md", "heir", {**TEXTS, **others}.get), "heir.md", "heir")


def said(policy: Policy, clause: str) -> list[str]:
    return [words for _rule, words in clause_sentences(policy, policy.by_id[clause])]


def problems(text: str, **others: str) -> list[tuple[str, int, str]]:
    with pytest.raises(PolicyErrors) as caught:
        read(text, **others)
    return [(one.file, one.line, one.message) for one in caught.value.problems]


def test_clauses_declarations_and_parameters_are_taken_over() -> None:
    heir = read(HEIR)
    assert (heir.title, heir.issuer, heir.trade, heir.extends) == ("分公司办法", "某分公司", "通用", ("base",))
    assert [(one.id, one.origin, one.replaced) for one in heir.clauses] == [
        ("heir/1", "", ()),
        ("heir/2", "", ()),
        ("base/1", "base", ("heir/1",)),
        ("base/2", "base", ()),
        ("base/3", "base", ("heir/2",)),
    ]
    assert [(one.text, one.before) for one in heir.headings] == [
        ("分公司办法", 0),
        ("沿用《基本办法》", 2),
        ("第一章 办理", 2),
    ]
    assert list(heir.roles) == ["客服", "经理", "客户", "专员"]
    assert heir.by_id["base/1"].text == "客服应当在 1小时 内响应，并查明；查明率目标 90%。"
    assert said(heir, "base/1") == [
        "接诉后，客服应告知受理，限1小时内。",
        "待“指标”模块执行：measure：查明率、of：客服、unit：%、better：more、target：>= 90、"
        "window：月、source：journal。",
    ]
    assert said(heir, "heir/1") == ["接诉后，专员应核实，限1日内。"]
    assert said(heir, "base/3") == []
    assert [duty.id for duty in heir.all_of(Duty)] == [
        "heir/1:verify", "heir/2:file", "base/1:respond", "base/2:approve",
    ]  # fmt: skip
    assert heir.all_of(Duty)[3].also == ("base/1",)


def test_it_runs_and_is_changed_only_in_its_own_rules() -> None:
    heir = read(HEIR)
    compile_policy(heir, statutory_calendar(heir.zone))
    assert {one.rule.id for one in mutants(heir)} == {"heir/1:verify", "heir/2:file"}


def test_inherited_clauses_and_parameters_are_shown_as_such() -> None:
    heir = read(HEIR)
    assert link_sentences(heir, heir.by_id["base/1"]) == [
        ("沿用", "沿用规章 base 的条款。"),
        ("被取代", "heir/1 另有规则的，以 heir/1 为准。"),
    ]
    assert ("被取代", "以 heir/2 为准，本条的规则不执行。") in link_sentences(heir, heir.by_id["base/3"])
    shown = content(heir)
    assert ["沿用", "base"] in shown["front"]
    assert "“响应”：1小时（本单位可改：通行做法），用于base/1。" in shown["sections"][1]["lines"]
    faster = read(HEIR.replace("响应: 1h", "响应: 30min"))
    assert [(one.where, one.before, one.after) for one in changes(heir, faster)][1:] == [
        (
            "base/1 正文",
            "客服应当在1小时内响应，并查明；查明率目标90%。",
            "客服应当在30分钟内响应，并查明；查明率目标90%。",
        ),
        ("base/1:respond 义务", "接诉后，客服应告知受理，限1小时内。", "接诉后，客服应告知受理，限30分钟内。"),
    ]


def test_the_whole_stands_in_one_text() -> None:
    whole = bundled(HEIR, "heir.md", "heir", TEXTS.get)
    assert split(whole) == (HEIR, (("base", BASE),))
    assert bundled(whole, "heir.md", "heir", {}.get) == whole
    assert bundled(BASE, "base.md", "base", {}.get) == BASE
    third = (
        HEIR.replace("name: heir", "name: third").replace("extends: base", "extends: heir").replace("heir/", "third/")
    )
    chain = bundled(third.replace("[base/3]", "[heir/2]"), "third.md", "third", {**TEXTS, "heir": whole}.get)
    assert [name for name, _text in split(chain)[1]] == ["heir", "base"]
    assert load_text(chain, "third.md", "third").extends == ("heir", "base")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("extends: base", "extends: bass", ("heir.md", 8, "没有可沿用的规章“bass”")),
        ("extends: base", "extends: heir", ("heir.md", 8, "规章互相沿用：heir → heir")),
        ("[base/3]", "[base/9]", ("heir.md", 25, "没有条款 base/9")),
        ("base/1#2", "base/9#2", ("heir.md", 20, "没有条款 base/9")),
        ("base/1#2", "base/1#7", ("heir.md", 20, "base/1 没有第 7 项诉求")),
        ("  响应: 1h\n", "  响映: 1h\n", ("heir.md", 10, "参数“响映”只写了值，却不是沿用来的")),
        ("${归档} 内", "${归挡} 内", ("heir.md", 23, "没有名为“归挡”的参数")),
        ("  专员: {post", "  专员: {party: contractor}\n  闲人: {post", None),
    ],
)
def test_what_cannot_be_is_said_with_its_line(old: str, new: str, expected: tuple[str, int, str] | None) -> None:
    text = HEIR.replace(old, new)
    if expected is None:
        read(text)
    else:
        file, line, message = problems(text)[0]
        assert (file, line, message.split("；")[0]) == expected


def test_a_mistake_of_the_extended_policy_is_said_of_its_own_file() -> None:
    assert problems(HEIR, base=BASE.replace("do: verified", "do: verifyed")) == [
        ("base.md", 29, "没有名为“verifyed”的事件")
    ]


def test_an_unused_parameter_and_a_text_without_its_base() -> None:
    assert problems(HEIR.replace("  归档:", "  闲置: {value: 3, why: 无}\n  归档:")) == [
        ("heir.md", 11, "参数“闲置”没有用到")
    ]
    with pytest.raises(PolicyErrors, match="没有随文"):
        load_text(HEIR, "heir.md", "heir")


def test_files_of_a_folder_extend_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SHOUWEN_POLICIES", str(tmp_path))
    assert load(tmp_path / "heir.md").extends == ("base",)
    checked = CliRunner().invoke(commands, ["check"])
    assert checked.output == "base：3 条，5 条规则，没有错误\nheir：5 条，5 条规则，没有错误\n"
