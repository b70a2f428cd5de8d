"""Properties of the standing on random journals (docs/engine.md, 8 and 9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shouwen.calendars import statutory_calendar
from shouwen.engine import Entry, Owed, Standing, compile_policy
from shouwen.policy import load

PROGRAM = compile_policy(load(Path(__file__).parent / "small.md"), statutory_calendar("Asia/Shanghai"))
START = datetime(2026, 2, 10, 1, tzinfo=UTC)
NOW = START + timedelta(days=90)
ORDERS = st.sampled_from(["O1", "O2"])
PARTIES = st.lists(st.sampled_from(["施工单位", "工程部", "客户", "领导"]), min_size=1, max_size=3)

EVENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "received": st.fixed_dictionaries({}, optional={"amount": st.sampled_from(["9999.99", "10000.00"])}),
    "classified": st.fixed_dictionaries({"category": st.sampled_from(["一般", "重大", "别的"])}),
    "validity_decided": st.fixed_dictionaries({"valid": st.booleans()}),
    "verified": st.just({}),
    "plan_made": st.fixed_dictionaries({"way": st.sampled_from(["整改", "折价"])}),
    "reported_up": st.fixed_dictionaries({"to": PARTIES, "form": st.sampled_from(["书面", "电告"])}),
    "rectification_ordered": st.fixed_dictionaries(
        {"order": ORDERS, "item": st.sampled_from(["漏水", "电梯", "无此行"])}, optional={"replaces": ORDERS}
    ),
    "signed": st.fixed_dictionaries({"order": ORDERS, "paper": st.just("整改方案"), "party": PARTIES}),
    "work_started": st.fixed_dictionaries({"order": ORDERS}),
    "work_finished": st.fixed_dictionaries({"order": ORDERS}),
    "inspected": st.fixed_dictionaries({"order": ORDERS, "passed": st.booleans()}),
    "accepted_by_customer": st.fixed_dictionaries({"order": ORDERS, "accepted": st.booleans()}),
    "negotiated": st.fixed_dictionaries({"result": st.sampled_from(["一致", "未一致"])}),
    "assistance_requested": st.just({}),
    "assistance_given": st.just({}),
    "suspended": st.fixed_dictionaries({}, optional={"duties": st.just(["verified"])}),
    "resumed": st.just({}),
    "extended": st.fixed_dictionaries({"duties": st.just(["settled"]), "until": st.just("2026-05-01")}),
    "excused": st.fixed_dictionaries({"duties": st.just(["settled"])}),
    "waived": st.fixed_dictionaries({"duties": st.just(["small/2:work"])}),
    "settled": st.just({}),
    "progress_told": st.fixed_dictionaries({}, optional={"period": st.sampled_from(["2026-02-15", "2026-W10"])}),
    "reopened": st.just({}),
    "overdue": st.just({}),
    "closed": st.just({}),
}


def entry(number: int, event: str, data: dict[str, Any], minutes: int, late: int = 0) -> Entry:
    at = START + timedelta(minutes=minutes)
    recorded = at + timedelta(minutes=late)
    return Entry(f"e{number}", "M1", "complaint", event, at, recorded, number, "u", "前台", "一部", data)


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    names = draw(st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=14))
    rows = [(name, draw(EVENTS[name])) for name in names]
    minutes = draw(st.lists(st.integers(0, 40 * 24 * 60), min_size=len(rows), max_size=len(rows)))
    late = draw(st.lists(st.sampled_from([0, 0, 0, 60, 3000]), min_size=len(rows), max_size=len(rows)))
    first = entry(0, "received", {}, 0)
    made = [
        entry(number, name, data, at, behind)
        for number, ((name, data), at, behind) in enumerate(zip(rows, minutes, late, strict=True), 1)
    ]
    return [first, *made]


def stepped(entries: list[Entry]) -> Standing:
    standing = Standing(PROGRAM, "M1", "complaint")
    for one in entries:
        standing.step(one)
    return standing


def folded(entries: list[Entry]) -> Standing:
    standing = Standing(PROGRAM, "M1", "complaint")
    standing.take(entries)
    return standing


def seen(standing: Standing, ignoring: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """All that a standing answers, but for acts without effect."""
    breaches = [b for b in standing.breaches if b.entry not in ignoring]
    late = [one for one in standing.late_entries if one not in ignoring]
    duties: list[Owed] = standing.duties(NOW)
    shut = [(event, standing.shut(event, {"order": "O1"})) for event in ("closed", "work_started", "verified")]
    return duties, breaches, late, standing.values, shut, standing.next_acts(NOW), standing.proposals(NOW)


@given(journals())
def test_stepping_equals_folding(entries: list[Entry]) -> None:
    assert seen(stepped(entries)) == seen(folded(entries))


@given(journals(), st.randoms(use_true_random=False))
def test_order_of_recording_does_not_matter(entries: list[Entry], random: Any) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert seen(stepped(shuffled)) == seen(folded(entries))


@given(journals(), st.data())
def test_retraction_equals_absence_and_its_retraction_identity(entries: list[Entry], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(entries))
    retract = entry(100, "retracted", {"entry": target.id}, 41 * 24 * 60)
    back = entry(101, "retracted", {"entry": "e100"}, 41 * 24 * 60 + 1)
    without = [one for one in entries if one is not target]
    assert seen(stepped([*entries, retract])) == seen(folded(without))
    assert seen(stepped([*entries, retract, back])) == seen(folded(entries))


@given(journals(), st.data())
def test_correction_equals_the_right_entry_from_the_start(entries: list[Entry], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(entries[1:] or entries))
    right = {**target.data, "amount": "20000.00"}
    mend = entry(100, "corrected", {"entry": target.id, "data": {"amount": "20000.00"}}, 41 * 24 * 60)
    mended = [replace(one, data=right) if one is target else one for one in entries]
    assert seen(stepped([*entries, mend])) == seen(folded(mended))


@given(journals())
def test_merge_and_unmerge_are_identity(entries: list[Entry]) -> None:
    merge = entry(100, "merged", {"other": "M2"}, 41 * 24 * 60)
    unmerge = entry(101, "unmerged", {"other": "M2"}, 41 * 24 * 60 + 1)
    merged = stepped([*entries, merge])
    assert [owed.key for owed in merged.duties(NOW) if owed.state in ("open", "overdue", "paused")] == []
    assert seen(stepped([*entries, merge, unmerge])) == seen(folded(entries))


@given(journals())
def test_due_time_and_kept_time_decide_the_state(entries: list[Entry]) -> None:
    for owed in folded(entries).duties(NOW):
        in_time = {
            "kept": owed.kept_at is not None and (owed.due_at is None or owed.kept_at <= owed.due_at),
            "late": owed.kept_at is not None and owed.due_at is not None and owed.kept_at > owed.due_at,
            "overdue": owed.kept_at is None and owed.due_at is not None and owed.due_at <= NOW,
            "open": owed.kept_at is None and (owed.due_at is None or owed.due_at > NOW),
            "paused": owed.kept_at is None and owed.due_at is None,
        }
        assert in_time.get(owed.state, True)


@given(journals(), st.integers(0, 40 * 24 * 60), st.integers(0, 10 * 24 * 60))
@settings(max_examples=60)
def test_a_pause_never_makes_a_due_time_earlier(entries: list[Entry], start: int, length: int) -> None:
    entries = [one for one in entries if one.type not in ("suspended", "resumed")]
    pause = entry(100, "suspended", {}, start)
    resume = entry(101, "resumed", {}, start + length)
    before = {owed.key: owed.due_at for owed in folded(entries).duties(NOW)}
    after = {owed.key: owed.due_at for owed in folded([*entries, pause, resume]).duties(NOW)}
    for key, due in before.items():
        moved = after.get(key)
        if due is not None and moved is not None:
            assert moved >= due
