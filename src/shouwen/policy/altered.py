"""A policy with other numbers (若改为): limits of its rules, lists and words, tried without a new text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from shouwen.calendars import Limit
from shouwen.policy.model import Duty, Gate, ListRow, Passed, Policy, Proposal, Rule, WordLimit
from shouwen.policy.sentences import sentence

PASSED = "@passed"
"""After a rule's id: the limit after which the rule sets in, not the one within which its duty is due."""


@dataclass(frozen=True)
class Number:
    """One limit of a rule (时限) that may be tried otherwise.

    ``key`` names it: the rule's id, for a limit after which the rule sets in with ``PASSED`` at the end. ``title``
    says what is to be done, ``text`` the rule as a Chinese sentence; ``sort`` what is due within the limit: a duty, by
    a row of a list, the setting in of a rule, a paper that follows.
    """

    key: str
    clause: str
    limit: Limit
    sort: Literal["duty", "row", "passed", "follow"]
    title: str
    text: str


def numbers(policy: Policy) -> Iterator[Number]:
    """Every limit that a rule under the readings taken names outright, in the order of the text.

    Limits of words (及时) are the policy's ``words``; dates and recurrences are no limits.
    """
    for rule in policy.rules:
        for key, limit, sort in _limits(rule):
            yield Number(key, rule.clause, limit, sort, _title(policy, rule), sentence(policy, rule))


def _title(policy: Policy, rule: Rule) -> str:
    if isinstance(rule, ListRow):
        return rule.item
    if isinstance(rule, Duty):
        return rule.title or policy.events[rule.act.event].title
    event = rule.propose if isinstance(rule, Proposal) else rule.shuts[0].event if isinstance(rule, Gate) else ""
    return rule.title or policy.events[event].title


def altering_clauses(policy: Policy) -> frozenset[str]:
    """Clauses of which something may be tried otherwise: a limit, a word, a reading."""
    return frozenset(
        clause.id
        for clause in policy.clauses
        for rule in clause.rules
        if rule.reading is not None
        or (isinstance(rule, Duty) and isinstance(rule.within, WordLimit))
        or any(True for _limit in _limits(rule))
    )


def _limits(rule: Rule) -> Iterator[tuple[str, Limit, Literal["duty", "row", "passed", "follow"]]]:
    if isinstance(rule, ListRow):
        yield rule.id, rule.within, "row"
    if isinstance(rule, Duty) and isinstance(rule.within, Limit):
        yield rule.id, rule.within, "duty"
    if isinstance(rule, Gate) and rule.follow is not None:
        yield rule.id, rule.follow, "follow"
    trigger = _trigger(rule)
    if isinstance(trigger, Passed):
        yield rule.id + PASSED, trigger.limit, "passed"


def altered(policy: Policy, limits: Mapping[str, Limit], words: Mapping[str, Limit | None] | None = None) -> Policy:
    """The same policy with other limits, by the keys of ``numbers``, and other limits of words (None: no limit).

    Raises KeyError for a key that names no limit of a rule, or a word that the policy does not leave open.
    """
    said = words or {}
    known = {key for clause in policy.clauses for rule in clause.rules for key, _limit, _sort in _limits(rule)}
    for name in (*(key for key in limits if key not in known), *(word for word in said if word not in policy.words)):
        raise KeyError(name)
    clauses = tuple(
        replace(clause, rules=tuple(_altered(rule, limits, said) for rule in clause.rules)) for clause in policy.clauses
    )
    kept = {name: replace(word, within=said.get(name, word.within)) for name, word in policy.words.items()}
    return replace(policy, clauses=clauses, words=kept)


def _altered(rule: Rule, limits: Mapping[str, Limit], words: Mapping[str, Limit | None]) -> Rule:
    own = limits.get(rule.id)
    if isinstance(rule, ListRow) and own is not None:
        rule = replace(rule, within=own)
    if isinstance(rule, Gate) and own is not None:
        rule = replace(rule, follow=own)
    if isinstance(rule, Duty) and own is not None:
        rule = replace(rule, within=own)
    if isinstance(rule, Duty) and isinstance(rule.within, WordLimit) and rule.within.word in words:
        rule = replace(rule, within=replace(rule.within, limit=words[rule.within.word]))
    since, trigger = limits.get(rule.id + PASSED), _trigger(rule)
    if since is not None and isinstance(trigger, Passed):
        other = replace(trigger, limit=since)
        if isinstance(rule, Duty):
            rule = replace(rule, trigger=other)
        elif isinstance(rule, Proposal):
            rule = replace(rule, on=other)
    return rule


def _trigger(rule: Rule) -> object:
    return rule.trigger if isinstance(rule, Duty) else rule.on if isinstance(rule, Proposal) else None
