"""What was measured, said beside processor time and load, and kept for the tables and plots of docs/performance.md."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("SHOUWEN_BENCH") or ROOT / "var" / "bench")
"""Where houses for measuring and results are kept between runs; never committed."""
RESULTS = FOLDER / "results.json"
TICKS = os.sysconf("SC_CLK_TCK")


def load() -> str:
    return ", ".join(f"{one:.1f}" for one in os.getloadavg())


def tell(line: str) -> None:
    print(line, flush=True)


def keep(name: str, **figures: Any) -> None:
    """Puts figures under a name into results.json, each with the load it was measured at."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[name] = {**figures, "load": load()}
    RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def kept() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


@dataclass
class Spent:
    """Seconds of this process: of the processor, and by the clock on the wall."""

    processor: float = 0.0
    wall: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    spent = Spent()
    processor, wall = time.process_time(), time.perf_counter()
    try:
        yield spent
    finally:
        spent.processor, spent.wall = time.process_time() - processor, time.perf_counter() - wall


def processor_of(pid: int) -> float:
    """Seconds of the processor that a process, its children and those of them that have ended have used."""
    total = 0.0
    for one in (pid, *descendants(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15]) / TICKS
    return total


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(one) for one in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def memory_of(pid: int) -> float:
    """Megabytes of memory that a process and its children have to themselves (proportional set size)."""
    total = 0
    for one in (pid, *descendants(pid)):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def python(script: Path, *arguments: str, env: Mapping[str, str]) -> str:
    """Runs a script of this folder in a house; what it printed goes on to the screen, its last line is given back."""
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True) as process:
        last = ""
        assert process.stdout is not None
        for line in process.stdout:
            last = line.rstrip()
            tell(last)
        if process.wait():
            sys.exit(f"{script.name} ended with {process.returncode}")
    return last
