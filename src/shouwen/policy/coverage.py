"""Coverage (覆盖): for each demand of the ledger, the rule that serves it, who carries it out, what proves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shouwen.calendars import Limit, Unit
from shouwen.policy.ledger import Asked, LedgerClause
from shouwen.policy.model import (
    ChecklistItem,
    Definition,
    Demand,
    Duty,
    Gate,
    ListLimit,
    ListRow,
    Policy,
    Reference,
    Responsibility,
    Rule,
    Table,
    Waiting,
    WordLimit,
)
from shouwen.policy.sentences import heard_sentences, link_sentences
from shouwen.policy.yamltext import read_yaml

Carried = Literal["carried", "printed", "waiting", "replaced", "none"]
PRINTED = (Responsibility, ChecklistItem, Reference)
"""Rules that are only listed: nothing comes about by them."""
_DEFINED = frozenset(("definition", "role", "calendar", "numbering"))
"""Kinds of demand that a definition by itself carries out."""


@dataclass(frozen=True)
class Line:
    """What becomes of one demand. `lacking` says in Chinese why it is not placed, "" where it is."""

    asked: Asked
    rules: tuple[Rule, ...]
    lacking: str
    carried: Carried
    tests: tuple[str, ...]
    links: tuple[str, ...] = ()
    """What its clause says of others, and what replaces it, in sentences."""

    @property
    def placed(self) -> bool:
        return not self.lacking


@dataclass(frozen=True)
class Coverage:
    """Lines in the ledger's order, and faults: citations that do not exist, texts that differ."""

    lines: tuple[Line, ...]
    faults: tuple[str, ...]


def cover(
    policy: Policy,
    ledger: Mapping[str, LedgerClause],
    cases: Mapping[str, tuple[str, ...]],
    others: Sequence[Policy] = (),
) -> Coverage:
    """Measure `policy`, under the readings taken, against `ledger`; `cases` are names of cases by clause id, `others`
    policies that say something of its clauses."""
    rules = serving(policy)
    lines = tuple(
        _line(policy, asked, tuple(rules[asked.demand]), cases.get(clause.id, ()), others)
        for clause in ledger.values()
        for asked in clause.asked
    )
    return Coverage(lines, tuple(_faults(policy, ledger)))


def serving(policy: Policy) -> defaultdict[Demand, list[Rule]]:
    """The rules that serve each demand, under the readings taken."""
    found: defaultdict[Demand, list[Rule]] = defaultdict(list)
    replaced = (rule for clause in policy.clauses for rule in clause.rules if policy.replacing(rule) is not None)
    for rule in (rule for clause in policy.clauses for rule in clause.rules if rule.id in policy.asked_once):
        for demand in rule.meets:
            found[demand].append(policy.asked_once[rule.id])
    for rule in (*policy.rules, *replaced):
        meets = dict.fromkeys(rule.meets)
        if isinstance(rule, Table):
            for row in rule.rows:
                if row.reading is None or row.reading in policy.taken:
                    meets |= dict.fromkeys(row.meets)
        for demand in meets:
            found[demand].append(rule)
    return found


def _line(
    policy: Policy, asked: Asked, rules: tuple[Rule, ...], tests: tuple[str, ...], others: Sequence[Policy]
) -> Line:
    clause = policy.by_id.get(asked.demand.clause)
    told = [*link_sentences(policy, clause), *heard_sentences(clause, others)] if clause else []
    replaced = bool(rules) and all(policy.replacing(rule) is not None for rule in rules)
    carried = "replaced" if replaced else _carried(asked, rules)
    return Line(
        asked,
        rules,
        _lacking(policy, asked, rules),
        carried,
        tests,
        tuple(said for _title, said in told if _about(said, asked.demand)),
    )


def _about(said: str, demand: Demand) -> bool:
    """Whether a sentence on the clause concerns this demand: it names no other one of the clause."""
    return f"{demand.clause}#" not in said or f"{demand} " in said


def _carried(asked: Asked, rules: tuple[Rule, ...]) -> Carried:
    """A definition carries out what defines or assigns; a thing to be done is carried out by a rule that acts."""
    printed = PRINTED if asked.kind in _DEFINED else (*PRINTED, Definition)
    if any(not isinstance(rule, (*printed, Waiting)) for rule in rules):
        return "carried"
    if any(isinstance(rule, Waiting) for rule in rules):
        return "waiting"
    return "printed" if rules else "none"


def _lacking(policy: Policy, asked: Asked, rules: tuple[Rule, ...]) -> str:
    """Why the demand is not placed; "" where it is."""
    if asked.kind == "deadline":
        return _deadline_lacking(policy, asked, rules)
    if not rules:
        return "没有规则"
    if asked.kind in ("approval", "signature") and not any(isinstance(rule, (Duty, Gate)) for rule in rules):
        return "须由关口或义务落实"
    return ""


