"""`make bench`: the figures that the product promises, with processor time and load beside each.

engine: lines of a journal read, folded under `jinke`, duties written, as `shouwen replay` does it. Promise: at least
20,000 entries a second of processor time on one core.
import: a file of real complaints (or, without SHOUWEN_DATA, an invented one) under `jinke` on SQLite, through
`shouwen import`, start and all. Promise: at least 2,000 matters a minute.
intake: `record()` of one complaint, with policy, powers, journal, chain, duties, outbox. Processor time of one process.
"""

import csv
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

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
    processor, wall = time.process_time(), time.perf_counter()
    said = work()
    used, passed = time.process_time() - processor, time.perf_counter() - wall
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{title}: {count / used:,.0f}/s of processor time ({used:.2f} s; wall {passed:.2f} s; load {load}); {said}")


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


def shouwen(home: Path, *arguments: str) -> str:
    """Run the command in a house of its own; what it printed."""
    env = {**os.environ, "SHOUWEN_HOME": str(home)}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "shouwen", *arguments]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


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


def bench_import(home: Path) -> None:
    file = complaints(home)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = shouwen(home, "import", str(file), "--mapping", "mappings/teddy2020c-replies.yaml").strip().splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"import, {file.name}: {used:.1f} s of processor time, start and all; {said[-1]}")


INTAKE = """
import time
from shouwen.house.boot import boot
boot()
import django; django.setup()
from shouwen.journal.drafts import Actor, Draft, NewSubject
from shouwen.journal.record import record
from shouwen.organisation.models import Person, Unit
person = Person.objects.get(username="qiantai")
unit = Unit.objects.get(name="望江台")
text = "雨天外墙渗水，" * 28
def take_in(number):
    data = {"channel": "电话", "text": f"{number} {text}", "category": "一般工程质量投诉"}
    record(Draft(NewSubject("complaint", unit), "received", data), actor=Actor(person, "客户服务分部", unit))
for number in range(20):
    take_in(number)
started = time.process_time()
for number in range(300):
    take_in(number)
print(f"{(time.process_time() - started) / 300 * 1000:.1f}")
"""


def bench_intake(home: Path) -> None:
    env = {**os.environ, "SHOUWEN_HOME": str(home)}
    env.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", INTAKE], env=env, check=True, capture_output=True, text=True)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"intake, record(): {done.stdout.split()[-1]} ms of processor time each (300 on SQLite; load {load})")


if __name__ == "__main__":
    bench_engine()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shouwen(home, "manage", "migrate")
        shouwen(home, "demo")
        bench_import(home)
        bench_intake(home)
