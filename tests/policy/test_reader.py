"""A policy file becomes the model that the engine runs: clauses, rules, declarations, defaults."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shouwen.calendars import DateRule, Limit, Unit, statutory_calendar
from shouwen.policy import load, load_named, load_text
from shouwen.policy.model import (
    Act,
    AnyOf,
    Demand,
    Duty,
    FieldDue,
    Gate,
    Happening,
    ListLimit,
    ListRow,
    Need,
    Passed,
    Policy,
    Table,
    Until,
    UntilAll,
    UntilAny,
    UntilFact,
    UntilNot,
    WordLimit,
)

SAMPLE = Path(__file__).with_name("sample.md")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(SAMPLE)


def duty(policy: Policy, name: str) -> Duty:
    (found,) = (rule for rule in policy.all_of(Duty) if rule.id == f"sample/{name}")
    return found


def test_clauses_keep_their_text_and_reference(policy: Policy) -> None:
    assert [(clause.id, clause.ref) for clause in policy.clauses] == [
        ("sample/3.1", "第三条 1"),
        ("sample/3.2", "第三条 2"),
    ]
    assert policy.clauses[0].text == "客户服务分部接到投诉后24小时内核实，然后24小时内拟定方案，并在24小时内发出通知。"
    assert [(heading.level, heading.text, heading.before) for heading in policy.headings] == [
        (1, "示例投诉办法", 0),
        (2, "第三条", 0),
    ]


def test_rule_ids_are_the_act_with_a_number_where_it_is_taken(policy: Policy) -> None:
    assert [rule.id for rule in policy.clauses[0].rules if isinstance(rule, (Duty, Gate))] == [
        "sample/3.1:verify",
        "sample/3.1:plan_made",
        "sample/3.1:rectification_ordered",
        "sample/3.1:rectification_ordered-2",
        "sample/3.1:rectification_ordered-3",
        "sample/3.1:work_finished",
        "sample/3.1:reported_up",
        "sample/3.1:accepted",
        "sample/3.1:work_started",
        "sample/3.1:plan_made-2",
        "sample/3.1:settled",
    ]


def test_duty_with_the_condition_of_its_block(policy: Policy) -> None:
    found = duty(policy, "3.1:verify")
    assert (found.who, found.act, found.trigger) == (
        "客户服务分部",
        Act((Happening("verified"),)),
        Happening("received"),
    )
    assert (found.within, found.warn, found.excusable) == (Limit(24, Unit.HOURS), (Limit(2, Unit.HOURS),), True)
    assert found.when is not None
    assert found.when.text == 'nature == "一般工程质量投诉"'
    assert (found.meets, found.kinds, found.title) == ((Demand("sample/3.1", 1),), ("complaint",), "核实")


def test_each_opens_one_more_duty_per_instance(policy: Policy) -> None:
    found = duty(policy, "3.1:rectification_ordered-3")
    assert (found.again, found.per, found.act.same) == ("add", "order", "replaces")
    assert isinstance(found.trigger, Happening)
    assert found.trigger.where is not None
    assert [found.trigger.where.evaluate({"passed": value}) for value in (True, False, None)] == [False, True, None]


def test_exception_stands_wherever_a_condition_on_data_does() -> None:
    rules = """
