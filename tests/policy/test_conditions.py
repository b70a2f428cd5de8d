"""Meaning 11: conditions are checked when they are read; what is not known is never true; money is exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shouwen.policy.conditions import ConditionError, compile_condition

NAMES = {"nature": "text", "valid": "bool", "amount": "money", "count": "number", "to": "list", "on": "date"}

CASES: list[tuple[str, dict[str, Any], bool | None]] = [
    ('nature == "一般性投诉"', {"nature": "一般性投诉"}, True),
    ('nature == "一般性投诉"', {}, None),
    ('nature != "一般性投诉"', {}, None),
    ('valid && nature == "甲"', {"valid": False}, False),
    ('valid && nature == "甲"', {"valid": True}, None),
    ('valid || nature == "甲"', {"valid": True}, True),
    ('valid || nature == "甲"', {"valid": False}, None),
    ("!valid", {}, None),
    ("amount >= 0.3", {"amount": Decimal("0.1") + Decimal("0.2")}, True),
    ("amount > 9999.99", {"amount": Decimal("10000.00")}, True),
    ("amount >= 10000", {"amount": Decimal("9999.99")}, False),
    ("count + 1 >= 2", {"count": 1}, True),
    ('"公司领导" in to', {"to": ["公司领导", "工程部"]}, True),
    ('"公司领导" in to', {"to": []}, False),
    ('nature in ["甲", "乙"]', {"nature": "丙"}, False),
    ('nature in ["甲", "乙"]', {}, None),
    ('on < "2026-03-01"', {"on": "2026-02-28"}, True),
    ("valid ? count > 1 : count > 3", {"valid": False, "count": 2}, False),
    ("valid ? count > 1 : count > 3", {"count": 9}, None),
    ("size(to) > 1", {"to": ["甲", "乙"]}, True),
    ('sets.contains(["甲", "乙"], to)', {"to": ["乙", "甲", "乙"]}, True),
    ('sets.contains(["甲", "乙"], to)', {"to": ["甲", "丙"]}, False),
    ('sets.contains(["甲", "乙"], to)', {"to": ["甲", None]}, None),
    ('sets.contains(["甲", "乙"], to)', {}, None),
    ('sets.contains(to, ["甲"])', {"to": ["甲", "丙"]}, True),
    ('sets.contains(to, ["乙"])', {"to": ["甲", "丙"]}, False),
    ('nature.startsWith("一般")', {"nature": "一般性投诉"}, True),
    # A value of another type than declared is a failed evaluation: unknown, never true.
    ("count > 1", {"count": "many"}, None),
    ("valid", {"valid": "yes"}, None),
]


@pytest.mark.parametrize(("text", "values", "expected"), CASES)
def test_condition_is_true_false_or_unknown(text: str, values: dict[str, Any], expected: bool | None) -> None:
    assert compile_condition(text, NAMES).evaluate(values) is expected


@pytest.mark.parametrize(
    "text",
    ["nature == 3", "natur == nature", "amount", "nature ==", "nature.matches('a')", "sets.contains(nature, to)"],
)
def test_condition_that_cannot_be_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(ConditionError):
        compile_condition(text, NAMES)