def _deadline_lacking(policy: Policy, asked: Asked, rules: tuple[Rule, ...]) -> str:
    timed = [rule for rule in rules if isinstance(rule, (Duty, ListRow))]
    if not timed:
        return "没有义务"
    wanted = _asked_limit(policy, asked)
    same = [rule for rule in timed if wanted in _limits(rule)] or _by_reading(policy, asked, timed, wanted)
    if not same:
        return f"没有{wanted.sentence()}的义务"
    if not any(asked.who is None or asked.who in _owers(policy, rule) for rule in same):
        return f"没有由{asked.who}承担的义务"
    return ""


def _by_reading(policy: Policy, asked: Asked, timed: list[Duty | ListRow], wanted: Limit) -> list[Duty | ListRow]:
    """Rules of a switch whose other label has the clause's own limit: the other limit is a reading, with its name."""
    labels = {label for one in policy.readings.values() if asked.demand in one.of for label in one.choices}
    for rule in (rule for clause in policy.clauses for rule in clause.rules):
        own = isinstance(rule, (Duty, ListRow)) and asked.demand in rule.meets and rule.reading in labels
        if own and isinstance(rule, (Duty, ListRow)) and wanted in _limits(rule):
            return [rule for rule in timed if rule.reading in labels]
    return []


def _asked_limit(policy: Policy, asked: Asked) -> Limit:
    assert asked.within is not None
    days = "D" in asked.within
    working = asked.days == "working" or (asked.days == "unstated" and days and policy.days == "working")
    return _plain(Limit.from_iso(asked.within, working=working))


def _plain(limit: Limit) -> Limit:
    """Weeks as days and years as months, so that equal limits are equal."""
    if limit.unit is Unit.WEEKS:
        return Limit(7 * limit.amount, Unit.DAYS)
    return Limit(12 * limit.amount, Unit.MONTHS) if limit.unit is Unit.YEARS else limit


def _limits(rule: Duty | ListRow) -> Iterator[Limit]:
    within = rule.within
    if isinstance(within, WordLimit):
        within = within.limit
    if isinstance(within, Limit):
        yield _plain(within)


def _owers(policy: Policy, rule: Duty | ListRow) -> Iterator[str]:
    """Names of the roles that owe it; a row's are those of the duties whose limit it is."""
    duties = [rule] if isinstance(rule, Duty) else [duty for duty in policy.all_of(Duty) if _takes(duty, rule)]
    for duty in duties:
        yield duty.who
        yield from policy.roles[duty.who].also


def _takes(duty: Duty, row: ListRow) -> bool:
    limit = duty.within
    if not isinstance(limit, ListLimit) or limit.missing or limit.list != row.list:
        return False
    return (limit.rows or {}).items() <= row.attributes.items()


def _faults(policy: Policy, ledger: Mapping[str, LedgerClause]) -> Iterator[str]:
    for clause in (one for one in policy.clauses if not one.origin):
        where = f"{clause.place.file}:{clause.place.line}: {clause.id}"
        if clause.id not in ledger:
            yield f"{where}：台账没有这一条"
        elif "".join(clause.text.split()) != "".join(ledger[clause.id].text.split()):
            yield f"{where}：正文与台账不同，{_difference(clause.text, ledger[clause.id].text)}"
        for rule in clause.rules:
            rows = rule.rows if isinstance(rule, Table) else ()
            for demand in (*rule.meets, *(demand for row in rows for demand in row.meets)):
                if not _exists(demand, ledger):
                    yield f"{rule.place.file}:{rule.place.line}: {clause.id}：台账没有 {demand}"
    for reading in policy.readings.values():
        for demand in reading.of:
            if not _exists(demand, ledger):
                yield f"读法“{reading.name}”：台账没有 {demand}"


def _exists(demand: Demand, ledger: Mapping[str, LedgerClause]) -> bool:
    return demand.clause in ledger and demand.number <= len(ledger[demand.clause].asked)


def _difference(ours: str, theirs: str) -> str:
    """Where two texts part, white space aside."""
    one, other = "".join(ours.split()), "".join(theirs.split())
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 6)
    return f"自第 {at + 1} 字起：规章“{one[start : at + 10]}”，台账“{other[start : at + 10]}”"


def cases_by_clause(policy: Policy, folder: Path) -> dict[str, tuple[str, ...]]:
    """Names of the scenario cases in `folder` by the clauses that they say they prove.

    Raises ValueError for a file that is not a list of cases.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.yaml")):
        value, unread = read_yaml(path.read_text(encoding="utf-8"), numbers=False)
        if unread or not isinstance(value, list):
            line = unread[0].line if unread else 1
            raise ValueError(f"{path}:{line}: 不是案例的列表")
        for case in value:
            for clause in case.get("clauses", ()):
                found[clause if "/" in clause else f"{policy.name}/{clause}"].append(str(case.get("case", "")))
    return {clause: tuple(names) for clause, names in found.items()}
