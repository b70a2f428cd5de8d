"""Clauses that repeat or contradict one another (重复与冲突): whether what is said of them can hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shouwen.policy.model import Clause, Link, Policy
from shouwen.policy.problems import Problem, one_of


def link_problems(clauses: Iterable[Clause]) -> list[Problem]:
    """What cannot hold together among these clauses: both of two replace or name the other, a ring of them, the same
    clause both said again and replaced."""
    links = {clause.id: clause.links for clause in clauses}
    ways = {(clause, link.to): link.way for clause, several in links.items() for link in several}
    return [
        Problem(link.place.file, link.place.line, clause, *said)
        for clause, several in links.items()
        for link in several
        if (said := _said(clause, link, links, ways)) is not None
    ]


def _said(
    clause: str, link: Link, links: Mapping[str, tuple[Link, ...]], ways: Mapping[tuple[str, str], str]
) -> tuple[str, str] | None:
    back = ways.get((link.to, clause))
    if ways[clause, link.to] != link.way:
        return f"既说与 {link.to} 相同，又取代它", "also 和 replaces 只写一个"
    if back is not None and back != link.way:
        return f"{link.way} {link.to}，而那一条 {back} 本条", "两条之间只写一种关系，写在一处"
    if back is not None:
        return f"与 {link.to} 互相写了 {link.way}", "只写在作准的那一条"
    ring = _ring(clause, link, links) if link.way == "replaces" else None
    return (f"取代成环：{' → '.join(ring)}", "作准的只能是一条") if ring else None


def _ring(start: str, link: Link, links: Mapping[str, tuple[Link, ...]]) -> list[str] | None:
    """The way by which the clause that is replaced replaces this one again."""
    found: dict[str, str] = {link.to: start}
    waiting = [link.to]
    while waiting:
        here = waiting.pop()
        for further in links.get(here, ()):
            if further.way != "replaces":
                continue
            if further.to == start:
                way = [start, here]
                while way[-1] != start:
                    way.append(found[way[-1]])
                return [start, *reversed(way[1:-1]), start]
            if further.to not in found:
                found[further.to] = here
                waiting.append(further.to)
    return None


def problems_between(policies: Iterable[Policy]) -> list[Problem]:
    """What these policies say of one another's clauses that cannot be: unknown clauses, and `link_problems`."""
    every = list(policies)
    known = {policy.name: policy for policy in every}
    found = [
        Problem(link.place.file, link.place.line, clause.id, f"没有条款 {link.to}", _known(known[name], link.to))
        for policy in every
        for clause, link in _outward(policy)
        if (name := link.to.partition("/")[0]) in known and link.to not in known[name].by_id
    ]
    return found + link_problems(clause for policy in every for clause in policy.clauses)


def _known(policy: Policy, named: str) -> str:
    return one_of(named, sorted(policy.by_id), "条款")


def _outward(policy: Policy) -> Iterator[tuple[Clause, Link]]:
    return (
        (clause, link)
        for clause in policy.clauses
        for link in clause.links
        if not link.to.startswith(f"{policy.name}/")
    )


def names_linked(policy: Policy) -> frozenset[str]:
    """The other policies of whose clauses it says something."""
    return frozenset(link.to.partition("/")[0] for _clause, link in _outward(policy))


def displacing(policy: Policy, others: Iterable[Policy]) -> dict[str, str]:
    """The clauses and demands of `policy` that a clause of one of the others replaces, with that clause's id."""
    return {
        to: clause.id
        for other in others
        for clause in other.clauses
        for to in clause.linked("replaces")
        if to.partition("#")[0] in policy.by_id
    }
