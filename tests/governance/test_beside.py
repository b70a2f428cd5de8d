"""Several policies in one house, by unit and kind of subject (几部规章并行)."""

import pytest
from django.core.exceptions import ValidationError
from tests.organisation.house import NOW, House, at

from shouwen.engine import Entry, Program, Standing
from shouwen.governance import actions, queries
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import in_force, policy_of, program_for, program_of, ruled

pytestmark = pytest.mark.django_db

TEXT = """---
language: 1
name: NAME
title: NAME办法
issuer: 试验公司
version: "VERSION"
effective: "2026-01-01"
roles:
  前台: {post: 前台, at: own}
kinds:
  complaint: {title: 投诉, matter: true}
  desk_month: {title: 前台月度, period: month}
MORE
---
### NAME/1 第一条
接诉后限时内核实。
```yaml rules
LINKS
duties:
- {id: verify, meets: [1], who: 前台, after: received, do: verified, within: LIMIT}
```
### NAME/2 第二条
每月报送月报。
```yaml rules
duties:
- {id: report, meets: [1], subject: [desk_month], who: 前台, after: opened, do: submitted}
```
"""
FIRST = at("2026-01-01 00:00")


def published(name: str, limit: str, links: str = "", *, version: str = "1", more: str = "facts: {}") -> PolicyVersion:
    text = TEXT.replace("NAME", name).replace("LIMIT", limit).replace("VERSION", version).replace("MORE", more)
    return actions.publish(text.replace("LINKS\n", f"{links}\n" if links else ""), name=name, by=None, at=NOW)


def owed(program: Program, kind: str = "complaint") -> list[tuple[str, tuple[str, ...]]]:
    """(rule, further clauses) of what a subject that was opened owes."""
    standing = Standing(program, "M1", kind)
    event, moment = ("received", NOW) if kind == "complaint" else ("opened", NOW)
    standing.step(Entry("e1", "M1", kind, event, moment, moment, 1, "u1", "前台", "一期", {"channel": "电话"}))
    return [(one.rule.id, one.also) for one in standing.duties(moment)]


def test_each_kind_of_subject_is_under_the_policy_that_holds_for_it() -> None:
    """At one unit, at once: one for complaints, one for the desk's months; a unit below has its own for complaints."""
    house = House()
    a, b, c = published("a", "24h"), published("b", "8h"), published("c", "4h")
    actions.put_in_force(house.branch, "complaint", a, FIRST)
    actions.put_in_force(house.branch, "desk_month", b, FIRST)
    actions.put_in_force(house.project, "complaint", c, FIRST)
    assert owed(program_for(house.other, "complaint", NOW)) == [("a/1:verify", ())]
    assert owed(program_for(house.project, "complaint", NOW)) == [("c/1:verify", ())]
    for unit in (house.project, house.other):
        assert owed(program_for(unit, "desk_month", NOW), "desk_month") == [("b/2:report", ())]
    assert [row.policy for row in queries.policies_for(house.project, NOW)] == ["c", "b"]


def test_two_policies_for_one_kind_are_refused_unless_a_clause_settles_it() -> None:
    house = House()
    a, b = published("a", "24h"), published("b", "8h")
    row = actions.put_in_force(house.branch, "complaint", a, FIRST)
    with pytest.raises(ValidationError) as refused:
        actions.put_in_force(house.branch, "complaint", b, NOW)
    assert "a办法 1" in refused.value.message_dict["kind"][0]
    # What came before it and has ended, or holds elsewhere, hinders nothing.
    actions.put_in_force(house.project, "complaint", b, NOW)
    actions.end_in_force(row, NOW)
    assert actions.put_in_force(house.branch, "complaint", b, NOW).policy == "b"


