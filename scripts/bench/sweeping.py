"""The sweep: the same 1,000 due in a small house and in a large one, and 100,000 due in one minute.

Promises: with 200,000 open duties at most 1.3 times the processor time that it takes with 20,000; none of 100,000
dropped, the oldest first, at least 3,000 a second of processor time.

sweeping.py thousand      in the house of SHOUWEN_HOME
sweeping.py due
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from houses import here, house
from measuring import ROOT, keep, load, python, spending, tell

DUE = 1_000
AT_ONCE = 100_000


def boot() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from shouwen.house.boot import boot as start

    start()
    from shouwen.house.database import bring_up

    bring_up()


def thousand() -> None:
    """1,000 matters taken in, and swept when their first hours are over; all else that is due is swept before."""
    boot()
    from django.db.models import Max

    from shouwen.demonstration.loading import Loader
    from shouwen.journal import clock
    from shouwen.journal.models import Duty, Subject
    from shouwen.journal.sweep import sweep

    last = Subject.objects.aggregate(at=Max("folded_at"))["at"]
    start = max(clock.now(), last) + timedelta(days=1)
    with clock.at(start):
        sweep()
        Loader(f"{start}").load_due(DUE, start + timedelta(hours=1), timedelta(minutes=1))
    # What else comes about in these two minutes belongs to the house, not to the thousand.
    with clock.at(start + timedelta(hours=1)):
        sweep()
    open_duties = Duty.objects.filter(state="open").count()
    with clock.at(start + timedelta(hours=1, minutes=1)), spending() as spent:
        done = sweep()
    tell(json.dumps({"open": open_duties, "swept": done, "processor": spent.processor, "wall": spent.wall}))


def due() -> None:
    boot()
    from django.db.models import Max, Min

    from shouwen.journal import clock
    from shouwen.journal.models import Duty, Entry, Subject
    from shouwen.journal.sweep import sweep

    waiting = Subject.objects.filter(head_seq=1, matter=True, entries__key=None)  # laid, not acted out
    coming = Duty.objects.filter(subject__in=waiting, state="open").values("subject").annotate(at=Min("due_at"))
    last = coming.aggregate(last=Max("at"))["last"]
    # What is told ahead of a due time is told before, and is not measured.
    with clock.at(last - timedelta(minutes=1)):
        sweep()
    order = list(waiting.filter(wakes_at__lte=last).order_by("wakes_at").values_list("pk", flat=True))
    count = len(order)
    first = Entry.objects.aggregate(pk=Max("pk"))["pk"]
    with clock.at(last + timedelta(minutes=1)), spending() as spent:
        swept = sweep()
    written = Entry.objects.filter(pk__gt=first, type="overdue", subject__in=order[:: max(1, count // 500)])
    places = {subject: place for place, subject in enumerate(order)}
    told = [places[subject] for subject in written.order_by("pk").values_list("subject_id", flat=True)]
    overdue = Entry.objects.filter(pk__gt=first, type="overdue").values("subject").distinct().count()
    in_order = sum(abs(one - other) for one, other in zip(told, sorted(told), strict=True))
    found = {"count": count, "swept": swept, "overdue": overdue, "left": count - overdue, "out_of_order": in_order}
    tell(json.dumps(found | {"processor": spent.processor, "wall": spent.wall}))


def compare(small: int = 20_000, large: int = 200_000) -> None:
    figures = {}
    for matters in (small, large):
        runs = [json.loads(python(Path(__file__), "thousand", env=here(house(matters)))) for _ in range(3)]
        figures[matters] = min(runs, key=lambda run: run["processor"])
        one = figures[matters]
        tell(
            f"sweep, {one['open']:,} open duties: {one['swept']:,} in {one['processor']:.2f} s of processor time "
            f"(best of three; load {load()})"
        )
        keep(f"sweep {matters}", **one)
    ratio = figures[large]["processor"] / figures[small]["processor"]
    tell(f"sweep, large to small: {ratio:.2f} (promised: 1.3)")
    keep("sweep ratio", ratio=round(ratio, 2))


def burst() -> None:
    folder = house(0, due=AT_ONCE)
    one = json.loads(python(Path(__file__), "due", env=here(folder)))
    (folder / "laid").unlink()  # it is used up
    tell(
        f"sweep, {one['count']:,} due in one minute: {one['swept'] / one['processor']:,.0f}/s of processor time, "
        f"{one['left']:,} left (load {load()})"
    )
    keep("sweep burst", **one, per_second=round(one["swept"] / one["processor"]))


if __name__ == "__main__":
    {"thousand": thousand, "due": due}[sys.argv[1]]()
