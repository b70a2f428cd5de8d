"""What the rules alone show (静态检查): clocks that nobody starts, lateness, nobody's acts, contrary demands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from shouwen.calendars import DateRule, Limit, Period, PeriodKind
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.fault import CONTRARY, DEAD, KEEPING, LATENESS, NOBODY, UNBOUND, Fault
from shouwen.engine.prove.organisation import Posts
from shouwen.engine.prove.parts import happenings, of_kind, timed, trigger_of, triggers, ways
from shouwen.engine.prove.solve import TooMany
from shouwen.engine.prove.tables import Solver
from shouwen.policy import model
from shouwen.policy.asked import asked

BEGINNINGS = frozenset({"received", "opened", "threshold_crossed", "administered"})
"""What comes from outside or by the calendar: it needs nobody's duty."""
DAY = date(2026, 3, 2)
YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


# --- dead conditions ---------------------------------------------------------------------------


def dead(program: Program, solver: Solver) -> Iterator[Fault]:
    """Conditions that nothing can make true."""
    for rule in program.policy.rules:
        if rule.when is not None and solver.holds(rule.when) is False:
            yield Fault(DEAD, rule.clause, rule.id, f"条件“{rule.when.text}”怎样都不成立")


# --- clocks that nobody is bound to start ------------------------------------------------------


def unbound(program: Program, kind: str) -> Iterator[Fault]:
    """Events that a limit runs from, directly or through other duties, and that nobody owes."""
    duties = [rule for rule in of_kind(program, kind) if isinstance(rule, model.Duty)]
    owed: dict[str, list[model.Duty]] = {}
    for duty in duties:
        for one in duty.act.happenings:
            owed.setdefault(one.event, []).append(duty)
    told: dict[str, model.Duty] = {}
    for duty in duties:
        if timed(duty):
            for event in _roots(program, duty, owed):
                told.setdefault(event, duty)
    for event, duty in told.items():
        title = program.policy.events[event].title
        what = f"“{duty.title}”的时限从“{title}”起算，没有哪条规则要谁做“{title}”，这个时限可能永远不走"
        yield Fault(UNBOUND, duty.clause, event, what)


def _roots(program: Program, duty: model.Duty, owed: dict[str, list[model.Duty]]) -> Iterator[str]:
    """The events that nobody owes and without which the duty's clock never runs."""
    left, seen = [duty], {duty.id}
    while left:
        for way in _ways(left.pop()):
            for event in way:
                if _free(program, event):
                    continue
                if event not in owed:
                    yield event
                    continue
                for one in owed[event][:1]:
                    if one.id not in seen:
                        seen.add(one.id)
                        left.append(one)


def _ways(duty: model.Duty) -> list[tuple[str, ...]]:
    return [tuple(one.event for one in way) for way in ways(duty.trigger)]


def _free(program: Program, event: str) -> bool:
    return event in BEGINNINGS or event in program.policy.optional or program.policy.events[event].implied


# --- lateness that sets itself off -------------------------------------------------------------


def lateness(program: Program) -> Iterator[Fault]:
    """Duties that their own lateness sets off, or that of another which theirs sets off."""
    duties = program.policy.all_of(model.Duty)
    sets_off = {duty.id: [one for one in duties if _set_off_by(program, one, duty)] for duty in duties}
    told: set[str] = set()
    for duty in duties:
        ring = _ring(duty, sets_off)
        if ring and duty.id not in told:
            told |= {one.id for one in ring}
            names = "→".join(f"“{one.title}”" for one in (*ring, ring[0]))
            what = f"“{duty.title}”由自己的逾期引起" if len(ring) == 1 else f"逾期互相引起：{names}"
            yield Fault(LATENESS, duty.clause, duty.id, what)


def _set_off_by(program: Program, duty: model.Duty, late: model.Duty) -> bool:
    if not timed(late) or not set(program.kinds_of(duty)) & set(program.kinds_of(late)):
        return False
    at = program.calendar.instant(DAY)
    data = {"duty": late.id, "clause": late.clause}
    entry = Entry("", "", "", "overdue", at, at, 0, "", "", "", data)
    for one in triggers(duty.trigger):
        if one.event == "overdue":
            fits = program.fits_of(one)
            if fits is None or fits(entry, program.initial) is not False:
                return True
    return False


def _ring(duty: model.Duty, sets_off: dict[str, list[model.Duty]]) -> list[model.Duty]:
    paths, seen = [[duty]], set[str]()
    while paths:
        path = paths.pop(0)
        for one in sets_off[path[-1].id]:
            if one is duty:
                return path
            if one.id not in seen:
                seen.add(one.id)
                paths.append([*path, one])
    return []


# --- nobody may do it --------------------------------------------------------------------------


