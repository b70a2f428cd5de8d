"""Compares two policies, or two versions of one, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shouwen.policy.model import Policy
from shouwen.policy.sentences import SORT_TITLES, Sentences, link_sentences


@dataclass(frozen=True)
class Change:
    """One difference: where it stands, what was said before and after; None on one side: added or taken out."""

    where: str
    before: str | None
    after: str | None

    def lines(self) -> Iterator[str]:
        yield self.where
        if self.before is not None:
            yield f"  - {self.before}"
        if self.after is not None:
            yield f"  + {self.after}"


def changes(before: Policy, after: Policy) -> Iterator[Change]:
    """What `after` says otherwise than `before`: declarations first, then clause by clause."""
    yield from _pairs(_declared(before), _declared(after))
    yield from _pairs(_ruled(before), _ruled(after))


def _pairs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield Change(key, before.get(key), after.get(key))


def _declared(policy: Policy) -> dict[str, str]:
    say = Sentences(policy)
    found = {"题头": f"{policy.title}，{policy.issuer}，{policy.version} 版，{policy.effective} 起施行。"}
    found |= {f"默认规则 {number}": line for number, line in enumerate(say.defaults(), start=1)}
    found |= {f"参数 {one.name}": say.parameter(one) for one in policy.parameters.values()}
    found |= {f"词语 {word.name}": say.word(word) for word in policy.words.values()}
    found |= {f"读法 {reading.name}": say.reading(reading) for reading in policy.readings.values()}
    found |= {f"角色 {role.name}": say.role(role) for role in policy.roles.values()}
    found |= {f"类别轴 {axis.name}": say.axis(axis) for axis in policy.axes.values()}
    found |= {f"事实 {fact.name}": say.fact(fact) for fact in policy.facts.values()}
    return found


def _ruled(policy: Policy) -> dict[str, str]:
    say = Sentences(policy)
    found: dict[str, str] = {}
    for clause in policy.clauses:
        found[f"{_own(policy, clause.id)} 正文"] = "".join(clause.text.split())
        for title, said in link_sentences(policy, clause):
            where = f"{_own(policy, clause.id)} {title}"
            found[where] = f"{found[where]}{said}" if where in found else said
        for rule in clause.rules:
            found[f"{_own(policy, rule.id)} {SORT_TITLES[type(rule)]}"] = say.rule(rule)
    return found


def _own(policy: Policy, id_: str) -> str:
    """The id without the policy's name, so that a renamed policy compares clause by clause."""
    return id_.removeprefix(f"{policy.name}/")