- {id: set_off, who: 公司领导, after: {event: signed, where: X, except: Y}, do: decided}
- {id: done, who: 公司领导, after: verified, do: {event: signed, where: X, except: Y}}
- {id: since, who: 公司领导, after: {passed: 1d, since: {event: signed, where: X, except: Y}}, do: decided}
- {id: spare, after: {passed: 1d, since: verified, unless: {event: signed, where: X, except: Y}}, who: 客户, do: closed}
gates:
- {id: gate, shut: {event: signed, where: X, except: Y}, until: {event: signed, where: X, except: Y}}
""".replace("X", "'refused'").replace("Y", "'paper == \"整改方案\"'")
    text = SAMPLE.read_text(encoding="utf-8").replace(
        "### sample/3.2 ", f"### sample/9 第九条\n\n文。\n\n```yaml rules\nduties:{rules}```\n\n### sample/3.2 "
    )
    policy = load_text(text, "sample.md", "sample")
    duties = {name: duty(policy, f"9:{name}") for name in ("set_off", "done", "since", "spare")}
    (gate,) = (rule for rule in policy.all_of(Gate) if rule.clause == "sample/9")
    since, spared = duties["since"].trigger, duties["spare"].trigger
    assert isinstance(since, Passed)
    assert isinstance(spared, Passed)
    assert isinstance(gate.until, Until)
    places = [
        duties["set_off"].trigger,
        *duties["done"].act.happenings,
        since.since,
        *spared.unless,
        *gate.shuts,
        gate.until.happening,
    ]
    for found in places:
        assert isinstance(found, Happening)
        assert [one.text for one in found.conditions] == ["refused", 'paper == "整改方案"']
        assert not found.unconditional


def test_limit_from_a_list_and_agreed_limit(policy: Policy) -> None:
    found = duty(policy, "3.1:work_finished")
    assert found.within == ListLimit("整改时限", "rectification_ordered", "item", {"start": "work_started"})
    assert found.agreed == FieldDue("agreement_signed", "agreed_due")
    (row,) = policy.all_of(ListRow)
    assert (row.item, row.within, row.attributes) == ("墙体开裂", Limit(1, Unit.MONTHS), {"start": "work_started"})
    assert policy.events["rectification_ordered"].fields["item"].offers == ("墙体开裂",)


def test_timer_need_and_worded_limit(policy: Policy) -> None:
    found = duty(policy, "3.1:reported_up")
    assert isinstance(found.trigger, Passed)
    assert (found.trigger.limit, found.trigger.since.event) == (Limit(15, Unit.DAYS), "verified")
    assert [one.event for one in found.trigger.unless] == ["negotiated"]
    assert found.need == Need("to", ("公司领导", "集团公司客户服务中心"))
    assert found.within == WordLimit("及时", Limit(2, Unit.HOURS))


def test_gates_open_by_events_conditions_and_their_combinations(policy: Policy) -> None:
    accepted, signed, combined, following = policy.all_of(Gate)
    assert isinstance(accepted.until, Until)
    assert accepted.until.for_each is not None
    assert (accepted.until.for_each.event, accepted.until.for_each.key) == ("rectification_ordered", "order")
    assert isinstance(signed.until, Until)
    assert signed.until.need == Need("party", ("施工单位", "工程部", "客户"))
    assert isinstance(combined.until, UntilAny)
    fact, both = combined.until.parts
    assert isinstance(fact, UntilFact)
    assert isinstance(both, UntilAll)
    assert [type(part) for part in both.parts] == [Until, UntilNot]
    assert following.follow == Limit(2, Unit.DAYS)


def test_decision_table(policy: Policy) -> None:
    (table,) = policy.all_of(Table)
    values = {"amount": Decimal("10000.00"), "failed_repairs": 0}
    assert [(row.value, row.when.evaluate(values), row.meets) for row in table.rows] == [
        ("重大投诉", True, (Demand("sample/3.2", 1),)),
        ("重大投诉", False, ()),
    ]
    assert (table.otherwise, table.latch) == ("一般投诉", True)


def test_axes_and_facts_declare_the_fields_they_are_read_from(policy: Policy) -> None:
    classified = policy.events["classified"].fields
    assert classified["category"].values == ("一般性投诉", "一般工程质量投诉")
    assert (classified["urgent"].type, classified["urgent"].title) == ("bool", "紧急")
    assert policy.events["plan_made"].fields["way"].values == ("整改", "整改折价", "解释")
    assert policy.facts["amount"].default == Decimal("0.00")
    assert policy.facts["failed_repairs"].fold == "count"


def test_only_rules_under_readings_taken_are_active(policy: Policy) -> None:
    both = {"sample/3.1:rectification_ordered", "sample/3.1:rectification_ordered-2"}
    assert both & {rule.id for rule in policy.rules} == {"sample/3.1:rectification_ordered"}
    other = policy.with_readings({"第三个24小时": "两段共48小时"})
    assert both & {rule.id for rule in other.rules} == {"sample/3.1:rectification_ordered-2"}


def test_other_spellings_name_the_role(policy: Policy) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace(
        "to: 工程部, within: 24h, reading: 三段", "to: 业主, within: 24h, reading: 三段"
    )
    other = load_text(text, "sample.md", "sample")
    assert duty(other, "3.1:rectification_ordered").to == ("客户",)


def test_plain_days_are_working_days_where_the_policy_says_so() -> None:
    """Meaning 4: what 日 and 天 mean is a parameter; nd and wd always say it themselves."""
    text = SAMPLE.read_text(encoding="utf-8").replace("days: natural", "days: working")
    found = {
        limit: duty(
            load_text(
                text.replace("do: plan_made, within: 24h", f"do: plan_made, within: {limit}"), "sample.md", "sample"
            ),
            "3.1:plan_made",
        ).within
        for limit in ("3d", "3nd", "3wd", "3w")
    }
    assert found == {
        "3d": Limit(3, Unit.WORKING_DAYS),
        "3nd": Limit(3, Unit.DAYS),
        "3wd": Limit(3, Unit.WORKING_DAYS),
        "3w": Limit(3, Unit.WEEKS),
    }


def test_a_list_of_triggers_means_any_of_them() -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace(
        "after: verified, do: plan_made", "after: [verified, explained], do: plan_made"
    )
    found = duty(load_text(text, "sample.md", "sample"), "3.1:plan_made")
    assert found.trigger == AnyOf((Happening("verified"), Happening("explained")))


@pytest.mark.parametrize(("name", "clauses"), [("jinke", 128), ("greentown", 24)])
def test_kept_policies_are_without_mistakes(name: str, clauses: int) -> None:
    assert len(load_named(name).clauses) == clauses


def test_roll_beside_a_date_rule_moves_its_end() -> None:
    """“每月10日，遇节假日顺延”：2026-05-10 是周日，移到周一 24:00。写在旁边和写在里面一样。"""
    text = SAMPLE.read_text(encoding="utf-8")
    beside = "due: {month: next, day: 5}, roll: next_workday"
    calendar = statutory_calendar("Asia/Shanghai")
    for written in (
        "due: {month: next, day: 10}, roll: next_workday",
        "due: {month: next, day: 10, roll: next_workday}",
    ):
        changed = load_text(text.replace(beside, written), "sample.md", "sample")
        (rule,) = (one.due for one in changed.all_of(Duty) if isinstance(one.due, DateRule))
        assert rule.due(date(2026, 4, 3), calendar)[1] == datetime(2026, 5, 12, tzinfo=calendar.tz)
