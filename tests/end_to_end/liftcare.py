"""A trade that no code has seen: a regulation on the care of lifts, and the invented house where it holds."""

from dataclasses import dataclass
from datetime import date

from tests.end_to_end.three_ways import at

from shouwen.customers import actions as registry
from shouwen.customers.models import Asset, Customer
from shouwen.demonstration.seed import PASSWORD
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.calendar_actions import set_day, set_hours
from shouwen.organisation import actions
from shouwen.organisation.models import Person, Unit

POLICY = """\
---
language: 1
name: liftcare
title: 电梯维护保养服务办法
issuer: 清禾电梯服务公司
trade: 电梯维保
version: "2026-01"
effective: "2026-01-01"
zone: Asia/Shanghai
defaults: {days: working, end_of_day: "17:30"}
roles:
  值班员: {post: 维保值班室, at: own}
  维保班组: {post: 维保班组, at: own, fallback: 值班员}
  技术主管: {post: 技术主管, at: up}
  使用单位: {party: customer}
kinds:
  lift_fault: {title: 电梯报修, matter: true, numbering: "梯修-{year}-{n:03}"}
axes:
  danger: {title: 危险程度, from: graded.level, values: [困人, 停梯, 带病运行], presumed: 困人, why: 先按最险}
  size: {title: 修理规模, values: [小修, 大修]}
facts:
  cost: {title: 修理费用, type: money, from: quoted.price}
events:
  received:
    data:
      lift: {title: 梯号, values: [1号梯, 2号梯, 3号梯]}
      trapped: {title: 被困人数, type: number, required: true}
  graded: {title: 评定危险程度, act: true, data: {level: {title: 程度, required: true}}}
  attended: {title: 到场处置, act: false, data: {released: {title: 已解困, type: bool, required: true}}}
  diagnosed:
    title: 故障诊断
    act: true
    data:
      parts: {title: 须换部件, values: [曳引机, 门机, 控制柜, 钢丝绳], many: true, required: true}
      symptoms: {title: 现象, type: list}
  quoted:
    title: 报价
    act: true
    data:
      price: {title: 报价金额, type: money, required: true}
      valid_until: {title: 报价有效期, type: date, required: true}
  customer_agreed: {title: 使用单位同意, act: false, data: {agreed: {title: 同意, type: bool, required: true}}}
  part_ordered:
    title: 订购配件
    act: true
    data:
      number: {title: 订货单号, required: true}
      part: {title: 部件, values: [曳引机, 门机, 控制柜, 钢丝绳], required: true}
      arrives: {title: 到货日期, type: date}
  locked_out: {title: 断电挂牌, act: false, data: {number: {title: 订货单号, required: true}}}
  part_replaced: {title: 更换配件, act: false, data: {number: {title: 订货单号, required: true}}}
  load_tested:
    title: 载荷试验
    act: false
    data:
      passed: {title: 合格, type: bool, required: true}
      load: {title: 载荷（千克）, type: number}
  service_resumed: {title: 恢复运行, act: true, data: {notice: {title: 告示, values: [已张贴, 已广播]}}}
readings:
  诊断起点:
    of: ["2#1"]
    choices: {自接报起: 接报即起算, 自到场起: 到场后起算}
    take: 自接报起
    why: 从严
---
# 电梯维护保养服务办法

### liftcare/1 第一条

接报后三十分钟内评定危险程度；困人的，维保班组一小时内到场。未按时的，建议扣五分。

```yaml rules
duties:
- {who: 值班员, after: received, do: graded, within: 30min}
- {who: 维保班组, by: [维保班组], after: received, when: danger == "困人", do: attended, within: 1h, warn: [20min]}
powers:
- {who: 值班员, may: [graded, closed]}
records:
- {event: received, require: [channel, text, lift]}
proposals:
- {id: fine, on: overdue, when: danger == "困人", propose: penalised, data: {points: "5"}, against: [维保班组],
   decide: 技术主管}
```

### liftcare/2 第二条

四个工作小时内诊断；诊断后两个工作日内报价，一日内订购配件。五千元以上的为大修，使用单位在报价有效期内同意后方可订购。

```yaml rules
duties:
- {meets: [1], id: from_call, who: 维保班组, after: received, do: diagnosed, within: 4wh, reading: 自接报起}
- {meets: [1], id: from_arrival, who: 维保班组, after: attended, do: diagnosed, within: 4wh, reading: 自到场起}
- {who: 维保班组, after: diagnosed, do: quoted, within: 2wd}
- {who: 维保班组, after: diagnosed, per: parts, do: {event: part_ordered, same: part}, within: 1d}
- {who: 使用单位, after: quoted, when: size == "大修", do: customer_agreed, due: {field: quoted.valid_until}}
categories:
- {axis: size, else: 小修, rows: [{is: 大修, when: cost >= 5000}]}
gates:
- id: agreed
  shut: part_ordered
  until: {any: [{fact: size == "小修"}, {event: customer_agreed, where: agreed}]}
  title: 大修未经使用单位同意不得订购
powers:
- {who: 维保班组, may: [diagnosed, quoted, part_ordered]}
```

### liftcare/3 第三条

断电挂牌后方可更换；更换的期限见附表。

```yaml rules
duties:
- {who: 维保班组, after: part_ordered, per: number, do: part_replaced,
   within: {list: 配件期限, item: part_ordered.part}}
gates:
- {id: locked, shut: part_replaced, per: number, until: {event: locked_out}, title: 未断电挂牌不得更换}
lists:
- {name: 配件期限}
```

### liftcare/4 附表

门机三个工作日，钢丝绳一周。

```yaml rules
rows:
- {list: 配件期限, item: 门机, within: 3wd}
- {list: 配件期限, item: 钢丝绳, within: 1w}
```

### liftcare/5 第五条

载荷试验合格后由技术主管恢复运行，当日办结。

```yaml rules
duties:
- {who: 值班员, after: service_resumed, do: closed, within: 0d}
gates:
- {id: tested, shut: service_resumed, until: {event: load_tested, where: passed}, title: 载荷试验合格后方可恢复运行}
powers:
- {who: 技术主管, may: [service_resumed]}
```
"""
READING = ("诊断起点", "自到场起")
FOUNDED = at("2025-06-01 00:00")
SERVICE = ["08:30-12:00", "13:30-17:30"]


