"""Every mistake of a policy file is said at once, with file, line, clause, what is wrong and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from shouwen.policy import PolicyErrors, load, load_text
from shouwen.policy.yamltext import Map, read_yaml

FRONT = """---
language: 1
name: good
title: 示例投诉办法
issuer: 示例集团
version: "2020"
effective: 2020-01-01
roles:
  客户服务分部: {post: 客户服务分部}
  公司领导: {post: 公司分管领导, at: up}
  客户: {party: customer, also: [业主]}
kinds:
  complaint: {title: 投诉, matter: true}
axes:
  nature: {title: 类别, from: classified.category, values: [一般性投诉, 工程质量投诉]}
facts:
  amount: {title: 处理费用, type: money, from: received.amount}
papers: {整改方案: {title: 整改方案}}
words: {及时: {within: 2h, why: 内部约定}}
readings:
  起点: {of: [1#1], choices: {自接诉: 自接诉起, 自核实: 自核实起}, take: 自接诉, why: 字面}
---
# 示例投诉办法
### good/1 第一条
第一条正文。
"""
FRONT_LINES = FRONT.count("\n")


def said(text: str) -> list[str]:
    """The problems of a policy text, without the file's name."""
    with pytest.raises(PolicyErrors) as caught:
        load_text(text, "good.md", "good")
    return [str(problem).removeprefix("good.md:") for problem in caught.value.problems]


def said_of_rules(rules: str) -> list[str]:
    """The problems of one clause's rules; line 1 is the first line of the block."""
    lines = []
    for line in said(f"{FRONT}```yaml rules\n{rules}\n```\n"):
        number, _, rest = line.partition(":")
        lines.append(f"{int(number) - FRONT_LINES - 1}:{rest}")
    return lines


def said_of_front(old: str, new: str) -> list[str]:
    """The problems after one change of the front matter."""
    assert old in FRONT
    return said(FRONT.replace(old, new))


MISTAKES, _ = read_yaml(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES["rules"], ids=lambda mistake: f"line {mistake.line}")
def test_mistake_in_rules(mistake: Map) -> None:
    assert said_of_rules(mistake["rules"].removesuffix("\n")) == mistake["says"]


@pytest.mark.parametrize("mistake", MISTAKES["front"], ids=lambda mistake: f"line {mistake.line}")
def test_mistake_in_front_matter(mistake: Map) -> None:
    old, new = mistake["instead_of"].removesuffix("\n"), mistake["write"].removesuffix("\n")
    assert said_of_front(old, new) == mistake["says"]


def test_text_without_front_matter() -> None:
    assert said("# 办法\n### good/1 第一条\n正文\n") == [
        "1: 没有规章信息；文件第一行应为 ---，其下写 name、title 等，再以 --- 结束"
    ]


def test_front_matter_without_end() -> None:
    """It ends before the first clause; what stands there is read."""
    lines = FRONT.splitlines()
    lines[lines.index("---", 1)] = ""
    text = "\n".join(lines).replace("at: up", "at: above")
    text += "\n```yaml rules\npowers: [{who: 公司, may: [closed]}]\n```\n"
    assert said(text) == [
        "1: 规章信息没有结束；应以单独一行 --- 结束",
        "10: “at”写作“above”；应为 own（本单位）、up（本单位或最近的上级）、group（集团）、department（部门）之一",
        "27: good/1：没有名为“公司”的角色；是不是“公司领导”？",
    ]


def test_misplaced_text_blocks_and_headings() -> None:
    text = FRONT + "### good/1 又一条\n## 第二章\n散落的文字\n```yaml\nx: 1\n```\n### good/2\n```yaml rules\n"
    assert said(text) == [
        "26: good/1：条款没有正文；标题之下写条款原文",
        "26: good/1：条款编号重复（另见第 24 行）；每个条款的编号只用一次",
        "28: 条款之外的文字；正文写在“### 条款编号 出处”之下",
        "29: 代码块写作“```yaml”；应为 ```yaml rules",
        "32: good/2：条款标题没有写出处；应为“### 条款编号 出处”，如 ### jinke/5.1 第五条 1",
        "32: good/2：条款没有正文；标题之下写条款原文",
        "33: good/2：代码块没有结束；应以单独一行 ``` 结束",
        "34: good/2：内容不是“键: 值”的对照；应为“键: 值”",
    ]


def test_mistakes_of_front_matter_and_of_several_clauses_are_said_together() -> None:
    """A part that cannot be read hides nothing elsewhere, and is not blamed again where it is used."""
    text = FRONT.replace("at: up", "at: above").replace("type: money", "type: cash") + (
        "```yaml rules\n"
        "duties:\n"
        "- {who: 公司领导, after: received, do: verified, wihtin: 24h}\n"
        "- {who: 公司领导, after: recieved, do: verified, when: amount > 5}\n"
        "```\n"
        "### good/2 第二条\n第二条正文。\n"
        "```yaml rules\n"
        "powers: [{who: 分部, may: [closed]}]\n"
        "```\n"
    )
    assert said(text) == [
        "10: “at”写作“above”；应为 own（本单位）、up（本单位或最近的上级）、group（集团）、department（部门）之一",
        "17: “type”写作“cash”；应为 text、bool、number、money、date、instant、list 之一",
        "28: good/1：没有“wihtin”这个键；是不是“within”？",
        "29: good/1：没有名为“recieved”的事件；是不是“received”？",
        "34: good/2：没有名为“分部”的角色；角色有：客户服务分部、公司领导、客户",
    ]


def test_yaml_words_stay_text() -> None:
    """YAML 1.2: `on`, `8:30` and bare dates are text, so a version or an item may be called so."""
    rules = (
        "lists: [{name: on}]\nrows:\n- {list: on, item: 8:30, within: 3d}\n- {list: on, item: 2005-05-28, within: 3d}\n"
    )
    policy = load_text(f"{FRONT}```yaml rules\n{rules}```\n", "good.md", "good")
    assert [getattr(rule, "item", rule.id) for rule in policy.clauses[0].rules] == ["good/1:list", "8:30", "2005-05-28"]
    assert policy.effective == "2020-01-01"


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "good.md"
    path.write_bytes(b"---\n" + "标题".encode("gb18030"))
    with pytest.raises(PolicyErrors) as caught:
        load(path)
    assert [str(problem) for problem in caught.value.problems] == [f"{path}:2: 不是 UTF-8 文字；另存为 UTF-8"]


SOUND = Path(__file__).with_name("every_kind.md").read_text(encoding="utf-8")
PLACES, _ = read_yaml(Path(__file__).with_name("slips.yaml").read_text(encoding="utf-8"))
SLIPS = [slip for place in PLACES for slip in place["slips"]]
PAIRS = [pair for place in PLACES for pair in combinations(place["slips"], 2)]


def slipped(slips: Iterable[Map]) -> str:
    """The sound policy with the slips in it."""
    text = SOUND
    for slip in slips:
        assert text.count(slip["instead_of"]) == 1
        text = text.replace(slip["instead_of"], slip["write"])
    return text


def said_of_slips(slips: Iterable[Map]) -> set[str]:
    with pytest.raises(PolicyErrors) as caught:
        load_text(slipped(slips), "every_kind.md", "every-kind")
    return {str(problem).removeprefix("every_kind.md:") for problem in caught.value.problems}


def test_policy_of_every_kind_of_rule_is_sound() -> None:
    assert load_text(SOUND, "every_kind.md", "every-kind").name == "every-kind"


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["write"])
def test_slip_is_said_and_nothing_follows_from_it(slip: Map) -> None:
    assert said_of_slips([slip]) == set(slip["says"])


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda slip: slip["write"])
def test_two_slips_in_one_rule_are_both_said(one: Map, other: Map) -> None:
    """All errors of a file at once: neither a misshapen key nor an unknown name hides the other."""
    assert said_of_slips([one, other]) == {*one["says"], *other["says"]}


