"""Prints the figures of docs/findings.md: real complaints of others under 金科 (and two more), by mappings/.

    SHOUWEN_DATA=FOLDER .venv/bin/python scripts/findings.py

Nothing is stored: rows are translated, folded by the engine and counted. Only counts are printed, no row.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwen.house.settings")

import django  # noqa: E402

django.setup()

from shouwen.calendars import statutory_calendar  # noqa: E402
from shouwen.engine import Comparison, Entry, Journal, Line, Program, Standing, compile_policy, report  # noqa: E402
from shouwen.imports.fitting import check_fit  # noqa: E402
from shouwen.imports.mapping import EntrySpec, Source  # noqa: E402
from shouwen.imports.mapping import Mapping as Specification  # noqa: E402
from shouwen.imports.problems import BadRow, RowRefused  # noqa: E402
from shouwen.imports.reader import read_mapping  # noqa: E402
from shouwen.imports.rows import Planned, Translator  # noqa: E402
from shouwen.imports.tables import open_table  # noqa: E402
from shouwen.policy import load  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
REPLIES = ("teddy2020c/replies-train.csv.gz", "teddy2020c-replies")
HOTLINE = ("pingshan12345/events-train.csv.gz", "pingshan12345")
OTHERS = ("greentown", "heat-supply")
NYC = ("nyc311/nyc311-2013-12.csv.gz", "nyc311-2013-12")
STATES = ("kept", "late", "overdue", "open")


def main() -> None:
    folder = os.environ.get("SHOUWEN_DATA")
    if not folder:
        sys.exit("SHOUWEN_DATA names no folder")
    policy = load(ROOT / "policies" / "jinke.md")
    program = compile_policy(policy, statutory_calendar(policy.zone))
    natures = policy.axes["nature"].values

    mapping, planned = rows_of(Path(folder), REPLIES, program)
    print(f"## {mapping.title}\n")
    intervals(planned, "verified")
    by_year(planned, "verified")
    duties(program, planned, mapping.kind)
    for nature in natures:
        _mapping, supposed = rows_of(Path(folder), REPLIES, program, nature)
        print(f"\n### 若全部属“{nature}”\n")
        duties(program, supposed, mapping.kind)
    since_received = compile_policy(policy.with_readings({"十日起点": "自接到投诉起10日"}), program.calendar)
    _mapping, supposed = rows_of(Path(folder), REPLIES, program, "一般性投诉", settled=True)
    print("\n### 若全部属“一般性投诉”，答复当作处理完毕，读法“自接到投诉起10日”\n")
    duties(since_received, supposed, mapping.kind)

    for file in (HOTLINE, NYC):
        mapping, planned = rows_of(Path(folder), file, program)
        print(f"\n## {mapping.title}\n")
        print(f"单位 {len({one.unit for one in planned})} 个")
        if file == HOTLINE:
            place = columns_of(Path(folder), file).index("OVERTIME_ARCHIVE_NUM")
            print(f"对方系统的超期标记：{dict(Counter(str(one.cells[place]) for one in planned))}")
        intervals(planned, "closed")
        duties(program, planned, mapping.kind)
    for file in (REPLIES, HOTLINE, NYC):
        beside(Path(folder), file, program)


def beside(folder: Path, file: tuple[str, str], jinke: Program) -> None:
    """The same rows under 金科 and each of the others (``engine.Comparison``)."""
    mapping, planned = rows_of(folder, file, jinke)
    for name in OTHERS:
        other = load(ROOT / "policies" / f"{name}.md")
        program = compile_policy(other, statutory_calendar(other.zone))
        found = Comparison(NOW)
        for one in planned:
            entries = [_entry(one, place, mapping.kind) for place in range(len(one.entries))]
            found.take(Journal(one.key, mapping.kind, str(one.unit), entries), jinke, program)
        told = report(found)
        print(f"\n## {mapping.title}：金科 → {other.title}\n")
        print("| 条款 | 义务 | 按时 | 迟办 | 逾期 | 其中文件说不出的 | 未了 | 违反关口 | 迟办中位（小时） |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for line in (*told.tables["clause"], told.total):
            _beside(line)
        for sort, counted in vars(told.carried).items():
            if counted:
                print(f"{sort}：{dict(counted.most_common())}")
        if told.unfit:
            print(f"算不了：{dict(told.unfit)}")


def _beside(line: Line) -> None:
    sides = ("before", "after") if not line.label else ("after",)
    for side in sides:
        if line.label and not line.duties(side) and not line.counts[f"{side}.breaches"]:
            continue
        late = line.lateness[side]
        states = [line.counts[f"{side}.{name}"] for name in ("kept", "late", "overdue", "unsaid", "open", "breaches")]
        cells = [line.duties(side), *states, f"{late[1]:.1f}" if late else "—"]
        print(f"| {''.join(line.label) or f'合计（{side}）'} | {' | '.join(map(str, cells))} |")


def rows_of(
    folder: Path, file: tuple[str, str], program: Program, nature: str = "", *, settled: bool = False
) -> tuple[Specification, list[Planned]]:
    """The rows of a file by its mapping; with `nature` as if every one had been given that category."""
    mapping = read_mapping(ROOT / "mappings" / f"{file[1]}.yaml")
    if nature:
        first = mapping.entries[0]
        given = replace(first, data={**first.data, "category": Source(0, constant=nature)})
        mapping = replace(mapping, entries=(given, *mapping.entries[1:]))
    if settled:
        done = EntrySpec(0, "settled", "settled", Source(0, ("replied",)))
        mapping = replace(mapping, entries=(*mapping.entries[:-1], done, mapping.entries[-1]))
    planned: list[Planned] = []
    left = Counter[str]()
    with open_table(folder / file[0], mapping.layout) as table:
        check_fit(mapping, table.columns, program)
        translator = Translator(mapping, table.columns, program.policy.events)
        for row in table.rows:
            try:
                if isinstance(row, BadRow):
                    left[row.reason] += 1
                elif (why := translator.skipped(row)) is not None:
                    left[why] += 1
                else:
                    planned.append(translator.plan(row))
            except RowRefused as reason:
                left[str(reason)] += 1
    if not nature:
        print(f"\n{file[0]}: {len(planned)} 件；未收 {dict(left)}")
        print(
            f"类别：{dict(Counter(one.entries[0].data.get('category', '（未定）') for one in planned).most_common())}"
        )
    return mapping, planned


def columns_of(folder: Path, file: tuple[str, str]) -> tuple[str, ...]:
    with open_table(folder / file[0]) as table:
        return table.columns


def intervals(planned: Iterable[Planned], event: str) -> None:
    """How long from the first entry to this one, where the file says."""
    spans = sorted(entry.at - one.entries[0].at for one in planned for entry in one.entries[1:] if entry.type == event)
    if not spans:
        print(f"没有“{event}”的时间")
        return
    print(f"接诉至 {event}：{len(spans)} 件，中位数 {_days(_middle(spans))}，最长 {_days(spans[-1])}")
    for limit in (1, 2, 3, 5, 10, 15, 30, 60):
        within = sum(span <= timedelta(days=limit) for span in spans)
        print(f"  {limit} 日（{limit * 24} 小时）内 {within}（{within / len(spans):.1%}）")


def by_year(planned: Iterable[Planned], event: str) -> None:
    years: dict[int, list[timedelta]] = defaultdict(list)
    for one in planned:
        years[one.entries[0].at.year] += [entry.at - one.entries[0].at for entry in one.entries if entry.type == event]
    for year, spans in sorted(years.items()):
        late = sum(span > timedelta(hours=24) for span in spans)
        print(f"  {year}：{len(spans)} 件，中位数 {_days(_middle(spans))}，超过 24 小时 {late}")


def _middle(spans: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(span.total_seconds() for span in spans))


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f} 日"


def duties(program: Program, planned: Iterable[Planned], kind: str) -> None:
    """Duties by clause. Of those that no entry of the file can keep, nothing can be said: they are marked."""
    counts: dict[tuple[str, str, str, bool], Counter[str]] = defaultdict(Counter)
    known: set[str] = set()
    breaches = Counter[str]()
    planned = list(planned)
    for one in planned:
        known.update(entry.type for entry in one.entries)
    for one in planned:
        standing = Standing(program, one.key, kind)
        standing.take(_entry(one, place, kind) for place in range(len(one.entries)))
        breaches.update(breach.clause for breach in standing.breaches)
        for owed in standing.duties(NOW):
            acts = {happening.event for happening in owed.rule.act.happenings}
            title = owed.rule.title or program.policy.events[owed.rule.act.event].title
            limited = "有期限" if owed.due_at is not None else "无期限"
            counts[owed.clause, title, limited, bool(acts & known)][owed.state] += 1
    print("\n| 条款 | 义务 | 期限 | 产生 | 按时 | 迟办 | 到期没有记录 | 无期限没有记录 | 文件说得出 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for (clause, title, limited, said), states in sorted(counts.items()):
        _line(clause, title, limited, states, "是" if said else "否")
    if breaches:
        print(f"\n没有关口所要的记录即办结：{dict(breaches)}")


def _line(clause: str, title: str, limited: str, states: Mapping[str, int], said: str) -> None:
    cells = [sum(states.values()), *(states.get(state, 0) for state in STATES)]
    print(f"| {clause} | {title} | {limited} | {' | '.join(map(str, cells))} | {said} |")


def _entry(one: Planned, place: int, kind: str) -> Entry:
    entry = one.entries[place]
    return Entry(
        id=str(place + 1),
        subject=one.key,
        kind=kind,
        type=entry.type,
        at=entry.at,
        recorded_at=entry.at,
        seq=place + 1,
        by="",
        post=entry.post,
        unit=one.unit,
        data=entry.data,
    )


if __name__ == "__main__":
    main()
