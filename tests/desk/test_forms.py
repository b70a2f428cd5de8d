"""From declared fields to a form: every type has its control and gives what ``record()`` takes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.datastructures import MultiValueDict

from shouwen.calendars import statutory_calendar
from shouwen.desk.forms import EventForm, Surroundings
from shouwen.engine import compile_policy
from shouwen.policy import load_named, load_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = """---
language: 1
name: kinds
title: 各种字段
issuer: 云麓集团
trade: 物业管理
version: "1"
effective: "2026-01-01"
zone: Asia/Shanghai
roles:
  甲: {post: 甲, at: own}
  乙: {post: 乙, at: own}
  丙: {post: 丙, at: own}
kinds:
  thing: {title: 事, matter: true}
axes:
  grade: {title: 等级, from: all_kinds.grade, values: [高, 低], presumed: 高, why: 从严}
papers:
  证明: {title: 证明}
events:
  all_kinds:
    title: 各种字段
    act: true
    data:
      name: {title: 名称, type: text}
      grade: {title: 等级, type: text}
      story: {title: 经过, type: longtext}
      sure: {title: 确定, type: bool}
      surely: {title: 必答, type: bool, required: true}
      count: {title: 数量, type: number}
      sum: {title: 金额, type: money}
      day: {title: 日期, type: date}
      moment: {title: 时刻, type: instant}
      several: {title: 清单, type: list}
      paper: {title: 文书}
      one: {title: 一方, type: party}
      many: {title: 各方, type: party, many: true}
      form: {title: 形式, values: [甲式, 乙式]}
---

# 办法

### kinds/1 第一条

甲应办理,并由甲、乙签字。

```yaml rules
duties:
- {meets: [1], who: 甲, after: received, do: all_kinds, need: {all: [甲, 乙], of: many}}
```
"""


@pytest.fixture(scope="module")
def around() -> Surroundings:
    program = compile_policy(load_text(POLICY, "kinds.md", "kinds"), statutory_calendar())
    return Surroundings(program, SHANGHAI, orders=())


def form(around: Surroundings, **data: Any) -> EventForm:
    sent = MultiValueDict({"key": ["k"], **{f"d-{name}": value for name, value in data.items()}})
    return EventForm(around.program.policy.events["all_kinds"], around, sent, MultiValueDict())


@pytest.mark.parametrize(
    ("name", "sent", "taken"),
    [
        ("name", ["𠮷田😀"], "𠮷田😀"),
        ("grade", ["高"], "高"),
        ("story", ["一\n二"], "一\n二"),
        ("sure", ["false"], False),
        ("count", ["12"], Decimal(12)),
        ("sum", ["12.50"], Decimal("12.50")),
        ("day", ["2026-03-02"], date(2026, 3, 2)),
        ("moment", ["2026-03-02 09:30"], datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)),
        ("moment", ["2026-03-02"], "2026-03-02"),
        ("several", ["一\n\n二"], ["一", "二"]),
        ("paper", ["证明"], "证明"),
        ("one", ["丙"], "丙"),
        ("many", ["甲", "乙"], ["甲", "乙"]),
        ("form", ["乙式"], "乙式"),
    ],
)
def test_each_type_gives_what_it_should(around: Surroundings, name: str, sent: list[str], taken: Any) -> None:
    one = form(around, surely=["true"], **{name: sent})
    assert one.errors == {}
    assert one.data_of_event() == {"surely": True, name: taken}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("grade", "中"),
        ("sure", "也许"),
        ("count", "许多"),
        ("sum", "12.345"),
        ("sum", "-1"),
        ("day", "3月2日"),
        ("day", "2026-02-30"),
        ("moment", "九点"),
        ("paper", "别的"),
        ("one", "丁"),
        ("many", "丁"),
        ("form", "丙式"),
    ],
)
def test_what_does_not_fit_is_an_error_of_its_field(around: Surroundings, name: str, sent: str) -> None:
    one = form(around, surely=["true"], **{name: [sent]})
    assert list(one.errors) == [name]


def test_what_is_required_is_required(around: Surroundings) -> None:
    assert list(form(around).errors) == ["surely"]


def test_who_the_regulation_names_comes_first(around: Surroundings) -> None:
    """kinds/1 asks 甲 and 乙; 丙 stands among the others."""
    many: Any = form(around).fields["many"]
    assert [value for value, _title in many.choices] == ["甲", "乙", "丙"]
    assert many.first == 2


def test_no_control_hides_a_property_of_the_form(around: Surroundings) -> None:
    page = "".join(str(field) for field in form(around).own_fields())
    assert 'name="form"' not in page
    assert 'name="d-form"' in page


class TestOrders:
    """金科 第五条 附表：整改项目从表上选；每份通知书一个编号。"""

    program = compile_policy(load_named("jinke"), statutory_calendar())
    event = program.policy.events["rectification_ordered"]

    def form(self, **data: str) -> EventForm:
        around = Surroundings(self.program, SHANGHAI, orders=("1",))
        sent = MultiValueDict({"key": ["k"], **{f"d-{name}": [value] for name, value in data.items()}})
        return EventForm(self.event, around, sent, MultiValueDict())

    def test_an_item_is_a_row_of_the_list_or_said_not_to_be(self) -> None:
        for item, fine in (("电梯", True), ("表上没有的项目", True), ("我编的项目", False)):
            made = self.form(order="2", item=item)
            made.is_valid()
            assert ("item" not in made.errors) is fine

    def test_a_number_is_given_once(self) -> None:
        made = self.form(order="1", item="电梯")
        assert not made.is_valid()
        assert made.errors["order"] == ["已有编号 1：请给这一份另编一个号。"]