def test_all_slips_are_said_at_once() -> None:
    assert len(SLIPS) == 93
    assert said_of_slips(SLIPS) == {line for slip in SLIPS for line in slip["says"]}


def test_blocks_out_of_place_are_read_all_the_same() -> None:
    """A block that is not closed ends before the next clause; one too many, misnamed or astray is read too."""
    text = FRONT + (
        "```yaml rules\npowers: [{who: 公司, may: [verified]}]\n"
        "### good/2 第二条\n正文\n"
        "```yaml rules\nduties:\n- {who: 公司领导, after: recieved, do: verified}\n```\n"
        "```yaml rules\ngates: [{shut: settled, until: verified, follow: 2d, when: amont > 3}]\n```\n"
        "```yaml\nlists: [{nam: 甲表}]\n```\n"
        "## 第三章\n```yaml rules\npowers: [{who: 公司领导, may: [clse]}]\n```\n"
    )
    assert said(text) == [
        "26: good/1：代码块没有结束；应以单独一行 ``` 结束",
        "27: good/1：没有名为“公司”的角色；是不是“公司领导”？",
        "32: good/2：没有名为“recieved”的事件；是不是“received”？",
        "34: good/2：一个条款有两个规则代码块；合为一个",
        "35: good/2：条件“amont > 3”里没有声明“amont”；是不是“amount”？",
        "37: good/2：代码块写作“```yaml”；应为 ```yaml rules",
        "38: good/2：没有“nam”这个键；是不是“name”？",
        "41: 规则不在条款之下；规则写在“### 条款编号 出处”和正文之后",
        "42: 没有名为“clse”的事件；是不是“closed”？",
    ]


def test_front_matter_without_beginning_is_read() -> None:
    assert said(FRONT.removeprefix("---\n").replace("at: up", "at: above")) == [
        "1: 没有规章信息；文件第一行应为 ---，其下写 name、title 等，再以 --- 结束",
        "9: “at”写作“above”；应为 own（本单位）、up（本单位或最近的上级）、group（集团）、department（部门）之一",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("roles:\n", "roles: &a\n  甲: *a\n", 8, "内容引用了它自己（* 和 &）"),
        ("title: 示例投诉办法", "title: 示例\x00投诉办法", 4, "有不可见的控制字符"),
        ("papers: {", "papers: " + "[" * 3000 + "{", 18, "YAML 读不下去：括号套得太深"),
        ("papers: {", "papers: *乙\nx: {", 18, "YAML 读不下去：found undefined alias '乙'"),
    ],
)
def test_traps_of_yaml(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(PolicyErrors) as caught:
        load_text(FRONT.replace(old, new), "good.md", "good")
    assert (line, message) in [(problem.line, problem.message) for problem in caught.value.problems]