def test_the_clause_that_is_replaced_does_not_run_where_both_are_in_force() -> None:
    """b/1 取代 a/1：两部都施行时只有 b/1 的时限；单独施行 a 的单位照 a/1。"""
    house = House()
    a, b = published("a", "24h"), published("b", "8h", "replaces: [a/1]")
    actions.put_in_force(house.group, "complaint", a, FIRST)
    actions.put_in_force(house.branch, "complaint", a, FIRST)
    before = program_for(house.project, "complaint", at("2026-02-01 00:00"))
    second = actions.put_in_force(house.branch, "complaint", b, NOW)
    assert owed(before) == [("a/1:verify", ())]
    assert owed(program_for(house.project, "complaint", NOW)) == [("b/1:verify", ())]
    assert owed(program_for(house.group, "complaint", NOW)) == [("a/1:verify", ())]
    assert in_force(house.project, "complaint", NOW) == second
    held = ruled(house.project, "complaint").at(NOW)
    assert held is not None
    assert held.version.composition is not None
    assert (held.version.title, policy_of(held.version).replaced) == ("b办法 + a办法", {"a/1": "b/1"})
    # A subject names its version, and it goes on meaning the same when one of them ends.
    actions.end_in_force(second, at("2026-03-05 00:00"))
    assert owed(program_of(held.version.pk, house.project, None)) == [("b/1:verify", ())]
    assert owed(program_for(house.project, "complaint", at("2026-03-05 00:00"))) == [("a/1:verify", ())]
    assert ruled(house.project, "complaint").at(NOW) == held
    assert [one.name for one in queries.published().order_by("pk")] == ["a", "b"]


def test_a_demand_of_two_policies_is_owed_once_and_names_both_clauses() -> None:
    house = House()
    actions.put_in_force(house.branch, "complaint", published("a", "24h"), FIRST)
    actions.put_in_force(house.branch, "complaint", published("b", "24h", "also: [a/1]"), FIRST)
    assert owed(program_for(house.project, "complaint", NOW)) == [("b/1:verify", ("a/1",))]


def test_a_clause_for_another_kind_is_replaced_too() -> None:
    """b 只对投诉施行，它的 b/1 取代 a/2；a 对前台月度施行：那里 a/2 不执行。"""
    house = House()
    actions.put_in_force(house.branch, "desk_month", published("a", "24h"), FIRST)
    assert owed(program_for(house.project, "desk_month", NOW), "desk_month") == [("a/2:report", ())]
    actions.put_in_force(house.branch, "complaint", published("b", "8h", "replaces: [a/2]"), FIRST)
    assert owed(program_for(house.project, "desk_month", NOW), "desk_month") == []
    assert owed(program_for(house.project, "complaint", NOW)) == [("b/1:verify", ())]


def test_a_later_version_takes_the_place_of_its_own_policy_only() -> None:
    house = House()
    first = actions.put_in_force(house.branch, "complaint", published("a", "24h"), FIRST)
    beside = actions.put_in_force(house.branch, "complaint", published("b", "8h", "replaces: [a/1]"), FIRST)
    later = actions.put_in_force(house.branch, "complaint", published("a", "12h", version="2"), NOW)
    first.refresh_from_db()
    beside.refresh_from_db()
    assert (first.until, beside.until, later.until) == (NOW, None, None)
    assert owed(program_for(house.project, "complaint", NOW)) == [("b/1:verify", ())]


def test_a_clause_that_is_not_there_and_a_clash_are_refused_when_they_meet() -> None:
    house = House()
    axis = "axes: {nature: {title: 类别, from: classified.category, values: [VALUE]}}"
    actions.put_in_force(house.branch, "complaint", published("a", "24h", more=axis.replace("VALUE", "甲")), FIRST)
    with pytest.raises(ValidationError) as unknown:
        actions.put_in_force(house.branch, "complaint", published("b", "8h", "replaces: [a/9]"), NOW)
    assert "没有条款 a/9" in unknown.value.message_dict["version"][0]
    other = published("b", "8h", "replaces: [a/1]", version="2", more=axis.replace("VALUE", "乙"))
    with pytest.raises(ValidationError) as clash:
        actions.put_in_force(house.branch, "complaint", other, NOW)
    assert clash.value.message_dict == {"version": ["类别轴“nature”各部规章所指不同"]}
