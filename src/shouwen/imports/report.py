"""What is printed of an import: counts, what is unknown, duties by clause, refused rows by line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from shouwen.imports.outcome import NO_LIMIT, Outcome
from shouwen.imports.rows import Planned
from shouwen.imports.run import Import
from shouwen.journal.models import DutyState
from shouwen.policy.model import EventType, Field

LISTED = 50
"""Refused rows and values that are listed one by one."""
STATES = (
    ("按时", (DutyState.KEPT,)),
    ("迟办", (DutyState.LATE,)),
    ("逾期未办", (DutyState.OVERDUE,)),
    ("未到期", (DutyState.OPEN, DutyState.PAUSED)),
    ("无期限未办", (NO_LIMIT,)),
    ("免除失效", (DutyState.WAIVED, DutyState.EXCUSED, DutyState.VOID)),
)


def print_outcome(console: Console, outcome: Outcome, work: Import, encoding: str) -> None:
    """Everything that whoever imports wants to know; nothing personal, for it may go into a log."""
    total = outcome.total
    how = "试运行，什么也没有保存；" if work.dry else ""
    how += "实时导入：关口有效，照常通知" if work.live else "按历史导入：都作为事实，不通知任何人"
    console.print(f"{work.mapping.title}（{how}；编码 {encoding}）", markup=False)
    console.print(
        f"读 {outcome.rows} 行：新增 {total.added} 件，续记 {total.continued} 件，已有 {total.known} 行，"
        f"映射略过 {sum(outcome.skipped.values())} 行，不收 {len(outcome.refused)} 行；"
        f"新建单位 {len(outcome.made_units)} 个、客户 {outcome.made_customers} 个"
    )
    _counts(console, "记录", ((_title(work.events, name), n) for name, n in total.entries.most_common()))
    _counts(console, "单位", total.units.most_common(LISTED))
    for axis in work.axes.values():
        values = {value: n for (name, value), n in total.axes.items() if name == axis.name}
        _counts(console, axis.title, ((value or "（未定）", n) for value, n in Counter(values).most_common()))
    _counts(console, "略过", outcome.skipped.most_common(LISTED))
    unmapped = outcome.unmapped.most_common(LISTED)
    _counts(console, "映射没有写到的值", ((f"{name}={value}", n) for (name, value), n in unmapped))
    if work.dry:
        for planned in outcome.first:
            console.print(_row(planned, work.events), markup=False)
    if total.duties:
        console.print(duty_table(total.duties))
    _counts(console, "未满足关口即办的（按条款）", total.breaches.most_common())
    _refused(console, outcome)


def _title(events: Mapping[str, EventType], name: str) -> str:
    return events[name].title if name in events else name


def _counts(console: Console, title: str, counted: Iterable[tuple[str, int]]) -> None:
    said = "，".join(f"{name} {count}" for name, count in counted)
    if said:
        console.print(f"{title}：{said}", markup=False)


def _row(planned: Planned, events: Mapping[str, EventType]) -> str:
    """A row as it would be recorded; of personal fields only how long they are."""
    parts = [f"第 {planned.line} 行"]
    for entry in planned.entries:
        fields = events[entry.type].fields
        data = "，".join(f"{fields[name].title}={_shown(fields[name], value)}" for name, value in entry.data.items())
        parts.append(f"{_title(events, entry.type)} {entry.at.isoformat()} {data}")
    return "\n    ".join(parts)


def _shown(field: Field, value: object) -> str:
    return f"（密封，{len(str(value))} 字）" if field.personal else str(value)


def duty_table(duties: Mapping[tuple[str, str, str], int]) -> Table:
    """Duties by clause: how many were opened, kept in time, late, not at all."""
    by_duty: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (clause, title, state), count in duties.items():
        by_duty[clause, title][state] += count
    table = Table("条款", "义务", title="义务（按条款）", title_justify="left")
    for title in ("产生", *(title for title, _states in STATES)):
        table.add_column(title, justify="right", no_wrap=True)
    for (clause, title), states in sorted(by_duty.items()):
        cells = [states.total(), *(sum(states[state] for state in several) for _title, several in STATES)]
        table.add_row(clause, title, *(str(cell) if cell else "" for cell in cells))
    return table


def _refused(console: Console, outcome: Outcome) -> None:
    for bad in outcome.refused[:LISTED]:
        console.print(f"第 {bad.line} 行：{bad.reason}", markup=False)
    if len(outcome.refused) > LISTED:
        console.print(f"还有 {len(outcome.refused) - LISTED} 行不收；--rejects 文件名 可写出全部")
