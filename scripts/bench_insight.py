"""Ledger and search on the house in SHOUWEN_HOME or DATABASE_URL, as `make bench` and anybody by hand asks for it.

    .venv/bin/python scripts/bench_insight.py USERNAME …

For each person the pages' own calls, no web in between: totals and first page of the ledger (open, all, by category),
a search for the most frequent two characters and for a rare word. Prints median and processor time of ten runs of each.
On PostgreSQL the server's work is in the wall time alone.
"""

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

RUNS = 10
SAMPLE = 2_000


class Figure(NamedTuple):
    """Milliseconds: median of the wall time, mean of the processor time of this process."""

    person: str
    what: str
    wall: float
    processor: float
    found: int


def figures(usernames: list[str]) -> Iterator[Figure]:
    """What ``main`` prints; needs Django set up."""
    from shouwen.insight import ledger
    from shouwen.insight.export import zone_of
    from shouwen.journal import clock
    from shouwen.organisation.models import Person
    from shouwen.organisation.snapshot import steady

    frequent, rare = words()
    asked = {
        "open": (ledger.Filter(state="open"), "-opened"),
        "open by due time": (ledger.Filter(state="open"), "due"),
        "all": (ledger.Filter(), "-opened"),
        "overdue": (ledger.Filter(due="overdue"), "due"),
        f"search {frequent}": (ledger.Filter(q=frequent), "-opened"),
        f"search {rare}": (ledger.Filter(q=rare), "-opened"),
    }
    now = clock.now()

    def look(person: Person, chosen: ledger.Filter, sort: str) -> int:
        with steady():
            found = ledger.ledger(person, chosen, now, zone_of(person, now))
            ledger.page(found.rows, sort)
            return ledger.totals(found.counted, now).count

    for person in Person.objects.filter(username__in=usernames).order_by("pk"):
        for what, (chosen, sort) in asked.items():
            yield timed(person.username, what, partial(look, person, chosen, sort))


def words() -> tuple[str, str]:
    """The most frequent two Chinese characters of the newest texts, and four that are rare."""
    from shouwen.insight.models import Text

    texts = Text.objects.order_by("-pk").values_list("said", flat=True)[:SAMPLE]
    pairs: Counter[str] = Counter()
    fours: Counter[str] = Counter()
    for text in texts:
        chinese = [text[i : i + 4] for i in range(len(text)) if all("一" <= one <= "鿿" for one in text[i : i + 4])]
        pairs.update({four[:2] for four in chinese})
        fours.update({four for four in chinese if len(four) == 4})
    return pairs.most_common(1)[0][0], min(fours, key=lambda four: (fours[four], four))


def timed(person: str, what: str, run: Callable[[], int]) -> Figure:
    found = run()
    processor, walls = time.process_time(), []
    for _ in range(RUNS):
        started = time.perf_counter()
        run()
        walls.append(time.perf_counter() - started)
    used = (time.process_time() - processor) / RUNS
    return Figure(person, what, statistics.median(walls) * 1000, used * 1000, found)


def main() -> None:
    from shouwen.house.boot import boot

    boot()
    from shouwen.insight.models import Line

    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{Line.objects.count():,} lines; load {load}; {datetime.now().astimezone():%Y-%m-%d %H:%M}")
    for one in figures(sys.argv[1:]):
        print(
            f"{one.person:12} {one.what:24} {one.wall:8.1f} ms, processor {one.processor:7.1f} ms, {one.found:,} found"
        )


if __name__ == "__main__":
    main()