@dataclass
class House:
    group: Unit
    station: Unit
    people: dict[str, Person]
    customer: Customer
    lift: Asset


def lay() -> House:
    """Two units, three people, one customer; the regulation holds in the station alone, under its own reading."""
    group = actions.create_unit("清禾电梯服务公司", "group", None, FOUNDED)
    station = actions.create_unit("城东维保站", "branch", group, FOUNDED)
    people = {}
    for username, name, unit, post in (
        ("zhiban", "米晓", station, "维保值班室"),
        ("banzu", "鲁班生", station, "维保班组"),
        ("zhuguan", "覃工", group, "技术主管"),
    ):
        people[username] = actions.create_person(username, name, password=PASSWORD)
        actions.appoint(people[username], actions.create_post(unit, post, is_duty_post=username == "zhiban"), FOUNDED)
    table = set_hours(station, dict.fromkeys(range(1, 6), SERVICE))
    set_day(table, date(2026, 3, 4), "holiday", name="全站停工检修")
    version = publish(POLICY, name="liftcare", by=None, at=FOUNDED)
    put_in_force(station, "lift_fault", version, FOUNDED, readings=dict([READING]))
    customer = registry.register(station, "东篱大厦", FOUNDED, phones=["13900007788"])
    lift = registry.add_asset(station, "1", "机房")
    registry.hold(customer, lift)
    return House(group, station, people, customer, lift)
