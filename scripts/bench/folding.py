"""The engine and the import.

engine: lines of a journal read, folded under `jinke`, duties written, as `shouwen replay` does it. Promise: at least
20,000 entries a second of processor time on one core.
import: a file of real complaints (or, without SHOUWEN_DATA, an invented one) under `jinke` on SQLite, through
`shouwen import`, start and all. Promise: at least 2,000 matters a minute.
"""

import csv
import gc
import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from houses import here, house
from measuring import ROOT, keep, load, spending, tell
from serving import shouwen

from shouwen.calendars import statutory_calendar
from shouwen.engine import compile_policy, fold, read_journal, subject_lines
from shouwen.policy import load_named

START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
NOW = datetime.fromisoformat("2026-12-31T09:00:00+08:00")
PARTIES = ["施工单位现场代表", "工程部现场代表", "客户"]


def quality_complaint() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """One complaint about quality with a failed inspection: two orders, both signed, the second accepted."""
    yield "received", "客户服务分部", {"channel": "电话", "text": "外墙渗水严重，要求尽快维修"}
    yield "classified", "客户服务分部", {"category": "一般工程质量投诉"}
    yield "verified", "客户服务分部", {"result": "属实"}
    yield "validity_decided", "客户服务分部", {"valid": True}
    yield "plan_made", "客户服务分部", {"way": "整改"}
    for order, passed, replaced in (("O1", False, None), ("O2", True, "O1")):
        notice = {"order": order, "item": "电梯", "contractor": "某施工单位", "replaces": replaced}
        yield "rectification_ordered", "客户服务分部", notice
        for party in PARTIES:
            yield "signed", party, {"paper": "整改方案", "order": order, "party": party}
        yield "work_started", "施工单位", {"order": order}
        yield "work_finished", "各职能处理部门", {"order": order}
        yield "inspected", "客户服务分部", {"order": order, "passed": passed}
    yield "accepted_by_customer", "客户", {"order": "O2", "accepted": True}
    yield "answered", "客户服务分部", {}
    yield "called_back", "客户服务分部", {"satisfaction": "满意"}
    yield "closed", "客户服务分部", {"result": "已整改"}


def general_complaint() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """One general complaint settled by agreement."""
    yield "received", "客户服务分部", {"channel": "来访", "text": "对服务态度不满", "category": "一般性投诉"}
    yield "assistance_requested", "客户服务分部", {"to": ["相关部门"]}
    yield "assistance_given", "相关部门", {}
    yield "validity_decided", "客户服务分部", {"valid": True}
    yield "negotiated", "客户服务分部", {"result": "一致"}
    yield "agreement_signed", "客户服务分部", {"parties": ["客户", "客户服务分部"]}
    yield "approval_requested", "客户服务分部", {"paper": "协议书"}
    yield "approval_decided", "公司领导", {"paper": "协议书", "approved": True}
    yield "settled", "客户服务分部", {}
    yield "closed", "客户服务分部", {"result": "已办结"}


def journal(entries: int) -> list[bytes]:
    """A journal on disk of about so many entries."""
    lines: list[bytes] = []
    matter = 0
    while len(lines) < entries:
        matter += 1
        at = START + timedelta(minutes=3 * matter)
        for number, (event, post, data) in enumerate(quality_complaint() if matter % 2 else general_complaint()):
            row = {
                "id": f"e{len(lines)}",
                "matter": f"M{matter:06}",
                "kind": "complaint",
                "type": event,
                "at": (at + timedelta(hours=7 * number)).isoformat(),
                "by": "u1",
                "post": post,
                "unit": "集团/一公司/一期",
                "data": {key: value for key, value in data.items() if value is not None},
            }
            lines.append(orjson.dumps(row))
    return lines


def measured(title: str, count: int, work: Callable[[], str]) -> None:
    """Run once; print the rate by processor time, wall time and load."""
    with spending() as spent:
        said = work()
    rate = count / spent.processor
    tell(f"{title}: {rate:,.0f}/s of processor time ({spent.processor:.2f} s of it; load {load()}); {said}")
    keep(title, per_second=round(rate))


def bench_engine() -> None:
    policy = load_named("jinke")
    program = compile_policy(policy, statutory_calendar(policy.zone))
    lines = journal(60_000)

    def replay() -> str:
        written = 0
        for standing in fold(program, read_journal(lines, policy)).values():
            written += sum(len(orjson.dumps(line)) > 0 for line in subject_lines(standing, NOW))
        return f"{len(lines):,} entries, {written:,} lines of duties"

    gc.disable()  # as the command does
    measured("engine, jinke", len(lines), replay)
    gc.enable()


def complaints(folder: Path) -> Path:
    """A file of real complaints where there is one, else an invented one of the same shape."""
    real = Path(os.environ.get("SHOUWEN_DATA", "nowhere"), "teddy2020c", "replies-train.csv.gz")
    if real.exists():
        return real
    invented = folder / "complaints.csv"
    with invented.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["message_id", "user", "title", "created", "body", "reply", "replied"])
        for number in range(3_000):
            at = START + timedelta(hours=number)
            replied = at + timedelta(days=number % 30)
            moments = [f"{one:%Y/%m/%d %H:%M:%S}" for one in (at, replied)]
            rows.writerow(
                [number, f"U{number}", "外墙渗水", moments[0], "雨天外墙渗水，" * 20, "已派人查看。", moments[1]]
            )
    return invented


def bench_import() -> None:
    """Into a copy: what was imported once is not imported again."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "house")
        shutil.copytree(house(0), home, ignore=shutil.ignore_patterns("static"))
        file = complaints(home)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = shouwen(here(home), "import", str(file), "--mapping", str(ROOT / "mappings" / "teddy2020c-replies.yaml"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tell(f"import, {file.name}: {used:.1f} s of processor time, start and all (load {load()}); {said.splitlines()[-1]}")
    keep("import", processor=round(used, 1), said=said.splitlines()[-1])


def main() -> None:
    bench_engine()
    bench_import()
