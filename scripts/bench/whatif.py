"""What-if over a million entries: read, folded under two policies, compared duty by duty, counted, rolled up.

Two runs over the same journals: `jinke` with eight hours instead of twenty-four under one clause, and `jinke` beside
`greentown`. Promise: at most 120 seconds of processor time each.
"""

import gc
from datetime import datetime

from folding import journal
from measuring import keep, load, spending, tell

from shouwen.calendars import Limit, statutory_calendar
from shouwen.engine import Comparison, compile_policy, journals_of, read_journal, report
from shouwen.policy import Policy, load_named
from shouwen.policy.altered import altered

ENTRIES = 1_000_000
PROMISED = 120
NOW = datetime.fromisoformat("2033-12-31T09:00:00+08:00")
"""After the last of them: a matter begins every three minutes."""


def main() -> None:
    lines = journal(ENTRIES)
    jinke = load_named("jinke")
    eight = altered(jinke, {"jinke/3.2.B.1:verified": Limit.parse("8h")})
    gc.collect()
    gc.freeze()
    gc.disable()  # as the command does
    for title, other in (("jinke, 8 h for 24 h", eight), ("jinke, greentown", load_named("greentown"))):
        bench(title, lines, jinke, other)


def bench(title: str, lines: list[bytes], before: Policy, after: Policy) -> None:
    calendar = statutory_calendar(before.zone)
    was, then = compile_policy(before, calendar), compile_policy(after, calendar)
    found = Comparison(NOW)
    with spending() as spent:
        for one in journals_of(read_journal(lines, before)):
            found.take(one, was, then)
        told = report(found)
        told.as_json(), told.behind_json()
    total = told.total
    tell(
        f"what-if, {title}: {told.entries:,} entries of {len(told.subjects):,} matters in {spent.processor:.1f} s of "
        f"processor time (promised {PROMISED}; load {load()}); duties {total.duties('before'):,} and "
        f"{total.duties('after'):,}, {total.counts['turned_late']:,} turn late"
    )
    keep(f"what-if, {title}", processor=round(spent.processor, 1), entries=told.entries)
