"""Each rule as a plain Chinese sentence, made from the rule: what an author reads is what the machine understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwen.policy import load
from shouwen.policy.conditions import compile_condition
from shouwen.policy.model import Happening, Policy, Rule
from shouwen.policy.phrases import Phrases
from shouwen.policy.sentences import SORT_TITLES, Sentences, clause_sentences


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(Path(__file__).with_name("sample.md"))


def said(policy: Policy, clause: str) -> list[str]:
    def title(rule: Rule) -> str:
        return SORT_TITLES[type(rule)]

    return [f"{title(rule)}：{words}" for rule, words in clause_sentences(policy, policy.by_id[clause])]


def test_duties_gates_and_lists(policy: Policy) -> None:
    quality = "类别为一般工程质量投诉时"
    assert said(policy, "sample/3.1") == [
        f"义务：{quality}，接诉后，客户服务分部应核实，限24小时内；届满前2小时提醒；特殊情况除外。",
        f"义务：{quality}，核实后，客户服务分部应拟定方案，限24小时内。",
        f"义务：{quality}，拟定方案后，客户服务分部应向工程部发出限时整改通知书，限24小时内（读法：三段各24小时）。",
        f"义务：{quality}，核实后，客户服务分部应向工程部发出限时整改通知书，限24小时内（读法：两段共48小时，未采用）。",
        f"义务：{quality}，每次检查整改（合格为“否”）后，客户服务分部应发出限时整改通知书（代替的通知书相同），"
        "不设时限，以历时显示；每一通知书编号各计一项。",
        f"义务：{quality}，每次开始整改后，施工单位应整改完成，时限按“整改时限”时限表中整改项目所在的行（起算为开始整改）；"
        "有签订协议所载的约定完成时间的从其约定；每一通知书编号各计一项。",
        f"义务：{quality}，自核实起满15日仍未协商（协商结果为一致）时，客户服务分部应上报（形式为书面），"
        "收件人须齐：公司领导、集团公司客户服务中心，原文作“及时”，本单位约定限2小时内。",
        f"关口：{quality}，在发出限时整改通知书的每一通知书编号都已业主验收（验收满意为“是”）之前，"
        "不得办结（未经业主验收满意不得办结）。",
        f"关口：{quality}，在同一通知书编号已签署（文书为整改方案），签署方须齐：施工单位、工程部、客户之前，不得开始整改。",
        f"关口：{quality}，在是否有效为“是”，或者（已同意，且并非（处理费用超过10000元））之前，"
        "不得拟定方案（处理方式不为解释）。",
        f"关口：{quality}，在已核实之前，不得处理完毕；可先行，2日内补齐。",
        "时限表：设“整改时限”时限表。",
        "时限：“整改时限”：墙体开裂，1个月内；起算：开始整改；依据：按质量保证书。",
        "职权：客户服务分部有权判定有效性、办结。",
        "记录：接诉须记明渠道、内容，不全的不予登记。",
    ]


def test_an_exception_is_said_as_one(policy: Policy) -> None:
    phrases = Phrases(policy)
    names = {"to": "list", "paper": "text", "refused": "bool"}
    only_to = compile_condition('sets.contains(["公司领导", "客户"], to)', names)
    assert phrases.happening(Happening("assistance_requested", excluding=only_to)) == (
        "请求协助（协助部门都在公司领导、客户之中的除外）"
    )
    of_a_plan, refused = compile_condition('paper == "整改方案"', names), compile_condition("refused", names)
    assert phrases.happening(Happening("signed", of_a_plan, refused)) == "签署（文书为整改方案；拒签为“是”的除外）"


def test_tables_dates_proposals_and_the_rest(policy: Policy) -> None:
    assert said(policy, "sample/3.2") == [
        "义务：开立后，客户服务分部应报送（文书为客户投诉分析报告），次月5日前（含当日），"
        "遇非工作日顺延至下一工作日（对象：分部月度）。",
        "判定：严重程度按下列判定：处理费用不少于10000元的，为“重大投诉”；整改不合格次数不少于2，且是否有效为“是”的，"
        "为“重大投诉”；其余为“一般投诉”；一经判入不再退回。",
        "定义：本定义用作类别轴“严重程度”的值“重大投诉”。",
        "建议：逾期后，建议处罚（分数：3、考评：月度考评），对象：责任人，由公司领导决定。",
        "职责：客户服务分部的职责：代表公司处理投诉。",
        "检查项：列入检查表：力求满意。",
        "说明：无须规则：说明。",
        "待执行：待“考核”模块执行：月度考评。",
    ]


def test_declarations(policy: Policy) -> None:
    say = Sentences(policy)
    assert [say.role(role) for role in policy.roles.values()][1:6] == [
        "公司领导：本单位或最近上级的公司分管领导；缺位时为客户服务分部。",
        "集团公司客户服务中心：集团的集团公司客户服务中心。",
        "工程部：本单位的工程部。",
        "客户：外部方customer，又写作业主。",
        "施工单位：外部方contractor（见发出限时整改通知书），又写作施工单位现场代表。",
    ]
    assert say.axis(policy.axes["nature"]) == (
        "类别：一般性投诉、一般工程质量投诉；判定类别的类别；未判定时推定“一般工程质量投诉”（最严）。"
    )
    assert say.axis(policy.axes["gravity"]) == "严重程度：一般投诉、重大投诉；由判定表判定；未判定时推定从严。"
    assert [say.fact(fact) for fact in policy.facts.values()] == [
        "处理方式：拟定方案的处理方式，取最近一次。",
        "处理费用：接诉的涉及金额、估算费用的金额，取最近一次；没有记录时为0.00。",
        "整改不合格次数：检查整改（合格为“否”）的次数。",
    ]
    assert [say.word(word) for word in policy.words.values()] == [
        "“及时”：2小时内（本单位约定，非条文所定：内部约定）。",
        "“适时”：不设时限，以历时显示。",
    ]
    assert [say.reading(reading) for reading in policy.readings.values()] == [
        "第三个24小时（3.1#3）——三段各24小时：每段各24小时（采用）；两段共48小时：后两段同在24小时内。理由：字面。"
    ]
    assert say.defaults() == [
        "“日、天”指自然日，起算当日不计，最后一日至 24:00 止。",
        "最后一日遇节假日，条款写明顺延的才顺延。",
        "事后超过24小时才登记的，标明为补录。",
        "时间按 Asia/Shanghai。",
    ]


CONDITIONS = [
    ('nature != "一般性投诉"', "类别不为一般性投诉"),
    ("valid", "是否有效为“是”"),
    ("valid == false", "是否有效为“否”"),
    ("!(valid && urgent)", "并非（是否有效为“是”，且紧急为“是”）"),
    ("valid && (urgent || amount < 500.5)", "是否有效为“是”，且（紧急为“是”，或者处理费用少于500.5元）"),
    ('way in ["整改", "解释"]', "处理方式为整改、解释之一"),
    ("failed_repairs + 1 <= 3", "整改不合格次数加1不超过3"),
    ('way.contains("整改")', "处理方式含整改"),
]


@pytest.mark.parametrize(("text", "words"), CONDITIONS)
def test_conditions(policy: Policy, text: str, words: str) -> None:
    names = {name: axis.type for name, axis in policy.axes.items()} | {
        name: fact.type for name, fact in policy.facts.items()
    }
    assert Phrases(policy).condition(compile_condition(text, names)) == words
