"""Search over the clauses of regulations (检索条款): exact words, in the text and in the rules' sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shouwen.policy.model import Clause, Policy, Rule
from shouwen.policy.sentences import clause_sentences

SHORTEST = 2
"""Characters of a word that is searched for: one alone stands nearly everywhere."""
AROUND = 40
"""Characters that are shown before and after the first hit in a clause."""


@dataclass(frozen=True)
class Hit:
    """A clause in which all the words stand, with the stretch of its text around the first of them and the rules that
    hold one."""

    clause: Clause
    stretch: str
    rules: tuple[tuple[Rule, str], ...]


def words_of(text: str) -> tuple[str, ...]:
    """What is searched for: words apart by white space. Raises ValueError for one that is too short."""
    words = tuple(dict.fromkeys(text.split()))
    if not words or any(len(word) < SHORTEST for word in words):
        raise ValueError(f"检索词至少{SHORTEST}个字")
    return words


class Searched:
    """One policy with its sentences said once, to be searched many times."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.said: Mapping[str, tuple[tuple[Rule, str], ...]] = {
            clause.id: tuple(clause_sentences(policy, clause)) for clause in policy.clauses
        }
        self._whole = {
            clause.id: "\n".join(
                [clause.id, clause.ref, clause.text, *(words for _rule, words in self.said[clause.id])]
            )
            for clause in policy.clauses
        }

    def hits(self, words: tuple[str, ...]) -> Iterator[Hit]:
        """Clauses in which every one of the words stands, in the order of the text."""
        folded = [word.casefold() for word in words]
        for clause in self.policy.clauses:
            whole = self._whole[clause.id].casefold()
            if all(word in whole for word in folded):
                rules = tuple(
                    (rule, said)
                    for rule, said in self.said[clause.id]
                    if any(word in said.casefold() for word in folded)
                )
                yield Hit(clause, _stretch(clause.text, folded, always=not rules), rules)


def _stretch(text: str, words: list[str], *, always: bool) -> str:
    """The text around the first hit; without one its beginning where nothing else shows the clause, else ""."""
    flat = " ".join(text.split())
    low = flat.casefold()
    found = [at for word in words if (at := low.find(word)) >= 0]
    if not found and not always:
        return ""
    # A character that folds into several would lead astray: then the beginning is shown.
    at = min(found, default=0) if len(low) == len(flat) else 0
    first, last = max(0, at - AROUND), at + AROUND + max(map(len, words))
    return ("…" if first else "") + flat[first:last] + ("…" if last < len(flat) else "")