def nobody(program: Program, posts: Posts) -> Iterator[Fault]:
    """Duties whose act is ours to do and that no post may do."""
    policy = program.policy
    for duty in policy.all_of(model.Duty):
        roles = duty.by or (duty.who,)
        if not all(policy.events[one.event].act for one in duty.act.happenings):
            continue
        title = duty.title or policy.events[duty.act.event].title
        if duty.by and all(role in policy.roles and policy.roles[role].outside for role in roles):
            what = f"“{title}”是经由本单位的行为，做了才算的却只有外部方：{'、'.join(roles)}"
            yield Fault(NOBODY, duty.clause, duty.id, what)
        elif not any(posts.fills(policy, role) for role in roles):
            yield Fault(NOBODY, duty.clause, duty.id, f"“{title}”要{'、'.join(roles)}来做，没有人任这样的岗位")


# --- contrary demands --------------------------------------------------------------------------


def contrary(program: Program, solver: Solver) -> Iterator[Fault]:
    """Two duties that arise from the same and ask the opposite, or the same at times that exclude each other."""
    duties = program.policy.all_of(model.Duty)
    by_event: dict[str, list[model.Duty]] = {}
    for duty in duties:
        by_event.setdefault(duty.act.event, []).append(duty)
    for group in by_event.values():
        for one, other in combinations(group, 2):
            what = _opposite(program, one, other) or _apart(one, other) or _apart(other, one)
            if what and _together(program, solver, one, other):
                yield Fault(CONTRARY, other.clause, other.id, f"与 {one.id} 相反：{what}")


def _together(program: Program, solver: Solver, one: model.Duty, other: model.Duty) -> bool:
    """Whether both may stand: some trigger is the same, and both conditions may hold."""
    if not set(program.kinds_of(one)) & set(program.kinds_of(other)):
        return False
    same = set(triggers(one.trigger)) & set(triggers(other.trigger))
    if not same:
        return False
    whens = [rule.when for rule in (one, other) if rule.when is not None]
    names = frozenset[str]().union(*(when.names for when in whens))
    try:
        return solver.solve([when.evaluate for when in whens], names) is not None
    except TooMany:
        return False


def _opposite(program: Program, one: model.Duty, other: model.Duty) -> str:
    """A decision that both ask for, and each otherwise."""
    if len(one.act.happenings) > 1 or len(other.act.happenings) > 1 or one.per != other.per:
        return ""
    first, second = asked(one.act.happenings[0]), asked(other.act.happenings[0])
    fields = program.policy.events[one.act.event].fields
    both = first.keys() & second.keys() & fields.keys()
    papers = [key for key in both if not _decides(fields[key], one)]
    if any(first[key] != second[key] for key in papers):
        return ""
    for key in sorted(both):
        if first[key] != second[key]:
            return f"一条要“{fields[key].title}”为{_yes(first[key])}，一条要为{_yes(second[key])}"
    return ""


def _decides(field: model.Field, duty: model.Duty) -> bool:
    """Whether a field of the act is a decision, and not what the act is about."""
    return field.type == "bool" or duty.act.event == "classified"


def _yes(value: str | bool) -> str:
    return value if isinstance(value, str) else "是" if value else "否"


def _apart(one: model.Duty, other: model.Duty) -> str:
    """The one must be done before the other may be."""
    same = one.act.happenings == other.act.happenings and one.per == other.per
    if same and isinstance(one.within, Limit) and other.not_before and longer(other.not_before, one.within):
        return f"一条限{one.within.sentence()}内，一条要{other.not_before.sentence()}以后"
    return ""


# --- too late from the beginning ---------------------------------------------------------------


def longer(one: Limit, other: Limit) -> bool:
    """Whether the one limit is surely longer than the other."""
    first, second = one.elapsed, other.elapsed
    if first is not None and second is not None:
        return first > second
    return one.unit == other.unit and one.amount > other.amount


def too_late(program: Program) -> Iterator[Fault]:
    """Duties that are due before they may be kept, or on a day that had passed when they arose."""
    for duty in program.policy.all_of(model.Duty):
        if isinstance(duty.within, Limit) and duty.not_before and longer(duty.not_before, duty.within):
            what = f"“{duty.title}”不得早于{duty.not_before.sentence()}，却须在{duty.within.sentence()}内"
            yield Fault(KEEPING, duty.clause, duty.id, what)
        if isinstance(duty.due, DateRule):
            yield from _past(program, duty, duty.due)


def _past(program: Program, duty: model.Duty, rule: DateRule) -> Iterator[Fault]:
    kinds = [program.policy.kinds[name] for name in program.kinds_of(duty)]
    opened = {one.event for one in triggers(duty.trigger)} <= {"opened"}
    for kind in kinds:
        for day in YEAR:
            if kind.period and not opened:
                break  # its period begins before, and the act may come on any day of it
            period = Period.containing(PeriodKind(kind.period), day) if kind.period else None
            begins = period.opens(program.calendar) if period else program.calendar.instant(day)
            due = rule.due(period.first if period else day, program.calendar)[1]
            if due is not None and due <= begins:
                since = begins.astimezone(program.calendar.tz)
                what = f"“{duty.title}”{since:%Y-%m-%d}产生，{due:%Y-%m-%d %H:%M}到期，产生时已经过期"
                yield Fault(KEEPING, duty.clause, duty.id, what)
                return


__all__ = ["contrary", "dead", "happenings", "lateness", "nobody", "too_late", "trigger_of", "unbound"]
