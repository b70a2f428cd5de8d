"""Whether a condition can hold at all, and with what (求解).

Conditions are three-valued, and a name that is not known leaves open what depends on it. So a search that fixes one
name after another may stop as soon as the answer is sure: it is complete without trying every combination.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Test = Callable[[Mapping[str, Any]], bool | None]

MOST = 200_000


class TooMany(Exception):  # noqa: N818
    """More combinations than are tried."""


def solve(domains: Mapping[str, Sequence[Any]], tests: Sequence[Test]) -> dict[str, Any] | None:
    """Values under which every test surely holds; None where there are none.

    Raises TooMany where neither was found in time.
    """
    names = list(domains)
    tried = 0

    def go(place: int, env: dict[str, Any]) -> dict[str, Any] | None:
        nonlocal tried
        tried += 1
        if tried > MOST:
            raise TooMany
        answers = [test(env) for test in tests]
        if False in answers:
            return None
        if place == len(names):
            return None if None in answers else dict(env)
        name = names[place]
        for value in domains[name]:
            env[name] = value
            found = go(place + 1, env)
            if found is not None:
                return found
        del env[name]
        return None

    return go(0, {})
