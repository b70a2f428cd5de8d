"""Several policies that hold for one subject (几部规章并行): one policy of all their rules, or where they clash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from shouwen.policy.links import link_problems
from shouwen.policy.model import Axis, Clause, EventType, Fact, Field, Heading, LimitList, Policy, Role, Rule, Table

T = TypeVar("T")


class Clash(ValueError):  # noqa: N818  said as what it is
    """Policies that cannot hold for one subject (规章冲突): ``told`` says each clash in a sentence."""

    def __init__(self, told: Sequence[str]) -> None:
        super().__init__("；".join(told))
        self.told = tuple(told)


def joined(policies: Sequence[Policy]) -> Policy:
    """All rules of these policies: duties add up, gates must all open, each axis has one source.

    What two of them declare alike is taken as the first declares it. What a clause of one ``replaces`` in another does
    not run, what it says ``also`` is owed once. Raises Clash with everything that only a clause can settle.
    """
    policies = _apart(policies)
    first = policies[0]
    told: list[str] = []
    names = "、".join(policy.title for policy in policies)
    if any(policy.day_rules != first.day_rules for policy in policies):
        told.append(f"{names}的日期计算规则（defaults）不同")
    lists = [rule.name for policy in policies for rule in policy.all_of(LimitList)]
    told += [f"时限表“{name}”几部规章都立了" for name in dict.fromkeys(lists) if lists.count(name) > 1]
    clauses = tuple(clause for policy in policies for clause in policy.clauses)
    told += [str(problem) for problem in link_problems(clauses)]
    made = replace(
        first,
        title=" + ".join(policy.title for policy in policies),
        roles=_merged("角色", [policy.roles for policy in policies], _role, told),
        kinds=_first([policy.kinds for policy in policies]),
        axes=_merged("类别轴", [policy.axes for policy in policies], _axis, told),
        facts=_merged("事实", [policy.facts for policy in policies], _fact, told),
        events=_merged("事件", [policy.events for policy in policies], _event, told),
        papers=_first([policy.papers for policy in policies]),
        words=_first([policy.words for policy in policies]),
        readings=_first([policy.readings for policy in policies]),
        clauses=clauses,
        headings=_headings(policies),
        optional=_first([policy.optional for policy in policies]),
        displaced={cited: by for policy in policies for cited, by in policy.displaced.items()},
    )
    if told:
        raise Clash(told)
    return _serving_both(made)


def _apart(policies: Sequence[Policy]) -> list[Policy]:
    """Readings and labels that two of them call alike are told apart by the policy's name."""
    names: set[str] = set()
    labels: set[str] = set()
    found = []
    for policy in policies:
        every = {label for reading in policy.readings.values() for label in reading.choices}
        twice = {one: f"{one}（{policy.name}）" for one in (names & policy.readings.keys()) | (labels & every)}
        names |= policy.readings.keys()
        labels |= every
        found.append(_called(policy, twice) if twice else policy)
    return found


def _called(policy: Policy, other: Mapping[str, str]) -> Policy:
    def name(one: str) -> str:
        return other.get(one, one)

    def ruled(rule: Rule) -> Rule:
        if isinstance(rule, Table):
            rule = replace(
                rule, rows=tuple(replace(row, reading=row.reading and name(row.reading)) for row in rule.rows)
            )
        return replace(rule, reading=rule.reading and name(rule.reading))

    readings = {
        name(reading.name): replace(
            reading,
            name=name(reading.name),
            choices={name(label): said for label, said in reading.choices.items()},
            take=name(reading.take),
        )
        for reading in policy.readings.values()
    }
    clauses = tuple(replace(clause, rules=tuple(map(ruled, clause.rules))) for clause in policy.clauses)
    return replace(policy, readings=readings, clauses=clauses)


def _first(several: Sequence[Mapping[str, T]]) -> dict[str, T]:
    return {name: one for each in reversed(several) for name, one in each.items()}


def _merged(
    title: str, several: Sequence[Mapping[str, T]], alike: Callable[[T, T], T | None], told: list[str]
) -> dict[str, T]:
    found: dict[str, T] = {}
    for each in several:
        for name, one in each.items():
            known = found.get(name)
            made = one if known is None else alike(known, one)
            if made is None:
                told.append(f"{title}“{name}”各部规章所指不同")
            else:
                found[name] = made
    return found


def _same(one: T, other: T) -> T | None:
    return one if one == other else None


def _role(one: Role, other: Role) -> Role | None:
    if (one.form, one.of, one.event) != (other.form, other.of, other.event):
        return None
    return replace(one, also=tuple(dict.fromkeys([*one.also, *other.also])))


def _axis(one: Axis, other: Axis) -> Axis | None:
    return _same(one, replace(other, title=one.title, why=one.why))


def _fact(one: Fact, other: Fact) -> Fact | None:
    return _same(one, replace(other, title=one.title))


def _event(one: EventType, other: EventType) -> EventType | None:
    if one is other:
        return one
    if one.act != other.act or any(_field(one.fields[key], other.fields[key]) is None for key in _both(one, other)):
        return None
    fields = {**one.fields, **{key: known for key, known in other.fields.items() if key not in one.fields}}
    fields |= {key: made for key in _both(one, other) if (made := _field(one.fields[key], other.fields[key]))}
    return replace(one, fields=fields)


def _both(one: EventType, other: EventType) -> list[str]:
    return [key for key in one.fields if key in other.fields]


def _field(one: Field, other: Field) -> Field | None:
    """What either may be told: values of both, or any where one of them leaves it open."""
    if (one.type, one.many, one.personal, one.negates) != (other.type, other.many, other.personal, other.negates):
        return None
    values = tuple(dict.fromkeys([*one.values, *other.values]))
    offers = tuple(dict.fromkeys([*one.offers, *other.offers]))
    if bool(one.values) != bool(other.values):
        values, offers = (), tuple(dict.fromkeys([*values, *offers]))
    return replace(one, values=values, offers=offers, required=one.required and other.required)


def _headings(policies: Sequence[Policy]) -> tuple[Heading, ...]:
    found: list[Heading] = []
    before = 0
    for policy in policies:
        found.append(Heading(1, f"{policy.title} {policy.version}", before))
        found += [replace(heading, before=heading.before + before) for heading in policy.headings]
        before += len(policy.clauses)
    return tuple(found)


def _serving_both(policy: Policy) -> Policy:
    """A duty that another clause says too names that clause."""
    also: dict[str, list[str]] = {}
    for rule in (rule for clause in policy.clauses for rule in clause.rules):
        if rule.id in policy.asked_once:
            also.setdefault(policy.asked_once[rule.id].id, []).append(rule.clause)

    def named(clause: Clause) -> Clause:
        rules = tuple(
            replace(rule, also=tuple(dict.fromkeys([*rule.also, *also[rule.id]]))) if rule.id in also else rule
            for rule in clause.rules
        )
        return replace(clause, rules=rules)

    return replace(policy, clauses=tuple(map(named, policy.clauses))) if also else policy
