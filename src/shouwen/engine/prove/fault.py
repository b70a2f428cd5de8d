"""What a proof finds wrong (毛病)."""

from __future__ import annotations

from dataclasses import dataclass

from shouwen.engine.entry import Entry

CLOSING = "办结不了"
GATE = "关口打不开"
NOBODY = "无人能做"
KEEPING = "办不到"
UNBOUND = "无人起算"
LATENESS = "自我触发"
CONTRARY = "要求相反"
DEAD = "永不生效"
TABLE = "判定表有缺"

SORTS = {
    CLOSING: "每一类别都能办结",
    GATE: "没有谁也打不开的关口",
    NOBODY: "没有哪个岗位都不能做的义务",
    KEEPING: "没有人人立即去做也办不到的义务",
    UNBOUND: "没有无人须起算的时限",
    LATENESS: "没有由自己的逾期引起的规则",
    CONTRARY: "没有要求相反的两条规则",
    DEAD: "没有永不生效的规则",
    TABLE: "判定表和时限表无空缺、无重叠",
}
"""The nine things that are proven: what their failure is called, and what is claimed."""


@dataclass(frozen=True)
class Fault:
    """One fault: its sort, where, what, and the shortest story that shows it.

    `rule` is a rule's id, or what else is at fault: an event, a kind of subject. It is by `sort` and `rule` that a
    policy says that it knows of a fault (``known``).
    """

    sort: str
    clause: str
    rule: str
    what: str
    story: tuple[Entry, ...] = ()
