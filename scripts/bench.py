"""`make bench`: the figures that the product promises, with processor time and load beside each.

engine: lines of a journal read, folded under `jinke`, duties written, as `shouwen replay` does it. Promise: at least
20,000 entries a second of processor time on one core.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
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
        for standing in fold(program, read_journal(lines, policy.events, program.default_kind)).values():
            written += sum(len(orjson.dumps(line)) > 0 for line in subject_lines(standing, NOW))
        return f"{len(lines):,} entries, {written:,} lines of duties"

    measured("engine, jinke", len(lines), replay)


if __name__ == "__main__":
    bench_engine()
