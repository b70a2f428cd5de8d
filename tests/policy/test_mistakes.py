"""Every mistake of a policy file is said at once, with file, line, clause, what is wrong and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwen.policy import PolicyErrors, load, load_text

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


DUTY = "duties:\n- {meets: [1], who: 客户服务分部, after: received, do: verified, within: 24h}\n"

RULES = [
    # names that are not declared
    ("duties:\n- {who: 客服分部, after: received, do: verified}", ["2: good/1：没有名为“客服分部”的角色；是不是“客户服务分部”？"]),
    ("duties:\n- {who: 公司领导, after: recieved, do: verified}", ["2: good/1：没有名为“recieved”的事件；是不是“received”？"]),
    ("duties:\n- {who: 公司领导, after: received, do: verify_it}", ["2: good/1：没有名为“verify_it”的事件；是不是“verified”？"]),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, subject: [complain]}",
        ["2: good/1：没有名为“complain”的对象种类；是不是“complaint”？"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, reading: 自接诉起算}",
        ["2: good/1：没有名为“自接诉起算”的读法；是不是“自接诉”？"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: {word: 适时}}",
        ["2: good/1：没有名为“适时”的词（words）；词（words）有：及时"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: {list: 时限表, item: received.category}}",
        ["2: good/1：没有名为“时限表”的时限表；还没有时限表"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, also: ['2']}",
        ["2: good/1：没有条款 good/2；是不是“good/1”？"],
    ),
    (
        "duties:\n- {meets: ['2#1'], who: 公司领导, after: received, do: verified}",
        ["2: good/1：没有条款 good/2；是不是“good/1”？"],
    ),
    (
        "duties:\n- {who: 公司领导, each: inspected, per: ordr, do: {event: rectification_ordered, same: replaces}}",
        ["2: good/1：事件 inspected 没有字段“ordr”；是不是“order”？"],
    ),
    (
        "duties:\n- {who: 公司领导, each: inspected, per: order, do: called_back}",
        ["2: good/1：事件 called_back 没有字段“order”；它的字段有：round、caller、reached、satisfaction、comment"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: reported_up, need: {all: [公司领道], of: to}}",
        ["2: good/1：没有名为“公司领道”的角色；是不是“公司领导”？"],
    ),
    (
        "gates:\n- {shut: work_started, until: {event: signed, where: 'paper == \"整改方按\"'}}",
        ["2: good/1：没有名为“整改方按”的文书的值；是不是“整改方案”？"],
    ),
    ("powers:\n- {who: 公司领导, may: [close]}", ["2: good/1：没有名为“close”的事件；是不是“closed”？"]),
    (
        "records:\n- {event: received, require: [chanel]}",
        ["2: good/1：事件 received 没有字段“chanel”；是不是“channel”？"],
    ),
    ("definitions:\n- {axis: nture}", ["2: good/1：没有名为“nture”的类别轴；是不是“nature”？"]),
    ("definitions:\n- {axis: nature, value: 别的}", ["2: good/1：类别轴 nature没有值“别的”；它的值有：一般性投诉、工程质量投诉"]),
    ("definitions:\n- {fact: amont}", ["2: good/1：没有名为“amont”的事实；是不是“amount”？"]),
    ("definitions:\n- {paper: 通知}", ["2: good/1：没有名为“通知”的文书；文书有：整改方案"]),
    ("definitions:\n- {axis: nature, fact: amount}", [
        "2: good/1：定义写了2种用途；axis、fact、event、kind、list、role、paper、parameter 恰写一个",
    ]),
    (
        "proposals:\n- {on: overdue, propose: penalised, data: {pionts: '3'}, decide: 公司领导}",
        ["2: good/1：事件 penalised 没有字段“pionts”；是不是“points”？"],
    ),
    (
        "rows:\n- {list: 甲表, item: 一, within: 3d}",
        ["2: good/1：没有名为“甲表”的时限表；还没有时限表"],
    ),
    # conditions
    (
        "when: natrue == '一般性投诉'\n" + DUTY,
        ["1: good/1：条件“natrue == '一般性投诉'”里没有声明“natrue”；是不是“nature”？"],
    ),
    (
        "when: nature > 3\n" + DUTY,
        ["1: good/1：条件“nature > 3”的运算 > 用在文字和整数上；两边应是同一类型"],
    ),
    (
        "when: nature == '一般投诉'\n" + DUTY,
        ["1: good/1：没有名为“一般投诉”的类别的值；是不是“一般性投诉”？"],
    ),
    ("when: amount\n" + DUTY, ["1: good/1：条件“amount”读不懂：应得出是或否，却得出 INT；应为 CEL 条件，如 'amount >= 10000'"]),
    (
        "when: amount >=\n" + DUTY,
        ["1: good/1：条件“amount >=”读不懂：1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', "
         "'!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}；"
         "应为 CEL 条件，如 'amount >= 10000'"],
    ),
    (
        "gates:\n- {shut: closed, until: {event: received, where: 'text == \"x\"'}}",
        ["2: good/1：条件“text == \"x\"”用了封存的字段“text”；规则不得读取个人信息和原话"],
    ),
    (
        "gates:\n- {shut: closed, until: {event: negotiated, where: 'result == \"谈妥\"'}}",
        ["2: good/1：没有名为“谈妥”的协商结果的值；协商结果的值有：一致、未一致"],
    ),
    # limits
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: 24小时}",
        ["2: good/1：“within”写作“24小时”；应为时限（如 24h、3wd、0d），或 {list: 时限表, item: 事件.字段}、{word: 词}"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: 8:30}",
        ["2: good/1：“within”写作“8:30”；应为时限（如 24h、3wd、0d），或 {list: 时限表, item: 事件.字段}、{word: 词}"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: 90000000h}",
        ["2: good/1：期限“90000000h”超过一百年"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, warn: [2]}",
        ["2: good/1：“warn”写作“2”；应为数字加单位：30min、24h、8wh（工作小时）、10d、10nd（自然日）、3wd（工作日）、"
         "1w、1mo、1y；0d 为当日，0h 为立即"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, within: 3d, due: {month: next, day: 5}}",
        ["2: good/1：义务有 within 又有 due；时限只写一个"],
    ),
    # shape
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, wihtin: 24h}",
        ["2: good/1：没有“wihtin”这个键；是不是“within”？"],
    ),
    ("duty:\n- {who: 公司领导}", ["1: good/1：没有“duty”这个键；是不是“duties”？"]),
    (
        "duties:\n- {after: received, do: verified}",
        ["2: good/1：缺少“who”；应为文字"],
    ),
    (
        "duties:\n- {who: 公司领导, do: verified}",
        ["2: good/1：义务自何时起；after 和 each 恰写一个"],
    ),
    (
        "duties:\n- {who: 公司领导, after: received, do: verified, excusable: on}",
        ["2: good/1：“excusable”写作“on”；应为 true 或 false（YAML 1.2 里 on、off、yes、no 是文字）"],
    ),
    (
        "duties:\n- {who: 2005, after: received, do: verified}",
        ["2: good/1：“who”写作“2005”；应为文字（数字和 true、false 要当文字，加引号）"],
    ),
    ("duties: []", ["1: good/1：“duties”是空的；应为义务的列表"]),
    ("duties:\n- {who: 公司领导, who: 公司领导, after: received, do: verified}", ["2: good/1：“who”写了两次；同一处每个键只写一次"]),
    ("duties: {", [
        "2: good/1：YAML 读不下去：expected the node content, but found '<stream end>'；检查缩进、冒号后的空格、引号和括号",
    ]),
    ("- duties", ["1: good/1：内容不是“键: 值”的对照；应为“键: 值”"]),
    ("waiting:\n- {room: kitchen, what: 某事}", [
        "2: good/1：“room”写作“kitchen”；应为 papers、fieldwork、care、routines、archives、measures、appraisal、insight、channels 等模块之一",
    ]),
    (
        "duties:\n- {id: one, who: 公司领导, after: received, do: verified}\n- {id: one, who: 公司领导, after: received, do: closed}",
        ["3: good/1：规则编号“one”在本条用了两次；换一个编号"],
    ),
    # the policy as a whole
    (
        "categories:\n- {axis: nature, else: 一般性投诉, rows: [{is: 工程质量投诉, when: amount > 5}]}",
        ["2: good/1：类别轴 nature 已由事件判定（from），又有判定表；每个类别轴只有一个来源"],
    ),
    (
        "duties:\n- {who: 公司领导, after: overdue, do: urged}",
        ["2: good/1：义务 good/1:urged 由自己的逾期触发；用 where 写明是哪一项别的义务逾期，如 'clause == \"jinke/3.2.C\"'"],
    ),
    (
        "gates:\n- {shut: closed, until: closed}",
        ["2: good/1：关口 good/1:closed 没有任何事件能打开；until 写一个不被它自己关住的事件，或会改变的类别轴、事实"],
    ),
    (
        "gates:\n- {shut: closed, until: archived}\n- {shut: archived, until: closed}",
        ["2: good/1：关口 good/1:closed 没有任何事件能打开；until 写一个不被它自己关住的事件，或会改变的类别轴、事实",
         "3: good/1：关口 good/1:archived 没有任何事件能打开；until 写一个不被它自己关住的事件，或会改变的类别轴、事实"],
    ),
    (
        "gates:\n- {shut: closed, until: {fact: 1 > 2}}",
        ["2: good/1：关口 good/1:closed 没有任何事件能打开；until 写一个不被它自己关住的事件，或会改变的类别轴、事实"],
    ),
    (
        "lists:\n- {name: 甲表, attributes: {start: 起算}}\n"
        "rows:\n- {list: 甲表, item: 一, within: 3d, start: work_started}\n- {list: 甲表, item: 一, within: 5d, start: work_started}\n"
        "- {list: 甲表, item: 二, within: 3d, begin: work_started}",
        ["5: good/1：时限表“甲表”的“一”写了两行；同一项目的两行要归不同的读法",
         "6: good/1：没有名为“begin”的时限表“甲表”的属性；时限表“甲表”的属性有：start"],
    ),
    (
        "lists:\n- {name: 甲表}\nduties:\n"
        "- {who: 公司领导, after: work_started, do: work_finished, within: {list: 甲表, item: rectification_ordered.item}}",
        ["4: good/1：时限表“甲表”没有行；在条款里写 rows"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "expected"), RULES, ids=[str(number) for number in range(len(RULES))])
def test_mistake_in_rules(rules: str, expected: list[str]) -> None:
    assert said_of_rules(rules) == expected


FRONTS = [
    ("language: 1", "language: 2", ["2: “language”写作“2”；应为 1（本语言的版本）"]),
    ('version: "2020"', "version: 1.0", ["6: “version”写作“1.0”；应为文字（数字和 true、false 要当文字，加引号）"]),
    ("effective: 2020-01-01", "effective: 2020-1-1", ["7: “effective”写作“2020-1-1”；应为日期，如 2005-05-28"]),
    ("issuer: 示例集团\n", "", ["2: 缺少“issuer”；应为文字"]),
    ("issuer: 示例集团", "issuer: 示例集团\nissuers: 甲", ["6: 没有“issuers”这个键；是不是“issuer”？"]),
    ("name: good", "name: other", ["3: 规章短名写作“other”；应与文件名相同：good"]),
    ("at: up", "at: above", ["10: “at”写作“above”；应为 own（本单位）、up（本单位或最近的上级）、group（集团）、department（部门）之一"]),
    ("{post: 公司分管领导, at: up}", "{post: 甲, party: customer}", [
        "10: 角色“公司领导”写了2种找人的方式；post、party、actor、authority 恰写一个",
    ]),
    ("{post: 公司分管领导, at: up}", "{post: 甲, fallback: 领导}", ["10: 没有名为“领导”的角色；是不是“公司领导”？"]),
    ("also: [业主]", "also: [公司领导]", ["11: “公司领导”已经是角色或别的角色的写法；每种写法只归一个角色"]),
    ("{title: 投诉, matter: true}", "{title: 投诉, matter: true, numbering: '投诉-{uint}-{n:04}'}", [
        "13: 编号里有“{uint}”；可用的有：{unit}、{year}、{month}、{n:04}",
    ]),
    ("from: classified.category", "type: text", ["15: 类别轴 nature 没有来源；写 from: 事件.字段，或在条款里写判定表（categories）"]),
    ("from: classified.category", "from: clasified.category", ["15: 没有名为“clasified”的事件；是不是“classified”？"]),
    ("from: classified.category", "presumed: 工程, from: classified.category", [
        "15: 类别轴 nature没有值“工程”；它的值有：一般性投诉、工程质量投诉",
    ]),
    (", values: [一般性投诉, 工程质量投诉]", "", ["15: 类别轴 nature 没有写 values；文字的类别轴要列出各值；是非的写 type: bool"]),
    ("from: received.amount", "from: received.channel", ["17: received.channel 的类型是 text，这里写作 money；应为 text"]),
    ("from: received.amount", "default: 0, from: received.amount", [
        '17: 事实 amount 的默认值写作“0”；金额写作带引号的元，如 "0.00"',
    ]),
    ("type: money, from: received.amount", "type: money", ["17: 事实 amount 的来源；from 和 count 恰写一个"]),
    ("within: 2h, why: 内部约定", "within: 2小时, why: 内部约定", [
        "19: “within”写作“2小时”；应为数字加单位：30min、24h、8wh（工作小时）、10d、10nd（自然日）、3wd（工作日）、"
        "1w、1mo、1y；0d 为当日，0h 为立即",
    ]),
    ("of: [1#1]", "of: [7#1]", ["21: 没有条款 good/7；是不是“good/1”？"]),
    ("take: 自接诉", "take: 自签收", ["21: 没有名为“自签收”的读法“起点”的选项；读法“起点”的选项有：自接诉、自核实"]),
    ("why: 字面}", "why: 字面}\n  又一: {of: [1#1], choices: {自接诉: 甲, 自签收: 乙}, take: 自签收, why: 字面}", [
        "22: 读法的选项“自接诉”已在“起点”中；选项的名称在一部规章里只用一次",
    ]),
    ("papers:", "zone: Asia/Chongqin\npapers:", ["18: 没有时区“Asia/Chongqin”；应为时区名，如 Asia/Shanghai"]),
    ("papers:", "defaults: {end_of_day: 8:30, count_first_day: yes}\npapers:", [
        "18: “count_first_day”写作“yes”；应为 true 或 false（YAML 1.2 里 on、off、yes、no 是文字）",
        "18: “end_of_day”写作“8:30”；应为两位小时和两位分钟，如 17:30、24:00",
    ]),
    ("papers:", "events: {mediated: {data: {result: 结果}}}\npapers:", [
        "18: 新事件 mediated 缺少“act”；共用词汇里没有的事件要写 title，并写明 act: true（行为）或 false（事实）",
        "18: 新事件 mediated 缺少“title”；共用词汇里没有的事件要写 title，并写明 act: true（行为）或 false（事实）",
    ]),
    ("papers:", "events: {closed: {act: false}}\npapers:", ["18: 共用事件 closed 是行为，不能改；去掉 act，或另立一个事件"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), FRONTS, ids=[str(number) for number in range(len(FRONTS))])
def test_mistake_in_front_matter(old: str, new: str, expected: list[str]) -> None:
    assert said_of_front(old, new) == expected


def test_text_without_front_matter() -> None:
    assert said("# 办法\n### good/1 第一条\n正文\n") == [
        "1: 没有规章信息；文件第一行应为 ---，其下写 name、title 等，再以 --- 结束"
    ]


def test_front_matter_without_end() -> None:
    assert said("---\nlanguage: 1\n") == ["1: 规章信息没有结束；应以单独一行 --- 结束"]


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
        "34: good/2：没有名为“分部”的角色；角色有：客户服务分部、客户",
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
