"""The examples of docs/policy-language.md are what the schema and the calendars accept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shouwen.calendars import DateRule
from shouwen.policy.shape import schema, shape_problems
from shouwen.policy.yamltext import read_yaml

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy-language.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.M | re.S)
RULES = set(schema()["$defs"]["rules"]["properties"])


def test_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(dict(schema()))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_example_has_the_shape_of_the_schema(block: str) -> None:
    value, unread = read_yaml(block)
    assert unread == []
    part = "rules" if set(value) <= RULES else "front"
    found = [one.message for one in shape_problems(part, value, 1)]
    # An example of front matter shows one section of it.
    assert [message for message in found if part == "rules" or not message.startswith("缺少")] == []


def test_date_rules_of_the_document_are_read() -> None:
    (line,) = re.findall(r"或日期规则：\n(.*)", TEXT)
    said = {text: DateRule.parse(read_yaml(text)[0]).sentence() for text in re.findall(r"`(\{.*?\})`", line)}
    assert said == {
        "{month: next, day: 5}": "次月5日前（含当日）",
        "{month: this, day: last}": "当月最后一日前（含当日）",
        '{weekday: 5, time: "17:30"}': "最近的周五17:30前",
        '{from: "03-25", to: "03-30"}': "3月25日至3月30日",
    }
