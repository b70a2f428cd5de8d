"""The report of `shouwen policy coverage`, as people read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rich.table import Table

from shouwen.policy.coverage import Coverage, Line
from shouwen.policy.model import Waiting
from shouwen.policy.sentences import ROOM_TITLES

KIND_TITLES = {
    "definition": "定义",
    "role": "职责",
    "step": "步骤",
    "deadline": "时限",
    "schedule": "定期",
    "approval": "批准",
    "signature": "签字",
    "record": "记录",
    "report": "报告",
    "notify": "告知",
    "escalate": "上报",
    "score": "评分",
    "penalty": "处罚",
    "reward": "奖励",
    "kpi": "指标",
    "formula": "公式",
    "retention": "保存",
    "access": "查阅",
    "numbering": "编号",
    "calendar": "日历",
    "conduct": "行为",
}
HOLDS_TITLES = {"enforced": "强制", "recorded": "留痕", "conduct": "行为"}
CARRIED_TITLES = {"carried": "已执行", "printed": "已列出", "waiting": "待执行", "replaced": "被取代", "none": "未执行"}


def demand_line(line: Line) -> str:
    """One demand in one line."""
    asked = line.asked
    rules = "、".join(rule.id for rule in line.rules) or "—"
    tests = f"{len(line.tests)} 个案例" if line.tests else "没有案例"
    lacking = f"｜未落实：{line.lacking}" if line.lacking else ""
    links = "".join(f"｜{said.removesuffix('。')}" for said in line.links)
    kind = KIND_TITLES.get(asked.kind, asked.kind)
    return f"{asked.demand} {kind} {asked.what}｜{rules}｜{CARRIED_TITLES[line.carried]}｜{tests}{lacking}{links}"


def summary_table(report: Coverage) -> Table:
    """Kinds of demand by level: placed, carried out, tested, of how many."""
    groups: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in report.lines:
        groups[line.asked.kind, line.asked.holds].append(line)
    table = Table()
    for title in ("种类", "级别"):
        table.add_column(title)
    for title in ("诉求", "已落实", "已执行", "有案例"):
        table.add_column(title, justify="right")
    kinds, levels = list(KIND_TITLES), list(HOLDS_TITLES)
    for kind, holds in sorted(groups, key=lambda key: (kinds.index(key[0]), levels.index(key[1]))):
        table.add_row(KIND_TITLES[kind], HOLDS_TITLES[holds], *_counts(groups[kind, holds]))
    table.add_section()
    table.add_row("合计", "", *_counts(list(report.lines)))
    return table


def _counts(lines: list[Line]) -> tuple[str, str, str, str]:
    placed = sum(line.placed for line in lines)
    carried = sum(line.carried == "carried" for line in lines)
    tested = sum(bool(line.tests) for line in lines)
    return str(len(lines)), str(placed), str(carried), str(tested)


def outstanding(report: Coverage) -> Iterator[str]:
    """What waits for a room, by room; then what no rule serves as it should."""
    rooms: defaultdict[str, list[str]] = defaultdict(list)
    for line in report.lines:
        for rule in line.rules:
            if isinstance(rule, Waiting):
                rooms[rule.room].append(f"  {line.asked.demand} {line.asked.what}")
    for room, lines in sorted(rooms.items()):
        yield f"待“{ROOM_TITLES[room]}”模块（{room}）执行：{len(lines)}"
        yield from lines
    unplaced = [line for line in report.lines if not line.placed]
    if unplaced:
        yield f"未落实：{len(unplaced)}"
        for line in unplaced:
            yield f"  {line.asked.demand} {line.asked.what}：{line.lacking}"
