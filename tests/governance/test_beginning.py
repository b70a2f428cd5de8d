"""A new house begins with the standard policy; what is published holds what it extends (issue 4, point 8)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from shouwen.governance.actions import publish
from shouwen.governance.amending import amended
from shouwen.governance.beginning import begin
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of, program_for
from shouwen.organisation.actions import create_unit
from shouwen.policy import policies_folder
from shouwen.policy.bundle import split
from shouwen.policy.model import Duty

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HEIR = """---
language: 1
name: heir
title: 分公司办法
issuer: 某分公司
version: "1"
effective: "2026-02-01"
extends: standard
---
# 分公司办法
### heir/1 第一条
当日联系客户。
```yaml rules
duties:
- {meets: ["standard/4.2#1", "standard/4.2#2"], who: 承办部门, after: received, do: contacted, within: 0d}
```
"""

pytestmark = pytest.mark.django_db


def test_a_new_house_begins_with_the_standard_policy_once() -> None:
    assert begin(NOW) is None
    unit = create_unit("新公司", "group", None, NOW)
    begun = begin(NOW)
    assert begun is not None
    assert str(begun) == (
        "新公司：客户诉求办理办法（标准） 2026-11-22 已施行。"
        "它要这些岗位：客服专员、客服主管、承办部门、分管领导、主要负责人；"
        "期限、数额和目标在“管理 → 参数与读法”里改，换成自己的规章在“管理 → 规章施行”。"
    )
    assert sorted(InForce.objects.values_list("kind", flat=True)) == [
        "complaint", "inquiry", "unit_month", "unit_quarter",
    ]  # fmt: skip
    assert program_for(unit, "complaint", NOW).policy.title == "客户诉求办理办法（标准）"
    assert begin(NOW) is None
    create_unit("第二家", "group", None, NOW)
    assert begin(NOW) is None


def test_a_house_with_a_regulation_is_left_alone() -> None:
    create_unit("新公司", "group", None, NOW)
    publish((policies_folder() / "tenant-files.md").read_text("utf-8"), name="tenant-files", by=None, at=NOW)
    assert begin(NOW) is None


def limit(version: PolicyVersion, rule: str) -> str:
    (found,) = [duty for duty in policy_of(version).all_of(Duty) if duty.id == rule]
    return str(found.within)


def test_a_version_keeps_what_it_extends_whatever_becomes_of_it() -> None:
    standard = (policies_folder() / "standard.md").read_text("utf-8")
    first = publish(standard, name="standard", by=None, at=NOW)
    heir = publish(HEIR, name="heir", by=None, at=NOW)
    assert split(heir.text) == (HEIR, (("standard", standard),))
    assert limit(heir, "standard/2.2:respond") == "2h"
    changed = amended(first.text, "standard", "2", {}, "试行", parameters={"首次响应": "1h", "月报日": "8"})
    second = publish(changed, name="standard", by=None, at=NOW)
    assert (limit(second, "standard/2.2:respond"), limit(heir, "standard/2.2:respond")) == ("1h", "2h")
    assert "次月 8日 前" in policy_of(second).by_id["standard/7.2"].text
    with pytest.raises(ValidationError):
        publish(HEIR, name="heir", by=None, at=NOW)
    later = publish(HEIR.replace('version: "1"', 'version: "2"'), name="heir", by=None, at=NOW)
    assert limit(later, "standard/2.2:respond") == "1h"
    assert len({first.digest, second.digest, heir.digest, later.digest}) == 4


def test_a_parameter_that_is_taken_over_is_changed_in_the_own_front_matter() -> None:
    heir = publish(HEIR, name="heir", by=None, at=NOW)
    text = amended(heir.text, "heir", "2", {}, "本公司约定", parameters={"首次响应": "30min", "重大金额": "5000"})
    own, bases = split(text)
    assert 'version: "2"\n' in own
    assert '  首次响应: {value: "30min", why: "本公司约定"}\n' in own
    assert '  重大金额: {value: 5000, unit: "元", why: "本公司约定"}\n' in own
    assert bases == split(heir.text)[1]
    changed = publish(text, name="heir", by=None, at=NOW)
    assert (limit(changed, "standard/2.2:respond"), limit(heir, "standard/2.2:respond")) == ("30min", "2h")


@pytest.mark.parametrize("given", [{"首次响应": "很快"}, {"重大金额": "多"}, {"没有": "1h"}, {"首次响应": ""}])
def test_a_parameter_keeps_its_sort(given: dict[str, str]) -> None:
    standard = (policies_folder() / "standard.md").read_text("utf-8")
    with pytest.raises(ValidationError):
        amended(standard, "standard", "2", {}, "", parameters=given)
